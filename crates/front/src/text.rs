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

/// A piece of the input as an error may quote it: short, and on one line.
pub fn quote(text: &str) -> String {
    let mut quoted: String = text
        .chars()
        .take(QUOTED)
        .flat_map(|c| {
            let escaped: Box<dyn Iterator<Item = char>> = if c.is_control() || !can_carry(c) {
                Box::new(c.escape_default())
            } else {
                Box::new(std::iter::once(c))
            };
            escaped
        })
        .collect();
    if text.chars().nth(QUOTED).is_some() {
        quoted.push('…');
    }
    quoted
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
