//! Reads a call of one operation from path, query and body: what REST (JSON), REST (XML) and
//! the REST address of XML-RPC share.

use std::borrow::Cow;

use trivium_core::{Code, Entry, Error, Verbs, catalog};

use crate::budget::{self, Meter};
use crate::check::{Given, Input, check};
use crate::request::{Call, Request};
use crate::text::quote;
use crate::{form, json, xml};

/// Reads the call of the operation that the address names.
///
/// # Errors
/// In this order: unknown method, verb, body, arguments.
pub fn read(request: &Request<'_>, name: &str) -> Result<Call, Error> {
    let entry = catalog::find(name).ok_or_else(|| unknown_method(name))?;
    let sends_body = verb(entry, request.method)?;
    let mut meter = Meter::default();
    let mut given = form::read(request.query.as_bytes(), &mut meter)?;
    let body = if sends_body {
        read_body(request, &mut meter)?
    } else {
        Vec::new()
    };
    // The body wins where both name one. What the query has twice stays there once too often.
    for (name, _) in &body {
        if let Some(place) = given.iter().position(|(other, _)| other == name) {
            given.remove(place);
        }
    }
    given.extend(body);
    let arguments = check(entry, given, request.bearer(), Input::Rest)?;
    Call::of(entry, arguments)
}

/// The error of a name that no operation has.
pub fn unknown_method(name: &str) -> Error {
    Error::new(
        Code::UnknownMethod,
        format!("Call to nonexistent function '{}'.", quote(name)),
    )
}

/// Whether this method may ask for the operation, and if it may, whether it brings a body.
fn verb(entry: &Entry, method: &str) -> Result<bool, Error> {
    let allowed = match (entry.verbs, method) {
        // A HEAD request is a GET whose answer's body stays behind.
        (Verbs::Get | Verbs::Any, "GET" | "HEAD") => return Ok(false),
        (Verbs::Post | Verbs::Any, "POST") => return Ok(true),
        (Verbs::Get, _) => "GET",
        (Verbs::Post, _) => "POST",
        (Verbs::Any, _) => "GET or POST",
    };
    Err(Error::new(
        Code::InvalidRequestMethod,
        format!(
            "Request method {} is incorrect for this function; {allowed} is required.",
            quote(method)
        ),
    ))
}

/// What the header Allow says for the operation that the address names.
pub fn allow(name: &str) -> Option<&'static str> {
    catalog::find(name).map(|entry| match entry.verbs {
        Verbs::Get => "GET, HEAD",
        Verbs::Post => "POST",
        Verbs::Any => "GET, HEAD, POST",
    })
}

/// The bytes of the body, when they are there, not too many, and not compressed.
///
/// # Errors
/// `unsupported_media_type`, `request_too_large`.
pub fn body<'a>(request: &Request<'a>) -> Result<&'a [u8], Error> {
    body_up_to(request, budget::BODY)
}

/// The same for a protocol that reads more, or less.
///
/// # Errors
/// As [`body`].
pub fn body_up_to<'a>(request: &Request<'a>, most: usize) -> Result<&'a [u8], Error> {
    let encoding = request.content_encoding.unwrap_or("identity");
    if !encoding.trim().eq_ignore_ascii_case("identity") {
        return Err(Error::new(
            Code::UnsupportedMediaType,
            format!(
                "A body with Content-Encoding '{}' is not read: send it as it is.",
                quote(encoding)
            ),
        ));
    }
    request
        .body
        .filter(|body| body.len() <= most)
        .ok_or_else(|| budget::body_too_large(most))
}

/// The media type of a Content-Type, in lower case and without parameters.
pub fn media_type(content_type: &str) -> Cow<'_, str> {
    let name = content_type.split(';').next().unwrap_or_default().trim();
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

fn read_body(request: &Request<'_>, meter: &mut Meter) -> Result<Vec<(String, Given)>, Error> {
    let bytes = body(request)?;
    let content_type = request.content_type.unwrap_or_default();
    let kind = media_type(content_type);
    match &*kind {
        _ if bytes.is_empty() => Ok(Vec::new()),
        "" | "application/x-www-form-urlencoded" => form::read(bytes, meter),
        "application/json" => json::read(bytes, meter),
        "application/xml" | "text/xml" => Ok(xml::read_body(bytes, request.content_type, meter)?),
        _ => Err(unsupported(&kind)),
    }
}

/// The error of a body of a kind that is not read.
pub fn unsupported(kind: &str) -> Error {
    Error::new(
        Code::UnsupportedMediaType,
        format!("A body of type '{}' is not read here.", quote(kind)),
    )
}
