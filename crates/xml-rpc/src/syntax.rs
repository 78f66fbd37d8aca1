//! The methodResponse of each profile.

use std::io::Write;

use trivium_front::Profile;
use trivium_front::escape::escape;
use trivium_front::print::Syntax;
use trivium_rpc::Error;

/// Writes values as XML-RPC. No element is self-closing, because old parsers reject that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct XmlRpcSyntax {
    profile: Profile,
    indent: usize,
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
    /// The text before the value, the text after it, and the indentation of the value.
    const fn parts(self, profile: Profile) -> (&'static str, &'static str, usize) {
        match (self, matches!(profile, Profile::Original)) {
            (Self::Params, true) => (
                "<?xml version='1.0'?>\n<methodResponse><params><param><value>",
                "</value></param></params></methodResponse>",
                0,
            ),
            (Self::Params, false) => (
                "<?xml version='1.0'?>\n <methodResponse>\n  <params>\n   <param>\n    <value>",
                "</value>\n   </param>\n  </params>\n </methodResponse>\n ",
                4,
            ),
            (Self::Fault, true) => (
                "<?xml version='1.0'?><methodResponse><fault><value>",
                "</value></fault></methodResponse>",
                0,
            ),
            (Self::Fault, false) => (
                "<?xml version='1.0'?>\n <methodResponse>\n  <fault>\n   <value>",
                "</value>\n  </fault>\n </methodResponse>\n ",
                3,
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
    syntax.end(&mut out, envelope);
    Ok(out)
}

impl XmlRpcSyntax {
    /// Begins a methodResponse, up to its value.
    pub(crate) fn begin(profile: Profile, envelope: Envelope) -> (Vec<u8>, Self) {
        let (before, _, indent) = envelope.parts(profile);
        (before.into(), Self { profile, indent })
    }

    /// Ends the methodResponse.
    pub(crate) fn end(&self, out: &mut Vec<u8>, envelope: Envelope) {
        let (_, after, _) = envelope.parts(self.profile);
        out.extend_from_slice(after.as_bytes());
    }

    fn line(&self, out: &mut Vec<u8>, indent: usize) {
        if self.profile == Profile::Documented {
            out.push(b'\n');
            out.resize(out.len() + indent, b' ');
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
    }

    fn open_member(&mut self, out: &mut Vec<u8>, name: &str) {
        self.line(out, self.indent - 1);
        out.extend_from_slice(b"<member>");
        self.line(out, self.indent);
        out.extend_from_slice(b"<name>");
        escape(out, name);
        out.extend_from_slice(b"</name>");
        self.line(out, self.indent);
        out.extend_from_slice(b"<value>");
    }

    fn close_member(&mut self, out: &mut Vec<u8>, _: &str) {
        out.extend_from_slice(b"</value>");
        self.line(out, self.indent - 1);
        out.extend_from_slice(b"</member>");
    }

    fn close_struct(&mut self, out: &mut Vec<u8>, empty: bool) {
        self.indent -= 2;
        if !empty {
            self.line(out, self.indent);
        }
        out.extend_from_slice(b"</struct>");
    }

    fn open_array(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<array><data>");
        self.indent += 1;
    }

    fn open_item(&mut self, out: &mut Vec<u8>) {
        self.line(out, self.indent);
        out.extend_from_slice(b"<value>");
    }

    fn close_item(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"</value>");
    }

    fn close_array(&mut self, out: &mut Vec<u8>, empty: bool) {
        self.indent -= 1;
        if !empty {
            self.line(out, self.indent);
        }
        out.extend_from_slice(b"</data></array>");
    }
}
