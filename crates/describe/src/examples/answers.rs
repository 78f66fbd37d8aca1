//! The recorded answers, as the end-to-end tests write them.
//!
//! Times and secrets differ from run to run: recorded is the example of their type instead.

use std::borrow::Cow;

use trivium_front::Profile;

use super::Format;
use crate::Site;
use crate::dialects::{Dialect, Prefixes};

/// The address of the server that answered.
pub const BASE_URL: &str = "http://127.0.0.1:8080";

/// The answers of each profile: sections, each behind a line `== OPERATION FORMAT`.
const DOCUMENTED: &str = include_str!("../../answers/documented.txt");
const ORIGINAL: &str = include_str!("../../answers/original.txt");

/// The answers to the example calls of the dialects, heads and bodies: sections, each behind a
/// line `== DIALECT.METHOD`.
pub const DIALECTS: &str = include_str!("../../answers/dialects.txt");

/// What begins a section.
const MARK: &str = "== ";

/// All that is recorded of a profile.
pub const fn recorded(profile: Profile) -> &'static str {
    match profile {
        Profile::Documented => DOCUMENTED,
        Profile::Original => ORIGINAL,
    }
}

/// A section of the record.
pub fn section(operation: &str, format: Format, body: &str) -> String {
    headed(&head(operation, format), body)
}

/// A section behind a line of these words.
pub fn headed(head: &str, body: &str) -> String {
    format!("{MARK}{head}\n{body}\n")
}

fn head(operation: &str, format: Format) -> String {
    format!("{operation} {}", format.word())
}

/// The body of the answer to an operation's example.
pub fn of(profile: Profile, operation: &str, format: Format) -> Option<&'static str> {
    below(recorded(profile), &head(operation, format))
}

/// The answer to the example call of a dialect's method, with its head.
pub fn of_dialect(name: &str) -> Option<&'static str> {
    below(DIALECTS, name)
}

/// What a record has in the section behind a line of these words.
fn below(record: &'static str, head: &str) -> Option<&'static str> {
    let (_, rest) = record.split_once(&format!("{MARK}{head}\n"))?;
    match rest.split_once(&format!("\n{MARK}")) {
        Some((body, _)) => Some(body),
        None => rest.strip_suffix('\n'),
    }
}

/// The same answer of a dialect from a server that has it at another address.
pub fn from_dialect(dialect: Dialect, site: &Site<'_>, answer: &'static str) -> String {
    let address = |prefixes: &Prefixes<'_>| {
        let prefix = prefixes.of(dialect).unwrap_or_default();
        format!("{BASE_URL}{prefix}")
    };
    let moved = answer.replace(&address(&Prefixes::default()), &address(&site.dialects));
    from(site.base_url, &moved).into_owned()
}

/// The same answer from a server at another address.
pub fn from<'a>(base_url: &str, body: &'a str) -> Cow<'a, str> {
    if base_url == BASE_URL {
        return body.into();
    }
    // JSON of profile `original` escapes slashes.
    let escaped = |url: &str| url.replace('/', "\\/");
    body.replace(BASE_URL, base_url)
        .replace(&escaped(BASE_URL), &escaped(base_url))
        .into()
}
