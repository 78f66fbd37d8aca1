//! The one walk that holds arguments against their rules.
//!
//! Forms, JSON, XML and XML-RPC values all come here as the same list of names and values, so
//! the order of the checks, their codes and their messages are the same in every format.

use trivium_core::arguments::{Arguments, Kind, Rule, Value};
use trivium_core::types::{DateTime, can_carry};
use trivium_core::{Code, Entry, Error};

use crate::text::quote;

/// A value as the request gave it, before anything is known of what it should be.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Text of a format without types: a form, or an element of XML.
    Untyped(String),
    /// A string of a format with types.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Double,
    /// True or false.
    Boolean(bool),
    /// A time of a format that has a type for times.
    DateTime(DateTime),
    /// A list.
    Array,
    /// A struct, or a value of a kind that no argument has.
    Object,
    /// Nothing.
    Null,
}

impl Given {
    /// The word by which errors name the type.
    const fn type_word(&self) -> &'static str {
        match self {
            Self::Untyped(_) | Self::Text(_) => "string",
            Self::Integer(_) => "integer",
            Self::Double => "double",
            Self::Boolean(_) => "boolean",
            Self::Array => "array",
            Self::DateTime(_) | Self::Object => "object",
            Self::Null => "NULL",
        }
    }
}

/// How errors name the place where the arguments were, and how strict it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Query and body of a REST call: unknown keys are ignored.
    Rest,
    /// The struct of an XML-RPC call: unknown keys are refused.
    XmlRpc,
}

impl Input {
    const fn words(self) -> &'static str {
        match self {
            Self::Rest => "REST input",
            Self::XmlRpc => "input to XML-RPC function",
        }
    }
}

/// The name of the argument that a Bearer header may stand for.
const TOKEN: &str = "authToken";

/// Holds what was given against the rules of an operation: for each argument in declaration
/// order its presence, form, type and range, and unknown keys last.
///
/// # Errors
/// The first failure, under its code.
pub fn check(
    entry: &Entry,
    given: Vec<(String, Given)>,
    bearer: Option<&str>,
    input: Input,
) -> Result<Arguments, Error> {
    let words = input.words();
    let mut slots: Vec<Option<Given>> = vec![None; entry.arguments.len()];
    let mut twice = vec![false; entry.arguments.len()];
    let mut extra = None;
    for (name, value) in given {
        let place = entry.arguments.iter().position(|rule| rule.name == name);
        match place.and_then(|i| Some((slots.get_mut(i)?, twice.get_mut(i)?))) {
            Some((slot, twice)) => *twice |= slot.replace(value).is_some(),
            None if !name.starts_with("__") => extra = extra.or(Some(name)),
            None => {}
        }
    }
    let mut arguments = Vec::with_capacity(slots.len());
    for ((rule, value), twice) in entry.arguments.iter().zip(slots).zip(twice) {
        if twice {
            return Err(Error::new(
                Code::ValidationDuplicateKey,
                format!(
                    "Validation error ({words}, ): key {} is given twice",
                    rule.name
                ),
            ));
        }
        // Nothing, said aloud, is nothing.
        let value = value
            .filter(|value| rule.required || *value != Given::Null)
            .or_else(|| {
                let token = bearer.filter(|_| rule.name == TOKEN)?;
                Some(Given::Untyped(token.to_owned()))
            });
        match value {
            Some(value) => arguments.push((rule.name, one(rule, value, words, input)?)),
            None => match &rule.default {
                Some(default) => arguments.push((rule.name, default.clone())),
                None if rule.required => {
                    return Err(Error::new(
                        Code::ValidationMissingKey,
                        format!(
                            "Validation error ({words}, ): key {} is required",
                            rule.name
                        ),
                    ));
                }
                None => {}
            },
        }
    }
    match extra {
        Some(name) if input == Input::XmlRpc => Err(Error::new(
            Code::ValidationExtraKey,
            format!(
                "Validation error ({words}, ): key {} is not allowed",
                quote(&name)
            ),
        )),
        _ => Ok(Arguments(arguments)),
    }
}

