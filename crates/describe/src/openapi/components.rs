//! The schemas of arguments and results.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use trivium_front::{Profile, StatusRule, Wire};
use trivium_rpc::{Catalog, Entry, Verbs};

use super::with;
use crate::examples::Format;
use crate::schema::{Side, members, published, wire_names};
use crate::xsd::NAMESPACE;

/// The name of the schema of failed calls.
pub(super) const FAILURE: &str = "Failure";

/// The name of the schema of an operation's arguments.
pub(super) fn arguments_name(entry: &Entry) -> String {
    format!("{}Arguments", capitalized(entry.name()))
}

/// The name of the schema of an operation's result.
pub(super) fn result_name(entry: &Entry) -> String {
    format!("{}Result", capitalized(entry.name()))
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Lists the schemas of arguments and results, and the schemas to which they refer.
pub(super) fn schemas(catalog: &Catalog, wire: Wire, format: Format) -> Value {
    let mut schemas = BTreeMap::from([(FAILURE.to_owned(), failure(catalog, wire, format))]);
    for entry in &catalog.entries {
        if entry.declared.verbs != Verbs::Get && !entry.rules.is_empty() {
            schemas.insert(arguments_name(entry), arguments(entry, format));
        }
        let output = entry.output.as_value();
        schemas.insert(result_name(entry), result(wire, output, format));
        let definitions = output.get("$defs").and_then(Value::as_object);
        for (name, definition) in definitions.into_iter().flatten() {
            schemas.insert(name.clone(), published(definition, format, Side::Response));
        }
    }
    json!(schemas)
}

/// Describes the arguments of a POST. The token is optional, because a header can carry it.
fn arguments(entry: &Entry, format: Format) -> Value {
    let mut arguments = published(entry.input.as_value(), format, Side::Request);
    if let Some(required) = arguments.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != "authToken");
    }
    let element = (format == Format::Xml).then(|| json!({ "name": "request" }));
    with(arguments, "xml", element)
}

/// Describes a result, with the member `success`.
fn result(wire: Wire, output: &Value, format: Format) -> Value {
    let mut properties = Map::new();
    let description = "The call succeeded";
    properties.insert("success".into(), success(wire.status, true, description));
    let mut required = vec!["success"];
    for member in members(output) {
        let schema = published(member.schema, format, Side::Response);
        let schema = with(schema, "description", Some(member.description.into()));
        properties.insert(member.name.to_owned(), schema);
        if !member.optional {
            required.push(member.name);
        }
    }
    let result = json!({ "type": "object", "properties": properties, "required": required });
    with(result, "xml", root(wire.profile, format))
}

/// Describes the response to a failed call.
fn failure(catalog: &Catalog, wire: Wire, format: Format) -> Value {
    let mut codes = wire_names(wire.profile, catalog.codes.iter().copied());
    codes.sort_unstable();
    let failure = json!({
        "type": "object",
        "description": "A failed call.",
        "properties": {
            "success": success(wire.status, false, "The call failed"),
            "code": { "type": "string", "description": "The cause, for programs", "enum": codes },
            "msg": { "type": "string", "description": "The cause, for users" },
        },
        "required": ["success", "code", "msg"],
    });
    with(failure, "xml", root(wire.profile, format))
}

/// Describes the member `success`. Where results and failures have the same status, its value distinguishes them.
fn success(status: StatusRule, value: bool, description: &str) -> Value {
    let constant = (status == StatusRule::Ok).then(|| value.into());
    let success = json!({ "type": "boolean", "description": description });
    with(success, "const", constant)
}

/// Describes the outermost element of a response.
fn root(profile: Profile, format: Format) -> Option<Value> {
    (format == Format::Xml).then(|| match profile {
        Profile::Documented => json!({ "name": "response" }),
        Profile::Original => json!({ "name": "response", "namespace": NAMESPACE }),
    })
}
