//! The JSON of each profile.

use std::io::Write;

use trivium_front::Profile;
use trivium_front::escape::json_in_ascii;
use trivium_front::print::Syntax;

/// Writes values as JSON.
#[derive(Clone, Copy, Debug)]
pub struct JsonSyntax {
    /// Which profile.
    pub profile: Profile,
}

impl Syntax for JsonSyntax {
    fn separator(&self) -> &'static str {
        match self.profile {
            Profile::Documented => ", ",
            Profile::Original => ",",
        }
    }

    fn text(&self, out: &mut Vec<u8>, text: &str) {
        match self.profile {
            Profile::Documented => raw(out, text),
            Profile::Original => json_in_ascii(out, text),
        }
    }

    fn integer(&self, out: &mut Vec<u8>, number: i64) {
        // Writing into memory cannot fail.
        let _written = write!(out, "{number}");
    }

    fn boolean(&self, out: &mut Vec<u8>, truth: bool) {
        out.extend_from_slice(if truth { b"true" } else { b"false" });
    }

    fn date_time(&self, out: &mut Vec<u8>, text: &str) {
        self.text(out, text);
    }

    fn open_struct(&mut self, out: &mut Vec<u8>) {
        out.push(b'{');
    }

    fn open_member(&mut self, out: &mut Vec<u8>, name: &str) {
        // The name of a field never needs escaping.
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(match self.profile {
            Profile::Documented => b"\": ",
            Profile::Original => b"\":",
        });
    }

    fn close_member(&mut self, _: &mut Vec<u8>, _: &str) {}

    fn close_struct(&mut self, out: &mut Vec<u8>, _: bool) {
        out.push(b'}');
    }

    fn open_array(&mut self, out: &mut Vec<u8>) {
        out.push(b'[');
    }

    fn open_item(&mut self, _: &mut Vec<u8>) {}

    fn close_item(&mut self, _: &mut Vec<u8>) {}

    fn close_array(&mut self, out: &mut Vec<u8>, _: bool) {
        out.push(b']');
    }
}

/// Escapes only what JSON requires.
fn raw(out: &mut Vec<u8>, text: &str) {
    // Writing into memory cannot fail.
    let _written = serde_json::to_writer(out, text);
}
