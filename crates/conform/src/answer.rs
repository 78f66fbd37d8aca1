//! Reads answers: what each format says, before it is held against the catalog.

use serde_json::Value;

use crate::document::{self, Element};
use crate::wire::Format;

/// A value as a format gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Parsed {
    /// Text of a format without types.
    Untyped(String),
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A time of a format that has a type for times.
    Time(String),
    List(Vec<Parsed>),
    Struct(Vec<(String, Parsed)>),
    /// Something that no result has.
    Other(&'static str),
}

/// What a call was answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// The members of a result, without `success`.
    Success(Vec<(String, Parsed)>),
    /// The code of a failure.
    Failure(String),
    /// The number of a fault.
    Fault(i64),
}

/// Reads the body of an answer.
pub(crate) fn read(format: Format, body: &[u8]) -> Result<Answer, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    let given = match format {
        Format::Json => {
            json(serde_json::from_str(text).map_err(|error| format!("it is not JSON ({error})"))?)
        }
        Format::Xml => {
            let root = document::read(text)?;
            if root.name != "response" {
                return Err(format!("its element is <{}>", root.name));
            }
            untyped(&root)
        }
        Format::XmlRpc => {
            let root = document::read(text)?;
            match root.only("params") {
                Ok(params) => typed(params.only("param")?.only("value")?)?,
                Err(_) => return fault(&root),
            }
        }
    };
    let Parsed::Struct(mut members) = given else {
        return Err("it is no struct".to_owned());
    };
    let place = members.iter().position(|(name, _)| name == "success");
    let success = place.map(|place| members.remove(place).1);
    match success {
        Some(Parsed::Boolean(true)) => Ok(Answer::Success(members)),
        Some(Parsed::Untyped(text)) if text == "true" => Ok(Answer::Success(members)),
        Some(Parsed::Boolean(false)) => failure(members),
        Some(Parsed::Untyped(text)) if text == "false" => failure(members),
        Some(_) => Err("`success` is neither true nor false".to_owned()),
        None => Err("it has no `success`".to_owned()),
    }
}

fn failure(mut members: Vec<(String, Parsed)>) -> Result<Answer, String> {
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    match members.as_slice() {
        [(code_name, code), (msg_name, msg)] if code_name == "code" && msg_name == "msg" => {
            match (code, msg) {
                (
                    Parsed::Text(code) | Parsed::Untyped(code),
                    Parsed::Text(_) | Parsed::Untyped(_),
                ) => Ok(Answer::Failure(code.clone())),
                _ => Err("`code` or `msg` of a failure is no text".to_owned()),
            }
        }
        members => {
            let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
            Err(format!(
                "a failure has `code` and `msg` beside `success`, and it has: {}",
                names.join(", ")
            ))
        }
    }
}

fn fault(root: &Element) -> Result<Answer, String> {
    if let Parsed::Struct(members) = typed(root.only("fault")?.only("value")?)? {
        for (name, value) in members {
            if let (true, Parsed::Integer(number)) = (name == "faultCode", value) {
                return Ok(Answer::Fault(number));
            }
        }
    }
    Err("a fault has no `faultCode`".to_owned())
}

fn json(value: Value) -> Parsed {
    match value {
        Value::Null => Parsed::Other("null"),
        Value::Bool(truth) => Parsed::Boolean(truth),
        Value::Number(number) => number
            .as_i64()
            .map_or(Parsed::Other("a fraction"), Parsed::Integer),
        Value::String(text) => Parsed::Text(text),
        Value::Array(items) => Parsed::List(items.into_iter().map(json).collect()),
        Value::Object(members) => Parsed::Struct(
            members
                .into_iter()
                .map(|(name, value)| (name, json(value)))
                .collect(),
        ),
    }
}

/// An element of REST (XML). What is a list and what a struct, its declaration says.
fn untyped(element: &Element) -> Parsed {
    if element.children.is_empty() {
        return Parsed::Untyped(element.text.clone());
    }
    let members = element.children.iter();
    Parsed::Struct(
        members
            .map(|child| (child.name.clone(), untyped(child)))
            .collect(),
    )
}

/// A `<value>` of XML-RPC.
fn typed(value: &Element) -> Result<Parsed, String> {
    let [of_type] = value.children.as_slice() else {
        return Ok(Parsed::Text(value.text.clone()));
    };
    let text = &of_type.text;
    Ok(match of_type.name.as_str() {
        "string" => Parsed::Text(text.clone()),
        "int" | "i4" | "i8" => text
            .parse()
            .map(Parsed::Integer)
            .map_err(|_| format!("'{text}' is no <{}>", of_type.name))?,
        "boolean" => match text.as_str() {
            "1" => Parsed::Boolean(true),
            "0" => Parsed::Boolean(false),
            _ => return Err(format!("'{text}' is no <boolean>")),
        },
        "dateTime.iso8601" => Parsed::Time(text.clone()),
        "array" => {
            let items = of_type.only("data")?.children.iter().map(typed);
            Parsed::List(items.collect::<Result<_, _>>()?)
        }
        "struct" => {
            let members = of_type.children.iter().map(|member| {
                let name = member.child("name")?.text.clone();
                Ok((name, typed(member.child("value")?)?))
            });
            Parsed::Struct(members.collect::<Result<_, String>>()?)
        }
        _ => Parsed::Other("of a type that no result has"),
    })
}
