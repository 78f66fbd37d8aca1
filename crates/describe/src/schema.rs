//! What the schemas of the catalog say, as descriptions need it.

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
    /// Its schema: never null, as a member without a value is left out.
    pub(crate) schema: &'a Value,
    /// What it means.
    pub(crate) description: &'a str,
    /// True when it may be left out.
    pub(crate) optional: bool,
}

/// The members of a struct, as declared.
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

/// A text of a schema; empty where it has none.
pub(crate) fn text<'a>(schema: &'a Value, key: &str) -> &'a str {
    schema.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The type that a schema names: `string`, `integer`, `boolean`, `array` or `object`.
pub(crate) fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        kind => kind.and_then(Value::as_str),
    }
    .unwrap_or("object")
}

/// The name of the definition that a schema refers to.
pub(crate) fn definition(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// The schema itself, or the one that it refers to among the definitions of this root.
pub(crate) fn resolve<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    definition(schema)
        .and_then(|name| root.get("$defs")?.get(name))
        .unwrap_or(schema)
}

/// A schema for OpenAPI: definitions are elsewhere, nothing is null, and lists are as REST (XML)
/// writes them.
pub(crate) fn published(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    let mut out = Map::new();
    for (key, value) in members {
        match key.as_str() {
            "$schema" | "$defs" | "title" | "anyOf" => {}
            // The rule of nearly all texts is told once, by reference.
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

/// What an `Option` is when it is there.
fn published_inner(schema: &Value) -> Value {
    let inner = without_null(schema);
    if std::ptr::eq(inner, schema) {
        Value::Null
    } else {
        published(inner)
    }
}

/// How an operation can fail.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// The code as it is sent.
    pub(crate) code: &'static str,
    /// Its status where failures have one of their own.
    pub(crate) status: u16,
    /// What it means.
    pub(crate) meaning: String,
}

/// How calls fail with these codes. Causes that share a code on the wire are told together.
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

/// All codes that an operation may answer, its own first.
pub(crate) fn all_codes(entry: &Entry) -> impl Iterator<Item = Code> {
    entry.errors.iter().chain(codes::COMMON).copied()
}
