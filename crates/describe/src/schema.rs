//! Reads the schemas of the catalog.

use serde_json::{Map, Value, json};
use trivium_front::contract::{Profile, wire_name};
use trivium_rpc::schema::without_null;
use trivium_rpc::text::TEXT;
use trivium_rpc::{Code, Entry, codes};

use crate::examples::Format;

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

/// The side of a call on which a schema describes values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Arguments.
    Request,
    /// Results.
    Response,
}

/// Converts a schema for OpenAPI: without definitions and null, and for REST (XML) with the format of
/// lists.
pub(crate) fn published(schema: &Value, format: Format, side: Side) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    let mut out = Map::new();
    for (key, value) in members {
        match key.as_str() {
            "$schema" | "$defs" | "title" | "anyOf" => {}
            // Every text of a response has the same characters.
            "x-characters" if side == Side::Response && value == TEXT => {}
            "x-characters" => {
                out.insert("pattern".into(), value.clone());
            }
            key if key.starts_with("x-") => {}
            "type" => {
                out.insert(key.clone(), kind(schema).into());
            }
            "enum" => {
                let words = value.as_array().into_iter().flatten();
                out.insert(
                    key.clone(),
                    words.filter(|word| !word.is_null()).cloned().collect(),
                );
            }
            "$ref" => {
                let name = definition(schema).unwrap_or_default();
                out.insert(key.clone(), format!("#/components/schemas/{name}").into());
            }
            "properties" => {
                let all = value.as_object().into_iter().flatten();
                let all = all.map(|(name, schema)| (name.clone(), published(schema, format, side)));
                out.insert(key.clone(), Value::Object(all.collect()));
            }
            "items" => {
                let mut items = published(value, format, side);
                if let (Some(items), Format::Xml) = (items.as_object_mut(), format) {
                    items.insert("xml".into(), json!({ "name": "item" }));
                    out.insert("xml".into(), json!({ "wrapped": true }));
                }
                out.insert(key.clone(), items);
                if side == Side::Request {
                    out.insert("uniqueItems".into(), true.into());
                }
            }
            _ => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    let inner = without_null(schema);
    if !std::ptr::eq(inner, schema)
        && let Value::Object(inner) = published(inner, format, side)
    {
        for (key, value) in inner {
            out.entry(key).or_insert(value);
        }
    }
    Value::Object(out)
}

/// Lists the names of codes as they are sent, without duplicates. The historical servers had the same name
/// for several causes.
pub(crate) fn wire_names(
    profile: Profile,
    codes: impl IntoIterator<Item = Code>,
) -> Vec<&'static str> {
    let mut names = Vec::new();
    for code in codes {
        let name = wire_name(profile, code);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Lists all codes that an operation may return, its own first.
pub(crate) fn all_codes(entry: &Entry) -> impl Iterator<Item = Code> {
    entry.errors.iter().chain(codes::COMMON).copied()
}
