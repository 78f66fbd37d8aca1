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
    let mut body = normalize_hashes(&normalize_times(body));
    for (_, member) in VARIABLE_MEMBERS
        .iter()
        .filter(|(name, _)| *name == entry.name())
    {
        let schema = &entry.output.as_value()["properties"][member];
        body = body.replace(&answer.text(member), &plain(&schema["examples"][0]));
    }
    body
}

/// Replaces each SHA-256 in a text, because those of audit entries depend on their times.
fn normalize_hashes(text: &str) -> String {
    let example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let is_hash =
        |word: &&str| word.len() == example.len() && word.bytes().all(|b| b.is_ascii_hexdigit());
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let hashes: Vec<&str> = words.filter(is_hash).collect();
    let replace = |text: String, hash: &str| text.replace(hash, example);
    hashes.into_iter().fold(text.to_owned(), replace)
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
