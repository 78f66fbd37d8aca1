//! Calls that need no token and change nothing.

use std::collections::BTreeMap;
use std::io;

use serde_json::Value;
use trivium_rpc::{Category, Credential, Entry, Rule, Value as Checked};

use crate::argument::{self, ArgumentList, ArgumentValue};
use crate::examine::{Examination, Observed};
use crate::wire::Format;

/// Values from earlier responses, by the prefix of an ID or by the name of a member.
type KnownValues = BTreeMap<String, String>;

/// Calls every such operation twice: with the examples of the catalog, then with values from
/// earlier responses.
pub(crate) fn examine(examination: &mut Examination<'_>) -> io::Result<()> {
    let catalog = examination.catalog;
    let mut known = KnownValues::new();
    for _ in 0..2 {
        for entry in catalog.entries.iter().filter(|entry| is_open(entry)) {
            match entry.errors.as_slice() {
                // An operation that always fails.
                [code] if matches!(code.category, Category::Broken | Category::Internal) => {
                    for format in Format::ALL {
                        let arguments = ArgumentList::new();
                        let request = argument::call(catalog, format, entry, &arguments);
                        let expected = (*code, None);
                        examination
                            .expect_rejection(format, entry, &request, "called", expected)?;
                    }
                }
                _ => read(examination, entry, &mut known)?,
            }
        }
    }
    Ok(())
}

/// True for an operation that needs no credential and changes nothing.
pub(crate) fn is_open(entry: &Entry) -> bool {
    let needs_credential = matches!(
        entry.credential,
        Credential::Token | Credential::AdminPassword
    );
    entry.declared.effect.reads() && !entry.hashes_password && !needs_credential
}

fn read(
    examination: &mut Examination<'_>,
    entry: &'static Entry,
    known: &mut KnownValues,
) -> io::Result<()> {
    let required: ArgumentList = entry
        .rules
        .iter()
        .filter(|rule| rule.required)
        .map(|rule| (rule.name, value_for(entry, rule, known)))
        .collect();
    let observed = examination.call_all_formats(entry, &required)?;
    if let Observed::Value(value) = &observed {
        remember(known, "", value);
    }
    // An explicit default must have the effect of a missing argument.
    let defaults = entry.rules.iter().filter_map(|rule| {
        let value = match rule.default.clone()? {
            Checked::Text(text) => ArgumentValue::Text(text),
            Checked::Integer(number) => ArgumentValue::Integer(number),
            Checked::Boolean(boolean) => ArgumentValue::Boolean(boolean),
            Checked::List(texts) => ArgumentValue::List(texts),
        };
        Some((rule.name, value))
    });
    let mut explicit = required.clone();
    explicit.extend(defaults);
    if explicit.len() > required.len() {
        let with_defaults = examination.call_all_formats(entry, &explicit)?;
        if let Some(difference) = observed.difference(
            "without its defaults",
            &with_defaults,
            "with explicit defaults",
        ) {
            examination.report.add(entry.name(), None, difference);
        }
    }
    for rule in &entry.rules {
        for value in argument::boundary_values(rule) {
            let mut arguments = required.clone();
            arguments.push((rule.name, value));
            examination.call_all_formats(entry, &arguments)?;
        }
    }
    Ok(())
}

/// The known value for an argument, or else the catalog's example.
fn value_for(entry: &Entry, rule: &Rule, known: &KnownValues) -> ArgumentValue {
    let key = rule.id.as_ref().map_or(rule.name, |id| id.prefix.as_str());
    match known.get(key) {
        Some(text) => ArgumentValue::Text(text.clone()),
        None => ArgumentValue::valid_for(entry, rule),
    }
}

/// Adds the texts of a result to the known values, unless there is one under the same key.
fn remember(known: &mut KnownValues, name: &str, value: &Value) {
    match value {
        Value::String(text) => {
            let prefix = text.split_inclusive(':').next().unwrap_or_default();
            let is_id = name == "id" && prefix.ends_with(':');
            let key = if is_id { prefix } else { name };
            known.entry(key.to_owned()).or_insert_with(|| text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| remember(known, name, item)),
        Value::Object(members) => {
            for (name, value) in members {
                remember(known, name, value);
            }
        }
        _ => {}
    }
}
