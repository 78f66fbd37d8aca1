//! What the holder of a token may do, in groups that are made for it: one for each format.
//!
//! What one format changes, all must show; and what is done to one group over one format, must
//! have done to it what it did to the others over theirs.

use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use trivium_rpc::{Effect, Entry};

use crate::argument::{Argument, Arguments};
use crate::examine::{Examination, Outcome};
use crate::own::{Group, People, Person};
use crate::refusals::TOKEN;
use crate::steps::{STORY, Step};
use crate::wire::Format;

/// Tells the story, and deletes what is left of it however it ends. The first token is the
/// owner's, the second, where there is one, a guest's.
pub(crate) fn examine(examination: &mut Examination<'_>, tokens: &[&str]) -> io::Result<()> {
    let mut tokens = tokens.iter();
    let Some(owner) = tokens.next() else {
        return Ok(());
    };
    let category = ["categories", "0", "id"];
    let category = ask(examination, "getCategories", &Arguments::new(), &category)?;
    let owner = who(examination, owner)?;
    let guest = tokens
        .next()
        .map(|token| who(examination, token))
        .transpose()?;
    if guest
        .as_ref()
        .is_some_and(|guest| guest.login == owner.login)
    {
        return Err(io::Error::other("both tokens are of one person"));
    }
    let people = People {
        owner,
        guest,
        category: category.unwrap_or_else(|| "cat:1".to_owned()),
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    // No other group of theirs is called so.
    let run = format!("trivium conform {:x}", now.as_nanos());
    let mut groups = Format::ALL.map(|format| Group::new(format, &run));
    let mut told = STORY
        .iter()
        .try_for_each(|step| take(examination, step, &mut groups, &people));
    for person in std::iter::once(&people.owner).chain(&people.guest) {
        let cleared = clear(examination, &run, &person.token);
        told = told.and(cleared);
    }
    told
}

/// The operation of this name.
fn operation(examination: &Examination<'_>, name: &str) -> io::Result<&'static Entry> {
    let words = || format!("the catalog has no operation {name}");
    examination
        .catalog
        .find(name)
        .ok_or_else(|| io::Error::other(words()))
}

/// Finds out whose token it is, over any format that can tell.
fn who(examination: &mut Examination<'_>, token: &str) -> io::Result<Person> {
    let own = (TOKEN, Argument::Text(token.to_owned()));
    let login = ask(examination, "checkToken", &vec![own.clone()], &["login"])?
        .ok_or_else(|| io::Error::other("the token is not good at this server"))?;
    let profile = vec![own, ("login", Argument::Text(login.clone()))];
    let user = ask(examination, "getUserProfile", &profile, &["id"])?;
    Ok(Person {
        token: token.to_owned(),
        login,
        user: user.unwrap_or_default(),
    })
}

/// The text at a place in an answer, over the first format that has one.
fn ask(
    examination: &mut Examination<'_>,
    name: &str,
    arguments: &Arguments,
    path: &[&str],
) -> io::Result<Option<String>> {
    for format in Format::ALL {
        let outcome = examination.call(format, operation(examination, name)?, arguments)?;
        if let Outcome::Value(value) = outcome {
            let place = format!("/{}", path.join("/"));
            if let Some(text) = value.pointer(&place).and_then(Value::as_str) {
                return Ok(Some(text.to_owned()));
            }
        }
    }
    Ok(None)
}

/// Takes a step in every group.
fn take(
    examination: &mut Examination<'_>,
    step: &Step,
    groups: &mut [Group],
    people: &People,
) -> io::Result<()> {
    let entry = operation(examination, step.operation)?;
    let mut first: Option<(Format, Outcome)> = None;
    let count = if step.own { groups.len() } else { 1 };
    for group in groups.iter_mut().take(count) {
        let Some(arguments) = group.arguments(step, entry, people) else {
            continue;
        };
        let outcome = match entry.declared.effect {
            Effect::Change => examination.call(group.format, entry, &arguments)?,
            Effect::Read => examination.same(entry, &arguments)?,
        };
        let refusal = step
            .refusal
            .map(|name| examination.code(name))
            .transpose()?;
        let fits = match (&outcome, refusal) {
            (Outcome::Unreadable, _) => continue,
            (Outcome::Value(_), refusal) => refusal.is_none(),
            (outcome, Some(code)) => *outcome == examination.outcome_of(group.format, code),
            (_, None) => false,
        };
        if !fits {
            let expected = match refusal {
                Some(code) => examination.outcome_of(group.format, code).words(),
                None => "with success".to_owned(),
            };
            let words = format!("it answers {} and not {expected}", outcome.words());
            examination.add(entry, group.format, words);
            continue;
        }
        let outcome = match outcome {
            Outcome::Value(value) => {
                group.learn(&value);
                Outcome::Value(group.in_general(&value))
            }
            refused => refused,
        };
        match &first {
            None => first = Some((group.format, outcome)),
            Some((format, one)) => {
                let place = match entry.declared.effect {
                    Effect::Change => "over",
                    Effect::Read => "for what was changed over",
                };
                let [mine, theirs] =
                    [*format, group.format].map(|format| format!("{place} {}", format.name()));
                if let Some(words) = one.difference(&outcome, &mine, &theirs) {
                    examination.report.add(entry.name(), None, words);
                }
            }
        }
    }
    Ok(())
}

/// Deletes the groups of this run that are still there, over any format that can.
fn clear(examination: &mut Examination<'_>, run: &str, token: &str) -> io::Result<()> {
    let token = (TOKEN, Argument::Text(token.to_owned()));
    let list = operation(examination, "getMyGroups")?;
    let delete = operation(examination, "deleteGroup")?;
    for format in Format::ALL {
        let outcome = examination.call(format, list, &vec![token.clone()])?;
        let Outcome::Value(value) = outcome else {
            continue;
        };
        let groups = value.get("groups").and_then(Value::as_array);
        for group in groups.into_iter().flatten() {
            let text = |name: &str| group.get(name).and_then(Value::as_str).unwrap_or_default();
            if !text("name").starts_with(run) {
                continue;
            }
            let arguments = vec![token.clone(), ("id", Argument::Text(text("id").to_owned()))];
            let mut deleted = false;
            for format in Format::ALL {
                let outcome = examination.call(format, delete, &arguments)?;
                deleted |= matches!(outcome, Outcome::Value(_));
            }
            if !deleted {
                let words = format!("`{}` was made here and could not be deleted", text("id"));
                examination.report.add(delete.name(), None, words);
            }
        }
    }
    Ok(())
}
