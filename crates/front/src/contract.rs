//! The PeopleAggregator contract: wire profiles, and the status and name of each code.

use trivium_rpc::{Category, Code, Error, codes};

/// Which bytes are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The responses on the documentation page, byte for byte.
    #[default]
    Documented,
    /// The responses of the historical servers.
    Original,
}

/// The HTTP status of failures over REST.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusRule {
    /// 200; the body says that `success` is false.
    #[default]
    Ok,
    /// The status of the code.
    Http,
}

/// The settings of the wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wire {
    /// Which bytes are sent.
    pub profile: Profile,
    /// The status of failures over REST.
    pub status: StatusRule,
}

impl Wire {
    /// The settings of a server that is not configured otherwise.
    pub const DEFAULT: Self = Self {
        profile: Profile::Documented,
        status: StatusRule::Ok,
    };
}

/// The name of a code in this profile. The historical servers named fewer causes.
pub fn wire_name(profile: Profile, code: Code) -> &'static str {
    match profile {
        Profile::Documented => code.name,
        Profile::Original => code.original.unwrap_or(code.name),
    }
}

/// The HTTP status of a failure.
pub fn status(rule: StatusRule, code: Code) -> u16 {
    match (rule, code.category) {
        // Proxies and clients act on these, so they keep their status under both rules.
        (_, Category::TooLarge | Category::Media | Category::Limited | Category::Unavailable)
        | (StatusRule::Http, _) => http_status(code.category),
        (StatusRule::Ok, _) if code == codes::NOT_FOUND => http_status(code.category),
        (StatusRule::Ok, _) => 200,
    }
}

const fn http_status(category: Category) -> u16 {
    match category {
        Category::Invalid => 400,
        Category::Unauthenticated => 401,
        Category::Denied => 403,
        Category::NotFound => 404,
        Category::Method => 405,
        Category::Conflict => 409,
        Category::TooLarge => 413,
        Category::Media => 415,
        Category::Unprocessable => 422,
        Category::Limited => 429,
        Category::Internal | Category::Broken => 500,
        Category::Unavailable => 503,
    }
}

/// The headers of a failure.
pub fn headers(error: &Error, allow: Option<&'static str>) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    if let Some(seconds) = error.retry_after() {
        headers.push(("Retry-After", seconds.to_string()));
    }
    if let Some(allow) = allow.filter(|_| error.code() == codes::INVALID_REQUEST_METHOD) {
        headers.push(("Allow", allow.to_owned()));
    }
    headers
}
