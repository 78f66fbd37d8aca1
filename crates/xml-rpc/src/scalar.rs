//! The scalars of XML-RPC.

use base64ct::{Base64, Encoding};
use trivium_front::RawValue;
use trivium_front::text::utf8_or_latin1;
use trivium_front::xml::EXTENSION;
use trivium_rpc::DateTime;

use crate::rejection::Rejection;

/// The value of a scalar of this type.
pub(crate) fn scalar(type_name: &str, text: String) -> Result<RawValue, Rejection> {
    let trimmed = text.trim();
    // The extensions are types of other servers, too, which have them without a namespace.
    let type_name = match type_name.strip_prefix(EXTENSION) {
        Some(name @ ("i8" | "nil")) => name,
        _ => type_name,
    };
    let value = match type_name {
        "string" => Some(RawValue::Text(text)),
        "nil" => text.is_empty().then_some(RawValue::Null),
        "int" | "i4" => {
            let number = trimmed.parse::<i32>().ok();
            number.map(|number| RawValue::Integer(number.into()))
        }
        "i8" => trimmed.parse().ok().map(RawValue::Integer),
        "boolean" => match trimmed {
            "1" | "true" => Some(RawValue::Boolean(true)),
            "0" | "false" => Some(RawValue::Boolean(false)),
            _ => None,
        },
        "double" => trimmed.parse::<f64>().ok().map(|_| RawValue::Double),
        "dateTime.iso8601" => trimmed.parse::<DateTime>().ok().map(RawValue::DateTime),
        // Some clients send texts so that have other characters than ASCII.
        "base64" => Some(decode(&text).map_or(RawValue::Object, RawValue::Text)),
        _ => return Err(Rejection::NotMethodCall("unknown value type")),
    };
    value.ok_or(Rejection::NotMethodCall(match type_name {
        "dateTime.iso8601" => "invalid dateTime.iso8601; expected e.g. 19980717T14:08:55",
        "boolean" => "invalid boolean; expected 0 or 1",
        "nil" => "<nil> must be empty",
        _ => "invalid number",
    }))
}

/// The text in base64, which may have line breaks; `None` if it is malformed.
fn decode(base64: &str) -> Option<String> {
    let base64: String = base64.split_ascii_whitespace().collect();
    let bytes = Base64::decode_vec(&base64).ok()?;
    Some(utf8_or_latin1(&bytes).into_owned())
}
