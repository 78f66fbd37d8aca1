//! Writes text into XML, and into JSON that is ASCII.

use std::io::Write;

use trivium_rpc::text::is_portable_char;

/// Appends a text as the content of an element. A carriage return is written `&#13;`, because
/// parsers turn CRLF into LF.
pub fn escape(out: &mut Vec<u8>, text: &str) {
    escape_where(out, text, needs_escape);
}

/// Appends a text as the value of an attribute between `"`. Parsers turn line ends and
/// tabs into spaces.
pub fn escape_attribute(out: &mut Vec<u8>, text: &str) {
    escape_where(out, text, |c| {
        needs_escape(c) || matches!(c, '"' | '\n' | '\t')
    });
}

fn escape_where(out: &mut Vec<u8>, text: &str, needs_escape: impl Fn(char) -> bool) {
    let mut rest = text;
    while let Some((place, c)) = rest.char_indices().find(|&(_, c)| needs_escape(c)) {
        let (before, after) = rest.split_at(place);
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(match c {
            '&' => b"&amp;",
            '<' => b"&lt;",
            '>' => b"&gt;",
            '"' => b"&quot;",
            '\r' => b"&#13;",
            '\n' => b"&#10;",
            '\t' => b"&#9;",
            // Input with such a character is rejected; stored text must still not break the document.
            _ => "\u{FFFD}".as_bytes(),
        });
        rest = after.get(c.len_utf8()..).unwrap_or_default();
    }
    out.extend_from_slice(rest.as_bytes());
}

const fn needs_escape(c: char) -> bool {
    matches!(c, '&' | '<' | '>' | '\r') || !is_portable_char(c)
}

/// Appends a text as JSON in ASCII, `/` as `\/`, as the historical servers wrote it.
pub fn json_in_ascii(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '/' => out.extend_from_slice(b"\\/"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\u{C}' => out.extend_from_slice(b"\\f"),
            ' '..='~' => out.push(c as u8),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    // Writing into memory cannot fail.
                    let _written = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn historical_json_is_ascii() {
        let mut out = Vec::new();
        json_in_ascii(&mut out, "a/b \"\\\r\n\t江😀\u{7f}");
        assert_eq!(out, br#""a\/b \"\\\r\n\t\u6c5f\ud83d\ude00\u007f""#);
    }

    #[test]
    fn line_ends_in_attributes_are_escaped() {
        let mut out = Vec::new();
        escape_attribute(&mut out, "\"a\"\r\n\t<");
        assert_eq!(out, b"&quot;a&quot;&#13;&#10;&#9;&lt;");
    }

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
