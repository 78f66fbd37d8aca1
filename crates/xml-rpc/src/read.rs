//! Reads what a request to the XML-RPC address asks for.

use trivium_core::{Answer, Code, Error};
use trivium_front::budget::BODY_OF_CALLS;
use trivium_front::text::quote;
use trivium_front::{Call, Profile, Request, rest, xml};

use crate::document::{Document, MethodCall};
use crate::fault::Fault;
use crate::system;

/// What a request asks for.
pub(crate) enum Asked {
    /// An operation.
    Call(Call),
    /// Several operations; and what stands in the place of one and is none.
    Calls(Vec<Result<MethodCall, Fault>>),
    /// What this front-end knows by itself.
    Known(Answer),
}

/// Reads a request: verb, body, document, method, parameters.
pub(crate) fn read(request: &Request<'_>, profile: Profile) -> Result<Asked, Fault> {
    if request.method != "POST" {
        return Err(Fault::Refused(Error::new(
            Code::InvalidRequestMethod,
            format!(
                "Request method {} is incorrect for this function; POST is required.",
                quote(request.method)
            ),
        )));
    }
    let body = rest::body_up_to(request, BODY_OF_CALLS)?;
    let content_type = request.content_type.unwrap_or("text/xml");
    match &*rest::media_type(content_type) {
        "" | "text/xml" | "application/xml" => {}
        kind => return Err(Fault::Refused(rest::unsupported(kind))),
    }
    let document = xml::decode(body, request.content_type)?;
    match Document::read(&document, body.len())? {
        Document::Calls(calls) => Ok(Asked::Calls(calls)),
        Document::Call(call) => match system::find(&call.name) {
            Some(method) => method.answer(profile, &call.params).map(Asked::Known),
            None => call.bind(request.bearer()).map(Asked::Call),
        },
    }
}
