//! The page of an operation, in the form of the original documentation pages.

use askama::Template;
use serde_json::Value;
use trivium_front::{Profile, Reply, page};
use trivium_rpc::schema::{example, without_null};
use trivium_rpc::{Entry, Verbs, codes};
use trivium_rpc::{Rule, Value as DefaultValue, ValueType};

use super::errors::{Cause, causes};
use super::index::verbs;
use super::snippets::{Printed, Snippet, snippets};
use crate::examples::{self, Format};
use crate::schema::{kind, members, resolve, text};
use crate::{Site, answers};

#[derive(Template)]
#[template(path = "docs/operation.html")]
struct OperationPage<'a> {
    site: &'a Site<'a>,
    namespace: &'static str,
    name: &'static str,
    verbs: &'static str,
    /// The HTTP method of the form on the page.
    method: &'static str,
    paragraphs: Vec<&'a str>,
    arguments: Vec<Argument<'a>>,
    attributes: Vec<Attribute>,
    own: Vec<Cause>,
    common: Vec<Cause>,
    exchanges: Vec<Exchange>,
    snippets: Vec<Snippet>,
}

/// The example call and its response, in one format.
struct Exchange {
    format: Format,
    path: String,
    request: String,
    response: String,
}

/// An argument, as the page shows it.
struct Argument<'a> {
    name: &'static str,
    /// Its type, as the page shows it.
    kind: &'static str,
    /// Its XML-RPC type, for the script.
    sent_as: &'static str,
    required: bool,
    default: Option<String>,
    range: Option<String>,
    words: &'a [String],
    description: &'a str,
    example: String,
    /// True if the example call has it.
    given: bool,
}

/// A member of the result. The name of a member of a list's items is such as `groups[].id`.
struct Attribute {
    name: String,
    kind: &'static str,
    optional: bool,
    words: Vec<String>,
    description: String,
    example: Option<String>,
}

/// Renders the page.
pub(crate) fn page(site: &Site<'_>, entry: &Entry) -> Option<Reply> {
    let profile = site.wire.profile;
    let catalog = site.service.catalog;
    let given = examples::arguments(entry, entry.example.as_ref()?);
    let request = |format| examples::request(catalog, entry, &given, format);
    let exchanges = Format::ALL.map(|format| Exchange {
        format,
        path: format.path(catalog, entry.name()),
        request: request(format).to_string(),
        response: answers::response(site, entry, format),
    });
    let page = OperationPage {
        site,
        namespace: catalog.namespace,
        name: entry.name(),
        verbs: verbs(entry),
        method: if entry.declared.verbs == Verbs::Get {
            "get"
        } else {
            "post"
        },
        paragraphs: entry.description().split("\n\n").collect(),
        arguments: entry
            .rules
            .iter()
            .map(|rule| argument(entry, rule, &given))
            .collect(),
        attributes: attributes(site, entry),
        own: causes(profile, &entry.errors),
        common: causes(profile, codes::COMMON),
        exchanges: exchanges.into(),
        snippets: snippets(site.base_url, &request(Format::Json), Printed::Body),
    };
    Some(page::page(200, page.render()))
}

fn argument<'a>(
    entry: &'a Entry,
    rule: &'a Rule,
    given: &[(&str, &str, ValueType)],
) -> Argument<'a> {
    let schema = entry.argument(rule.name).unwrap_or(&Value::Null);
    let call = given.iter().find(|(name, ..)| *name == rule.name);
    let example = match call {
        Some((_, value, _)) => (*value).to_owned(),
        None => example(schema).map(plain).unwrap_or_default(),
    };
    let (kind, sent_as) = match rule.value_type {
        ValueType::Text if !rule.choices.is_empty() => ("enum", "string"),
        ValueType::Text => ("string", "string"),
        ValueType::Integer => ("int", "int"),
        ValueType::Boolean => ("boolean", "boolean"),
        ValueType::DateTime => ("dateTime", "dateTime.iso8601"),
        ValueType::List => ("list", "array"),
    };
    let range = match (rule.minimum, rule.maximum, rule.max_length) {
        (Some(least), Some(most), _) => Some(format!("{least} to {most}")),
        (.., Some(longest)) => Some(format!("at most {longest} characters")),
        _ => rule.id.as_ref().map(|id| match &id.alternative {
            Some(word) => format!("{}N, or {word}", id.prefix),
            None => format!("{}N", id.prefix),
        }),
    };
    let range = match rule.max_items {
        Some(most) => Some(format!("1 to {most} of {}", range.unwrap_or_default())),
        None => range,
    };
    Argument {
        name: rule.name,
        kind,
        sent_as,
        required: rule.required,
        default: rule.default.as_ref().map(|default| match default {
            DefaultValue::Text(text) => text.clone(),
            DefaultValue::Integer(number) => number.to_string(),
            DefaultValue::Boolean(truth) => truth.to_string(),
            DefaultValue::List(texts) => texts.join(","),
        }),
        range,
        words: &rule.choices,
        description: text(schema, "description"),
        example,
        given: call.is_some(),
    }
}

/// Lists the members of the result, with their values in the recorded response as examples.
fn attributes(site: &Site<'_>, entry: &Entry) -> Vec<Attribute> {
    let answers = &site.service.answers;
    let answer = answers.of(Profile::Documented, entry.name(), Format::Json);
    let answer: Option<Value> = answer.and_then(|answer| serde_json::from_str(answer).ok());
    let success = answer.as_ref().and_then(|answer| answer.get("success"));
    let mut attributes = vec![Attribute {
        name: "success".into(),
        kind: "boolean",
        optional: false,
        words: Vec::new(),
        description: "true if the call succeeded".into(),
        example: success.map(plain),
    }];
    let root = entry.output.as_value();
    collect(root, root, "", answer.as_ref(), &mut attributes);
    attributes
}

fn collect(
    schema: &Value,
    root: &Value,
    before: &str,
    answer: Option<&Value>,
    into: &mut Vec<Attribute>,
) {
    for member in members(schema) {
        let name = format!("{before}{}", member.name);
        let inner = resolve(member.schema, root);
        let answer = answer.and_then(|answer| answer.get(member.name));
        let words = inner.get("enum").and_then(Value::as_array);
        let (kind, nested) = match kind(inner) {
            "array" => {
                let items = resolve(inner.get("items").unwrap_or(&Value::Null), root);
                let first = answer.and_then(|answer| answer.get(0));
                ("array", Some((items, format!("{name}[]."), first)))
            }
            "object" => ("hash", Some((inner, format!("{name}."), answer))),
            "boolean" => ("boolean", None),
            "integer" => ("int", None),
            _ if words.is_some() => ("enum", None),
            _ if text(inner, "format") == "date-time" => ("dateTime", None),
            _ => ("string", None),
        };
        let shown = answer
            .filter(|_| nested.is_none())
            .or_else(|| example(inner));
        into.push(Attribute {
            name,
            kind,
            optional: member.optional,
            words: words.into_iter().flatten().map(plain).collect(),
            description: match member.description {
                "" => text(without_null(inner), "description").to_owned(),
                description => description.to_owned(),
            },
            example: shown.map(plain),
        });
        if let Some((schema, before, answer)) = nested {
            collect(schema, root, &before, answer, into);
        }
    }
}

/// Formats a value as text, a string without quotes.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
