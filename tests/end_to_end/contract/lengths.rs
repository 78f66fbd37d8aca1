//! The greatest length of every text, in every format.

use serde_json::{Map, Value, json};
use trivium_core::catalog;
use trivium_rpc::rule::{Rule, ValueType};
use trivium_rpc::{Entry, Verbs};

use crate::harness::{PROTOCOLS, Served};

/// The limits on texts that are stored.
const STORED: &[(&str, &str, usize)] = &[
    ("newUser", "login", 64),
    ("newUser", "firstName", 255),
    ("newUser", "email", 254),
    ("newGroup", "name", 255),
    ("newGroup", "description", 16_384),
    ("newGroup", "tags", 1_000),
    ("newGroup", "image", 2_048),
    ("joinGroup", "message", 1_000),
    ("banMember", "reason", 1_000),
];

#[test]
fn stored_texts_have_limits() {
    for (operation, argument, limit) in STORED {
        let entry = catalog().find(operation).expect(operation);
        let rule = entry.rule(argument).expect(argument);
        assert_eq!(rule.max_length, Some(*limit), "{operation} {argument}");
    }
}

#[test]
fn texts_beyond_their_limit_are_rejected_in_every_format() {
    let server = Served::demonstration(&[]);
    for entry in &catalog().entries {
        for rule in entry.rules.iter().filter(|rule| rule.id.is_none()) {
            let Some(limit) = rule.max_length else {
                continue;
            };
            for protocol in PROTOCOLS {
                let code = |length: usize| {
                    let arguments = arguments(entry, rule, "ä".repeat(length));
                    let verb = match entry.declared.verbs {
                        Verbs::Get => "GET",
                        Verbs::Post | Verbs::Any => "POST",
                    };
                    protocol
                        .call(&server, verb, entry.name(), &arguments)
                        .code()
                };
                let what = format!("{} {} over {protocol:?}", entry.name(), rule.name);
                assert_eq!(code(limit + 1), "validation_out_of_range", "{what}");
                assert_ne!(code(limit), "validation_out_of_range", "{what}");
            }
        }
    }
}

/// The arguments of the example, with another text.
fn arguments(entry: &Entry, rule: &Rule, text: String) -> Value {
    let example = entry.example.as_ref().expect("an example");
    let mut arguments = Map::new();
    let credential = entry.credential.argument().zip(example.credential.as_ref());
    if let Some((name, secret)) = credential {
        arguments.insert(name.to_owned(), json!(secret));
    }
    for (name, value) in &example.arguments {
        let value = match entry.rule(name).expect("a rule").value_type {
            ValueType::Integer => json!(value.parse::<i64>().expect("a number")),
            ValueType::Boolean => json!(value == "true"),
            ValueType::Text | ValueType::DateTime => json!(value),
            ValueType::List => value.split(',').collect(),
        };
        arguments.insert((*name).to_owned(), value);
    }
    arguments.insert(rule.name.to_owned(), json!(text));
    Value::Object(arguments)
}
