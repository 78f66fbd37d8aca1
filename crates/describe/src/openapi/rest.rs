//! The document of a protocol over REST.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use trivium_front::contract::status;
use trivium_front::{StatusRule, Wire};
use trivium_rpc::schema::example;
use trivium_rpc::{Catalog, Code, Credential, Entry, Rule, ValueType, Verbs, codes};

use super::components::{self, FAILURE, arguments_name, result_name};
use super::{info, reference, with};
use crate::Site;
use crate::examples::{self, Format};
use crate::schema::{Side, all_codes, published, wire_names};

/// Generates the document of a protocol.
pub(super) fn document(site: &Site<'_>, format: Format) -> Value {
    let catalog = site.service.catalog;
    let mut paths = Map::new();
    for entry in &catalog.entries {
        let path = format.path(catalog, entry.name());
        paths.insert(path, path_item(site, entry, format));
    }
    let mut subjects: Vec<&str> = catalog.entries.iter().map(|entry| entry.subject).collect();
    subjects.dedup();
    let tags: Vec<Value> = subjects
        .iter()
        .map(|name| json!({ "name": name, "description": format!("Operations: {name}.") }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": info(site, format.title(), &description(site.wire, format)),
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": components::schemas(catalog, site.wire, format),
            "responses": shared_responses(catalog, site.wire, format),
            "securitySchemes": { "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "The token, instead of the argument `authToken`.",
            } },
        },
    })
}

fn description(wire: Wire, format: Format) -> String {
    let common = wire_names(wire.profile, codes::COMMON.iter().copied());
    let statuses = match wire.status {
        StatusRule::Ok => {
            "A failed call has status 200, except for 413, 415, 429 and 503, and an unknown operation, 404."
        }
        StatusRule::Http => "A failed call has a status other than 200.",
    };
    let accept = match format {
        Format::Json => " Send the header `Accept: application/json`.",
        Format::Xml | Format::XmlRpc => "",
    };
    format!(
        "The member `success` of every response reports whether the call succeeded. {statuses}{accept}\n\n\
         Every operation can fail with {}.",
        listed(&common)
    )
}

/// Lists names as code.
fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn path_item(site: &Site<'_>, entry: &Entry, format: Format) -> Value {
    let get = |id: String| operation(site, entry, format, id, "get");
    let post = || operation(site, entry, format, entry.name().to_owned(), "post");
    match entry.declared.verbs {
        Verbs::Get => json!({ "get": get(entry.name().to_owned()) }),
        Verbs::Post => json!({ "post": post() }),
        Verbs::Any => json!({ "get": get(format!("{}ByGet", entry.name())), "post": post() }),
    }
}

fn operation(site: &Site<'_>, entry: &Entry, format: Format, id: String, verb: &str) -> Value {
    let description = entry.description();
    let paragraph = description.split("\n\n").next().unwrap_or_default();
    let summary = paragraph.split_inclusive(". ").next().unwrap_or_default();
    let own = wire_names(site.wire.profile, entry.errors.iter().copied());
    let errors = match own.is_empty() {
        true => String::new(),
        false => format!(
            "\n\nIt can fail with {}, beside the codes of every operation.",
            listed(&own)
        ),
    };
    let operation = json!({
        "operationId": id,
        "tags": [entry.subject],
        "summary": summary.trim_end_matches([' ', '.']),
        "description": format!("{description}{errors}"),
        "security": security(entry),
    });
    let operation = if verb == "get" {
        let parameters = parameters(entry, format);
        let any = !entry.rules.is_empty();
        with(operation, "parameters", any.then_some(parameters))
    } else {
        let any = !entry.rules.is_empty();
        with(operation, "requestBody", any.then(|| body(entry, format)))
    };
    let responses = responses(site, entry, format);
    with(operation, "responses", Some(responses))
}

/// Describes the header that carries the token. An empty object stands for a call without one.
fn security(entry: &Entry) -> Value {
    match entry.credential {
        Credential::Token => json!([{ "bearer": [] }]),
        Credential::OptionalToken => json!([{ "bearer": [] }, {}]),
        Credential::None | Credential::AdminPassword => json!([]),
    }
}

fn parameters(entry: &Entry, format: Format) -> Value {
    let rules = entry.rules.iter();
    rules
        .filter_map(|rule| {
            let argument = entry.argument(rule.name)?;
            let mut schema = published(argument, format, Side::Request);
            if let Some(members) = schema.as_object_mut() {
                members.remove("description");
                members.remove("examples");
            }
            let parameter = json!({
                "name": rule.name,
                "in": "query",
                "required": needed(rule),
                "description": argument.get("description"),
                "schema": schema,
            });
            let is_list = rule.value_type == ValueType::List;
            let parameter = with(parameter, "style", is_list.then(|| "form".into()));
            let parameter = with(parameter, "explode", is_list.then(|| false.into()));
            Some(with(parameter, "example", example_value(entry, rule.name)))
        })
        .collect()
}

