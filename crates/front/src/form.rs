//! Reads `name=value&…`, from a query or from a form body.

use percent_encoding::percent_decode;
use trivium_core::Error;

use crate::budget::{self, Meter};
use crate::check::Given;
use crate::text::utf8_or_latin1;

/// Reads names and values in their order.
///
/// # Errors
/// `request_too_large`.
pub fn read(bytes: &[u8], meter: &mut Meter) -> Result<Vec<(String, Given)>, Error> {
    let mut given = Vec::new();
    for pair in bytes.split(|&b| b == b'&').filter(|pair| !pair.is_empty()) {
        meter.value(1)?;
        let mut halves = pair.splitn(2, |&b| b == b'=');
        let name = decode(halves.next().unwrap_or_default());
        budget::name(&name)?;
        let value = decode(halves.next().unwrap_or_default());
        given.push((name, Given::Untyped(value)));
    }
    Ok(given)
}

fn decode(bytes: &[u8]) -> String {
    let spaces: Vec<u8> = bytes
        .iter()
        .map(|&b| if b == b'+' { b' ' } else { b })
        .collect();
    let decoded: Vec<u8> = percent_decode(&spaces).collect();
    utf8_or_latin1(&decoded).into_owned()
}
