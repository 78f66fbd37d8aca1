//! Parses `name=value&…`, from a query or a form body.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use trivium_rpc::Error;

use crate::check::RawValue;
use crate::limits::{self, Meter};
use crate::text::utf8_or_latin1;

/// The characters that are escaped: all but those that RFC 3986 calls unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Parses names and values in their order.
///
/// # Errors
/// `request_too_large`.
pub fn read(bytes: &[u8], meter: &mut Meter) -> Result<Vec<(String, RawValue)>, Error> {
    let mut pairs = Vec::new();
    for pair in bytes.split(|&b| b == b'&').filter(|pair| !pair.is_empty()) {
        meter.value(1)?;
        let mut halves = pair.splitn(2, |&b| b == b'=');
        let name = decode(halves.next().unwrap_or_default());
        limits::check_name(&name)?;
        let value = decode(halves.next().unwrap_or_default());
        pairs.push((name, RawValue::Untyped(value)));
    }
    Ok(pairs)
}

fn decode(bytes: &[u8]) -> String {
    let spaces: Vec<u8> = bytes
        .iter()
        .map(|&b| if b == b'+' { b' ' } else { b })
        .collect();
    let decoded: Vec<u8> = percent_decode(&spaces).collect();
    utf8_or_latin1(&decoded).into_owned()
}

/// The text of a segment of a path.
pub fn segment(encoded: &str) -> String {
    let decoded: Vec<u8> = percent_decode(encoded.as_bytes()).collect();
    utf8_or_latin1(&decoded).into_owned()
}

/// Names and values as a form, which is the query of a GET request, too.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", percent(name), percent(value)))
        .collect();
    pairs.join("&")
}

fn percent(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED)
        .to_string()
        .replace("%20", "+")
}
