//! Schemas of the plain members of results, and helpers for readers of schemas.
//!
//! A field stays a `String` or an `i64`, and names its schema: `#[schemars(with = "Text")]`.
//! [`lint`](crate::lint) rejects plain fields without a rule.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value as Json;

/// A text. Characters that XML cannot carry are rejected on input and replaced on output.
#[derive(Debug)]
pub enum Text {}

/// A counter. Over XML-RPC it is an `<i8>` if it exceeds 32 bits.
#[derive(Debug)]
pub enum Count {}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "x-characters": crate::text::TEXT })
    }
}

impl JsonSchema for Count {
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "x-beyond-32-bits": "i8 over XML-RPC" })
    }
}

/// The first example of an argument or member, or its first allowed value.
pub fn example(property: &Json) -> Option<&Json> {
    let first = |key: &str| without_null(property).get(key)?.as_array()?.first();
    let own = property.get("examples").and_then(|list| list.get(0));
    own.or_else(|| first("examples")).or_else(|| first("enum"))
}

/// The schema of X, for the `Option` of X: `anyOf [X, null]`.
pub fn without_null(schema: &Json) -> &Json {
    let options = schema.get("anyOf").and_then(Json::as_array);
    match options.map(Vec::as_slice) {
        Some([one, null]) if null.get("type") == Some(&"null".into()) => one,
        _ => schema,
    }
}

/// The type that a schema names, without null: `string`, `integer`, `boolean`, `array` or `object`.
pub fn type_name(schema: &Json) -> Option<&str> {
    match schema.get("type") {
        Some(Json::Array(types)) => types.first().and_then(Json::as_str),
        one => one.and_then(Json::as_str),
    }
}
