//! REST: reads a call from path, query and body, and writes its outcome in a [`Format`].
//!
//! REST (JSON) and REST (XML) are this front-end with their format; the REST address of XML-RPC uses
//! [`read`] alone.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use trivium_rpc::answer::Printable;
use trivium_rpc::{Answer, Call, Catalog, Entry, Error, Outcome, Verbs, Via, codes};

use crate::check::{Input, RawValue, check};
use crate::contract::{Profile, Wire, headers, status};
use crate::limits::{self, Meter};
use crate::print::Failure;
use crate::request::{Body, FrontEnd, Read, Reply, Request, read_one};
use crate::text::quote;
use crate::{form, json, xml};

/// The format of REST responses.
pub trait Format: Send + Sync {
    /// Its segment in the path: `json` in `/api/json/peopleaggregator/joinGroup`.
    const SEGMENT: &'static str;

    /// The name of the front-end in the audit log.
    const VIA: Via;

    /// The header Content-Type, for a request with this header Accept.
    fn content_type(profile: Profile, accept: Option<&str>) -> &'static str;

    /// Prints a result, with `success`.
    ///
    /// # Errors
    /// A value that no format can represent.
    fn print(profile: Profile, success: bool, result: &dyn Printable) -> Result<Vec<u8>, Error>;
}

/// The REST front-end of a catalog, in the format `F`.
pub struct Rest<F> {
    catalog: &'static Catalog,
    wire: Wire,
    prefix: String,
    format: PhantomData<F>,
}

impl<F: Format> Rest<F> {
    /// The front-end of a catalog.
    pub fn new(catalog: &'static Catalog, wire: Wire) -> Self {
        Self {
            catalog,
            wire,
            prefix: format!("/api/{}/{}/", F::SEGMENT, catalog.namespace),
            format: PhantomData,
        }
    }

    /// True if the path is served by this front-end.
    pub fn serves(&self, path: &str) -> bool {
        path.starts_with(&self.prefix)
    }

    fn write(&self, request: &Request<'_>, name: &str, outcome: Outcome) -> Reply {
        let Wire {
            profile,
            status: rule,
        } = self.wire;
        let reply = |body: Vec<u8>| Reply {
            status: 200,
            content_type: F::content_type(profile, request.accept).into(),
            headers: Vec::new(),
            body: body.into_boxed_slice().into(),
            code: None,
        };
        let printed = outcome.and_then(|answer| F::print(profile, true, &*answer));
        match printed {
            Ok(body) => reply(body),
            Err(error) => {
                let failure = Failure::of(profile, &error);
                // Two texts can always be printed.
                let body = F::print(profile, false, &failure).unwrap_or_default();
                Reply {
                    status: status(rule, error.code()),
                    headers: headers(&error, allow(self.catalog, name)),
                    code: Some(failure.code),
                    ..reply(body)
                }
            }
        }
    }
}

impl<F: Format> FrontEnd for Rest<F> {
    type Call = Call;
    type Answer = Answer;

    fn via(&self) -> Via {
        F::VIA
    }

    fn read<'r>(&'r self, request: &'r Request<'r>) -> Read<'r> {
        let name = request.path.strip_prefix(&self.prefix).unwrap_or_default();
        read_one(read(self.catalog, request, name), move |outcome| {
            self.write(request, name, outcome)
        })
    }
}

impl<F> fmt::Debug for Rest<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rest({})", self.prefix)
    }
}

/// Reads the call of the operation that the address names.
///
/// # Errors
/// In this order: unknown method, verb, body, arguments.
pub fn read(catalog: &'static Catalog, request: &Request<'_>, name: &str) -> Result<Call, Error> {
    let entry = catalog.find(name).ok_or_else(|| unknown_method(name))?;
    let has_body = check_verb(entry, request.method)?;
    let mut meter = Meter::default();
    let mut arguments = form::read(request.query.as_bytes(), &mut meter)?;
    let body = if has_body {
        read_body(request, &mut meter)?
    } else {
        Vec::new()
    };
    // The body takes precedence over the query. A duplicate in the query remains one.
    for (name, _) in &body {
        if let Some(place) = arguments.iter().position(|(other, _)| other == name) {
            arguments.remove(place);
        }
    }
    arguments.extend(body);
    check(entry, arguments, request.bearer(), Input::Rest)
}

/// The error of a name that no operation has.
pub fn unknown_method(name: &str) -> Error {
    Error::new(
        codes::UNKNOWN_METHOD,
        format!("Call to nonexistent function '{}'.", quote(name)),
    )
}

/// Checks the HTTP method; true if the request has a body.
fn check_verb(entry: &Entry, method: &str) -> Result<bool, Error> {
    let allowed = match (entry.declared.verbs, method) {
        // HEAD is GET without the body of the response.
        (Verbs::Get | Verbs::Any, "GET" | "HEAD") => return Ok(false),
        (Verbs::Post | Verbs::Any, "POST") => return Ok(true),
        (Verbs::Get, _) => "GET",
        (Verbs::Post, _) => "POST",
        (Verbs::Any, _) => "GET or POST",
    };
    Err(Error::new(
        codes::INVALID_REQUEST_METHOD,
        format!(
            "Request method {} is incorrect for this function; {allowed} is required.",
            quote(method)
        ),
    ))
}

/// The header Allow of the operation that the address names.
pub fn allow(catalog: &Catalog, name: &str) -> Option<&'static str> {
    catalog.find(name).map(|entry| match entry.declared.verbs {
        Verbs::Get => "GET, HEAD",
        Verbs::Post => "POST",
        Verbs::Any => "GET, HEAD, POST",
    })
}

/// The body, if it is not too large and not encoded.
///
/// # Errors
/// `unsupported_media_type`, `request_too_large`, `temporarily_unavailable`.
pub fn body<'a>(request: &Request<'a>) -> Result<&'a [u8], Error> {
    body_up_to(request, limits::MAX_BODY)
}

/// The same under another limit, in bytes.
///
/// # Errors
/// As [`body`].
pub fn body_up_to<'a>(request: &Request<'a>, max: usize) -> Result<&'a [u8], Error> {
    let encoding = request.content_encoding.unwrap_or("identity");
    if !encoding.trim().eq_ignore_ascii_case("identity") {
        return Err(Error::new(
            codes::UNSUPPORTED_MEDIA_TYPE,
            format!(
                "The Content-Encoding '{}' is not supported; send the body without one.",
                quote(encoding)
            ),
        ));
    }
    match request.body {
        Body::Whole(body) if body.len() <= max => Ok(body),
        Body::Whole(_) | Body::TooLarge => Err(limits::body_too_large(max)),
        Body::Refused => Err(Error::unavailable()),
    }
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

fn read_body(request: &Request<'_>, meter: &mut Meter) -> Result<Vec<(String, RawValue)>, Error> {
    let bytes = body(request)?;
    let media_type = media_type(request.content_type.unwrap_or_default());
    match &*media_type {
        _ if bytes.is_empty() => Ok(Vec::new()),
        "" | "application/x-www-form-urlencoded" => form::read(bytes, meter),
        "application/json" => json::read(bytes, meter),
        "application/xml" | "text/xml" => Ok(xml::read_body(bytes, request.content_type, meter)?),
        _ => Err(unsupported(&media_type)),
    }
}

/// The error of a body of an unsupported media type.
pub fn unsupported(media_type: &str) -> Error {
    Error::new(
        codes::UNSUPPORTED_MEDIA_TYPE,
        format!(
            "The media type '{}' is not supported here.",
            quote(media_type)
        ),
    )
}
