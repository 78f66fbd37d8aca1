//! The rules of an operation's arguments, read from the schema of its struct.
//!
//! What the schema says is what is enforced and what is documented: there is no second list.
//! The walk that applies the rules is in `trivium-front`, as its messages are the wire's.

use schemars::Schema;
use serde::de::value::{Error as Invalid, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde_json::Value as Json;

use crate::{Code, Error};

/// A checked value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text, or one of a closed list of words, or an id.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
}

/// The checked arguments of a call, in declaration order.
#[derive(Clone, Debug, Default)]
pub struct Arguments(pub Vec<(&'static str, Value)>);

impl Arguments {
    /// Fills the struct of an operation.
    ///
    /// # Errors
    /// None for arguments that passed the rules; what a hole in the rules would let through is
    /// `validation_invalid_value`.
    pub fn fill<T: DeserializeOwned>(self) -> Result<T, Error> {
        T::deserialize(MapDeserializer::<_, Invalid>::new(self.0.into_iter()))
            .map_err(|_| Error::from(Code::ValidationInvalidValue))
    }
}

impl<'de> IntoDeserializer<'de, Invalid> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Invalid;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        match self {
            Self::Text(text) => visitor.visit_string(text),
            Self::Integer(number) => visitor.visit_i64(number),
            Self::Boolean(truth) => visitor.visit_bool(truth),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Invalid> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Invalid> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The type of an argument, as every format knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A point in time.
    DateTime,
}

/// What one argument must be.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Whether the call fails without it.
    pub required: bool,
    /// What stands in for a missing one.
    pub default: Option<Value>,
    /// Smallest number.
    pub minimum: Option<i64>,
    /// Greatest number.
    pub maximum: Option<i64>,
    /// Characters at the most.
    pub longest: Option<usize>,
    /// The allowed words; empty where any text is.
    pub words: Vec<String>,
    /// The form of an id.
    pub id: Option<IdForm>,
}

/// The form of an id such as `group:123`.
#[derive(Clone, Debug)]
pub struct IdForm {
    /// What it is called: `Group ID`.
    pub what: String,
    /// What stands before the number: `group:`.
    pub prefix: String,
    /// An example: `group:123`.
    pub example: String,
    /// A word that may stand instead of an id.
    pub or: Option<String>,
}

/// Reads the rules from the schema of an argument struct.
///
/// # Panics
/// When the schema says something that the rules cannot hold: a fault of the declaration, found
/// when the catalog is built, which every test does.
#[expect(clippy::panic, reason = "a wrong declaration must not start")]
pub(crate) fn rules(schema: &Schema) -> Vec<Rule> {
    let required: Vec<&str> = texts(schema.get("required"));
    let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
        return Vec::new();
    };
    properties
        .iter()
        .map(|(name, property)| {
            // An Option is `anyOf [X, null]`, or X with null among its types.
            let inner = property
                .get("anyOf")
                .and_then(Json::as_array)
                .and_then(|options| options.first())
                .unwrap_or(property);
            let kind = match texts_or_one(inner.get("type")).first() {
                Some(&"string") if inner.get("format") == Some(&"date-time".into()) => {
                    Kind::DateTime
                }
                Some(&"string") => Kind::Text,
                Some(&"integer") => Kind::Integer,
                Some(&"boolean") => Kind::Boolean,
                other => panic!("argument {name}: no rule for the type {other:?}"),
            };
            let number = |key: &str| inner.get(key).and_then(Json::as_i64);
            let default = property.get("default").and_then(|default| match default {
                Json::String(text) => Some(Value::Text(text.clone())),
                Json::Bool(truth) => Some(Value::Boolean(*truth)),
                Json::Number(number) => number.as_i64().map(Value::Integer),
                _ => None,
            });
            let id = inner.get("x-what").and_then(Json::as_str).map(|what| {
                let example = texts(inner.get("examples"))
                    .first()
                    .map_or("", |e| e)
                    .to_owned();
                IdForm {
                    what: what.to_owned(),
                    prefix: example
                        .split_inclusive(':')
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    example,
                    or: inner.get("x-or").and_then(Json::as_str).map(str::to_owned),
                }
            });
            Rule {
                // Rules live as long as the program, and so do their names.
                name: Box::leak(name.clone().into_boxed_str()),
                kind,
                required: required.contains(&name.as_str()),
                default,
                minimum: number("minimum"),
                maximum: number("maximum"),
                longest: number("maxLength").and_then(|n| usize::try_from(n).ok()),
                words: texts(inner.get("enum"))
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
