//! The lists of operations, rules and codes in the documents, which are generated from the code.

use serde_json::Value;
use trivium_core::catalog;
use trivium_core::groups::rules::{
    ACTING, Act, Condition, JOINING, Joining, RegistrationType, Standing,
};
use trivium_front::contract::{Profile, StatusRule, status, wire_name};
use trivium_rpc::{Entry, Verbs};
use trivium_rpc::{Rule, Value as DefaultValue, ValueType};

use super::Document;
use crate::harness::check_recorded;

// One test, because both parts rewrite docs/OPERATIONS.md.
#[test]
fn generated_parts_are_current() {
    sections_of_operations();
    tables();
}

/// The sections of the operations. The text after the line of codes is written by hand.
fn sections_of_operations() {
    const NAME: &str = "docs/OPERATIONS.md";
    let stored = Document::read(NAME).text;
    let mut parts = stored.split("\n### ");
    let mut generated = parts.next().unwrap_or_default().to_owned();
    let mut sections: Vec<(&str, String)> = Vec::new();
    for part in parts {
        let (name, text) = part.split_once('\n').expect("a heading");
        let (_, text) = text.split_once("\nCodes: ").expect(name);
        let (_, text) = text.split_once('\n').expect(name);
        let is_new = sections.iter().all(|(other, _)| *other != name);
        assert!(is_new, "{name} has two sections");
        sections.push((name, text.to_owned()));
    }
    for (entry, next) in catalog()
        .entries
        .iter()
        .zip(catalog().entries.iter().skip(1))
    {
        insert_after(&mut sections, entry.name(), next.name());
    }
    for (name, text) in sections {
        let entry = catalog().find(name).expect(name);
        generated.push_str(&format!("\n### {name}\n\n{}{text}", section(entry)));
    }
    check_recorded(NAME, &generated);
}

/// Inserts the section of a new operation after that of another, whose last part may be the heading of
/// the next subject.
fn insert_after<'a>(sections: &mut Vec<(&'a str, String)>, name: &str, new: &'a str) {
    if sections.iter().any(|(other, _)| *other == new) {
        return;
    }
    let position = sections.iter().position(|(other, _)| *other == name);
    let position = position.expect(name);
    let text = &mut sections[position].1;
    let heading = text.find("\n## ").unwrap_or(text.len());
    let rest = text.split_off(heading);
    sections.insert(position + 1, (new, rest));
}

/// The tables of rules and codes.
fn tables() {
    for (name, tables) in [
        (
            "docs/OPERATIONS.md",
            &[group as fn() -> String, joining, acting][..],
        ),
        ("docs/PROTOCOLS.md", &[codes]),
    ] {
        let stored = Document::read(name).text;
        let mut generated = stored.clone();
        for table in tables {
            let table = table();
            let (head, _) = table.split_once('\n').expect("a head");
            let start = generated.find(&format!("{head}\n")).expect(head);
            let rest = &generated[start..];
            let end = rest.find("\n\n").map_or(rest.len(), |end| end + 1);
            generated.replace_range(start..start + end, &table);
        }
        check_recorded(name, &generated);
    }
}

/// Generates the start of the section of an operation.
fn section(entry: &Entry) -> String {
    let verb = match entry.declared.verbs {
        Verbs::Get => "`GET`",
        Verbs::Post => "`POST`",
        Verbs::Any => "`GET` or `POST`",
    };
    let about = entry.input.get("description").and_then(Value::as_str);
    let mut text = format!("{verb}. {}\n\n", about.unwrap_or_default());
    text.push_str(match entry.rules.is_empty() {
        true => "No arguments.\n",
        false => "| argument | form | presence | meaning |\n|---|---|---|---|\n",
    });
    for rule in &entry.rules {
        let property = &entry.input.get("properties").expect("properties")[rule.name];
        let presence = match &rule.default {
            Some(DefaultValue::Text(word)) => format!("default `{word}`"),
            Some(DefaultValue::Integer(number)) => format!("default `{number}`"),
            Some(DefaultValue::Boolean(truth)) => format!("default `{truth}`"),
            Some(DefaultValue::List(texts)) => format!("default `{}`", texts.join(",")),
            None if rule.required => "required".to_owned(),
            None => "optional".to_owned(),
        };
        let meaning = property["description"].as_str().unwrap_or_default();
        let form = form(rule);
        text.push_str(&format!(
            "| `{}` | {form} | {presence} | {meaning} |\n",
            rule.name
        ));
    }
    let mut codes: Vec<String> = Vec::new();
    for code in &entry.errors {
        let code = format!("`{}`", code.name);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if codes.is_empty() {
        codes.push("only the common codes".to_owned());
    }
    let output = entry.output.as_value();
    let members = members(output, &output["$defs"]);
    text.push_str(&format!("\nResult: {}.\n", spans(&members)));
    text.push_str(&format!("\nCodes: {}.\n", codes.join(", ")));
    text
}

fn form(rule: &Rule) -> String {
    let words = |words: &[String]| {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        words.join(", ")
    };
    match (rule.value_type, &rule.id, rule.max_length) {
        (ValueType::List, Some(id), _) => {
            let most = rule.max_items.unwrap_or_default();
            format!("list of 1–{most} `{}N`", id.prefix)
        }
        (ValueType::List, ..) => "list".to_owned(),
        (ValueType::Text, Some(id), _) => match &id.alternative {
            Some(word) => format!("`{}N`, or `{word}`", id.prefix),
            None => format!("`{}N`", id.prefix),
        },
        (ValueType::Text, None, _) if !rule.choices.is_empty() => words(&rule.choices),
        (ValueType::Text, None, Some(longest)) => format!("text, up to {longest} characters"),
        (ValueType::Text, None, None) => "text".to_owned(),
        (ValueType::Integer, ..) => {
            let bound = |bound: Option<i64>| bound.map(|n| n.to_string()).unwrap_or_default();
            format!("number, {}–{}", bound(rule.minimum), bound(rule.maximum))
        }
        (ValueType::Boolean, ..) => "true or false".to_owned(),
        (ValueType::DateTime, ..) => "time".to_owned(),
    }
}

/// Lists the members of a result in their order, with `?` after those that may be missing.
fn members(schema: &Value, defs: &Value) -> Vec<String> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| {
            let missing = if required.contains(&name.as_str().into()) {
                ""
            } else {
                "?"
            };
            let (of, open, close) = match &schema["items"] {
                Value::Null => (schema, '{', '}'),
                items => (items, '[', ']'),
            };
            let definition = of["$ref"].as_str().and_then(|path| path.rsplit('/').next());
            match definition {
                // Another table describes it.
                Some("GroupView") => format!("{name}{missing}{open}a group{close}"),
                Some(definition) => {
                    let inner = members(&defs[definition], defs).join(", ");
                    format!("{name}{missing}{open}{inner}{close}")
                }
                None => format!("{name}{missing}"),
            }
        })
        .collect()
}

