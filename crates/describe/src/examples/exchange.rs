//! A call and its answer as they travel in each format.

use trivium_core::catalog::NAMESPACE;
use trivium_front::contract::{Profile, status};
use trivium_rpc::{Entry, ValueType, Verbs};

use super::{Example, Given, Request, answers, arguments};
use crate::Site;
use crate::encode::xml;

/// A way in which a call and its answer travel.
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

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Xml => "REST (XML)",
            Self::Json => "REST (JSON)",
            Self::XmlRpc => "XML-RPC",
        }
    }

    /// A word for addresses and names.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Json => "json",
            Self::XmlRpc => "xmlrpc",
        }
    }

    /// Where an operation is asked for.
    pub fn path(self, operation: &str) -> String {
        match self {
            Self::Xml | Self::Json => {
                format!("/api/{}/{NAMESPACE}/{operation}", self.word())
            }
            Self::XmlRpc => "/api/xmlrpc".to_owned(),
        }
    }

    /// The header Content-Type of its answers.
    pub const fn content_type(self, profile: Profile) -> &'static str {
        match (self, profile) {
            (Self::Xml, _) => "application/xml",
            (Self::Json, Profile::Documented) => "application/x-javascript",
            (Self::Json, Profile::Original) => "application/x-javascript; charset=UTF-8",
            (Self::XmlRpc, _) => "text/xml",
        }
    }
}

/// A request and its response, as text.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request, without the header Host.
    pub request: String,
    /// The response; of its headers, those that tell what the body is.
    pub response: String,
}

impl Exchange {
    /// How an example travels to this site and back.
    pub fn of(site: &Site<'_>, entry: &Entry, example: &Example, format: Format) -> Self {
        Self {
            request: request(entry, example, format),
            response: response(site, entry, format),
        }
    }
}

/// The request of an example.
pub fn request(entry: &Entry, example: &Example, format: Format) -> String {
    Request::of(entry, &arguments(entry, example), format).to_string()
}

impl<'a> Request<'a> {
    /// The call of an operation with these arguments.
    pub fn of(entry: &Entry, arguments: &[(&'a str, &'a str, ValueType)], format: Format) -> Self {
        let (method, given) = match (format, entry.declared.verbs) {
            (Format::XmlRpc, _) => {
                let call = method_call(entry.name(), arguments);
                let message = Given::Message {
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
                (method, Given::Arguments(pairs.collect()))
            }
        };
        Self {
            method,
            path: format.path(entry.name()),
            given,
        }
    }
}

/// A methodCall, laid out as the documentation page of joinGroup does.
fn method_call(name: &str, arguments: &[(&str, &str, ValueType)]) -> String {
    let members: String = arguments
        .iter()
        .map(|(name, value, kind)| {
            let value = match kind {
                ValueType::Text => format!("<string>{}</string>", xml(value)),
                ValueType::Integer => format!("<int>{}</int>", xml(value)),
                ValueType::Boolean => format!("<boolean>{}</boolean>", i32::from(*value == "true")),
                ValueType::DateTime => format!(
                    "<dateTime.iso8601>{}</dateTime.iso8601>",
                    xml(&value.replace(['-', 'Z'], ""))
                ),
            };
            let name = xml(name);
            format!(
                "     <member>\n      <name>{name}</name>\n      <value>{value}</value>\n     </member>\n"
            )
        })
        .collect();
    let value = match members.as_str() {
        "" => "<struct></struct>".to_owned(),
        members => format!("<struct>\n{members}    </struct>"),
    };
    format!(
        "<?xml version='1.0'?>
 <methodCall>
  <methodName>{NAMESPACE}.{name}</methodName>
  <params>
   <param>
    <value>{value}</value>
   </param>
  </params>
 </methodCall>
 "
    )
}

/// The response to the example of an operation.
fn response(site: &Site<'_>, entry: &Entry, format: Format) -> String {
    let profile = site.wire.profile;
    let body = answers::of(profile, entry.name(), format).unwrap_or_default();
    let body = answers::from(site.base_url, body);
    let line = match status_line(site, entry, format) {
        200 => "200 OK",
        _ => "500 Internal Server Error",
    };
    format!(
        "HTTP/1.1 {line}\nContent-Type: {}\nContent-Length: {}\n\n{body}",
        format.content_type(profile),
        body.len()
    )
}

/// The status of the answer: examples succeed, but for those of operations that always fail.
fn status_line(site: &Site<'_>, entry: &Entry, format: Format) -> u16 {
    let answer = answers::of(Profile::Documented, entry.name(), Format::Json);
    let answer: Option<serde_json::Value> =
        answer.and_then(|answer| serde_json::from_str(answer).ok());
    let failed = answer.is_some_and(|answer| answer.get("success") == Some(&false.into()));
    match entry.errors.first() {
        Some(code) if failed && format != Format::XmlRpc => status(site.wire.status, *code),
        _ => 200,
    }
}
