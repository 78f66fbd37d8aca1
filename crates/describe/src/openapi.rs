//! Describes the operations at their REST addresses in OpenAPI 3.1.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use trivium_front::Profile;
use trivium_rpc::schema::example;
use trivium_rpc::text::TEXT;
use trivium_rpc::{Catalog, Code, Entry, Rule, ValueType, Verbs};

use crate::Service;
use crate::examples::{self, Format};
use crate::schema::{Failure, all_codes, failures, members, published};
use crate::xsd::NAMESPACE;

/// Caches the document of a service in each profile. Each is generated when it is first needed.
#[derive(Debug, Default)]
pub struct Cache {
    documented: OnceLock<String>,
    original: OnceLock<String>,
}

/// Returns the document as JSON text, for a server of this profile.
pub fn text(service: &Service, profile: Profile) -> &str {
    let text = match profile {
        Profile::Documented => &service.openapi.documented,
        Profile::Original => &service.openapi.original,
    };
    text.get_or_init(|| format!("{:#}\n", document(service, profile)))
}

/// Generates the document for a server of this profile.
pub fn document(service: &Service, profile: Profile) -> Value {
    let catalog = service.catalog;
    let mut paths = Map::new();
    for entry in &catalog.entries {
        for format in [Format::Json, Format::Xml] {
            let path = format.path(catalog, entry.name());
            paths.insert(path, path_item(service, profile, entry, format));
        }
    }
    let mut subjects: Vec<&str> = catalog.entries.iter().map(|entry| entry.subject).collect();
    subjects.dedup();
    let tags: Vec<Value> = subjects
        .iter()
        .map(|name| json!({ "name": name }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": service.title,
            "version": service.version,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "description": format!("{} The member `success` of every response reports whether the \
                call succeeded. A failed call has status 200, unless the server is configured to use \
                the statuses that are listed here; 413, 415, 429 and 503 are always used.", service.summary),
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas(catalog, profile),
            "responses": responses(catalog, profile),
            "securitySchemes": { "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "The token, instead of the argument `authToken`.",
            } },
        },
    })
}

/// Describes an operation in one format.
fn path_item(service: &Service, profile: Profile, entry: &Entry, format: Format) -> Value {
    let get = || operation(service, profile, entry, format, "get");
    let post = || operation(service, profile, entry, format, "post");
    match entry.declared.verbs {
        Verbs::Get => json!({ "get": get() }),
        Verbs::Post => json!({ "post": post() }),
        Verbs::Any => json!({ "get": get(), "post": post() }),
    }
}

fn operation(
    service: &Service,
    profile: Profile,
    entry: &Entry,
    format: Format,
    verb: &str,
) -> Value {
    let description = entry.description();
    let summary = description.split_inclusive(". ").next().unwrap_or_default();
    let responses = operation_responses(service, profile, entry, format);
    let operation = json!({
        "operationId": format!("{verb}.{}.{}", format.word(), entry.name()),
        "tags": [entry.subject],
        "summary": summary.trim_end_matches([' ', '.']),
        "description": description,
    });
    let security = entry.credential.is_token();
    let operation = with(
        operation,
        "security",
        security.then(|| json!([{ "bearer": [] }, {}])),
    );
    let operation = if verb == "get" {
        with(operation, "parameters", Some(parameters(entry)))
    } else {
        let has_body = !entry.rules.is_empty();
        with(operation, "requestBody", has_body.then(|| body(entry)))
    };
    with(operation, "responses", Some(responses))
}

/// Adds a member to an object, if there is a value for it.
fn with(mut object: Value, name: &str, value: Option<Value>) -> Value {
    if let (Some(members), Some(value)) = (object.as_object_mut(), value) {
        members.insert(name.to_owned(), value);
    }
    object
}

fn parameters(entry: &Entry) -> Value {
    let rules = entry.rules.iter();
    rules
        .filter_map(|rule| {
            let schema = entry.argument(rule.name)?;
            let parameter = json!({
                "name": rule.name,
                "in": "query",
                "required": needed(rule),
                "description": schema.get("description"),
                "schema": published(schema),
            });
            Some(with(parameter, "example", example_value(entry, rule.name)))
        })
        .collect()
}

