//! Replaces what differs between runs in a response.

use trivium_core::types::DateTime;
use trivium_rpc::Entry;

use crate::harness::{Answer, plain};

/// Members whose values differ between runs, beside times.
const VARYING: [(&str, &str); 3] = [
    ("login", "authToken"),
    ("newInvitation", "invitation"),
    ("checkToken", "tokenLifetime"),
];

/// Replaces each varying value in a body with the example of its type.
pub(super) fn steady(entry: &Entry, answer: &Answer, body: &str) -> String {
    let mut body = steady_times(body);
    for (_, member) in VARYING.iter().filter(|(name, _)| *name == entry.name()) {
        let schema = &entry.output.as_value()["properties"][member];
        body = body.replace(&answer.text(member), &plain(&schema["examples"][0]));
    }
    body
}

/// Replaces each time in a text with the example of its type, in the same format.
pub(super) fn steady_times(text: &str) -> String {
    let time = DateTime(1_155_303_524).to_string();
    let short = time.replace(['-', 'Z'], "");
    let upcoming = time.replace('T', " ").replace('Z', "");
    let mut steady = String::new();
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
                steady.push_str(spelling);
                rest = &rest[spelling.len()..];
            }
            None => {
                steady.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    steady
}
