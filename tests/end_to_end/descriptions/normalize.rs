//! Replaces the values in a response that differ between runs.

use trivium_core::types::DateTime;
use trivium_rpc::Entry;

use crate::harness::{Answer, plain};

/// Members whose values differ between runs, beside times.
const VARIABLE_MEMBERS: [(&str, &str); 3] = [
    ("login", "authToken"),
    ("newInvitation", "invitation"),
    ("checkToken", "tokenLifetime"),
];

/// Replaces each varying value in a body with the example of its type.
pub(super) fn normalize(entry: &Entry, answer: &Answer, body: &str) -> String {
    let mut body = normalize_times(body);
    for (_, member) in VARIABLE_MEMBERS
        .iter()
        .filter(|(name, _)| *name == entry.name())
    {
        let schema = &entry.output.as_value()["properties"][member];
        body = body.replace(&answer.text(member), &plain(&schema["examples"][0]));
    }
    body
}

/// Replaces each time in a text with the example of its type, in the same format.
pub(super) fn normalize_times(text: &str) -> String {
    let time = DateTime(1_155_303_524).to_string();
    let short = time.replace(['-', 'Z'], "");
    let upcoming = time.replace('T', " ").replace('Z', "");
    let mut normalized = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let spelling = [&time, &short, &upcoming].into_iter().find(|spelling| {
            let begins = rest.as_bytes().get(..spelling.len());
            begins.is_some_and(|begins| {
                let pairs = begins.iter().zip(spelling.bytes());
                pairs.into_iter().all(|(a, b)| match b {
                    b'0'..=b'9' => a.is_ascii_digit(),
                    other => *a == other,
                })
            })
        });
        match spelling {
            Some(spelling) => {
                normalized.push_str(spelling);
                rest = &rest[spelling.len()..];
            }
            None => {
                normalized.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    normalized
}
