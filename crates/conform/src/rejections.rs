//! Invalid calls, of every operation: each must be rejected with the declared code.
//!
//! They can be sent to any server. The token that they carry belongs to no user, so that a server
//! that misses a defect rejects the token, and changes nothing.

use std::io;

use trivium_rpc::{Entry, Verbs, codes};

use crate::argument::{self, ArgumentList, ArgumentValue};
use crate::defects::{self, Defect};
use crate::examine::Examination;
use crate::wire::Format;

/// A token that belongs to no user.
const UNKNOWN_TOKEN: &str = "conform-this-token-is-nobodys";

/// Makes the calls.
pub(crate) fn examine(examination: &mut Examination<'_>) -> io::Result<()> {
    for entry in &examination.catalog.entries {
        for format in Format::ALL {
            single_defects(examination, format, entry)?;
            pairs_of_defects(examination, format, entry)?;
            unknown_token(examination, format, entry)?;
            wrong_verb(examination, format, entry)?;
        }
    }
    Ok(())
}

/// The required arguments. All are valid, except that the token is unknown.
fn required(entry: &Entry) -> ArgumentList {
    let token = argument::token(entry, UNKNOWN_TOKEN);
    let required = entry.rules.iter().filter(|rule| rule.required);
    required
        .map(|rule| match &token {
            Some((name, value)) if *name == rule.name => (rule.name, value.clone()),
            _ => (rule.name, ArgumentValue::valid_for(entry, rule)),
        })
        .collect()
}

/// The required arguments, and after them the defective ones in place of valid ones.
fn defective(entry: &Entry, defects: &[&Defect]) -> ArgumentList {
    let mut arguments = required(entry);
    arguments.retain(|(name, _)| defects.iter().all(|defect| defect.name != *name));
    for defect in defects {
        let values = defect.values.iter().cloned();
        arguments.extend(values.map(|value| (defect.name, value)));
    }
    arguments
}

/// Makes a call with every defect of every argument.
fn single_defects(
    examination: &mut Examination<'_>,
    format: Format,
    entry: &'static Entry,
) -> io::Result<()> {
    for defect in entry
        .rules
        .iter()
        .flat_map(|rule| defects::all(entry, rule))
    {
        if let Some(code) = defect.code(format, entry) {
            let arguments = defective(entry, &[&defect]);
            let request = argument::call(examination.catalog, format, entry, &arguments);
            let expected = (code, None);
            examination.expect_rejection(format, entry, &request, &defect.description, expected)?;
        }
    }
    Ok(())
}

/// Makes calls in which two adjacent arguments have a defect: the one that is declared first must
/// be reported.
fn pairs_of_defects(
    examination: &mut Examination<'_>,
    format: Format,
    entry: &'static Entry,
) -> io::Result<()> {
    for rules in entry.rules.windows(2) {
        let [first, second] = rules else { continue };
        let (first, second) = (defects::all(entry, first), defects::all(entry, second));
        let pairs = first
            .iter()
            .flat_map(|first| second.iter().map(move |second| (first, second)));
        for (first, second) in pairs {
            let (Some(code), Some(later)) = (first.code(format, entry), second.code(format, entry))
            else {
                continue;
            };
            if code == later {
                continue;
            }
            // The order of the request is the reverse of the declared one, and must not matter.
            let arguments = defective(entry, &[second, first]);
            let request = argument::call(examination.catalog, format, entry, &arguments);
            let description = format!("{} and {}", first.description, second.description);
            let expected = (code, Some(later));
            examination.expect_rejection(format, entry, &request, &description, expected)?;
        }
    }
    Ok(())
}

/// Makes calls in which only the token is invalid, also with every choice and at the ends of
/// every range; then the same with an argument that the operation does not have, which XML-RPC
/// must reject before the token.
fn unknown_token(
    examination: &mut Examination<'_>,
    format: Format,
    entry: &'static Entry,
) -> io::Result<()> {
    let Some(token) = argument::token(entry, UNKNOWN_TOKEN) else {
        return Ok(());
    };
    let mut calls = vec![required(entry)];
    for rule in &entry.rules {
        for value in argument::boundary_values(rule) {
            let mut arguments = required(entry);
            arguments.retain(|(name, _)| *name != rule.name);
            arguments.push((rule.name, value));
            calls.push(arguments);
        }
    }
    let invalid = examination.code("user_token_invalid")?;
    for mut arguments in calls {
        arguments.retain(|(name, _)| *name != token.0);
        arguments.push(token.clone());
        let request = argument::call(examination.catalog, format, entry, &arguments);
        let description = "with an unknown token";
        examination.expect_rejection(format, entry, &request, description, (invalid, None))?;
        arguments.insert(0, ("noSuchKey", ArgumentValue::Text(String::new())));
        let request = argument::call(examination.catalog, format, entry, &arguments);
        let expected = match format {
            Format::XmlRpc => (codes::VALIDATION_EXTRA_KEY, Some(invalid)),
            Format::Json | Format::Xml => (invalid, None),
        };
        let description = "with an unknown token and an argument that it does not have";
        examination.expect_rejection(format, entry, &request, description, expected)?;
    }
    Ok(())
}

/// Makes a call by the other verb; over XML-RPC, one without the struct of arguments.
fn wrong_verb(
    examination: &mut Examination<'_>,
    format: Format,
    entry: &'static Entry,
) -> io::Result<()> {
    let catalog = examination.catalog;
    let Some(path) = argument::rest_path(catalog, format, entry) else {
        let document = format!(
            "<methodCall><methodName>{}</methodName></methodCall>",
            catalog.qualified(entry)
        );
        let request = argument::post("/api/xmlrpc".to_owned(), "text/xml", document);
        let expected = (codes::VALIDATION_REQUEST_WRAPPER, None);
        return examination.expect_rejection(format, entry, &request, "without a struct", expected);
    };
    let request = match entry.declared.verbs {
        Verbs::Get => {
            let form = "application/x-www-form-urlencoded";
            argument::post(path, form, String::new())
        }
        Verbs::Post => argument::get(path),
        Verbs::Any => return Ok(()),
    };
    let expected = (codes::INVALID_REQUEST_METHOD, None);
    examination.expect_rejection(format, entry, &request, "with the wrong verb", expected)
}
