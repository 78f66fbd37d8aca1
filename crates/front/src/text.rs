//! Text encodings, and quoting input in errors.

use std::borrow::Cow;

use trivium_rpc::text::is_portable_char;

/// Maximum number of characters of the input that an error quotes.
const MAX_QUOTE: usize = 64;

/// Decodes bytes as UTF-8, or as ISO-8859-1 if they are not well-formed.
pub fn utf8_or_latin1(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(latin1(bytes)),
    }
}

/// Decodes bytes as ISO-8859-1, in which every byte is the character of its number.
pub fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// Quotes the input for an error or the log: short, escaped, on one line.
pub fn quote(text: &str) -> Cow<'_, str> {
    let plain = |c: char| is_portable_char(c) && !c.is_control();
    if text.len() <= MAX_QUOTE && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut quoted = String::new();
    for c in text.chars().take(MAX_QUOTE) {
        if plain(c) {
            quoted.push(c);
        } else {
            quoted.extend(c.escape_default());
        }
    }
    if text.chars().nth(MAX_QUOTE).is_some() {
        quoted.push('…');
    }
    Cow::Owned(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_short_and_on_one_line() {
        assert_eq!(quote("group:1"), "group:1");
        assert_eq!(quote("a\r\n\u{1}b"), "a\\r\\n\\u{1}b");
        assert_eq!(quote(&"x".repeat(65)), format!("{}…", "x".repeat(64)));
    }

    #[test]
    fn malformed_utf8_is_decoded_as_latin1() {
        assert_eq!(utf8_or_latin1(b"caf\xe9"), "café");
        assert_eq!(utf8_or_latin1("café".as_bytes()), "café");
    }
}
