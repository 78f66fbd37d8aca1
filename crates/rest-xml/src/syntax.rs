//! The XML of each profile.

use std::io::Write;

use trivium_front::Profile;
use trivium_front::escape::escape;
use trivium_front::print::Syntax;
use trivium_rpc::Error;

/// Writes values as XML: an element for each member, `<item>` for each item.
#[derive(Clone, Copy, Debug)]
pub struct XmlSyntax {
    profile: Profile,
    indent: usize,
}

/// A document whose root element contains what `print` writes.
///
/// # Errors
/// Those of `print`.
pub fn document(
    profile: Profile,
    print: impl FnOnce(&mut Vec<u8>, XmlSyntax) -> Result<(), Error>,
) -> Result<Vec<u8>, Error> {
    let (before, after) = match profile {
        Profile::Documented => ("<response>", "</response>\n"),
        Profile::Original => (
            "<?xml version=\"1.0\"?>\n<response xmlns=\"http://peopleaggregator.com/api/xmlns#\">",
            "</response>",
        ),
    };
    let mut out = before.as_bytes().to_vec();
    print(&mut out, XmlSyntax { profile, indent: 0 })?;
    out.extend_from_slice(after.as_bytes());
    Ok(out)
}

impl XmlSyntax {
    fn line(&self, out: &mut Vec<u8>) {
        if self.profile == Profile::Documented {
            out.push(b'\n');
            out.resize(out.len() + self.indent, b' ');
        }
    }

    fn open(&mut self, out: &mut Vec<u8>, name: &str) {
        self.line(out);
        out.push(b'<');
        out.extend_from_slice(name.as_bytes());
        out.push(b'>');
    }

    fn close(out: &mut Vec<u8>, name: &str) {
        out.extend_from_slice(b"</");
        out.extend_from_slice(name.as_bytes());
        out.push(b'>');
    }
}

impl Syntax for XmlSyntax {
    fn separator(&self) -> &'static str {
        ""
    }

    fn text(&self, out: &mut Vec<u8>, text: &str) {
        escape(out, text);
    }

    fn integer(&self, out: &mut Vec<u8>, number: i64) {
        // Writing into memory cannot fail.
        let _written = write!(out, "{number}");
    }

    fn boolean(&self, out: &mut Vec<u8>, truth: bool) {
        out.extend_from_slice(if truth { b"true" } else { b"false" });
    }

    fn date_time(&self, out: &mut Vec<u8>, text: &str) {
        escape(out, text);
    }

    fn open_struct(&mut self, _: &mut Vec<u8>) {
        self.indent += 1;
    }

    fn open_member(&mut self, out: &mut Vec<u8>, name: &str) {
        self.open(out, name);
    }

    fn close_member(&mut self, out: &mut Vec<u8>, name: &str) {
        Self::close(out, name);
    }

    fn close_struct(&mut self, out: &mut Vec<u8>, empty: bool) {
        self.indent -= 1;
        if !empty {
            self.line(out);
        }
    }

    fn open_array(&mut self, _: &mut Vec<u8>) {
        self.indent += 1;
    }

    fn open_item(&mut self, out: &mut Vec<u8>) {
        self.open(out, "item");
    }

    fn close_item(&mut self, out: &mut Vec<u8>) {
        Self::close(out, "item");
    }

    fn close_array(&mut self, out: &mut Vec<u8>, empty: bool) {
        self.indent -= 1;
        if !empty {
            self.line(out);
        }
    }
}