/// Describes the body of a POST, which has three formats.
fn body(entry: &Entry) -> Value {
    let content = |schema: String, example: Option<Value>| {
        let schema = format!("#/components/schemas/{schema}");
        with(json!({ "schema": { "$ref": schema } }), "example", example)
    };
    let as_text = || content(entry.name().to_owned(), None);
    let example: Map<String, Value> = entry
        .rules
        .iter()
        .filter_map(|rule| Some((rule.name.to_owned(), example_of_call(entry, rule.name)?)))
        .collect();
    json!({
        "required": entry.rules.iter().any(needed),
        "content": {
            "application/x-www-form-urlencoded": as_text(),
            "application/json": content(in_json(entry), Some(Value::Object(example))),
            "application/xml": as_text(),
        },
    })
}

/// Returns the name of the schema of the arguments in JSON, where an optional argument may be null.
fn in_json(entry: &Entry) -> String {
    if entry.rules.iter().any(|rule| !rule.required) {
        format!("{}.json", entry.name())
    } else {
        entry.name().to_owned()
    }
}

/// True if a call without this argument fails. A Bearer header can replace the token.
fn needed(rule: &Rule) -> bool {
    rule.required && rule.name != "authToken"
}

/// Describes the arguments of a POST.
fn arguments(entry: &Entry) -> Value {
    let mut arguments = published(entry.input.as_value());
    if let Some(required) = arguments.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != "authToken");
    }
    with(arguments, "xml", Some(json!({ "name": "request" })))
}

/// Permits null for optional arguments.
fn nullable(entry: &Entry, mut arguments: Value) -> Value {
    for rule in entry.rules.iter().filter(|rule| !rule.required) {
        let place = format!("/properties/{}", rule.name);
        if let Some(kind) = arguments.pointer_mut(&format!("{place}/type")) {
            *kind = json!([kind.take(), "null"]);
        }
        if let Some(Value::Array(words)) = arguments.pointer_mut(&format!("{place}/enum")) {
            words.push(Value::Null);
        }
    }
    arguments
}

/// Returns the value of an argument in the example call.
fn example_of_call(entry: &Entry, name: &str) -> Option<Value> {
    let given = examples::arguments(entry, entry.example.as_ref()?);
    let (_, value, kind) = given.into_iter().find(|(other, ..)| *other == name)?;
    Some(match kind {
        ValueType::Text | ValueType::DateTime => value.into(),
        ValueType::Integer => value.parse::<i64>().ok()?.into(),
        ValueType::Boolean => (value == "true").into(),
    })
}

/// Returns the value of an argument in the example call, or else the example of its type.
fn example_value(entry: &Entry, name: &str) -> Option<Value> {
    example_of_call(entry, name).or_else(|| example(entry.argument(name)?).cloned())
}

fn operation_responses(
    service: &Service,
    profile: Profile,
    entry: &Entry,
    format: Format,
) -> Value {
    let recorded = service.answers.of(profile, entry.name(), format);
    let example = match format {
        Format::Json => recorded.and_then(|answer| serde_json::from_str(answer).ok()),
        Format::Xml | Format::XmlRpc => recorded.map(Value::from),
    };
    let content = json!({
        "schema": { "oneOf": [
            { "$ref": format!("#/components/schemas/{}.answer", entry.name()) },
            { "$ref": "#/components/schemas/failure" },
        ] },
        "example": example,
    });
    let mut responses = Map::new();
    responses.insert(
        "200".into(),
        json!({ "description": "The response", "content": sent_as(profile, format, &content) }),
    );
    for (status, name) in by_status(profile, entry).keys() {
        let name = format!("{name}.{}", format.word());
        let reference = json!({ "$ref": format!("#/components/responses/{name}") });
        responses.insert(status.to_string(), reference);
    }
    Value::Object(responses)
}

/// Lists content under every media type of the format, without the parameters of the type, because
/// tools compare these keys.
fn sent_as(profile: Profile, format: Format, content: &Value) -> Value {
    let own = format.content_type(profile).split(';').next();
    let negotiated = (format == Format::Json).then_some("application/json");
    let types = own.into_iter().chain(negotiated);
    types
        .map(|name| (name.to_owned(), content.clone()))
        .collect()
}

