//! Refuses types that cannot survive every format, when the catalog is built for tests.
//!
//! XML-RPC has 32-bit numbers and no null, XML lacks some characters and all types, JSON has
//! no infinity. A type is fine when its schema states the rule by which it gets through.

use schemars::Schema;
use serde_json::Value as Json;

/// Why the argument and result of an operation cannot be served; empty when they can.
///
/// The schemas are those of an argument struct, and of a result as it is serialized.
pub fn refusals(input: &Schema, output: &Schema) -> Vec<String> {
    let mut lint = Lint::default();
    lint.arguments(input.as_value());
    lint.value("result", output.as_value());
    for (name, definition) in members(output.as_value(), "$defs") {
        lint.value(name, definition);
    }
    lint.refusals
}

#[derive(Default)]
struct Lint {
    refusals: Vec<String>,
}

impl Lint {
    fn refuse(&mut self, place: &str, reason: &str) {
        self.refusals.push(format!("{place}: {reason}"));
    }

    fn arguments(&mut self, schema: &Json) {
        for (name, property) in members(schema, "properties") {
            let place = format!("argument {name}");
            if requires(schema, name) && example(property).is_none() {
                self.refuse(&place, "a required argument without an example");
            }
            self.leaf(&place, without_null(property));
        }
    }

    fn value(&mut self, place: &str, schema: &Json) {
        if schema.get("$ref").is_some() {
            // Its definition is looked at once, under its own name.
            return;
        }
        match kind(schema) {
            Some("object") if schema.get("additionalProperties").is_some() => {
                self.refuse(place, "a map: no format tells its keys from members");
            }
            Some("object") => {
                for (name, property) in members(schema, "properties") {
                    let place = format!("{place}.{name}");
                    if requires(schema, name) && is_nullable(property) {
                        self.refuse(&place, "null without a rule: leave the member out");
                    }
                    self.value(&place, without_null(property));
                }
            }
            Some("array") => match schema.get("items") {
                Some(items) if is_nullable(items) => {
                    self.refuse(place, "null without a rule: leave the item out");
                }
                Some(items) => self.value(&format!("{place}[]"), items),
                None => self.refuse(place, "a list of nobody knows what"),
            },
            _ => self.leaf(place, schema),
        }
    }

    fn leaf(&mut self, place: &str, schema: &Json) {
        let has = |key: &str| schema.get(key).is_some();
        match kind(schema) {
            Some("boolean") => {}
            Some("integer") if has("x-beyond-32-bits") || fits(schema) => {}
            Some("integer") => self.refuse(place, "an integer beyond 32 bits without a rule"),
            Some("number") => self.refuse(place, "a float, which need not be finite"),
            Some("string") if has("enum") || has("pattern") || has("x-characters") => {}
            Some("string") if schema.get("format") == Some(&"date-time".into()) => {}
            Some("string") => {
                self.refuse(place, "text without a rule for what XML cannot carry");
            }
            Some("null") => self.refuse(place, "null without a rule"),
            _ => self.refuse(place, "a type that no format has a form for"),
        }
    }
}

/// The type that a schema names; null beside another is told by [`is_nullable`].
fn kind(schema: &Json) -> Option<&str> {
    match schema.get("type") {
        Some(Json::Array(kinds)) => kinds.first().and_then(Json::as_str),
        kind => kind.and_then(Json::as_str),
    }
}

/// True when every value has 32 bits.
fn fits(schema: &Json) -> bool {
    let bound = |key: &str| schema.get(key).and_then(Json::as_i64);
    let fits = |bound: Option<i64>| bound.is_some_and(|bound| i32::try_from(bound).is_ok());
    fits(bound("minimum")) && fits(bound("maximum"))
}

/// What an argument can be, for documents: the first of its examples, or of its words.
pub fn example(property: &Json) -> Option<&Json> {
    let list = |key: &str| without_null(property).get(key)?.as_array()?.first();
    let own = property.get("examples").and_then(|list| list.get(0));
    own.or_else(|| list("examples")).or_else(|| list("enum"))
}

