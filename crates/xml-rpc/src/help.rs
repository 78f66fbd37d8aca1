//! What `system.methodHelp` tells of an operation: its declaration, in plain text.

use trivium_core::arguments::{Kind, Rule, Value};
use trivium_core::{Code, Entry};
use trivium_front::Profile;
use trivium_front::contract::code_on_wire;

/// What the operation does, its arguments and its codes.
pub(crate) fn of(entry: &Entry, profile: Profile) -> String {
    let about = entry
        .input
        .get("description")
        .and_then(|text| text.as_str());
    let mut help = format!("{}\n\n", about.unwrap_or_default());
    help.push_str(if entry.arguments.is_empty() {
        "No arguments: an empty struct.\n"
    } else {
        "Arguments, the members of one struct:\n"
    });
    for rule in &entry.arguments {
        help.push_str(&argument(entry, rule));
    }
    help.push_str(&format!(
        "\nCodes of its own: {}.",
        codes(entry.errors, profile)
    ));
    help
}

fn argument(entry: &Entry, rule: &Rule) -> String {
    let meaning = entry
        .input
        .get("properties")
        .and_then(|members| members.get(rule.name)?.get("description")?.as_str())
        .unwrap_or_default();
    let presence = match &rule.default {
        Some(Value::Text(text)) => format!("default '{text}'"),
        Some(Value::Integer(number)) => format!("default {number}"),
        Some(Value::Boolean(truth)) => format!("default {truth}"),
        None if rule.required => "required".to_owned(),
        None => "optional".to_owned(),
    };
    let (kind, form) = form(rule);
    let name = rule.name;
    format!("- {name} ({kind}, {presence}{form}): {meaning}\n")
}

/// The type of an argument, and what of that type it may be.
fn form(rule: &Rule) -> (&'static str, String) {
    let form = match &rule.id {
        Some(id) => match &id.or {
            Some(word) => format!(", such as '{}', or '{word}'", id.example),
            None => format!(", such as '{}'", id.example),
        },
        None if !rule.words.is_empty() => format!(", one of {}", rule.words.join(", ")),
        None => [
            rule.minimum.map(|least| format!(", at least {least}")),
            rule.maximum.map(|most| format!(", at most {most}")),
            rule.longest
                .map(|most| format!(", at most {most} characters")),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let kind = match rule.kind {
        Kind::Text => "string",
        Kind::Integer => "int",
        Kind::Boolean => "boolean",
        Kind::DateTime => "dateTime.iso8601",
    };
    (kind, form)
}

/// Codes as this profile names them; causes that share one are told once.
fn codes(codes: &[Code], profile: Profile) -> String {
    let mut names: Vec<&str> = Vec::new();
    for code in codes {
        let name = code_on_wire(profile, *code);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return "none".to_owned();
    }
    names.join(", ")
}
