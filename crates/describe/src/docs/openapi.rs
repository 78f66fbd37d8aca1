//! Renders the OpenAPI document as a page for reference.
//!
//! The page is generated from the document alone.

use askama::Template;
use serde_json::{Map, Value};
use trivium_front::{Reply, page};

use crate::schema::text;
use crate::{Site, openapi};

#[derive(Template)]
#[template(path = "docs/openapi.html")]
struct OpenapiPage<'a> {
    site: &'a Site<'a>,
    version: String,
    about: Vec<Words>,
    tags: Vec<Tag>,
    schemas: Vec<(String, String)>,
}

/// A paragraph in parts, each with true if it is code.
type Words = Vec<(bool, String)>;

struct Tag {
    name: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    verb: String,
    path: String,
    about: Vec<Words>,
    parameters: Vec<Parameter>,
    bodies: Vec<Media>,
    answers: Vec<Answer>,
}

struct Parameter {
    name: String,
    place: String,
    required: bool,
    about: Vec<Words>,
    schema: String,
}

/// A body, and the media types that share it.
struct Media {
    types: Vec<String>,
    schemas: Vec<String>,
    example: Option<String>,
}

struct Answer {
    status: String,
    about: Vec<Words>,
    bodies: Vec<Media>,
}

/// Renders the page.
pub(crate) fn page(site: &Site<'_>) -> Reply {
    let document = openapi::document(site, "json").unwrap_or_default();
    let operations = || {
        members(&document, "paths").flat_map(|(path, item)| {
            let verbs = item.as_object().into_iter().flatten();
            verbs.map(move |(verb, operation)| (path, verb, operation))
        })
    };
    let tag = |tag: &Value| {
        let tagged = operations().filter(|(.., operation)| {
            operation
                .pointer("/tags/0")
                .is_some_and(|name| Some(name) == tag.get("name"))
        });
        Tag {
            name: text(tag, "name").to_owned(),
            operations: tagged
                .map(|(path, verb, operation)| read(&document, path, verb, operation))
                .collect(),
        }
    };
    let info = document.get("info").unwrap_or(&Value::Null);
    let components = document.get("components").unwrap_or(&Value::Null);
    let page = OpenapiPage {
        site,
        version: text(&document, "openapi").to_owned(),
        about: paragraphs(text(info, "description")),
        tags: list(&document, "tags").map(tag).collect(),
        schemas: members(components, "schemas")
            .map(|(name, schema)| (name.clone(), format!("{schema:#}")))
            .collect(),
    };
    page::page(200, page.render())
}

fn read(document: &Value, path: &str, verb: &str, operation: &Value) -> Operation {
    let parameters = list(operation, "parameters").map(|parameter| Parameter {
        name: text(parameter, "name").to_owned(),
        place: text(parameter, "in").to_owned(),
        required: parameter.get("required") == Some(&true.into()),
        about: paragraphs(text(parameter, "description")),
        schema: without_prose(parameter.get("schema")),
    });
    let answers = members(operation, "responses").map(|(status, answer)| {
        let answer = resolved(document, answer);
        Answer {
            status: status.clone(),
            about: paragraphs(text(answer, "description")),
            bodies: bodies(answer),
        }
    });
    let body = operation.get("requestBody");
    Operation {
        id: text(operation, "operationId").to_owned(),
        verb: verb.to_ascii_uppercase(),
        path: path.to_owned(),
        about: paragraphs(text(operation, "description")),
        parameters: parameters.collect(),
        bodies: body.map_or_else(Vec::new, |body| bodies(resolved(document, body))),
        answers: answers.collect(),
    }
}

/// Reads the bodies of a request or a response. Media types with the same body are merged.
fn bodies(of: &Value) -> Vec<Media> {
    let mut bodies: Vec<(&Value, Media)> = Vec::new();
    for (kind, media) in members(of, "content") {
        if let Some((_, same)) = bodies.iter_mut().find(|(other, _)| *other == media) {
            same.types.push(kind.clone());
            continue;
        }
        let mut schemas = Vec::new();
        references(media, &mut schemas);
        let example = media.get("example").map(|example| match example {
            Value::String(text) => text.clone(),
            example => format!("{example:#}"),
        });
        let types = vec![kind.clone()];
        bodies.push((
            media,
            Media {
                types,
                schemas,
                example,
            },
        ));
    }
    bodies.into_iter().map(|(_, body)| body).collect()
}

/// Collects the names of the schemas that a value refers to.
fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix("#/components/schemas/"));
            names.extend(name.map(str::to_owned));
            members.values().for_each(|value| references(value, names));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, names)),
        _ => {}
    }
}

/// Follows the reference of a value; returns other values unchanged.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = text(value, "$ref").strip_prefix('#');
    target
        .and_then(|target| document.pointer(target))
        .unwrap_or(value)
}

/// Writes a schema in a line, without the members that the page shows elsewhere.
fn without_prose(schema: Option<&Value>) -> String {
    let Some(members) = schema.and_then(Value::as_object) else {
        return String::new();
    };
    let shown = |name: &str| !matches!(name, "description" | "examples");
    let kept: Map<String, Value> = members
        .iter()
        .filter(|(name, _)| shown(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Value::Object(kept).to_string()
}

/// Splits a description into paragraphs, and these at the backticks around code.
fn paragraphs(text: &str) -> Vec<Words> {
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.is_empty());
    paragraphs
        .map(|paragraph| {
            let parts = paragraph.split('`').enumerate();
            parts
                .map(|(place, part)| (place % 2 == 1, part.to_owned()))
                .collect()
        })
        .collect()
}

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let members = value.get(name).and_then(Value::as_object);
    members.into_iter().flatten()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let list = value.get(name).and_then(Value::as_array);
    list.into_iter().flatten()
}
