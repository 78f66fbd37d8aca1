//! What pages and documents are sent as.

use std::borrow::Cow;

use askama::Template;
use trivium_front::Reply;
use trivium_rpc::Error;

/// What a browser may do with a page: show it with what this server gives, and send its forms
/// here.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A document that is no page.
pub(crate) fn document(content_type: &'static str, body: impl Into<Cow<'static, str>>) -> Reply {
    Reply {
        status: 200,
        content_type: content_type.into(),
        headers: vec![("X-Content-Type-Options", "nosniff".to_owned())],
        body: body.into().into_owned().into_bytes(),
        code: None,
    }
}

/// A page.
pub(crate) fn page(status: u16, template: &impl Template) -> Reply {
    let (status, body) = match template.render() {
        Ok(html) => (status, html),
        Err(error) => (500, Error::internal(error).message().to_owned()),
    };
    Reply {
        status,
        headers: vec![
            ("Content-Security-Policy", POLICY.to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
        ],
        ..document("text/html; charset=utf-8", body)
    }
}
