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
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for shared in Shared::all(dialect) {
        // A slash at the end makes no difference to the service, and linters reject it.
        let item = paths.entry(shared.path.trim_end_matches('/')).or_default();
        let operation = shared.operation(site, served);
        item.insert(shared.verb.to_ascii_lowercase(), operation);
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

/// The methods that have a path and a verb in common. OpenAPI has one operation for all of them.
struct Shared<'a> {
    path: &'static str,
    verb: &'static str,
    methods: Vec<&'a MethodDescription>,
    /// True if the arguments are members of a body in JSON, and not names and values.
    is_message: bool,
    /// The members of the example's body.
    example: Map<String, Value>,
}

/// Where a request has an argument.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Path,
    Query,
    Body,
}

impl<'a> Shared<'a> {
    fn all(dialect: &'a Dialect) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for method in &dialect.methods {
            let same =
                |shared: &&mut Self| shared.path == method.path && shared.verb == method.verb;
            match all.iter_mut().find(same) {
                Some(shared) => shared.methods.push(method),
                None => all.push(Self {
                    path: method.path,
                    verb: method.verb,
                    methods: vec![method],
                    is_message: matches!(method.example.payload, Payload::Message { .. }),
                    example: example_body(method),
                }),
            }
        }
        all
    }

    fn operation(&self, site: &Site<'_>, served: &ServedDialect<'_>) -> Value {
        let dialect = served.dialect;
        let (id, summary, description) = match self.methods.as_slice() {
            [only] => (only.own_name(), only.summary, only.summary.to_owned()),
            methods => {
                let about = methods
                    .iter()
                    .map(|method| format!("`{}`: {}", method.own_name(), method.summary));
                let id = match self.verb {
                    "GET" => "callByGet",
                    _ => "callByPost",
                };
                let about: Vec<String> = about.collect();
                (id, "Calls one of several methods", about.join("\n\n"))
            }
        };
        let operation = json!({
            "operationId": id.replace(['-', '.'], "_"),
            "tags": [dialect.title],
            "summary": summary.trim_end_matches('.'),
            "description": description,
            "security": match token_header(dialect) {
                Some(_) => json!([{ "token": [] }, {}]),
                None => json!([]),
            },
            "responses": responses(site, served, &self.methods),
        });
        let operation = with(operation, "parameters", self.parameters());
        with(operation, "requestBody", self.body())
    }

    /// The arguments by name, and whether every method requires them.
    fn arguments(&self) -> BTreeMap<&'static str, (&'a ArgumentDescription, bool)> {
        let mut arguments = BTreeMap::new();
        for argument in self.methods.iter().flat_map(|method| &method.arguments) {
            let is_required = self.methods.iter().all(|method| {
                let mut arguments = method.arguments.iter();
                arguments.any(|other| other.name == argument.name && other.need == Need::Required)
            });
            arguments
                .entry(argument.name)
                .or_insert((argument, is_required));
        }
        arguments
    }

    fn place(&self, argument: &ArgumentDescription) -> Place {
        if self.path.contains(&format!("{{{}}}", argument.name)) {
            Place::Path
        } else if self.verb == "GET" && !self.is_message {
            Place::Query
        } else {
            Place::Body
        }
    }

    fn schema(&self, argument: &ArgumentDescription) -> Value {
        let is_text = !self.is_message || self.place(argument) == Place::Path;
        let schema = match self.example.get(argument.name) {
            _ if is_text => json!({ "type": "string" }),
            Some(example) => type_of(example),
            None => json!({}),
        };
        let schema = match argument.need {
            Need::Default(default) if is_text => with(schema, "default", Some(default.into())),
            Need::Default(default) => with_default(schema, default),
            Need::Required | Need::Optional => schema,
        };
        let choices = (self.methods.len() > 1 && argument.name == "method").then(|| {
            self.methods
                .iter()
                .map(|method| method.own_name())
                .collect()
        });
        with(schema, "enum", choices)
    }

    /// Describes the arguments in the address, if the methods have such arguments.
    fn parameters(&self) -> Option<Value> {
        let mut parameters = Vec::new();
        for (name, (argument, is_required)) in self.arguments() {
            let place = match self.place(argument) {
                Place::Path => "path",
                Place::Query => "query",
                Place::Body => continue,
            };
            parameters.push(json!({
                "name": name,
                "in": place,
                "required": is_required,
                "description": argument.form,
                "schema": self.schema(argument),
            }));
        }
        (!parameters.is_empty()).then(|| parameters.into())
    }

    /// Describes the body, if the methods have arguments in it.
    fn body(&self) -> Option<Value> {
        let mut members = Map::new();
        let mut required = Vec::new();
        for (name, (argument, is_required)) in self.arguments() {
            if self.place(argument) != Place::Body {
                continue;
            }
            let schema = self.schema(argument);
            let schema = with(schema, "description", Some(argument.form.into()));
            members.insert(name.to_owned(), schema);
            if is_required {
                required.push(name);
            }
        }
        if members.is_empty() {
            return None;
        }
        let is_required = !required.is_empty();
        let schema = json!({ "type": "object", "properties": members });
        let schema = with(schema, "required", is_required.then(|| required.into()));
        let example = (!self.example.is_empty()).then(|| self.example.clone().into());
        let content = with(json!({ "schema": schema }), "example", example);
        let media_type = match self.is_message {
            true => "application/json",
            false => "application/x-www-form-urlencoded",
        };
        Some(json!({ "required": is_required, "content": { media_type: content } }))
    }
}

/// Returns the header in which the examples have their token, if it is a header.
fn token_header(dialect: &Dialect) -> Option<&'static str> {
    let method = dialect.methods.first()?;
    let (name, _) = method.example.headers().first()?;
    Some(name)
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
