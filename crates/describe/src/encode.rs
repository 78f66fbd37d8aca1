//! Texts as formats and languages write them.

use trivium_front::escape::escape;

/// Names and values as a form.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", percent(name), percent(value)))
        .collect();
    pairs.join("&")
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(b).to_string()
            }
            b' ' => "+".to_owned(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// A text as the content of an element.
pub(crate) fn xml(text: &str) -> String {
    let mut out = Vec::new();
    escape(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

/// A text in single quotes, as JavaScript, Python and PHP have it for plain texts.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A text in double quotes, as JSON has it, and JavaScript, Python and Rust for plain texts.
pub(crate) fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