fn spans(members: &[String]) -> String {
    if members.is_empty() {
        return "only `success`".to_owned();
    }
    let spans: Vec<String> = members.iter().map(|m| format!("`{m}`")).collect();
    spans.join(", ")
}

/// Generates the table of a group's members.
fn group() -> String {
    let entry = catalog().find("getGroup").expect("getGroup");
    let schema = &entry.output.as_value()["$defs"]["GroupView"];
    let mut table = "| member | meaning |\n|---|---|\n".to_owned();
    let properties = schema["properties"].as_object().expect("members");
    for (member, (_, property)) in members(schema, &Value::Null).iter().zip(properties) {
        let meaning = property["description"].as_str().unwrap_or_default();
        table.push_str(&format!("| `{member}` | {meaning} |\n"));
    }
    table
}

fn standings(list: &[Standing]) -> String {
    words(list, Standing::ALL, Standing::as_str)
}

/// Joins the words of a closed list, or returns `any` for all of them.
fn words<T: Copy>(list: &[T], all: &[T], word: fn(T) -> &'static str) -> String {
    if list.len() == all.len() {
        return "any".to_owned();
    }
    let words: Vec<&str> = list.iter().map(|value| word(*value)).collect();
    words.join(", ")
}

fn joining() -> String {
    let mut table = "| user | group | invitation | condition | outcome | reason | next step |\n\
                     |---|---|---|---|---|---|---|\n"
        .to_owned();
    for rule in JOINING {
        let invited = match rule.invited {
            Some(true) => "valid",
            Some(false) => "none",
            None => "any",
        };
        let outcome = match rule.joining {
            Joining::Let(state) => state.as_str().to_owned(),
            Joining::Refuse(code) => format!("refused: `{}`", code.name),
        };
        table.push_str(&format!(
            "| {} | {} | {invited} | {} | {outcome} | {} | {} |\n",
            standings(rule.standing),
            words(
                rule.registration,
                RegistrationType::ALL,
                RegistrationType::as_str
            ),
            words(rule.condition, Condition::ALL, meaning),
            rule.reason,
            rule.next_step,
        ));
    }
    table
}

fn meaning(condition: Condition) -> &'static str {
    match condition {
        Condition::Neutral => "neutral",
        Condition::Admits => "admits",
        Condition::Bars => "bars",
    }
}

fn acting() -> String {
    let mut table = "| action | actor | target | outcome |\n|---|---|---|---|\n".to_owned();
    for rule in ACTING {
        let outcome = match rule.refusal {
            None => "done".to_owned(),
            Some(code) => format!("refused: `{}`", code.name),
        };
        table.push_str(&format!(
            "| {} | {} | {} | {outcome} |\n",
            words(rule.acts, Act::ALL, Act::as_str),
            standings(rule.actor),
            standings(rule.subject),
        ));
    }
    table
}

/// Generates the table of codes: the name in `original`, the status with `http`, and the meaning.
fn codes() -> String {
    let mut table =
        "| code | in `original` | with `http` | meaning |\n|---|---|---|---|\n".to_owned();
    for code in &catalog().codes {
        let original = match wire_name(Profile::Original, *code) {
            same if same == code.name => String::new(),
            other => format!("`{other}`"),
        };
        let http = status(StatusRule::Http, *code);
        let always = match status(StatusRule::Ok, *code) {
            200 => "",
            _ => ", also with `ok`",
        };
        table.push_str(&format!(
            "| `{}` | {original} | {http}{always} | {} |\n",
            code.name, code.meaning
        ));
    }
    table
}
