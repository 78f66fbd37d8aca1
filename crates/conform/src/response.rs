//! Parses responses, before they are compared with the catalog.

use serde_json::Value;

use crate::document::{self, Element};
use crate::wire::Format;

/// A value as its format represents it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Parsed {
    /// A text of a format without types.
    Untyped(String),
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A time of a format with a type for times.
    Time(String),
    List(Vec<Parsed>),
    Struct(Vec<(String, Parsed)>),
    /// A value that no result may have; the text describes it.
    Other(&'static str),
}

/// A parsed response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ParsedResponse {
    /// The members of a result, without `success`.
    Success(Vec<(String, Parsed)>),
    /// The code of a failure.
    Failure(String),
    /// The number of a fault.
    Fault(i64),
}

/// Parses the body of a response.
pub(crate) fn parse(format: Format, body: &[u8]) -> Result<ParsedResponse, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    let value = match format {
        Format::Json => {
            let value = serde_json::from_str(text);
            from_json(value.map_err(|error| format!("it is not JSON ({error})"))?)
        }
        Format::Xml => {
            let root = document::parse(text)?;
            if root.name != "response" {
                return Err(format!("its element is <{}>, not <response>", root.name));
            }
            from_xml(&root)
        }
        Format::XmlRpc => {
            let root = document::parse(text)?;
            match root.only_child("params") {
                Ok(params) => from_xml_rpc(params.only_child("param")?.only_child("value")?)?,
                Err(_) => return fault(&root),
            }
        }
    };
    let Parsed::Struct(mut members) = value else {
        return Err("it is not a struct".to_owned());
    };
    let position = members.iter().position(|(name, _)| name == "success");
    let success = position.map(|position| members.remove(position).1);
    match success {
        Some(Parsed::Boolean(true)) => Ok(ParsedResponse::Success(members)),
        Some(Parsed::Untyped(text)) if text == "true" => Ok(ParsedResponse::Success(members)),
        Some(Parsed::Boolean(false)) => failure(members),
        Some(Parsed::Untyped(text)) if text == "false" => failure(members),
        Some(_) => Err("`success` is neither true nor false".to_owned()),
        None => Err("it has no `success`".to_owned()),
    }
}

fn failure(mut members: Vec<(String, Parsed)>) -> Result<ParsedResponse, String> {
    members.sort_by(|(left, _), (right, _)| left.cmp(right));
    match members.as_slice() {
        [(code_name, code), (msg_name, msg)] if code_name == "code" && msg_name == "msg" => {
            match (code, msg) {
                (
                    Parsed::Text(code) | Parsed::Untyped(code),
                    Parsed::Text(_) | Parsed::Untyped(_),
                ) => Ok(ParsedResponse::Failure(code.clone())),
                _ => Err("`code` or `msg` of a failure is not a text".to_owned()),
            }
        }
        members => {
            let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
            Err(format!(
                "a failure has `code` and `msg` beside `success`, but this one has: {}",
                names.join(", ")
            ))
        }
    }
}

fn fault(root: &Element) -> Result<ParsedResponse, String> {
    let value = root.only_child("fault")?.only_child("value")?;
    if let Parsed::Struct(members) = from_xml_rpc(value)? {
        for (name, value) in members {
            if let (true, Parsed::Integer(number)) = (name == "faultCode", value) {
                return Ok(ParsedResponse::Fault(number));
            }
        }
    }
    Err("the fault has no `faultCode`".to_owned())
}

fn from_json(value: Value) -> Parsed {
    match value {
        Value::Null => Parsed::Other("null"),
        Value::Bool(boolean) => Parsed::Boolean(boolean),
        Value::Number(number) => number
            .as_i64()
            .map_or(Parsed::Other("a fraction"), Parsed::Integer),
        Value::String(text) => Parsed::Text(text),
        Value::Array(items) => Parsed::List(items.into_iter().map(from_json).collect()),
        Value::Object(members) => Parsed::Struct(
            members
                .into_iter()
                .map(|(name, value)| (name, from_json(value)))
                .collect(),
        ),
    }
}

/// Converts an element of REST (XML). A list is a struct here, until the schema is known.
fn from_xml(element: &Element) -> Parsed {
    if element.children.is_empty() {
        return Parsed::Untyped(element.text.clone());
    }
    let members = element.children.iter();
    Parsed::Struct(
        members
            .map(|child| (child.name.clone(), from_xml(child)))
            .collect(),
    )
}

/// Converts a `<value>` of XML-RPC.
fn from_xml_rpc(value: &Element) -> Result<Parsed, String> {
    let [typed] = value.children.as_slice() else {
        return Ok(Parsed::Text(value.text.clone()));
    };
    let text = &typed.text;
    Ok(match typed.name.as_str() {
        "string" => Parsed::Text(text.clone()),
        "int" | "i4" | "i8" => text
            .parse()
            .map(Parsed::Integer)
            .map_err(|_| format!("invalid {} '{text}'", typed.name))?,
        "boolean" => match text.as_str() {
            "1" => Parsed::Boolean(true),
            "0" => Parsed::Boolean(false),
            _ => return Err(format!("invalid boolean '{text}'")),
        },
        "dateTime.iso8601" => Parsed::Time(text.clone()),
        "array" => {
            let items = typed.only_child("data")?.children.iter().map(from_xml_rpc);
            Parsed::List(items.collect::<Result<_, _>>()?)
        }
        "struct" => {
            let members = typed.children.iter().map(|member| {
                let name = member.child("name")?.text.clone();
                Ok((name, from_xml_rpc(member.child("value")?)?))
            });
            Parsed::Struct(members.collect::<Result<_, String>>()?)
        }
        _ => Parsed::Other("of a type that no result has"),
    })
}