/// Holds one value against its rule.
fn one(rule: &Rule, value: Given, words: &str, input: Input) -> Result<Value, Error> {
    let name = rule.name;
    let wrong_type = |expected: &str, value: &Given| {
        Error::new(
            Code::ValidationIncorrectType,
            format!(
                "Validation error ({words}): expected type {expected} at position '/{name}', got {}",
                value.type_word()
            ),
        )
    };
    let invalid = |code: Code, what: String| {
        Error::new(
            code,
            format!("Validation error ({words}, /{name}): value at /{name} {what}"),
        )
    };
    match rule.kind {
        Kind::Text => match value {
            Given::Untyped(text) | Given::Text(text) => text_value(rule, text, &invalid),
            other => Err(wrong_type("string", &other)),
        },
        Kind::Integer => {
            let number = match &value {
                Given::Integer(number) => Some(*number),
                Given::Untyped(text) => decimal(text),
                _ => None,
            };
            let number = number.ok_or_else(|| wrong_type("integer", &value))?;
            if let Some(least) = rule.minimum.filter(|least| number < *least) {
                let what = format!("({number}) must be >= {least}");
                return Err(invalid(Code::ValidationOutOfRange, what));
            }
            if let Some(most) = rule.maximum.filter(|most| number > *most) {
                let what = format!("({number}) must be <= {most}");
                return Err(invalid(Code::ValidationOutOfRange, what));
            }
            Ok(Value::Integer(number))
        }
        Kind::Boolean => match value {
            Given::Boolean(truth) => Ok(Value::Boolean(truth)),
            Given::Untyped(text) => match text.as_str() {
                "true" => Ok(Value::Boolean(true)),
                "false" => Ok(Value::Boolean(false)),
                other => {
                    let what = format!("('{}') must be true or false", quote(other));
                    Err(invalid(Code::ValidationInvalidValue, what))
                }
            },
            other => Err(wrong_type("boolean", &other)),
        },
        Kind::DateTime => match value {
            Given::DateTime(time) => Ok(Value::Text(time.to_string())),
            Given::Untyped(text) | Given::Text(text) if input == Input::Rest => text
                .parse::<DateTime>()
                .map(|time| Value::Text(time.to_string()))
                .map_err(|_| {
                    let what = format!(
                        "('{}') must be a time such as 2006-08-11T13:38:44Z",
                        quote(&text)
                    );
                    invalid(Code::ValidationInvalidValue, what)
                }),
            other => Err(wrong_type("dateTime", &other)),
        },
    }
}

fn text_value(
    rule: &Rule,
    text: String,
    invalid: &dyn Fn(Code, String) -> Error,
) -> Result<Value, Error> {
    if let Some(id) = &rule.id {
        let word = id.or.as_deref() == Some(text.as_str());
        let digits = text.strip_prefix(id.prefix.as_str()).unwrap_or_default();
        // 18 digits always fit into 64 bits.
        let number = (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if !word && !number {
            return Err(Error::new(
                Code::InvalidId,
                format!(
                    "{} must be of the form '{}' ('{}' is not valid)",
                    id.what,
                    id.example,
                    quote(&text)
                ),
            ));
        }
    }
    if !rule.words.is_empty() && !rule.words.contains(&text) {
        let what = format!(
            "('{}') must be one of {}",
            quote(&text),
            rule.words.join(", ")
        );
        return Err(invalid(Code::ValidationNotInEnum, what));
    }
    if let Some(longest) = rule.longest
        && text.len() > longest
        && text.chars().count() > longest
    {
        let what = format!("must have at most {longest} characters");
        return Err(invalid(Code::ValidationOutOfRange, what));
    }
    if let Some(c) = text.chars().find(|&c| !can_carry(c)) {
        let what = format!(
            "has the character {}, which XML cannot carry",
            c.escape_unicode()
        );
        return Err(invalid(Code::ValidationInvalidValue, what));
    }
    Ok(Value::Text(text))
}

/// Decimal text as a number; beyond 64 bits, the nearest that they hold.
fn decimal(text: &str) -> Option<i64> {
    let (digits, negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(
        text.parse()
            .unwrap_or(if negative { i64::MIN } else { i64::MAX }),
    )
}
