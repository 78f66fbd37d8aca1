//! Escapes and quotes texts for formats and programming languages.

use trivium_front::escape::escape;

/// Escapes a text as the content of an XML element.
pub(crate) fn xml(text: &str) -> String {
    let mut out = Vec::new();
    escape(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes a text in single quotes, as a literal of JavaScript, Python and PHP.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Writes a text in double quotes, as a literal of JSON, JavaScript, Python and Rust.
pub(crate) fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
