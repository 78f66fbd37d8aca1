//! Writes text into XML.

use trivium_core::types::can_carry;

/// Appends a text as the content of an element. A carriage return is written `&#13;`, as
/// parsers would turn CRLF into LF.
pub fn escape(out: &mut Vec<u8>, text: &str) {
    let mut rest = text;
    while let Some((place, c)) = rest.char_indices().find(|&(_, c)| needs_escape(c)) {
        let (before, after) = rest.split_at(place);
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(match c {
            '&' => b"&amp;",
            '<' => b"&lt;",
            '>' => b"&gt;",
            '\r' => b"&#13;",
            // Refused on the way in; what got here otherwise must not spoil the document.
            _ => "\u{FFFD}".as_bytes(),
        });
        rest = after.get(c.len_utf8()..).unwrap_or_default();
    }
    out.extend_from_slice(rest.as_bytes());
}

const fn needs_escape(c: char) -> bool {
    matches!(c, '&' | '<' | '>' | '\r') || !can_carry(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_carriage_returns_are_escaped() {
        let mut out = Vec::new();
        escape(&mut out, "a<b> & \"c\"\r\n江\u{1}");
        assert_eq!(
            String::from_utf8_lossy(&out),
            "a&lt;b&gt; &amp; \"c\"&#13;\n江\u{FFFD}"
        );
    }
}
