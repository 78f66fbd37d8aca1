//! Writes calls: the same arguments in the three formats.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use trivium_front::escape::escape;
use trivium_rpc::schema::example;
use trivium_rpc::{Catalog, Entry, Rule, ValueType, Verbs};

use crate::wire::{Format, Request};

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A time, as `2006-08-11T13:38:44Z`.
    Time(String),
}

/// The arguments of a call, in their order.
pub(crate) type Arguments = Vec<(&'static str, Argument)>;

impl Argument {
    /// A value that satisfies the rule.
    pub(crate) fn fitting(entry: &Entry, rule: &Rule) -> Self {
        let example = || example(entry.argument(rule.name)?)?.as_str();
        match rule.value_type {
            ValueType::Text => {
                let word = rule.choices.first().map(String::as_str);
                Self::Text(word.or_else(example).unwrap_or("text").to_owned())
            }
            ValueType::Integer => Self::Integer(rule.minimum.unwrap_or(1)),
            ValueType::Boolean => Self::Boolean(true),
            ValueType::DateTime => Self::Time("2030-01-01T00:00:00Z".to_owned()),
        }
    }

    fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Time(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(truth) => truth.to_string(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) | Self::Time(text) => text.as_str().into(),
            Self::Integer(number) => (*number).into(),
            Self::Boolean(truth) => (*truth).into(),
        }
    }

    fn xml_rpc(&self) -> String {
        match self {
            Self::Text(text) => format!("<string>{}</string>", xml(text)),
            Self::Integer(number) if i32::try_from(*number).is_err() => {
                format!("<i8>{number}</i8>")
            }
            Self::Integer(number) => format!("<int>{number}</int>"),
            Self::Boolean(truth) => format!("<boolean>{}</boolean>", i32::from(*truth)),
            Self::Time(time) => {
                let time = time.replace(['-', 'Z'], "");
                format!("<dateTime.iso8601>{time}</dateTime.iso8601>")
            }
        }
    }
}

/// The call of an operation.
pub(crate) fn call(
    catalog: &Catalog,
    format: Format,
    entry: &Entry,
    arguments: &Arguments,
) -> Request {
    let word = match format {
        Format::Json => "json",
        Format::Xml => "xml",
        Format::XmlRpc => {
            return method_call(&catalog.qualified(entry), arguments);
        }
    };
    let path = format!("/api/{word}/{}/{}", catalog.namespace, entry.name());
    match (entry.declared.verbs, format) {
        (Verbs::Get | Verbs::Any, _) => get(format!("{path}?{}", form(arguments))),
        (Verbs::Post, Format::Json) => {
            let members: Vec<String> = arguments
                .iter()
                .map(|(name, value)| format!("{}: {}", Value::from(*name), value.json()))
                .collect();
            let body = format!("{{{}}}", members.join(", "));
            post(path, "application/json", body)
        }
        (Verbs::Post, _) => post(path, "application/x-www-form-urlencoded", form(arguments)),
    }
}

/// A methodCall with one struct.
pub(crate) fn method_call(name: &str, arguments: &Arguments) -> Request {
    let members: String = arguments
        .iter()
        .map(|(name, value)| {
            let value = value.xml_rpc();
            format!("<member><name>{name}</name><value>{value}</value></member>")
        })
        .collect();
    let body = format!(
        "<?xml version=\"1.0\"?><methodCall><methodName>{name}</methodName><params><param><value>\
         <struct>{members}</struct></value></param></params></methodCall>"
    );
    post("/api/xmlrpc".to_owned(), "text/xml", body)
}

/// A request without a body.
pub(crate) fn get(path: String) -> Request {
    Request {
        method: "GET",
        path,
        content_type: "",
        body: Vec::new(),
    }
}

/// A request with one.
pub(crate) fn post(path: String, content_type: &'static str, body: String) -> Request {
    Request {
        method: "POST",
        path,
        content_type,
        body: body.into_bytes(),
    }
}

/// Whether arguments have types in this format, and are not all texts.
pub(crate) fn has_types(format: Format, entry: &Entry) -> bool {
    match format {
        Format::Json => entry.declared.verbs == Verbs::Post,
        Format::Xml => false,
        Format::XmlRpc => true,
    }
}

fn form(arguments: &Arguments) -> String {
    let pairs: Vec<String> = arguments
        .iter()
        .map(|(name, value)| {
            let value = value.plain();
            format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
        })
        .collect();
    pairs.join("&")
}

fn xml(text: &str) -> String {
    let mut out = Vec::new();
    escape(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}
