//! Runs the scenario in three groups that it creates, one for each format.
//!
//! A group is changed over its own format only, and read over all. The three groups must be in the
//! same state after every step.

use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use trivium_rpc::{Effect, Entry};

use crate::argument::{self, ArgumentList, ArgumentValue};
use crate::examine::{Examination, Observed};
use crate::steps::{ScenarioStep, scenario};
use crate::test_group::{Participant, Participants, TestGroup};
use crate::wire::Format;

/// Runs the scenario, and deletes its groups even if it fails. The first token is the owner's, the
/// second, if there is one, the guest's.
pub(crate) fn examine(examination: &mut Examination<'_>, tokens: &[&str]) -> io::Result<()> {
    let mut tokens = tokens.iter();
    let Some(owner) = tokens.next() else {
        return Ok(());
    };
    let path = ["categories", "0", "id"];
    let category = fetch(
        examination,
        "getCategories",
        None,
        ArgumentList::new(),
        &path,
    )?;
    let owner = participant(examination, owner)?;
    let guest = tokens
        .next()
        .map(|token| participant(examination, token))
        .transpose()?;
    if guest
        .as_ref()
        .is_some_and(|guest| guest.login == owner.login)
    {
        return Err(io::Error::other("both tokens belong to the same user"));
    }
    let participants = Participants {
        owner,
        guest,
        category: category.unwrap_or_else(|| "cat:1".to_owned()),
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    // The time makes the names of the groups unique.
    let run = format!("trivium conform {:x}", now.as_nanos());
    let mut groups = Format::ALL.map(|format| TestGroup::new(format, &run));
    let mut result = scenario(examination.catalog)
        .iter()
        .try_for_each(|step| run_step(examination, step, &mut groups, &participants));
    for participant in std::iter::once(&participants.owner).chain(&participants.guest) {
        let deleted = delete_groups(examination, &run, &participant.token);
        result = result.and(deleted);
    }
    result
}

/// The operation of this name.
fn operation(examination: &Examination<'_>, name: &str) -> io::Result<&'static Entry> {
    let missing = || io::Error::other(format!("the catalog has no operation {name}"));
    examination.catalog.find(name).ok_or_else(missing)
}

/// Finds the user to whom a token belongs.
fn participant(examination: &mut Examination<'_>, token: &str) -> io::Result<Participant> {
    let login = fetch(
        examination,
        "checkToken",
        Some(token),
        ArgumentList::new(),
        &["login"],
    )?
    .ok_or_else(|| io::Error::other("the server rejected the token"))?;
    let arguments = vec![("login", ArgumentValue::Text(login.clone()))];
    let user_id = fetch(
        examination,
        "getUserProfile",
        Some(token),
        arguments,
        &["id"],
    )?;
    Ok(Participant {
        token: token.to_owned(),
        login,
        user_id: user_id.unwrap_or_default(),
    })
}

/// Finds the text at a path in a result. The formats are tried in turn, until one returns such a text.
fn fetch(
    examination: &mut Examination<'_>,
    name: &str,
    token: Option<&str>,
    mut arguments: ArgumentList,
    path: &[&str],
) -> io::Result<Option<String>> {
    let entry = operation(examination, name)?;
    let token = token.and_then(|token| argument::token(entry, token));
    arguments.splice(..0, token);
    for format in Format::ALL {
        let observed = examination.call(format, entry, &arguments)?;
        if let Observed::Value(value) = observed {
            let pointer = format!("/{}", path.join("/"));
            if let Some(text) = value.pointer(&pointer).and_then(Value::as_str) {
                return Ok(Some(text.to_owned()));
            }
        }
    }
    Ok(None)
}

/// Runs a step in every group, and compares the groups.
fn run_step(
    examination: &mut Examination<'_>,
    step: &ScenarioStep,
    groups: &mut [TestGroup],
    participants: &Participants,
) -> io::Result<()> {
    let entry = operation(examination, step.operation)?;
    let rejection = step
        .rejection
        .map(|name| examination.code(name))
        .transpose()?;
    let mut first: Option<(Format, Observed)> = None;
    let count = if step.per_group { groups.len() } else { 1 };
    for group in groups.iter_mut().take(count) {
        let Some(arguments) = group.arguments(step, entry, participants) else {
            continue;
        };
        let observed = match entry.declared.effect {
            Effect::Change => examination.call(group.format, entry, &arguments)?,
            Effect::Read | Effect::Scan => examination.call_all_formats(entry, &arguments)?,
        };
        let expected = rejection.map(|code| examination.rejected_with(group.format, code));
        let as_expected = match (&observed, &expected) {
            (Observed::Unreadable, _) => continue,
            (Observed::Value(_), expected) => expected.is_none(),
            (observed, Some(expected)) => observed == expected,
            (_, None) => false,
        };
        if !as_expected {
            let expected = expected.map_or("success".to_owned(), |code| code.describe());
            let difference = format!("it returned {}, expected {expected}", observed.describe());
            examination.add(entry, group.format, difference);
            continue;
        }
        let observed = match observed {
            Observed::Value(value) => {
                group.remember(&value);
                Observed::Value(group.normalize(&value))
            }
            rejected => rejected,
        };
        match &first {
            None => first = Some((group.format, observed)),
            Some((format, first)) => {
                let place = match entry.declared.effect {
                    Effect::Change => "over",
                    Effect::Read | Effect::Scan => "for what was changed over",
                };
                let [first_place, place] =
                    [*format, group.format].map(|format| format!("{place} {}", format.name()));
                if let Some(difference) = first.difference(&first_place, &observed, &place) {
                    examination.report.add(entry.name(), None, difference);
                }
            }
        }
    }
    Ok(())
}

/// Deletes the remaining groups of this run. Every format is tried, in case one of them fails.
fn delete_groups(examination: &mut Examination<'_>, run: &str, token: &str) -> io::Result<()> {
    let list = operation(examination, "getMyGroups")?;
    let delete = operation(examination, "deleteGroup")?;
    let own: ArgumentList = argument::token(list, token).into_iter().collect();
    for format in Format::ALL {
        let Observed::Value(value) = examination.call(format, list, &own)? else {
            continue;
        };
        let groups = value.get("groups").and_then(Value::as_array);
        for group in groups.into_iter().flatten() {
            let text = |name: &str| group.get(name).and_then(Value::as_str).unwrap_or_default();
            if !text("name").starts_with(run) {
                continue;
            }
            let mut arguments: ArgumentList = argument::token(delete, token).into_iter().collect();
            arguments.push(("id", ArgumentValue::Text(text("id").to_owned())));
            let mut deleted = false;
            for format in Format::ALL {
                let observed = examination.call(format, delete, &arguments)?;
                deleted |= matches!(observed, Observed::Value(_));
            }
            if !deleted {
                let difference = format!(
                    "`{}` was created by the examination and could not be deleted",
                    text("id")
                );
                examination.report.add(delete.name(), None, difference);
            }
        }
    }
    Ok(())
}
