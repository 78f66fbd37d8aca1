//! Calls that need no token and change nothing.

use std::collections::BTreeMap;
use std::io;

use serde_json::Value;
use trivium_rpc::{Category, Credential, Effect, Entry, Rule, Value as Checked};

use crate::argument::{self, Argument, Arguments};
use crate::examine::{Examination, Outcome};
use crate::wire::Format;

/// Values that the server has told, by the beginning of an id or by the name of a member.
type Known = BTreeMap<String, String>;

/// Makes them: once with the examples of the catalog, and once with what was found.
pub(crate) fn examine(examination: &mut Examination<'_>) -> io::Result<()> {
    let mut known = Known::new();
    for _ in 0..2 {
        for entry in examination
            .catalog
            .entries
            .iter()
            .filter(|entry| is_open(entry))
        {
            match entry.errors.as_slice() {
                // These always fail.
                [code] if matches!(code.category, Category::Broken | Category::Internal) => {
                    for format in Format::ALL {
                        let arguments = Arguments::new();
                        let request =
                            argument::call(examination.catalog, format, entry, &arguments);
                        examination.refused(format, entry, &request, "called", (*code, None))?;
                    }
                }
                _ => look(examination, entry, &mut known)?,
            }
        }
    }
    Ok(())
}

/// True for an operation that anybody may call, and that changes nothing.
fn is_open(entry: &Entry) -> bool {
    let needs_credential = matches!(
        entry.credential,
        Credential::Token | Credential::AdminPassword
    );
    entry.declared.effect == Effect::Read && !entry.verifies_password() && !needs_credential
}

fn look(
    examination: &mut Examination<'_>,
    entry: &'static Entry,
    known: &mut Known,
) -> io::Result<()> {
    let required: Arguments = entry
        .rules
        .iter()
        .filter(|rule| rule.required)
        .map(|rule| (rule.name, value(entry, rule, known)))
        .collect();
    let answer = examination.same(entry, &required)?;
    if let Outcome::Value(value) = &answer {
        learn(known, "", value);
    }
    // A default that is given is the default that is left out.
    let defaults = entry.rules.iter().filter_map(|rule| {
        let value = match rule.default.clone()? {
            Checked::Text(text) => Argument::Text(text),
            Checked::Integer(number) => Argument::Integer(number),
            Checked::Boolean(truth) => Argument::Boolean(truth),
        };
        Some((rule.name, value))
    });
    let mut given = required.clone();
    given.extend(defaults);
    if given.len() > required.len() {
        let same = examination.same(entry, &given)?;
        if let Some(words) =
            answer.difference(&same, "with its defaults left out", "with them given")
        {
            examination.report.add(entry.name(), None, words);
        }
    }
    for rule in &entry.rules {
        let ends = [rule.minimum, rule.maximum].into_iter().flatten();
        let words = rule.choices.iter().map(|word| Argument::Text(word.clone()));
        for value in ends.map(Argument::Integer).chain(words) {
            let mut arguments = required.clone();
            arguments.push((rule.name, value));
            examination.same(entry, &arguments)?;
        }
    }
    Ok(())
}

/// What is known for this argument, or else the catalog's example.
fn value(entry: &Entry, rule: &Rule, known: &Known) -> Argument {
    let key = rule.id.as_ref().map_or(rule.name, |id| id.prefix.as_str());
    match known.get(key) {
        Some(text) => Argument::Text(text.clone()),
        None => Argument::fitting(entry, rule),
    }
}

/// Keeps the first ids and texts of an answer, by what they are called.
fn learn(known: &mut Known, name: &str, value: &Value) {
    match value {
        Value::String(text) => {
            let prefix = text.split_inclusive(':').next().unwrap_or_default();
            let is_id = name == "id" && prefix.ends_with(':');
            let key = if is_id { prefix } else { name };
            known.entry(key.to_owned()).or_insert_with(|| text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| learn(known, name, item)),
        Value::Object(members) => {
            for (name, value) in members {
                learn(known, name, value);
            }
        }
        _ => {}
    }
}
