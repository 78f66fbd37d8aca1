//! Reads answers: what each format says, before it is held against the catalog.

use serde_json::Value;

use crate::document::{self, Element};
use crate::wire::Format;

/// A value as a format gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    /// Text of a format without types.
    Untyped(String),
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A time of a format that has a type for times.
    Time(String),
    List(Vec<Given>),
    Struct(Vec<(String, Given)>),
    /// Something that no result has.
    Other(&'static str),
}

/// What a call was answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// The members of a result, without `success`.
    Success(Vec<(String, Given)>),
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
    let Given::Struct(mut members) = given else {
        return Err("it is no struct".to_owned());
    };
    let place = members.iter().position(|(name, _)| name == "success");
    let success = place.map(|place| members.remove(place).1);
    match success {
        Some(Given::Boolean(true)) => Ok(Answer::Success(members)),
        Some(Given::Untyped(text)) if text == "true" => Ok(Answer::Success(members)),
        Some(Given::Boolean(false)) => failure(members),
        Some(Given::Untyped(text)) if text == "false" => failure(members),
        Some(_) => Err("`success` is neither true nor false".to_owned()),
        None => Err("it has no `success`".to_owned()),
    }
}

fn failure(mut members: Vec<(String, Given)>) -> Result<Answer, String> {
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    match members.as_slice() {
        [(code_name, code), (msg_name, msg)] if code_name == "code" && msg_name == "msg" => {
            match (code, msg) {
                (Given::Text(code) | Given::Untyped(code), Given::Text(_) | Given::Untyped(_)) => {
                    Ok(Answer::Failure(code.clone()))
                }
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
    if let Given::Struct(members) = typed(root.only("fault")?.only("value")?)? {
        for (name, value) in members {
            if let (true, Given::Integer(number)) = (name == "faultCode", value) {
                return Ok(Answer::Fault(number));
            }
        }
    }
    Err("a fault has no `faultCode`".to_owned())
}

fn json(value: Value) -> Given {
    match value {
        Value::Null => Given::Other("null"),
        Value::Bool(truth) => Given::Boolean(truth),
        Value::Number(number) => number
            .as_i64()
            .map_or(Given::Other("a fraction"), Given::Integer),
        Value::String(text) => Given::Text(text),
        Value::Array(items) => Given::List(items.into_iter().map(json).collect()),
        Value::Object(members) => Given::Struct(
            members
                .into_iter()
                .map(|(name, value)| (name, json(value)))
                .collect(),
        ),
    }
}

/// An element of REST (XML). What is a list and what a struct, its declaration says.
fn untyped(element: &Element) -> Given {
    if element.children.is_empty() {
        return Given::Untyped(element.text.clone());
    }
    let members = element.children.iter();
    Given::Struct(
        members
            .map(|child| (child.name.clone(), untyped(child)))
            .collect(),
    )
}

/// A `<value>` of XML-RPC.
fn typed(value: &Element) -> Result<Given, String> {
    let [of_type] = value.children.as_slice() else {
        return Ok(Given::Text(value.text.clone()));
    };
    let text = &of_type.text;
    Ok(match of_type.name.as_str() {
        "string" => Given::Text(text.clone()),
        "int" | "i4" | "i8" => text
            .parse()
            .map(Given::Integer)
            .map_err(|_| format!("'{text}' is no <{}>", of_type.name))?,
        "boolean" => match text.as_str() {
            "1" => Given::Boolean(true),
            "0" => Given::Boolean(false),
            _ => return Err(format!("'{text}' is no <boolean>")),
        },
        "dateTime.iso8601" => Given::Time(text.clone()),
        "array" => {
            let items = of_type.only("data")?.children.iter().map(typed);
            Given::List(items.collect::<Result<_, _>>()?)
        }
        "struct" => {
            let members = of_type.children.iter().map(|member| {
                let name = member.child("name")?.text.clone();
                Ok((name, typed(member.child("value")?)?))
            });
            Given::Struct(members.collect::<Result<_, String>>()?)
        }
        _ => Given::Other("of a type that no result has"),
    })
}
