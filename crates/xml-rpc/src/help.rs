//! The result of `system.methodHelp` for an operation: its declaration, in plain text.

use trivium_front::Profile;
use trivium_front::contract::wire_name;
use trivium_rpc::{Code, Entry, Rule, Value, ValueType};

/// The description of the operation, its arguments and its codes.
pub(crate) fn of(entry: &Entry, profile: Profile) -> String {
    let mut help = format!("{}\n\n", entry.description());
    help.push_str(if entry.rules.is_empty() {
        "No arguments; pass an empty struct.\n"
    } else {
        "Arguments, as members of one struct:\n"
    });
    for rule in &entry.rules {
        help.push_str(&argument(entry, rule));
    }
    help.push_str(&format!("\nCodes: {}.", codes(&entry.errors, profile)));
    help
}

fn argument(entry: &Entry, rule: &Rule) -> String {
    let meaning = entry
        .argument(rule.name)
        .and_then(|property| property.get("description")?.as_str())
        .unwrap_or_default();
    let presence = match &rule.default {
        Some(Value::Text(text)) => format!("default '{text}'"),
        Some(Value::Integer(number)) => format!("default {number}"),
        Some(Value::Boolean(truth)) => format!("default {truth}"),
        Some(Value::List(texts)) => format!("default {}", texts.join(",")),
        None if rule.required => "required".to_owned(),
        None => "optional".to_owned(),
    };
    let (kind, constraint) = constraint(rule);
    let name = rule.name;
    format!("- {name} ({kind}, {presence}{constraint}): {meaning}\n")
}

/// The type of an argument, and its constraint.
fn constraint(rule: &Rule) -> (&'static str, String) {
    let constraint = match &rule.id {
        Some(id) => match &id.alternative {
            Some(word) => format!(", such as '{}', or '{word}'", id.example),
            None => format!(", such as '{}'", id.example),
        },
        None if !rule.choices.is_empty() => format!(", one of {}", rule.choices.join(", ")),
        None => [
            rule.minimum.map(|least| format!(", at least {least}")),
            rule.maximum.map(|most| format!(", at most {most}")),
            rule.max_length
                .map(|most| format!(", at most {most} characters")),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let kind = match rule.value_type {
        ValueType::Text => "string",
        ValueType::Integer => "int",
        ValueType::Boolean => "boolean",
        ValueType::DateTime => "dateTime.iso8601",
        ValueType::List => "array",
    };
    let most = rule.max_items.map(|most| format!(", 1 to {most} strings"));
    (kind, most.unwrap_or_default() + &constraint)
}

/// The names of codes in this profile, each once.
fn codes(codes: &[Code], profile: Profile) -> String {
    let mut names: Vec<&str> = Vec::new();
    for code in codes {
        let name = wire_name(profile, *code);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return "only the common codes".to_owned();
    }
    names.join(", ")
}
