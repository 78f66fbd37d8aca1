//! The rules of an operation's arguments, derived from the schema of its struct.
//!
//! Checks and documentation use the same schema, so they cannot differ.
//! `trivium-front` applies the rules, because its messages are part of the wire contract.

use schemars::Schema;
use serde_json::Value as Json;

use crate::arguments::Value;
use crate::schema::without_null;

/// The type of an argument, as every format knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A point in time.
    DateTime,
    /// A list of texts. The rule's length, choices and format of IDs are those of each element.
    List,
}

/// The rule of one argument.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its type.
    pub value_type: ValueType,
    /// True if the call fails without it.
    pub required: bool,
    /// The value of a missing argument.
    pub default: Option<Value>,
    /// The smallest number.
    pub minimum: Option<i64>,
    /// The greatest number.
    pub maximum: Option<i64>,
    /// The maximum length in characters.
    pub max_length: Option<usize>,
    /// The maximum number of elements of a list, which has at least one.
    pub max_items: Option<usize>,
    /// The allowed values; empty if any text is allowed.
    pub choices: Vec<String>,
    /// The format of an ID.
    pub id: Option<IdFormat>,
}

/// The format of an ID such as `group:123`.
#[derive(Clone, Debug)]
pub struct IdFormat {
    /// The name of the ID in messages: `Group ID`.
    pub title: String,
    /// The prefix before the number: `group:`.
    pub prefix: String,
    /// An example: `group:123`.
    pub example: String,
    /// A word that is accepted instead of an ID.
    pub alternative: Option<String>,
}

/// Derives the rules from the schema of an argument struct.
///
/// # Panics
/// If an argument has a type without a rule. The catalog is built at start and in every test.
#[expect(clippy::panic, reason = "a wrong declaration must not start")]
pub(crate) fn rules(schema: &Schema) -> Vec<Rule> {
    let required: Vec<&str> = texts(schema.get("required"));
    let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
        return Vec::new();
    };
    properties
        .iter()
        .map(|(name, property)| {
            let whole = without_null(property);
            let items = whole.get("items");
            let inner = items.unwrap_or(whole);
            let value_type = match texts_or_one(inner.get("type")).first() {
                Some(&"string") if items.is_some() => ValueType::List,
                Some(&"string") if inner.get("format") == Some(&"date-time".into()) => {
                    ValueType::DateTime
                }
                Some(&"string") => ValueType::Text,
                Some(&"integer") => ValueType::Integer,
                Some(&"boolean") => ValueType::Boolean,
                other => panic!("argument {name}: no rule for the type {other:?}"),
            };
            let number = |key: &str| inner.get(key).and_then(Json::as_i64);
            let default = property.get("default").and_then(|default| match default {
                Json::String(text) => Some(Value::Text(text.clone())),
                Json::Bool(truth) => Some(Value::Boolean(*truth)),
                Json::Number(number) => number.as_i64().map(Value::Integer),
                _ => None,
            });
            let id = inner.get("x-title").and_then(Json::as_str).map(|title| {
                let example = texts(inner.get("examples"))
                    .first()
                    .map_or("", |e| e)
                    .to_owned();
                IdFormat {
                    title: title.to_owned(),
                    prefix: example
                        .split_inclusive(':')
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    example,
                    alternative: inner
                        .get("x-alternative")
                        .and_then(Json::as_str)
                        .map(str::to_owned),
                }
            });
            Rule {
                // Rules live as long as the program, and so do their names.
                name: Box::leak(name.clone().into_boxed_str()),
                value_type,
                required: required.contains(&name.as_str()),
                default,
                minimum: number("minimum"),
                maximum: number("maximum"),
                max_length: number("maxLength").and_then(|n| usize::try_from(n).ok()),
                max_items: whole
                    .get("maxItems")
                    .and_then(Json::as_u64)
                    .and_then(|n| usize::try_from(n).ok()),
                choices: texts(inner.get("enum"))
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                id,
            }
        })
        .collect()
}

fn texts(json: Option<&Json>) -> Vec<&str> {
    json.and_then(Json::as_array)
        .map(|list| list.iter().filter_map(Json::as_str).collect())
        .unwrap_or_default()
}

fn texts_or_one(json: Option<&Json>) -> Vec<&str> {
    match json {
        Some(Json::String(text)) => vec![text],
        other => texts(other),
    }
}
