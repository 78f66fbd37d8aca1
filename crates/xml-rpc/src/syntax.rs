//! The methodResponse of each profile: the same values in another layout.

use std::io::Write;

use trivium_front::Profile;
use trivium_front::escape::escape;
use trivium_front::print::Syntax;
use trivium_rpc::Error;

/// The longest line of a member or an item in profile `original`, in bytes: its clients read 4,095 bytes at a time.
const MAX_LINE: usize = 4_000;

/// Writes values as XML-RPC. No element is self-closing, because old parsers reject that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct XmlRpcSyntax {
    layout: Layout,
    indent: usize,
    /// The line of the member or item that was begun last, until a struct or an array begins in it.
    line: Option<Line>,
}

/// How a value is broken into lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// One element on a line, with this many spaces for each level.
    Tall(usize),
    /// A member or item on a line, whatever its depth.
    Short,
}

/// Where a line begins in the output, and the scalar in it.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: usize,
    scalar: usize,
}

/// The elements around the value of a methodResponse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// Of a result.
    Params,
    /// Of a fault.
    Fault,
}

impl Envelope {
    /// The text before the value, the text after it, the indentation of the value, and its layout.
    const fn parts(self, profile: Profile) -> (&'static str, &'static str, usize, Layout) {
        match (self, matches!(profile, Profile::Original)) {
            (Self::Params, true) => (
                "<?xml version=\"1.0\"?>\n<methodResponse>\n  <params>\n    <param>\n      <value>\n        ",
                "\n      </value>\n    </param>\n  </params>\n</methodResponse>\n",
                0,
                Layout::Short,
            ),
            (Self::Params, false) => (
                "<?xml version='1.0'?>\n <methodResponse>\n  <params>\n   <param>\n    <value>",
                "</value>\n   </param>\n  </params>\n </methodResponse>\n ",
                4,
                Layout::Tall(1),
            ),
            (Self::Fault, true) => (
                "<?xml version=\"1.0\"?>\n<methodResponse>\n  <fault>\n    <value>\n      ",
                "\n    </value>\n  </fault>\n</methodResponse>\n",
                3,
                Layout::Tall(2),
            ),
            (Self::Fault, false) => (
                "<?xml version='1.0'?>\n <methodResponse>\n  <fault>\n   <value>",
                "</value>\n  </fault>\n </methodResponse>\n ",
                3,
                Layout::Tall(1),
            ),
        }
    }
}

/// A methodResponse with the value that `print` writes.
///
/// # Errors
/// Those of `print`.
pub(crate) fn document(
    profile: Profile,
    envelope: Envelope,
    print: impl FnOnce(&mut Vec<u8>, XmlRpcSyntax) -> Result<(), Error>,
) -> Result<Vec<u8>, Error> {
    let (mut out, syntax) = XmlRpcSyntax::begin(profile, envelope);
    print(&mut out, syntax)?;
    XmlRpcSyntax::end(&mut out, profile, envelope);
    Ok(out)
}

impl XmlRpcSyntax {
    /// Begins a methodResponse, up to its value.
    pub(crate) fn begin(profile: Profile, envelope: Envelope) -> (Vec<u8>, Self) {
        let (before, _, indent, layout) = envelope.parts(profile);
        let syntax = Self {
            layout,
            indent,
            line: None,
        };
        (before.into(), syntax)
    }

    /// Ends the methodResponse.
    pub(crate) fn end(out: &mut Vec<u8>, profile: Profile, envelope: Envelope) {
        let (_, after, ..) = envelope.parts(profile);
        out.extend_from_slice(after.as_bytes());
    }

    /// Begins a line at this level, in the layout that has levels.
    fn level(&self, out: &mut Vec<u8>, level: usize) {
        if let Layout::Tall(step) = self.layout {
            out.push(b'\n');
            out.resize(out.len() + level * step, b' ');
        }
    }

    /// Begins the line of a member or an item, in the layout that has no levels.
    fn begin_line(&mut self, out: &mut Vec<u8>) -> usize {
        if self.layout == Layout::Short {
            out.extend_from_slice(b"\n  ");
        }
        out.len().saturating_sub(2)
    }

    /// Notes that a scalar may follow in the line that began there.
    fn expect_scalar(&mut self, out: &[u8], start: usize) {
        let scalar = out.len();
        self.line = (self.layout == Layout::Short).then_some(Line { start, scalar });
    }

    /// Ends a line with this text. If it would be too long, its scalar gets a line of its own.
    fn end_line(&mut self, out: &mut Vec<u8>, end: &[u8]) {
        if let Some(Line { start, scalar }) = self.line.take()
            && out.len() + end.len() - start > MAX_LINE
        {
            out.insert(scalar, b'\n');
            out.push(b'\n');
        }
        out.extend_from_slice(end);
    }

    /// Begins the line that ends a struct or an array.
    fn begin_end(&self, out: &mut Vec<u8>, empty: bool) {
        match self.layout {
            Layout::Short => out.push(b'\n'),
            Layout::Tall(_) if empty => {}
            Layout::Tall(_) => self.level(out, self.indent),
        }
    }
}

