//! The recorded responses to the example calls.
//!
//! A record is a text of sections, each after a line `== NAME FORMAT`. Times and secrets differ from run
//! to run, so a record has the example of their type instead.

use std::borrow::Cow;

use trivium_front::{ClientRequest, Dialect, Profile};
use trivium_rpc::{Catalog, Entry};

use crate::examples::{self, Format};
use crate::{ServedDialect, Site};

/// The address of the server that responded.
pub const BASE_URL: &str = "http://127.0.0.1:8080";

/// The beginning of the line before a section.
const MARK: &str = "== ";

/// The records of a service.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// The bodies of the responses to the operations' examples, in profile `documented`.
    pub documented: Cow<'static, str>,
    /// The same in profile `original`.
    pub original: Cow<'static, str>,
    /// The responses to the dialects' examples, with status and headers.
    pub dialects: Cow<'static, str>,
}

impl Answers {
    /// The record of a profile.
    pub fn recorded(&self, profile: Profile) -> &str {
        match profile {
            Profile::Documented => &self.documented,
            Profile::Original => &self.original,
        }
    }

    /// The body of the response to an operation's example.
    pub fn of(&self, profile: Profile, operation: &str, format: Format) -> Option<&str> {
        find(self.recorded(profile), &heading(operation, format))
    }

    /// The response to the example of a dialect's method, with status and headers.
    pub fn of_dialect(&self, method: &str) -> Option<&str> {
        find(&self.dialects, method)
    }
}

/// Makes the record of a catalog: `respond` makes each operation's example call, and returns the body of
/// the response.
pub fn record(
    catalog: &Catalog,
    mut respond: impl FnMut(&Entry, Format, &ClientRequest<'_>) -> String,
) -> String {
    let mut record = String::new();
    for entry in &catalog.entries {
        let Some(example) = &entry.example else {
            continue;
        };
        for format in Format::ALL {
            let arguments = examples::arguments(entry, example);
            let request = examples::request(catalog, entry, &arguments, format);
            let body = respond(entry, format, &request);
            record.push_str(&section(&heading(entry.name(), format), &body));
        }
    }
    record
}

/// A section of a record.
pub fn section(heading: &str, body: &str) -> String {
    format!("{MARK}{heading}\n{body}\n")
}

fn heading(operation: &str, format: Format) -> String {
    format!("{operation} {}", format.word())
}

/// The body of a section.
fn find<'a>(record: &'a str, heading: &str) -> Option<&'a str> {
    let (_, rest) = record.split_once(&format!("{MARK}{heading}\n"))?;
    match rest.split_once(&format!("\n{MARK}")) {
        Some((body, _)) => Some(body),
        None => rest.strip_suffix('\n'),
    }
}

/// The response of a dialect that is served elsewhere.
pub fn moved_dialect(served: &ServedDialect<'_>, site: &Site<'_>, answer: &str) -> String {
    let Dialect { prefix, .. } = served.dialect;
    let moved = answer.replace(
        &format!("{BASE_URL}{prefix}"),
        &format!("{BASE_URL}{}", served.prefix),
    );
    self::moved(site.base_url, &moved).into_owned()
}

/// The response of a server at another address.
pub fn moved<'a>(base_url: &str, body: &'a str) -> Cow<'a, str> {
    if base_url == BASE_URL {
        return body.into();
    }
    // JSON of profile `original` escapes slashes.
    let escaped = |url: &str| url.replace('/', "\\/");
    body.replace(BASE_URL, base_url)
        .replace(&escaped(BASE_URL), &escaped(base_url))
        .into()
}
