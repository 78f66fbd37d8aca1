//! The scalars of XML-RPC.

use trivium_core::types::DateTime;
use trivium_front::check::Given;

use crate::fault::Fault;

/// The value of a scalar. dxr gives it its type, but for texts, which are taken as they are,
/// and for what dxr does not know: `true` and `false`, and times with separators.
pub(crate) fn scalar(kind: &str, text: String) -> Result<Given, Fault> {
    let text = match kind {
        "string" => return Ok(Given::Text(text)),
        "nil" if text.is_empty() => return Ok(Given::Null),
        "boolean" if text.trim() == "true" => return Ok(Given::Boolean(true)),
        "boolean" if text.trim() == "false" => return Ok(Given::Boolean(false)),
        "dateTime.iso8601" => {
            let time: DateTime = text
                .trim()
                .parse()
                .map_err(|_| Fault::NoCall("a <dateTime.iso8601> is none"))?;
            return Ok(Given::DateTime(time));
        }
        "int" | "i4" | "i8" | "boolean" | "double" => text.trim(),
        "base64" => return Ok(Given::Object),
        _ => {
            return Err(Fault::NoCall(
                "a value has a type that XML-RPC does not have",
            ));
        }
    };
    // Nothing here is markup, or dxr would read another document than was sent.
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let value = (!text.is_empty() && text.bytes().all(plain))
        .then(|| dxr::Value::from_xml(&format!("<value><{kind}>{text}</{kind}></value>")))
        .and_then(Result::ok);
    match value {
        Some(dxr::Value::Integer(number)) => Ok(Given::Integer(number.into())),
        Some(dxr::Value::Long(number)) => Ok(Given::Integer(number)),
        Some(dxr::Value::Boolean(truth)) => Ok(Given::Boolean(truth)),
        Some(dxr::Value::Double(_)) => Ok(Given::Double),
        _ => Err(Fault::NoCall("a number or a boolean is none")),
    }
}
