//! The recorded responses to the example calls.
//!
//! A record is a text of sections, each after a line `== NAME FORMAT`. Times and secrets differ from run
//! to run, so a record has the example of their type instead.

use std::borrow::Cow;

use trivium_front::contract::status;
use trivium_front::{ClientRequest, Dialect, Profile};
use trivium_rpc::{Catalog, Entry};

use crate::examples::{self, Format};
use crate::{ServedDialect, Site};

/// The address of the server that responded.
pub const BASE_URL: &str = "http://127.0.0.1:8080";

/// The start of the line before a section.
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
    /// Returns the record of a profile.
    pub fn recorded(&self, profile: Profile) -> &str {
        match profile {
            Profile::Documented => &self.documented,
            Profile::Original => &self.original,
        }
    }

    /// Returns the body of the response to an operation's example.
    pub fn of(&self, profile: Profile, operation: &str, format: Format) -> Option<&str> {
        find(self.recorded(profile), &heading(operation, format))
    }

    /// Returns the response to the example of a dialect's method, with status and headers.
    pub fn of_dialect(&self, method: &str) -> Option<&str> {
        find(&self.dialects, method)
    }
}

/// Creates the record of a catalog. `respond` makes the example call of each operation, and returns the
/// body of the response.
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

/// Writes a section of a record.
pub fn section(heading: &str, body: &str) -> String {
    format!("{MARK}{heading}\n{body}\n")
}

fn heading(operation: &str, format: Format) -> String {
    format!("{operation} {}", format.word())
}

/// Finds the body of a section.
fn find<'a>(record: &'a str, heading: &str) -> Option<&'a str> {
    let (_, rest) = record.split_once(&format!("{MARK}{heading}\n"))?;
    match rest.split_once(&format!("\n{MARK}")) {
        Some((body, _)) => Some(body),
        None => rest.strip_suffix('\n'),
    }
}

/// Replaces the address in a recorded response with that of a served dialect.
pub fn with_dialect_address(served: &ServedDialect<'_>, site: &Site<'_>, answer: &str) -> String {
    let Dialect { prefix, .. } = served.dialect;
    let moved = answer.replace(
        &format!("{BASE_URL}{prefix}"),
        &format!("{BASE_URL}{}", served.prefix),
    );
    with_base_url(site.base_url, &moved).into_owned()
}

/// Replaces the address in a recorded response with that of a server.
pub fn with_base_url<'a>(base_url: &str, body: &'a str) -> Cow<'a, str> {
    if base_url == BASE_URL {
        return body.into();
    }
    // JSON of profile `original` escapes slashes.
    let escaped = |url: &str| url.replace('/', "\\/");
    body.replace(BASE_URL, base_url)
        .replace(&escaped(BASE_URL), &escaped(base_url))
        .into()
}

/// Writes the recorded response to the example of an operation, as a server of this site sends it, with
/// the headers that describe its body.
pub fn response(site: &Site<'_>, entry: &Entry, format: Format) -> String {
    let profile = site.wire.profile;
    let body = site.service.answers.of(profile, entry.name(), format);
    let body = with_base_url(site.base_url, body.unwrap_or_default());
    let status = match example_status(site, entry, format) {
        200 => "200 OK",
        _ => "500 Internal Server Error",
    };
    format!(
        "HTTP/1.1 {status}\nContent-Type: {}\nContent-Length: {}\n\n{body}",
        format.content_type(profile),
        body.len()
    )
}

/// Returns the status of the response. Examples succeed, except those of operations that always fail.
fn example_status(site: &Site<'_>, entry: &Entry, format: Format) -> u16 {
    let answers = &site.service.answers;
    let answer = answers.of(Profile::Documented, entry.name(), Format::Json);
    let answer: Option<serde_json::Value> =
        answer.and_then(|answer| serde_json::from_str(answer).ok());
    let failed = answer.is_some_and(|answer| answer.get("success") == Some(&false.into()));
    match entry.errors.first() {
        Some(code) if failed && format != Format::XmlRpc => status(site.wire.status, *code),
        _ => 200,
    }
}
