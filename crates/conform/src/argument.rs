//! Writes calls: the same arguments in the three formats.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use trivium_front::escape::escape;
use trivium_rpc::schema::example;
use trivium_rpc::{Catalog, Entry, Rule, ValueType, Verbs};

use crate::wire::{Format, Request};

/// The value of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ArgumentValue {
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A time, as `2006-08-11T13:38:44Z`.
    Time(String),
    List(Vec<String>),
}

/// Names and values of the arguments of a call, in the order in which they are sent.
pub(crate) type ArgumentList = Vec<(&'static str, ArgumentValue)>;

impl ArgumentValue {
    /// A value that satisfies the rule.
    pub(crate) fn valid_for(entry: &Entry, rule: &Rule) -> Self {
        let example = || entry.argument(rule.name).and_then(example);
        match rule.value_type {
            ValueType::Text => {
                let choice = rule.choices.first().map(String::as_str);
                Self::Text(
                    choice
                        .or_else(|| example()?.as_str())
                        .unwrap_or("text")
                        .to_owned(),
                )
            }
            ValueType::Integer => Self::Integer(rule.minimum.unwrap_or(1)),
            ValueType::Boolean => Self::Boolean(true),
            ValueType::DateTime => Self::Time("2030-01-01T00:00:00Z".to_owned()),
            ValueType::List => {
                let list = example().and_then(Value::as_array).into_iter().flatten();
                let texts = list.filter_map(Value::as_str).map(str::to_owned);
                Self::List(texts.collect())
            }
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::Text(text) | Self::Time(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(boolean) => boolean.to_string(),
            Self::List(texts) => texts.join(","),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) | Self::Time(text) => text.as_str().into(),
            Self::Integer(number) => (*number).into(),
            Self::Boolean(boolean) => (*boolean).into(),
            Self::List(texts) => texts.as_slice().into(),
        }
    }

    pub(crate) fn to_xml_rpc(&self) -> String {
        match self {
            Self::Text(text) => format!("<string>{}</string>", escaped(text)),
            Self::Integer(number) if i32::try_from(*number).is_err() => {
                format!("<i8>{number}</i8>")
            }
            Self::Integer(number) => format!("<int>{number}</int>"),
            Self::Boolean(boolean) => format!("<boolean>{}</boolean>", i32::from(*boolean)),
            Self::Time(time) => {
                let time = time.replace(['-', 'Z'], "");
                format!("<dateTime.iso8601>{time}</dateTime.iso8601>")
            }
            Self::List(texts) => {
                let items = texts.iter();
                let items = items.map(|text| format!("<value>{}</value>", escaped(text)));
                format!("<array><data>{}</data></array>", items.collect::<String>())
            }
        }
    }
}

/// The argument that carries a token; `None` if the operation takes no token.
pub(crate) fn token(entry: &Entry, token: &str) -> Option<(&'static str, ArgumentValue)> {
    let name = entry.credential.argument()?;
    let value = ArgumentValue::Text(token.to_owned());
    entry.credential.is_token().then_some((name, value))
}

/// The ends of an argument's range, or its choices.
pub(crate) fn boundary_values(rule: &Rule) -> impl Iterator<Item = ArgumentValue> {
    let bounds = [rule.minimum, rule.maximum].into_iter().flatten();
    let choices = rule.choices.iter().cloned().map(ArgumentValue::Text);
    bounds.map(ArgumentValue::Integer).chain(choices)
}

/// The path of an operation over REST; `None` over XML-RPC.
pub(crate) fn rest_path(catalog: &Catalog, format: Format, entry: &Entry) -> Option<String> {
    let segment = match format {
        Format::Json => "json",
        Format::Xml => "xml",
        Format::XmlRpc => return None,
    };
    Some(format!(
        "/api/{segment}/{}/{}",
        catalog.namespace,
        entry.name()
    ))
}

/// The request that calls an operation.
pub(crate) fn call(
    catalog: &Catalog,
    format: Format,
    entry: &Entry,
    arguments: &ArgumentList,
) -> Request {
    let Some(path) = rest_path(catalog, format, entry) else {
        return method_call(&catalog.qualified(entry), arguments);
    };
    match (entry.declared.verbs, format) {
        (Verbs::Get | Verbs::Any, _) => get(format!("{path}?{}", form(arguments))),
        (Verbs::Post, Format::Json) => {
            let members: Vec<String> = arguments
                .iter()
                .map(|(name, value)| format!("{}: {}", Value::from(*name), value.to_json()))
                .collect();
            let body = format!("{{{}}}", members.join(", "));
            post(path, "application/json", body)
        }
        (Verbs::Post, _) => post(path, "application/x-www-form-urlencoded", form(arguments)),
    }
}

/// A methodCall whose only parameter is a struct of the arguments.
fn method_call(name: &str, arguments: &ArgumentList) -> Request {
    let members: String = arguments
        .iter()
        .map(|(name, value)| {
            let value = value.to_xml_rpc();
            format!("<member><name>{name}</name><value>{value}</value></member>")
        })
        .collect();
    let body = format!(
        "<?xml version=\"1.0\"?><methodCall><methodName>{name}</methodName><params><param><value>\
         <struct>{members}</struct></value></param></params></methodCall>"
    );
    post("/api/xmlrpc".to_owned(), "text/xml", body)
}

/// A GET request.
pub(crate) fn get(path: String) -> Request {
    Request {
        method: "GET",
        path,
        content_type: "",
        body: Vec::new(),
    }
}

/// A POST request.
pub(crate) fn post(path: String, content_type: &'static str, body: String) -> Request {
    Request {
        method: "POST",
        path,
        content_type,
        body: body.into_bytes(),
    }
}

/// True if the arguments of a call have types in this format; otherwise all of them are texts.
pub(crate) fn has_types(format: Format, entry: &Entry) -> bool {
    match format {
        Format::Json => entry.declared.verbs == Verbs::Post,
        Format::Xml => false,
        Format::XmlRpc => true,
    }
}

fn form(arguments: &ArgumentList) -> String {
    let pairs: Vec<String> = arguments
        .iter()
        .map(|(name, value)| {
            let value = value.to_text();
            format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
        })
        .collect();
    pairs.join("&")
}

fn escaped(text: &str) -> String {
    let mut out = Vec::new();
    escape(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}