/// Groups the failures of an operation by status, and by the name of the response. Failures that every
/// operation has share the name `any`.
fn by_status(profile: Profile, entry: &Entry) -> BTreeMap<(u16, String), Vec<Failure>> {
    let mut responses = BTreeMap::new();
    for failure in failures(profile, all_codes(entry)) {
        let own = |code: &Code| {
            let own = failures(profile, std::iter::once(*code));
            own.first().is_some_and(|own| own.status == failure.status)
        };
        let name = if entry.errors.iter().any(own) {
            entry.name()
        } else {
            "any"
        };
        let key = (failure.status, format!("{name}.{}", failure.status));
        responses.entry(key).or_insert_with(Vec::new).push(failure);
    }
    responses
}

fn responses(catalog: &Catalog, profile: Profile) -> Value {
    let mut responses = BTreeMap::new();
    for entry in &catalog.entries {
        for ((status, name), failures) in by_status(profile, entry) {
            for format in [Format::Json, Format::Xml] {
                let response = response(profile, format, status, &name, &failures);
                let name = format!("{name}.{}", format.word());
                responses.entry(name).or_insert(response);
            }
        }
    }
    json!(responses)
}

fn response(
    profile: Profile,
    format: Format,
    status: u16,
    name: &str,
    failures: &[Failure],
) -> Value {
    let lines: Vec<String> = failures
        .iter()
        .map(|failure| format!("`{}`: {}", failure.code, failure.meaning))
        .collect();
    let content = json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
    let response = json!({
        "description": lines.join("\n\n"),
        "content": sent_as(profile, format, &content),
    });
    let wait = json!({ "Retry-After": {
        "description": "Seconds until a retry may succeed",
        "schema": { "type": "integer", "minimum": 0 },
    } });
    with(
        response,
        "headers",
        matches!(status, 429 | 503).then_some(wait),
    )
}

/// Lists the schemas of arguments and responses by the operation's name, and the schemas to which they
/// refer.
fn schemas(catalog: &Catalog, profile: Profile) -> Value {
    let text =
        json!({ "description": "The characters that every format can represent", "pattern": TEXT });
    let mut schemas = BTreeMap::from([
        ("failure".to_owned(), failure(catalog, profile)),
        ("text".to_owned(), text),
    ]);
    for entry in &catalog.entries {
        if entry.declared.verbs != Verbs::Get && !entry.rules.is_empty() {
            let arguments = arguments(entry);
            schemas.insert(in_json(entry), nullable(entry, arguments.clone()));
            schemas.insert(entry.name().to_owned(), arguments);
        }
        for ((_, name), failures) in by_status(profile, entry) {
            let codes: Vec<&str> = failures.iter().map(|failure| failure.code).collect();
            let narrowed = json!({
                "$ref": "#/components/schemas/failure",
                "properties": { "code": { "enum": codes } },
            });
            schemas.insert(name, narrowed);
        }
        let output = entry.output.as_value();
        schemas.insert(format!("{}.answer", entry.name()), success(profile, output));
        let definitions = output.get("$defs").and_then(Value::as_object);
        for (name, definition) in definitions.into_iter().flatten() {
            schemas.insert(name.clone(), published(definition));
        }
    }
    json!(schemas)
}

/// Describes a result, with the member `success`.
fn success(profile: Profile, output: &Value) -> Value {
    let mut properties = Map::new();
    properties.insert(
        "success".into(),
        json!({ "type": "boolean", "const": true, "description": "The call succeeded" }),
    );
    let mut required = vec!["success"];
    for member in members(output) {
        let schema = published(member.schema);
        let schema = with(schema, "description", Some(member.description.into()));
        properties.insert(member.name.to_owned(), schema);
        if !member.optional {
            required.push(member.name);
        }
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "xml": root(profile),
    })
}

/// Describes the outermost element of a response.
fn root(profile: Profile) -> Value {
    match profile {
        Profile::Documented => json!({ "name": "response" }),
        Profile::Original => json!({ "name": "response", "namespace": NAMESPACE }),
    }
}

/// Describes the response to a failed call.
fn failure(catalog: &Catalog, profile: Profile) -> Value {
    let failures = failures(profile, catalog.codes.iter().copied());
    let mut codes: Vec<&str> = failures.iter().map(|failure| failure.code).collect();
    codes.sort_unstable();
    codes.dedup();
    json!({
        "type": "object",
        "properties": {
            "success": { "type": "boolean", "const": false },
            "code": { "type": "string", "description": "The cause, for programs", "enum": codes },
            "msg": { "type": "string", "description": "The cause, for users" },
        },
        "required": ["success", "code", "msg"],
        "xml": root(profile),
    })
}
