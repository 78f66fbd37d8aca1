//! Requests of web pages of other origins: <https://fetch.spec.whatwg.org/#http-cors-protocol>.
//!
//! A browser lets such a page send a request, and read the response, only if the response permits its origin. The
//! credentials of calls are arguments and headers, which a page of another origin does not have unless it was given
//! them. Cookies are never permitted.

use actix_web::HttpRequest;
use actix_web::http::{Method, header};
use trivium_front::Reply;

/// The methods of all calls.
const METHODS: &str = "GET, HEAD, POST, PATCH, DELETE";

/// The headers that calls may have beside those that every page may send.
const REQUEST_HEADERS: &str = "Authorization, Content-Type, If-None-Match, X-Auth-Token, Macaroon";

/// The headers of responses that pages may read beside those that every page may.
const RESPONSE_HEADERS: &str = "ETag, Location, Retry-After, X-Request-Id, Link";

/// How long a browser may keep the response to its question, in seconds.
const MAX_AGE: &str = "600";

/// The origins whose pages may call the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origins {
    /// None but its own.
    #[default]
    None,
    /// All.
    Any,
    /// These.
    These(Vec<String>),
}

impl From<Vec<String>> for Origins {
    fn from(origins: Vec<String>) -> Self {
        match origins.as_slice() {
            [] => Self::None,
            all if all.iter().any(|origin| origin == "*") => Self::Any,
            _ => Self::These(origins),
        }
    }
}

impl Origins {
    /// The origin to permit for a request, as a response names it.
    fn permitted<'a>(&self, http: &'a HttpRequest) -> Option<&'a str> {
        let origin = http.headers().get(header::ORIGIN)?.to_str().ok()?;
        match self {
            Self::None => None,
            Self::Any => Some("*"),
            Self::These(origins) => origins
                .iter()
                .any(|permitted| permitted == origin)
                .then_some(origin),
        }
    }

    /// The response to the question whether a page may make a call, if the request is one and it may.
    pub(super) fn preflight(&self, http: &HttpRequest) -> Option<Reply> {
        let is_question = *http.method() == Method::OPTIONS
            && http
                .headers()
                .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if !is_question {
            return None;
        }
        self.permitted(http)?;
        Some(Reply {
            status: 204,
            content_type: "".into(),
            headers: vec![
                ("Access-Control-Allow-Methods", METHODS.to_owned()),
                ("Access-Control-Allow-Headers", REQUEST_HEADERS.to_owned()),
                ("Access-Control-Max-Age", MAX_AGE.to_owned()),
            ],
            body: Vec::new().into(),
            code: None,
        })
    }

    /// The headers of each response of a call.
    pub(super) fn headers(&self, http: &HttpRequest) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if matches!(self, Self::These(_)) {
            // A cache must not send the response for one origin to another.
            headers.push(("Vary", "Origin".to_owned()));
        }
        if let Some(origin) = self.permitted(http) {
            headers.push(("Access-Control-Allow-Origin", origin.to_owned()));
            headers.push(("Access-Control-Expose-Headers", RESPONSE_HEADERS.to_owned()));
        }
        headers
    }
}