/// An `Option` is `anyOf [X, null]`: the schema of X.
pub fn without_null(schema: &Json) -> &Json {
    let options = schema.get("anyOf").and_then(Json::as_array);
    match options.map(Vec::as_slice) {
        Some([one, null]) if null.get("type") == Some(&"null".into()) => one,
        _ => schema,
    }
}

fn is_nullable(schema: &Json) -> bool {
    !std::ptr::eq(without_null(schema), schema)
        || schema.get("type").and_then(Json::as_array).is_some()
}

fn requires(schema: &Json, name: &str) -> bool {
    let required = schema.get("required").and_then(Json::as_array);
    required.is_some_and(|required| required.contains(&name.into()))
}

fn members<'a>(schema: &'a Json, key: &str) -> impl Iterator<Item = (&'a String, &'a Json)> {
    let members = schema.get(key).and_then(Json::as_object);
    members.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use schemars::generate::SchemaSettings;
    use schemars::{JsonSchema, schema_for};
    use serde::Serialize;

    use super::*;
    use crate::plain::{Count, Text};
    use crate::types::DateTime;

    /// Holds why a result of one member of this type is refused.
    #[track_caller]
    fn check<T: JsonSchema>(reasons: &[&str]) {
        #[derive(JsonSchema, Serialize)]
        struct Result<T> {
            member: T,
        }
        let settings = SchemaSettings::default().for_serialize();
        let output = settings
            .into_generator()
            .into_root_schema_for::<Result<T>>();
        let input = schema_for!(crate::diagnostics::errors::ErrorTest);
        let found = refusals(&input, &output);
        let wanted: Vec<String> = reasons
            .iter()
            .map(|r| format!("result.member{r}"))
            .collect();
        assert_eq!(found, wanted, "{:?}", output.as_value());
    }

    #[test]
    fn what_a_format_cannot_carry_is_refused() {
        const WIDE: &str = ": an integer beyond 32 bits without a rule";
        const FLOAT: &str = ": a float, which need not be finite";
        check::<bool>(&[]);
        check::<Text>(&[]);
        check::<Count>(&[]);
        check::<DateTime>(&[]);
        check::<Vec<DateTime>>(&[]);
        check::<i64>(&[WIDE]);
        check::<u32>(&[WIDE]);
        check::<f64>(&[FLOAT]);
        check::<Vec<f32>>(&["[]: a float, which need not be finite"]);
        check::<String>(&[": text without a rule for what XML cannot carry"]);
        check::<Option<Text>>(&[": null without a rule: leave the member out"]);
        check::<Option<f64>>(&[": null without a rule: leave the member out", FLOAT]);
        check::<Vec<Option<Text>>>(&[": null without a rule: leave the item out"]);
        check::<()>(&[": null without a rule"]);
        check::<std::collections::BTreeMap<String, bool>>(&[
            ": a map: no format tells its keys from members",
        ]);
        check::<serde_json::Value>(&[": a type that no format has a form for"]);
    }

    #[test]
    fn a_member_that_is_left_out_needs_no_null() {
        #[derive(JsonSchema, Serialize)]
        struct Result {
            #[serde(skip_serializing_if = "Option::is_none")]
            joined_at: Option<DateTime>,
        }
        let settings = SchemaSettings::default().for_serialize();
        let output = settings.into_generator().into_root_schema_for::<Result>();
        assert_eq!(refusals(&schema_for!(()), &output), [""; 0]);
    }

    #[test]
    fn a_required_argument_has_an_example() {
        #[derive(JsonSchema)]
        #[expect(dead_code, reason = "only its schema is looked at")]
        struct Arguments {
            #[schemars(with = "Text")]
            name: String,
            #[schemars(with = "Option<Text>")]
            tags: Option<String>,
            open: bool,
        }
        assert_eq!(
            refusals(
                &schema_for!(Arguments),
                &schema_for!(crate::operation::Done)
            ),
            [
                "argument name: a required argument without an example",
                "argument open: a required argument without an example",
            ]
        );
    }
}
