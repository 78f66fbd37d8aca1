//! The document of a dialect.
//!
//! A dialect declares no types: its arguments have names and descriptions, and the types of JSON are those of the
//! examples and of the recorded responses to them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use trivium_front::dialect::{ArgumentDescription, ErrorDescription, MethodDescription, Need};
use trivium_front::{Dialect, Payload};

use super::{info, with};
use crate::{ServedDialect, Site, answers};

/// Generates the document of a dialect.
pub(super) fn document(site: &Site<'_>, served: &ServedDialect<'_>) -> Value {
    let dialect = served.dialect;
    // OpenAPI has one operation for each path and verb. The methods of one dialect share them.
    let mut shared: Vec<Vec<&MethodDescription>> = Vec::new();
    for method in &dialect.methods {
        let same = |other: &&mut Vec<&MethodDescription>| {
            let first = other.first();
            first.is_some_and(|other| other.path == method.path && other.verb == method.verb)
        };
        match shared.iter_mut().find(same) {
            Some(methods) => methods.push(method),
            None => shared.push(vec![method]),
        }
    }
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for methods in &shared {
        if let Some(first) = methods.first() {
            let operation = operation(site, served, first, methods);
            // A slash at the end makes no difference to the service, and linters reject it.
            let item = paths.entry(first.path.trim_end_matches('/')).or_default();
            item.insert(first.verb.to_ascii_lowercase(), operation);
        }
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": info(site, dialect.title, "For clients of a service with this interface."),
        "servers": [{ "url": served.prefix }],
        "tags": [{ "name": dialect.title, "description": "The methods of the dialect." }],
        "paths": paths,
    });
    let scheme = token_header(dialect).map(|name| {
        let token = json!({ "type": "apiKey", "in": "header", "name": name });
        json!({ "securitySchemes": { "token": token } })
    });
    with(document, "components", scheme)
}

/// Returns the header in which the examples have their token, if it is a header.
fn token_header(dialect: &Dialect) -> Option<&'static str> {
    let method = dialect.methods.first()?;
    let (name, _) = method.example.headers().first()?;
    Some(name)
}

/// Describes the methods of a path and verb, of which this is the first.
fn operation(
    site: &Site<'_>,
    served: &ServedDialect<'_>,
    first: &MethodDescription,
    methods: &[&MethodDescription],
) -> Value {
    let dialect = served.dialect;
    let about: Vec<String> = methods
        .iter()
        .map(|method| format!("`{}`: {}", method.own_name(), method.summary))
        .collect();
    let (id, summary, description) = match methods {
        [only] => (only.own_name(), only.summary, only.summary.to_owned()),
        _ => (
            if first.verb == "GET" {
                "callByGet"
            } else {
                "callByPost"
            },
            "Calls one of several methods",
            about.join("\n\n"),
        ),
    };
    let mut arguments: BTreeMap<&str, (ArgumentDescription, bool)> = BTreeMap::new();
    for argument in methods.iter().flat_map(|method| &method.arguments) {
        let in_all = methods.iter().all(|method| {
            let mut arguments = method.arguments.iter();
            arguments.any(|other| other.name == argument.name && other.need == Need::Required)
        });
        arguments
            .entry(argument.name)
            .or_insert((*argument, in_all));
    }
    let is_message = matches!(first.example.payload, Payload::Message { .. });
    let given = example_body(first);
    let mut parameters = Vec::new();
    let mut members = Map::new();
    let mut required = Vec::new();
    for (name, (argument, is_required)) in arguments {
        let in_path = first.path.contains(&format!("{{{name}}}"));
        let schema = match given.get(name) {
            _ if in_path || !is_message => json!({ "type": "string" }),
            Some(example) => type_of(example),
            None => json!({}),
        };
        let schema = match argument.need {
            Need::Default(default) if is_message => with_default(schema, default),
            Need::Default(default) => with(schema, "default", Some(default.into())),
            Need::Required | Need::Optional => schema,
        };
        let schema = match (name, methods) {
            ("method", [_, _, ..]) => {
                let names = methods.iter().map(|method| method.own_name());
                with(schema, "enum", Some(names.collect()))
            }
            _ => schema,
        };
        if in_path || !is_message && first.verb == "GET" {
            parameters.push(json!({
                "name": name,
                "in": if in_path { "path" } else { "query" },
                "required": in_path || is_required,
                "description": argument.form,
                "schema": schema,
            }));
        } else {
            let schema = with(schema, "description", Some(argument.form.into()));
            members.insert(name.to_owned(), schema);
            if is_required {
                required.push(name);
            }
        }
    }
    let operation = json!({
        "operationId": id.replace(['-', '.'], "_"),
        "tags": [dialect.title],
        "summary": summary.trim_end_matches('.'),
        "description": description,
        "security": match token_header(dialect) {
            Some(_) => json!([{ "token": [] }, {}]),
            None => json!([]),
        },
        "responses": responses(site, served, methods),
    });
    let any = (!parameters.is_empty()).then_some(parameters);
    let operation = with(operation, "parameters", any.map(Value::from));
    let media_type = match is_message {
        true => "application/json",
        false => "application/x-www-form-urlencoded",
    };
    let body = (!members.is_empty()).then(|| {
        let mut schema = json!({ "type": "object", "properties": members });
        if !required.is_empty() {
            schema = with(schema, "required", Some(required.clone().into()));
        }
        let content = json!({ "schema": schema });
        let example = Some(given).filter(|given| !given.is_empty());
        let content = with(content, "example", example.map(Value::Object));
        json!({ "required": !required.is_empty(), "content": { media_type: content } })
    });
    with(operation, "requestBody", body)
}

