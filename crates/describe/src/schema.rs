//! Reads the schemas of the catalog.

use serde_json::{Map, Value, json};
use trivium_front::contract::{Profile, StatusRule, status, wire_name};
use trivium_rpc::schema::without_null;
use trivium_rpc::text::TEXT;
use trivium_rpc::{Code, Entry, codes};

/// A member of a result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its schema, without null: a member without a value is left out.
    pub(crate) schema: &'a Value,
    /// What it means.
    pub(crate) description: &'a str,
    /// True if it may be left out.
    pub(crate) optional: bool,
}

/// Lists the members of a struct in the order of their declaration.
pub(crate) fn members(schema: &Value) -> Vec<Member<'_>> {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.into_iter().flatten();
    properties
        .map(|(name, schema)| Member {
            name,
            schema: without_null(schema),
            description: text(schema, "description"),
            optional: required.is_none_or(|required| !required.contains(&name.as_str().into())),
        })
        .collect()
}

/// Returns a text of a schema, or an empty text if it is absent.
pub(crate) fn text<'a>(schema: &'a Value, key: &str) -> &'a str {
    schema.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the type of a schema: `string`, `integer`, `boolean`, `array` or `object`.
pub(crate) fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        kind => kind.and_then(Value::as_str),
    }
    .unwrap_or("object")
}

/// Returns the name of the definition that a schema refers to.
pub(crate) fn definition(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// Follows the reference of a schema to a definition of `root`; returns other schemas unchanged.
pub(crate) fn resolve<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    definition(schema)
        .and_then(|name| root.get("$defs")?.get(name))
        .unwrap_or(schema)
}

/// Converts a schema for OpenAPI: without definitions and null, and with the list format of REST
/// (XML).
pub(crate) fn published(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    let mut out = Map::new();
    for (key, value) in members {
        match key.as_str() {
            "$schema" | "$defs" | "title" | "anyOf" => {}
            // Nearly all texts have this rule, so a shared schema defines it.
            "x-characters" if value == TEXT => {
                let text = json!({ "$ref": "#/components/schemas/text" });
                out.insert("allOf".into(), json!([text]));
            }
            "x-characters" => {
                out.insert("pattern".into(), value.clone());
            }
            key if key.starts_with("x-") => {}
            "type" => {
                out.insert(key.clone(), kind(schema).into());
            }
            "$ref" => {
                let name = definition(schema).unwrap_or_default();
                out.insert(key.clone(), format!("#/components/schemas/{name}").into());
            }
            "properties" => {
                let all = value.as_object().into_iter().flatten();
                let all = all.map(|(name, schema)| (name.clone(), published(schema)));
                out.insert(key.clone(), Value::Object(all.collect()));
            }
            "items" => {
                let mut items = published(value);
                if let Some(items) = items.as_object_mut() {
                    items.insert("xml".into(), json!({ "name": "item" }));
                }
                out.insert(key.clone(), items);
                out.insert("xml".into(), json!({ "wrapped": true }));
            }
            _ => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    if let Value::Object(inner) = published_inner(schema) {
        for (key, value) in inner {
            out.entry(key).or_insert(value);
        }
    }
    Value::Object(out)
}

/// Converts the inner type of an optional schema; returns null for other schemas.
fn published_inner(schema: &Value) -> Value {
    let inner = without_null(schema);
    if std::ptr::eq(inner, schema) {
        Value::Null
    } else {
        published(inner)
    }
}

/// A failure that an operation can return.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// The code as it is sent.
    pub(crate) code: &'static str,
    /// Its status, if the server uses the status of the code.
    pub(crate) status: u16,
    /// What it means.
    pub(crate) meaning: String,
}

/// Lists the failures of these codes. Causes with the same code and status on the wire are merged.
pub(crate) fn failures(profile: Profile, codes: impl Iterator<Item = Code>) -> Vec<Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    for code in codes {
        let name = wire_name(profile, code);
        let status = status(StatusRule::Http, code);
        let same = |other: &&mut Failure| other.code == name && other.status == status;
        match failures.iter_mut().find(same) {
            Some(failure) => failure.meaning = format!("{} {}", failure.meaning, code.meaning),
            None => failures.push(Failure {
                code: name,
                status,
                meaning: code.meaning.to_owned(),
            }),
        }
    }
    failures
}

/// Lists all codes that an operation may return, its own first.
pub(crate) fn all_codes(entry: &Entry) -> impl Iterator<Item = Code> {
    entry.errors.iter().chain(codes::COMMON).copied()
}
