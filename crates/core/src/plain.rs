//! Schemas for the plain members of answers, each with the rule that lets every format carry it.
//!
//! A field stays a `String` or an `i64`, and names its schema: `#[schemars(with = "Text")]`.
//! The catalog refuses plain fields without a rule: see [`crate::lint`].

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A text. What XML cannot carry is refused on the way in, and replaced on the way out.
#[derive(Debug)]
pub enum Text {}

/// A counter. Over XML-RPC it becomes an `<i8>` when it leaves 32 bits.
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
        json_schema!({ "type": "string", "x-characters": crate::types::TEXT })
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