/// Adds a default, which is JSON or a text. A value that can have several types has none in the schema.
fn with_default(schema: Value, default: &str) -> Value {
    let default = serde_json::from_str(default).unwrap_or_else(|_| Value::from(default));
    let schema = match schema.get("type") == type_of(&default).get("type") {
        true => schema,
        false => json!({}),
    };
    with(schema, "default", Some(default))
}

/// Returns the members of an example's body in JSON.
fn example_body(method: &MethodDescription) -> Map<String, Value> {
    let body = match &method.example.payload {
        Payload::Message { body, .. } => body.as_ref(),
        Payload::Arguments(_) => None,
    };
    let members = body.and_then(|(_, body)| serde_json::from_str(body).ok());
    members.unwrap_or_default()
}

/// Describes the type of a value in JSON.
fn type_of(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Array(items) => {
            let items = items.first().map_or_else(|| json!({}), type_of);
            json!({ "type": "array", "items": items })
        }
        Value::Object(members) => {
            let members = members.iter();
            let members: Map<String, Value> = members
                .map(|(name, value)| (name.clone(), type_of(value)))
                .collect();
            json!({ "type": "object", "properties": members })
        }
    }
}

fn responses(site: &Site<'_>, served: &ServedDialect<'_>, methods: &[&MethodDescription]) -> Value {
    let mut responses = BTreeMap::new();
    for method in methods {
        let recorded = site.service.answers.of_dialect(&method.name);
        let recorded = answers::with_dialect_address(served, site, recorded.unwrap_or_default());
        let (head, body) = recorded.split_once("\n\n").unwrap_or((&recorded, ""));
        let status = head.split(' ').nth(1).unwrap_or("200").to_owned();
        let media_type = head
            .lines()
            .find_map(|line| line.strip_prefix("content-type: "))
            .and_then(|value| value.split(';').next());
        let content = media_type.map(|media_type| {
            let (schema, example) = match serde_json::from_str::<Value>(body) {
                Ok(json) => (type_of(&json), json),
                Err(_) => (json!({ "type": "string" }), body.into()),
            };
            json!({ media_type: { "schema": schema, "example": example } })
        });
        let response = json!({ "description": method.response });
        responses
            .entry(status)
            .or_insert_with(|| with(response, "content", content));
    }
    let mut failures: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    let own = methods.iter().flat_map(|method| &method.errors);
    for error in own.chain(&served.dialect.common) {
        let lines = failures.entry(error.status).or_default();
        let line = line(error);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    for (status, lines) in failures {
        let response = json!({ "description": lines.join("\n\n") });
        responses.entry(status.to_string()).or_insert(response);
    }
    json!(responses)
}

fn line(error: &ErrorDescription) -> String {
    match error.id.as_str() {
        "" => error.message.clone(),
        id => format!("`{id}`: {}", error.message),
    }
}