/// Describes the body of a POST. Each protocol accepts the others' bodies, too.
fn body(entry: &Entry, format: Format) -> Value {
    let schema = reference("schemas", &arguments_name(entry));
    let content = match format {
        Format::Json => {
            let example: Map<String, Value> = entry
                .rules
                .iter()
                .filter_map(|rule| Some((rule.name.to_owned(), example_of_call(entry, rule.name)?)))
                .collect();
            json!({ "application/json": { "schema": schema, "example": example } })
        }
        Format::Xml | Format::XmlRpc => {
            let lists = entry.rules.iter();
            let lists = lists.filter(|rule| rule.value_type == ValueType::List);
            let one_text = lists.map(|rule| {
                let style = json!({ "style": "form", "explode": false });
                (rule.name.to_owned(), style)
            });
            let encoding: Map<String, Value> = one_text.collect();
            let has_lists = !encoding.is_empty();
            let form = json!({ "schema": schema });
            json!({
                "application/x-www-form-urlencoded":
                    with(form, "encoding", has_lists.then(|| encoding.into())),
                "application/xml": { "schema": schema },
            })
        }
    };
    json!({ "required": entry.rules.iter().any(needed), "content": content })
}

/// True if a call without this argument fails. A Bearer header can replace the token.
fn needed(rule: &Rule) -> bool {
    rule.required && rule.name != "authToken"
}

/// Returns the value of an argument in the example call.
fn example_of_call(entry: &Entry, name: &str) -> Option<Value> {
    let given = examples::arguments(entry, entry.example.as_ref()?);
    let (_, value, kind) = given.into_iter().find(|(other, ..)| *other == name)?;
    Some(match kind {
        ValueType::Text | ValueType::DateTime => value.into(),
        ValueType::Integer => value.parse::<i64>().ok()?.into(),
        ValueType::Boolean => (value == "true").into(),
        ValueType::List => examples::elements(value).collect(),
    })
}

/// Returns the value of an argument in the example call, or else the example of its type.
fn example_value(entry: &Entry, name: &str) -> Option<Value> {
    example_of_call(entry, name).or_else(|| example(entry.argument(name)?).cloned())
}

fn responses(site: &Site<'_>, entry: &Entry, format: Format) -> Value {
    // An example of XML is given as a value, too, and tools write it as XML.
    let recorded = site
        .service
        .answers
        .of(site.wire.profile, entry.name(), Format::Json);
    let example: Option<Value> = recorded.and_then(|answer| serde_json::from_str(answer).ok());
    let result = reference("schemas", &result_name(entry));
    let statuses = all_codes(entry).map(|code| status(site.wire.status, code));
    let mut statuses: Vec<u16> = statuses.collect();
    statuses.sort_unstable();
    statuses.dedup();
    let schema = match statuses.contains(&200) {
        true => json!({ "oneOf": [result, reference("schemas", FAILURE)] }),
        false => result,
    };
    // An operation that always fails has its example under another status.
    let example = example
        .filter(|example| statuses.contains(&200) || example.get("success") != Some(&false.into()));
    let content = with(json!({ "schema": schema }), "example", example);
    let mut responses = Map::new();
    responses.insert(
        "200".into(),
        json!({ "description": "The response", "content": { media_type(format): content } }),
    );
    for status in statuses.iter().filter(|status| **status != 200) {
        let name = response_name(*status);
        responses.insert(status.to_string(), reference("responses", &name));
    }
    Value::Object(responses)
}

/// The media type of the responses. REST (JSON) has a historical one unless the request accepts this.
const fn media_type(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json",
        Format::Xml | Format::XmlRpc => "application/xml",
    }
}

fn response_name(status: u16) -> String {
    format!("Status{status}")
}

/// Describes the responses to failed calls by their status. The operations share them.
fn shared_responses(catalog: &Catalog, wire: Wire, format: Format) -> Value {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in catalog.entries.iter().flat_map(all_codes) {
        let status = status(wire.status, code);
        by_status.entry(status).or_default().push(code);
    }
    by_status.remove(&200);
    let responses = by_status.into_iter().map(|(status, codes)| {
        let schema = reference("schemas", FAILURE);
        let response = json!({
            "description": format!("Failed with {}", listed(&wire_names(wire.profile, codes))),
            "content": { media_type(format): { "schema": schema } },
        });
        let wait = json!({ "Retry-After": {
            "description": "Seconds until a retry may succeed",
            "schema": { "type": "integer", "minimum": 0 },
        } });
        let wait = matches!(status, 429 | 503).then_some(wait);
        (response_name(status), with(response, "headers", wait))
    });
    Value::Object(responses.collect())
}
