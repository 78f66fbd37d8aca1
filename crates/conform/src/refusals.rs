//! Calls that must be refused, whoever makes them: so they are made of every server.
//!
//! Where an operation takes a token, the one that is sent is nobody's. A server that does not
//! find what is wrong refuses the token, and does nothing.

use std::io;

use trivium_rpc::{Entry, Verbs, codes};

use crate::argument::{self, Argument, Arguments};
use crate::examine::Examination;
use crate::wire::Format;
use crate::wrong::{self, Wrong};

/// The argument that is a token.
pub(crate) const TOKEN: &str = "authToken";

/// Nobody's token.
const NOBODY: &str = "conform-this-token-is-nobodys";

/// Makes them, of every operation.
pub(crate) fn examine(examination: &mut Examination<'_>) -> io::Result<()> {
    for entry in examination.catalog.entries.iter() {
        for format in Format::ALL {
            arguments(examination, format, entry)?;
            order(examination, format, entry)?;
            nobody(examination, format, entry)?;
            method(examination, format, entry)?;
        }
    }
    Ok(())
}

/// The required arguments, all of them right but for the token.
fn right(entry: &Entry) -> Arguments {
    let required = entry.rules.iter().filter(|rule| rule.required);
    required
        .map(|rule| {
            let value = match rule.name {
                TOKEN => Argument::Text(NOBODY.to_owned()),
                _ => Argument::fitting(entry, rule),
            };
            (rule.name, value)
        })
        .collect()
}

/// The required arguments, with these among them that are wrong.
fn with(entry: &Entry, wrong: &[&Wrong]) -> Arguments {
    let mut arguments = right(entry);
    arguments.retain(|(name, _)| wrong.iter().all(|wrong| wrong.name != *name));
    for wrong in wrong {
        let values = wrong.values.iter().cloned();
        arguments.extend(values.map(|value| (wrong.name, value)));
    }
    arguments
}

/// Each argument wrong in every way.
fn arguments(
    examination: &mut Examination<'_>,
    format: Format,
    entry: &'static Entry,
) -> io::Result<()> {
    for wrong in entry.rules.iter().flat_map(|rule| wrong::all(entry, rule)) {
        if let Some(code) = wrong.code(format, entry) {
            let request =
                argument::call(examination.catalog, format, entry, &with(entry, &[&wrong]));
            examination.refused(format, entry, &request, &wrong.words, (code, None))?;
        }
    }
    Ok(())
}

/// Two arguments wrong, in two ways: the one that is declared first is told.
fn order(
    examination: &mut Examination<'_>,
    format: Format,
    entry: &'static Entry,
) -> io::Result<()> {
    for pair in entry.rules.windows(2) {
        let [first, second] = pair else { continue };
        let (first, second) = (wrong::all(entry, first), wrong::all(entry, second));
        let pairs = first
            .iter()
            .flat_map(|one| second.iter().map(move |other| (one, other)));
        for (one, other) in pairs {
            let (Some(code), Some(later)) = (one.code(format, entry), other.code(format, entry))
            else {
                continue;
            };
            if code == later {
                continue;
            }
            // The wrong one that is checked later is sent first.
            let request = argument::call(
                examination.catalog,
                format,
                entry,
                &with(entry, &[other, one]),
            );
            let words = format!("{} and {}", one.words, other.words);
            examination.refused(format, entry, &request, &words, (code, Some(later)))?;
        }
    }
    Ok(())
}

/// All arguments right, and the token nobody's; also at the ends of their ranges. Then a key
/// that the operation does not have, which is found before the token.
fn nobody(
    examination: &mut Examination<'_>,
    format: Format,
    entry: &'static Entry,
) -> io::Result<()> {
    if !entry.credential.is_token() {
        return Ok(());
    }
    let mut calls = vec![right(entry)];
    for rule in &entry.rules {
        let ends = [rule.minimum, rule.maximum].into_iter().flatten();
        let words = rule.choices.iter().map(|word| Argument::Text(word.clone()));
        for value in ends.map(Argument::Integer).chain(words) {
            let mut arguments = right(entry);
            arguments.retain(|(name, _)| *name != rule.name);
            arguments.push((rule.name, value));
            calls.push(arguments);
        }
    }
    for mut arguments in calls {
        arguments.retain(|(name, _)| *name != TOKEN);
        arguments.push((TOKEN, Argument::Text(NOBODY.to_owned())));
        let request = argument::call(examination.catalog, format, entry, &arguments);
        let refusal = (examination.code("user_token_invalid")?, None);
        examination.refused(format, entry, &request, "with nobody's token", refusal)?;
        arguments.insert(0, ("noSuchKey", Argument::Text(String::new())));
        let request = argument::call(examination.catalog, format, entry, &arguments);
        let refusal = match format {
            Format::XmlRpc => (codes::VALIDATION_EXTRA_KEY, Some(refusal.0)),
            Format::Json | Format::Xml => refusal,
        };
        let words = "with nobody's token and a key that it does not have";
        examination.refused(format, entry, &request, words, refusal)?;
    }
    Ok(())
}

/// The other verb; over XML-RPC no struct.
fn method(
    examination: &mut Examination<'_>,
    format: Format,
    entry: &'static Entry,
) -> io::Result<()> {
    let word = match format {
        Format::Json => "json",
        Format::Xml => "xml",
        Format::XmlRpc => {
            let document = format!(
                "<methodCall><methodName>{}</methodName></methodCall>",
                examination.catalog.qualified(entry)
            );
            let request = argument::post("/api/xmlrpc".to_owned(), "text/xml", document);
            let refusal = (codes::VALIDATION_REQUEST_WRAPPER, None);
            return examination.refused(format, entry, &request, "without a struct", refusal);
        }
    };
    let path = format!(
        "/api/{word}/{}/{}",
        examination.catalog.namespace,
        entry.name()
    );
    let request = match entry.declared.verbs {
        Verbs::Get => {
            let form = "application/x-www-form-urlencoded";
            argument::post(path, form, String::new())
        }
        Verbs::Post => argument::get(path),
        Verbs::Any => return Ok(()),
    };
    let refusal = (codes::INVALID_REQUEST_METHOD, None);
    examination.refused(format, entry, &request, "with the wrong verb", refusal)
}
