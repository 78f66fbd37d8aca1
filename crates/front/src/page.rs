//! The responses of pages and documents.

use bytes::Bytes;
use trivium_rpc::codes;

use crate::request::Reply;

/// The permissions of a page in a browser: to load resources of this server, and to send forms to it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Creates the response of a document that is not a page.
pub fn document(content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    Reply {
        status: 200,
        content_type: content_type.into(),
        headers: Vec::new(),
        body: body.into(),
        code: None,
    }
}

/// Creates the response of a page. A failure of the template is an internal error, whose cause is not
/// disclosed.
pub fn page<E>(status: u16, html: Result<String, E>) -> Reply {
    let (status, body) = match html {
        Ok(html) => (status, html),
        Err(_) => (500, codes::GENERAL_SOME_ERROR.meaning.to_owned()),
    };
    Reply {
        status,
        headers: vec![
            ("Content-Security-Policy", POLICY.to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
        ],
        ..document("text/html; charset=utf-8", body)
    }
}
