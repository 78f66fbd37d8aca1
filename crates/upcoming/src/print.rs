//! Prints results as XML, JSON with the indentation of Upcoming's pages, and JSONP.

use std::borrow::Cow;
use std::io::Write;

use trivium_front::Reply;
use trivium_front::escape::{escape_attribute, json_in_ascii};
use trivium_rpc::MAX_RESPONSE;

use crate::answer::{Answer, Attributes, Value};
use crate::arguments::Format;
use crate::error::Refusal;

/// A body with its media type.
pub struct Body {
    content_type: &'static str,
    bytes: Vec<u8>,
}

/// A reply with this body.
pub fn reply(status: u16, code: Option<&'static str>, body: Body) -> Reply {
    Reply {
        status,
        content_type: Cow::Borrowed(body.content_type),
        headers: Vec::new(),
        body: body.bytes.into_boxed_slice().into(),
        code,
    }
}

/// The body of a successful call.
///
/// # Errors
/// [`Refusal::ResponseTooLarge`].
pub fn body(format: &Format, answer: &Answer) -> Result<Body, Refusal> {
    let body = match format {
        Format::Xml => xml("ok", |out| {
            out.push(b'\n');
            if let Some(name) = answer.name {
                for element in &answer.elements {
                    xml_element(out, name, element, answer.xml_order);
                    if is_too_large(out) {
                        break;
                    }
                }
            }
        }),
        Format::Json | Format::Jsonp(_) => json(format, "ok", |out| {
            if let Some(name) = answer.name {
                json_elements(out, name, &answer.elements);
            }
        }),
    };
    match is_too_large(&body.bytes) {
        true => Err(Refusal::ResponseTooLarge),
        false => Ok(body),
    }
}

/// True if the rest need not be printed.
const fn is_too_large(out: &[u8]) -> bool {
    out.len() > MAX_RESPONSE
}

/// The body of a failed call.
pub fn failure(format: &Format, message: &str) -> Body {
    match format {
        Format::Xml => xml("fail", |out| {
            out.extend_from_slice(b"<error msg=\"");
            escape_attribute(out, message);
            out.extend_from_slice(b"\" />");
        }),
        Format::Json | Format::Jsonp(_) => json(format, "fail", |out| {
            out.extend_from_slice(b",\n      \"error\":{\n         \"msg\":");
            json_in_ascii(out, message);
            out.extend_from_slice(b"\n      }");
        }),
    }
}

fn xml(stat: &str, content: impl FnOnce(&mut Vec<u8>)) -> Body {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rsp stat=\"{stat}\" version=\"1.0\">"
    )
    .into_bytes();
    content(&mut out);
    out.extend_from_slice(b"</rsp>");
    Body {
        content_type: "text/xml; charset=utf-8",
        bytes: out,
    }
}

fn xml_element(out: &mut Vec<u8>, name: &str, element: &Attributes, order: &[usize]) {
    out.extend_from_slice(b"\t<");
    out.extend_from_slice(name.as_bytes());
    let mut attribute = |(name, value): &(&str, Value)| {
        out.push(b' ');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"=\"");
        match value {
            // Writing into memory cannot fail.
            Value::Number(number) => drop(write!(out, "{number}")),
            Value::Text(text) => escape_attribute(out, text),
        }
        out.push(b'"');
    };
    if order.is_empty() {
        element.iter().for_each(&mut attribute);
    } else {
        let ordered = order.iter().filter_map(|&place| element.get(place));
        ordered.for_each(&mut attribute);
    }
    out.extend_from_slice(b" />\n");
}

fn json(format: &Format, stat: &str, content: impl FnOnce(&mut Vec<u8>)) -> Body {
    let (before, after, content_type) = match format {
        // The comment keeps the first bytes from being interpreted as another type of file.
        Format::Jsonp(callback) => (
            format!("/**/{callback}("),
            ");",
            "text/javascript; charset=utf-8",
        ),
        Format::Xml | Format::Json => (String::new(), "\n", "application/json; charset=utf-8"),
    };
    let mut out = before.into_bytes();
    // Writing into memory cannot fail.
    let _written = write!(
        out,
        "{{\n   \"rsp\":{{\n      \"stat\":\"{stat}\",\n      \"version\":1"
    );
    content(&mut out);
    out.extend_from_slice(b"\n   }\n}");
    if let Format::Jsonp(_) = format {
        out = without_tags(&out);
    }
    out.extend_from_slice(after.as_bytes());
    Body {
        content_type,
        bytes: out,
    }
}

/// Escapes `<`, which occurs only in strings, so that no page interprets it as a tag.
fn without_tags(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    for piece in json.split_inclusive(|&byte| byte == b'<') {
        match piece.strip_suffix(b"<") {
            Some(before) => {
                out.extend_from_slice(before);
                out.extend_from_slice(b"\\u003c");
            }
            None => out.extend_from_slice(piece),
        }
        if is_too_large(&out) {
            break;
        }
    }
    out
}

/// Prints elements as an array, also a single one.
fn json_elements(out: &mut Vec<u8>, name: &str, elements: &[Attributes]) {
    // Writing into memory cannot fail.
    let _written = write!(out, ",\n      \"{name}\":[");
    for (index, element) in elements.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
        out.extend_from_slice(b"         {");
        for (place, (name, value)) in element.iter().enumerate() {
            out.extend_from_slice(if place == 0 { b"\n" } else { b",\n" });
            let _written = write!(out, "            \"{name}\":");
            match value {
                Value::Number(number) => drop(write!(out, "{number}")),
                Value::Text(text) => json_in_ascii(out, text),
            }
        }
        out.extend_from_slice(b"\n         }");
        if is_too_large(out) {
            break;
        }
    }
    out.extend_from_slice(if elements.is_empty() {
        b"]"
    } else {
        b"\n      ]"
    });
}
