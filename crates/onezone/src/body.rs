//! The checks between credentials and values: the header Accept, and the type and form of the body.

use trivium_core::{Error, codes};
use trivium_front::limits::Meter;
use trivium_front::{Request, json, rest};

use crate::error::Refusal;
use crate::values::Values;

/// Checks that the client accepts JSON, and parses the body. An absent body counts as an empty object.
///
/// # Errors
/// In this order: `notAcceptable`, `unsupportedMediaType`, `requestTooLarge`, `malformedData`.
pub(crate) fn read(request: &Request<'_>) -> Result<Values, Refusal> {
    if !request.accept.is_none_or(accepts_json) {
        return Err(Refusal::NotAcceptable);
    }
    let bytes = match rest::body(request) {
        Ok([]) => return Ok(Values::default()),
        Ok(bytes) => Ok(bytes),
        // A wrong media type is reported before a body that is too large.
        Err(error) if error.code() == codes::REQUEST_TOO_LARGE => Err(error),
        Err(error) => return Err(Refusal::from(&error)),
    };
    let kind = rest::media_type(request.content_type.unwrap_or_default());
    if kind != "application/json" {
        return Err(Refusal::UnsupportedMediaType);
    }
    bytes
        .and_then(|bytes| json::object(bytes, &mut Meter::default()))
        .map(Values)
        .map_err(|error: Error| Refusal::from(&error))
}

/// True if a header Accept includes JSON. Of the media ranges that match, the narrowest decides.
fn accepts_json(accept: &str) -> bool {
    let weight = |range: &str| {
        let mut named = accept.split(',').filter(|entry| {
            let name = entry.split(';').next().unwrap_or_default().trim();
            name.eq_ignore_ascii_case(range)
        });
        let weight = named.next()?.split(';').skip(1).find_map(|parameter| {
            let (name, weight) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then(|| weight.trim())
        });
        Some(weight.unwrap_or("1"))
    };
    let narrowest = ["application/json", "application/*", "*/*"]
        .iter()
        .find_map(|range| weight(range));
    match narrowest {
        Some(weight) => weight.parse().unwrap_or(1.0_f32) > 0.0,
        None => accept.trim().is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowest_media_range_decides_about_json() {
        for accept in [
            "",
            "*/*",
            "application/json",
            "Application/JSON; charset=utf-8",
            "text/html, application/*;q=0.1",
            "text/html;q=1,*/*;q=0.5",
            "application/json, */*;q=0",
        ] {
            assert!(accepts_json(accept), "{accept}");
        }
        for accept in [
            "text/html",
            "application/xml, text/*",
            "application/json;q=0",
            "*/*, application/json; q=0.0",
            "application/jsonp",
        ] {
            assert!(!accepts_json(accept), "{accept}");
        }
    }
}
