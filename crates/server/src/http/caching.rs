//! What browsers and proxies may keep of a response, and requests on the condition that it has changed: RFC 9111,
//! and RFC 9110, sections 8.8.3 and 13.1.2.

use std::hash::{DefaultHasher, Hasher};

use actix_web::HttpRequest;
use actix_web::http::{Method, header};
use trivium_front::Reply;

/// The headers of requests on which the response to a read depends.
const CREDENTIALS_AND_FORMAT: &str = "Accept, Authorization, X-Auth-Token, Macaroon";

/// Who may keep a response, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// The response to a read: the caller, who must check each time whether it has changed.
    Read,
    /// A page that shows stored data: everybody, in the same way.
    Page,
    /// A document that changes with the program and its settings: everybody, for some minutes.
    Document,
    /// It may contain a secret, or belongs to one moment: nobody.
    Nothing,
}

impl Policy {
    /// Adds the headers for this policy to a response, unless it has a policy of its own.
    pub(crate) fn apply(self, reply: &mut Reply) {
        if reply
            .headers
            .iter()
            .any(|(name, _)| *name == "Cache-Control")
        {
            return;
        }
        let rule = match self {
            Self::Read => "private, no-cache",
            Self::Page => "no-cache",
            Self::Document => "public, max-age=300",
            Self::Nothing => "no-store",
        };
        reply.headers.push(("Cache-Control", rule.to_owned()));
        if self == Self::Read {
            reply
                .headers
                .push(("Vary", CREDENTIALS_AND_FORMAT.to_owned()));
        }
        if self != Self::Nothing && reply.status == 200 && reply.code.is_none() {
            reply.headers.push(("ETag", tag(reply)));
        }
    }
}

/// The tag of a response. It is weak, because responses of equal meaning may differ in headers that each has for
/// itself. Another version of the program may have other tags, which costs a response.
fn tag(reply: &Reply) -> String {
    let mut hash = DefaultHasher::new();
    hash.write(reply.content_type.as_bytes());
    hash.write_u8(0xFF);
    hash.write(&reply.body);
    format!("W/\"{:016x}\"", hash.finish())
}

/// Leaves out the body of a response that the client has.
pub(super) fn leave_out_what_client_has(http: &HttpRequest, reply: &mut Reply) {
    let is_safe = matches!(*http.method(), Method::GET | Method::HEAD);
    let tag = reply.headers.iter().find(|(name, _)| *name == "ETag");
    if let Some((_, tag)) = tag
        && is_safe
        && http
            .headers()
            .get_all(header::IF_NONE_MATCH)
            .filter_map(|value| value.to_str().ok())
            .any(|condition| names(condition, tag))
    {
        reply.status = 304;
        reply.content_type = "".into();
        reply.body.clear();
    }
}

/// True if a condition names the tag. The comparison is the weak one, as the header requires.
fn names(condition: &str, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tag = opaque(tag);
    // Our tags have no comma.
    condition
        .split(',')
        .any(|other| other.trim() == "*" || opaque(other) == tag)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn conditions_name_tags_weakly() {
        let tag = "W/\"00ff\"";
        for condition in ["*", "W/\"00ff\"", "\"00ff\"", "\"a,b\", W/\"00ff\" ,\"c\""] {
            assert!(names(condition, tag), "{condition}");
        }
        for condition in ["", "W/\"00fe\"", "00ff", "\"00ff", "W/\"00ff\"x", "\"*\""] {
            assert!(!names(condition, tag), "{condition}");
        }
    }
}