impl Syntax for XmlRpcSyntax {
    fn separator(&self) -> &'static str {
        ""
    }

    fn text(&self, out: &mut Vec<u8>, text: &str) {
        out.extend_from_slice(b"<string>");
        escape(out, text);
        out.extend_from_slice(b"</string>");
    }

    fn integer(&self, out: &mut Vec<u8>, number: i64) {
        // <int> has 32 bits; a larger number needs the extension <i8>.
        let tag = if i32::try_from(number).is_ok() {
            "int"
        } else {
            "i8"
        };
        // Writing into memory cannot fail.
        let _written = write!(out, "<{tag}>{number}</{tag}>");
    }

    fn boolean(&self, out: &mut Vec<u8>, truth: bool) {
        let _written = write!(out, "<boolean>{}</boolean>", i32::from(truth));
    }

    fn date_time(&self, out: &mut Vec<u8>, text: &str) {
        out.extend_from_slice(b"<dateTime.iso8601>");
        // 2006-08-11T13:38:44Z is written 20060811T13:38:44.
        out.extend(text.bytes().filter(|b| !matches!(b, b'-' | b'Z')));
        out.extend_from_slice(b"</dateTime.iso8601>");
    }

    fn open_struct(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<struct>");
        self.indent += 2;
        self.line = None;
    }

    fn open_member(&mut self, out: &mut Vec<u8>, name: &str) {
        let start = self.begin_line(out);
        self.level(out, self.indent - 1);
        out.extend_from_slice(b"<member>");
        self.level(out, self.indent);
        out.extend_from_slice(b"<name>");
        escape(out, name);
        out.extend_from_slice(b"</name>");
        self.level(out, self.indent);
        out.extend_from_slice(b"<value>");
        self.expect_scalar(out, start);
    }

    fn close_member(&mut self, out: &mut Vec<u8>, _: &str) {
        match self.layout {
            Layout::Short => self.end_line(out, b"</value></member>"),
            Layout::Tall(_) => {
                out.extend_from_slice(b"</value>");
                self.level(out, self.indent - 1);
                out.extend_from_slice(b"</member>");
            }
        }
    }

    fn close_struct(&mut self, out: &mut Vec<u8>, empty: bool) {
        self.indent -= 2;
        self.begin_end(out, empty);
        out.extend_from_slice(b"</struct>");
    }

    fn open_array(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<array><data>");
        self.indent += 1;
        self.line = None;
    }

    fn open_item(&mut self, out: &mut Vec<u8>) {
        let start = self.begin_line(out);
        self.level(out, self.indent);
        out.extend_from_slice(b"<value>");
        self.expect_scalar(out, start);
    }

    fn close_item(&mut self, out: &mut Vec<u8>) {
        self.end_line(out, b"</value>");
    }

    fn close_array(&mut self, out: &mut Vec<u8>, empty: bool) {
        self.indent -= 1;
        self.begin_end(out, empty);
        out.extend_from_slice(b"</data></array>");
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use trivium_front::print::plain;

    use super::*;

    #[derive(Serialize)]
    struct Message {
        text: String,
        texts: Vec<String>,
    }

    /// The lines of profile `original` for a text of this length, as a member and as an item.
    fn lines(length: usize) -> (Vec<String>, Vec<String>) {
        let text = "x".repeat(length);
        let message = Message {
            text: text.clone(),
            texts: vec![text.clone()],
        };
        let body = document(Profile::Original, Envelope::Params, |out, syntax| {
            plain(out, syntax, Profile::Original, &message)
        });
        let body = String::from_utf8(body.unwrap())
            .unwrap()
            .replace(&text, "…");
        let lines: Vec<String> = body.lines().map(ToOwned::to_owned).collect();
        let lines = |first: &str, last: &str| {
            let place = |text: &str| lines.iter().position(|line| line.contains(text)).unwrap();
            lines[place(first)..place(last)].to_vec()
        };
        (
            lines(">text<", ">texts<"),
            lines(">texts<", "</data>").split_off(1),
        )
    }

    #[test]
    fn a_long_text_has_a_line_of_its_own() {
        let around = "  <member><name>text</name><value><string></string></value></member>".len();
        let (member, item) = lines(MAX_LINE - around);
        let value = "<string>…</string>";
        assert_eq!(
            member,
            [format!(
                "  <member><name>text</name><value>{value}</value></member>"
            )]
        );
        assert_eq!(item, [format!("  <value>{value}</value>")]);
        for length in [4_000, 5_000] {
            let (member, item) = lines(length);
            assert_eq!(
                member,
                [
                    "  <member><name>text</name><value>",
                    value,
                    "</value></member>"
                ]
            );
            assert_eq!(item, ["  <value>", value, "</value>"]);
        }
        let (member, item) = lines(MAX_LINE - around + 1);
        assert_eq!((member.len(), item.len()), (3, 1));
    }
}
