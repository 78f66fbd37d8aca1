//! The example call of an operation, and its response, in each format.
//!
//! The service declares the examples; the responses are recorded in [`answers`](crate::answers).

use trivium_front::contract::Profile;
use trivium_front::{ClientRequest, Payload};
use trivium_rpc::{Catalog, Entry, Example, ValueType, Verbs};

use crate::encode::xml;

/// A format of calls and responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// REST (XML).
    Xml,
    /// REST (JSON).
    Json,
    /// XML-RPC.
    XmlRpc,
}

impl Format {
    /// All of them, in the order of the pages.
    pub const ALL: [Self; 3] = [Self::Xml, Self::Json, Self::XmlRpc];

    /// Its name on the pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Xml => "REST (XML)",
            Self::Json => "REST (JSON)",
            Self::XmlRpc => "XML-RPC",
        }
    }

    /// Its name in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Json => "json",
            Self::XmlRpc => "xmlrpc",
        }
    }

    /// The path at which an operation is called.
    pub fn path(self, catalog: &Catalog, operation: &str) -> String {
        match self {
            Self::Xml | Self::Json => {
                format!("/api/{}/{}/{operation}", self.word(), catalog.namespace)
            }
            Self::XmlRpc => "/api/xmlrpc".to_owned(),
        }
    }

    /// The header Content-Type of its responses.
    pub const fn content_type(self, profile: Profile) -> &'static str {
        match (self, profile) {
            (Self::Xml, _) => "application/xml",
            (Self::Json, Profile::Documented) => "application/x-javascript",
            (Self::Json, Profile::Original) => "application/x-javascript; charset=UTF-8",
            (Self::XmlRpc, _) => "text/xml",
        }
    }
}

/// Names, values and types of arguments.
pub type Arguments<'a> = Vec<(&'a str, &'a str, ValueType)>;

/// Lists the arguments of an example, with the credential, in the order of the operation's declaration.
pub fn arguments<'a>(entry: &'a Entry, example: &'a Example) -> Arguments<'a> {
    let value = |name: &str| {
        let argument = example.arguments.iter().find(|(other, _)| *other == name);
        match argument {
            Some((_, value)) => Some(value.as_str()),
            None if entry.credential.argument() == Some(name) => example.credential.as_deref(),
            None => None,
        }
    };
    let rules = entry.rules.iter();
    rules
        .filter_map(|rule| Some((rule.name, value(rule.name)?, rule.value_type)))
        .collect()
}

/// Creates the request that calls an operation with these arguments.
pub fn request<'a>(
    catalog: &Catalog,
    entry: &Entry,
    arguments: &[(&'a str, &'a str, ValueType)],
    format: Format,
) -> ClientRequest<'a> {
    let (method, payload) = match (format, entry.declared.verbs) {
        (Format::XmlRpc, _) => {
            let call = method_call(&catalog.qualified(entry), arguments);
            let message = Payload::Message {
                headers: Vec::new(),
                body: Some(("text/xml", call)),
            };
            ("POST", message)
        }
        (_, verbs) => {
            let method = match verbs {
                Verbs::Get => "GET",
                Verbs::Post | Verbs::Any => "POST",
            };
            let pairs = arguments.iter().map(|(name, value, _)| (*name, *value));
            (method, Payload::Arguments(pairs.collect()))
        }
    };
    ClientRequest {
        method,
        path: format.path(catalog, entry.name()),
        payload,
    }
}

/// The elements of a list that is written as one text.
pub fn elements(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|_| !list.is_empty())
}

/// Writes a methodCall in the layout of the documentation page of joinGroup.
fn method_call(name: &str, arguments: &[(&str, &str, ValueType)]) -> String {
    let mut members = String::new();
    for (name, value, value_type) in arguments {
        let value = match value_type {
            ValueType::Text => format!("<string>{}</string>", xml(value)),
            ValueType::Integer => format!("<int>{}</int>", xml(value)),
            ValueType::Boolean => format!("<boolean>{}</boolean>", i32::from(*value == "true")),
            ValueType::DateTime => format!(
                "<dateTime.iso8601>{}</dateTime.iso8601>",
                xml(&value.replace(['-', 'Z'], ""))
            ),
            ValueType::List => {
                let items = elements(value)
                    .map(|text| format!("<value><string>{}</string></value>", xml(text)));
                format!("<array><data>{}</data></array>", items.collect::<String>())
            }
        };
        let name = xml(name);
        members.push_str(&format!(
            "     <member>\n      <name>{name}</name>\n      <value>{value}</value>\n     </member>\n"
        ));
    }
    let value = match members.as_str() {
        "" => "<struct></struct>".to_owned(),
        members => format!("<struct>\n{members}    </struct>"),
    };
    format!(
        "<?xml version='1.0'?>
 <methodCall>
  <methodName>{name}</methodName>
  <params>
   <param>
    <value>{value}</value>
   </param>
  </params>
 </methodCall>
 "
    )
}
