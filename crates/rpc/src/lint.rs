//! Rejects types that a format cannot represent, when the catalog is built in debug builds.
//!
//! XML-RPC has 32-bit numbers and no null, XML lacks some characters and all types, JSON has
//! no infinity. A type is accepted if its schema states the rule by which every format carries it.

use schemars::Schema;
use serde_json::Value as Json;

use crate::schema::{example, type_name, without_null};

/// Why an operation cannot be served in every format; empty if it can.
///
/// The schemas are those of its argument struct, and of its result as it is serialized.
pub fn check(input: &Schema, output: &Schema) -> Vec<String> {
    let mut lint = Lint::default();
    lint.arguments(input.as_value());
    lint.value("result", output.as_value());
    for (name, definition) in members(output.as_value(), "$defs") {
        lint.value(name, definition);
    }
    lint.findings
}

#[derive(Default)]
struct Lint {
    findings: Vec<String>,
}

impl Lint {
    fn reject(&mut self, place: &str, reason: &str) {
        self.findings.push(format!("{place}: {reason}"));
    }

    fn arguments(&mut self, schema: &Json) {
        for (name, property) in members(schema, "properties") {
            let place = format!("argument {name}");
            if requires(schema, name) && example(property).is_none() {
                self.reject(&place, "a required argument without an example");
            }
            let schema = without_null(property);
            match (schema.get("items"), schema.get("maxItems")) {
                (Some(items), Some(_)) => self.leaf(&place, items),
                (Some(_), None) => {
                    self.reject(&place, "a list without a maximum number of elements")
                }
                (None, _) => self.leaf(&place, schema),
            }
        }
    }

    fn value(&mut self, place: &str, schema: &Json) {
        if schema.get("$ref").is_some() {
            // Its definition is checked once, under its own name.
            return;
        }
        match type_name(schema) {
            Some("object") if schema.get("additionalProperties").is_some() => {
                self.reject(
                    place,
                    "a map: no format distinguishes its keys from members",
                );
            }
            Some("object") => {
                for (name, property) in members(schema, "properties") {
                    let place = format!("{place}.{name}");
                    if requires(schema, name) && is_nullable(property) {
                        self.reject(&place, "null without a rule: leave the member out");
                    }
                    self.value(&place, without_null(property));
                }
            }
            Some("array") => match schema.get("items") {
                Some(items) if is_nullable(items) => {
                    self.reject(place, "null without a rule: leave the item out");
                }
                Some(items) => self.value(&format!("{place}[]"), items),
                None => self.reject(place, "a list without the type of its items"),
            },
            _ => self.leaf(place, schema),
        }
    }

    fn leaf(&mut self, place: &str, schema: &Json) {
        let has = |key: &str| schema.get(key).is_some();
        match type_name(schema) {
            Some("boolean") => {}
            Some("integer") if has("x-beyond-32-bits") || fits(schema) => {}
            Some("integer") => self.reject(place, "an integer beyond 32 bits without a rule"),
            Some("number") => self.reject(place, "a float, which need not be finite"),
            Some("string") if has("enum") || has("pattern") || has("x-characters") => {}
            Some("string") if schema.get("format") == Some(&"date-time".into()) => {}
            Some("string") => {
                self.reject(place, "text without a rule for what XML cannot carry");
            }
            Some("null") => self.reject(place, "null without a rule"),
            _ => self.reject(place, "a type that no format can represent"),
        }
    }
}

/// True if every value fits into 32 bits.
fn fits(schema: &Json) -> bool {
    let bound = |key: &str| schema.get(key).and_then(Json::as_i64);
    let fits = |bound: Option<i64>| bound.is_some_and(|bound| i32::try_from(bound).is_ok());
    fits(bound("minimum")) && fits(bound("maximum"))
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
    use crate::entry::Done;
    use crate::schema::{Count, Text};
    use crate::time::DateTime;

    /// Checks the findings for a result with one member of this type.
    #[track_caller]
    fn rejects<T: JsonSchema>(reasons: &[&str]) {
        #[derive(JsonSchema, Serialize)]
        struct Result<T> {
            member: T,
        }
        let settings = SchemaSettings::default().for_serialize();
        let output = settings
            .into_generator()
            .into_root_schema_for::<Result<T>>();
        let found = check(&schema_for!(()), &output);
        let wanted: Vec<String> = reasons
            .iter()
            .map(|r| format!("result.member{r}"))
            .collect();
        assert_eq!(found, wanted, "{:?}", output.as_value());
    }

    #[test]
    fn unrepresentable_types_are_rejected() {
        const WIDE: &str = ": an integer beyond 32 bits without a rule";
        const FLOAT: &str = ": a float, which need not be finite";
        rejects::<bool>(&[]);
        rejects::<Text>(&[]);
        rejects::<Count>(&[]);
        rejects::<DateTime>(&[]);
        rejects::<Vec<DateTime>>(&[]);
        rejects::<i64>(&[WIDE]);
        rejects::<u32>(&[WIDE]);
        rejects::<f64>(&[FLOAT]);
        rejects::<Vec<f32>>(&["[]: a float, which need not be finite"]);
        rejects::<String>(&[": text without a rule for what XML cannot carry"]);
        rejects::<Option<Text>>(&[": null without a rule: leave the member out"]);
        rejects::<Option<f64>>(&[": null without a rule: leave the member out", FLOAT]);
        rejects::<Vec<Option<Text>>>(&[": null without a rule: leave the item out"]);
        rejects::<()>(&[": null without a rule"]);
        rejects::<std::collections::BTreeMap<String, bool>>(&[
            ": a map: no format distinguishes its keys from members",
        ]);
        rejects::<serde_json::Value>(&[": a type that no format can represent"]);
    }

    #[test]
    fn optional_members_are_accepted() {
        #[derive(JsonSchema, Serialize)]
        struct Result {
            #[serde(skip_serializing_if = "Option::is_none")]
            joined_at: Option<DateTime>,
        }
        let settings = SchemaSettings::default().for_serialize();
        let output = settings.into_generator().into_root_schema_for::<Result>();
        assert_eq!(check(&schema_for!(()), &output), [""; 0]);
    }

    #[test]
    fn required_arguments_need_an_example() {
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
            check(&schema_for!(Arguments), &schema_for!(Done)),
            [
                "argument name: a required argument without an example",
                "argument open: a required argument without an example",
            ]
        );
    }
}
