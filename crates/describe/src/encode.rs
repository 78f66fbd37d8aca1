//! Texts as formats and languages write them.

use trivium_front::escape::escape;

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
