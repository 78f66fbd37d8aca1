//! Encodings of text, and what may be quoted of it.

use std::borrow::Cow;

use trivium_core::types::can_carry;

/// Characters of the input that an error quotes at the most.
const QUOTED: usize = 64;

/// Reads bytes as UTF-8, or as ISO-8859-1 when they are not.
pub fn utf8_or_latin1(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(latin1(bytes)),
    }
}

/// Reads bytes as ISO-8859-1, in which every byte is the character of its number.
pub fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// A piece of the input as an error or the log may quote it: short, and on one line.
pub fn quote(text: &str) -> Cow<'_, str> {
    let plain = |c: char| can_carry(c) && !c.is_control();
    if text.len() <= QUOTED && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut quoted = String::new();
    for c in text.chars().take(QUOTED) {
        if plain(c) {
            quoted.push(c);
        } else {
            quoted.extend(c.escape_default());
        }
    }
    if text.chars().nth(QUOTED).is_some() {
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
    fn bytes_that_are_not_utf8_are_latin1() {
        assert_eq!(utf8_or_latin1(b"caf\xe9"), "café");
        assert_eq!(utf8_or_latin1("café".as_bytes()), "café");
    }
}
