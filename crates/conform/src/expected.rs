//! What a server is expected to report: tables of the examination's own, so that a mistake in the
//! server's tables is found.

use trivium_front::{Profile, StatusRule};
use trivium_rpc::{Category, Code, codes};

use crate::wire::Format;

/// The names in profile `original` of the codes that it names differently.
const ORIGINAL: &[(&str, &str)] = &[
    ("already_member", "operation_not_permitted"),
    ("join_request_pending", "operation_not_permitted"),
    ("banned", "operation_not_permitted"),
    ("not_a_member", "operation_not_permitted"),
    ("owner_cannot_leave", "operation_not_permitted"),
];

/// The codes that keep their status under the rule `ok`.
const ALWAYS: &[(&str, u16)] = &[
    ("request_too_large", 413),
    ("unsupported_media_type", 415),
    ("not_found", 404),
    ("rate_limited", 429),
    ("temporarily_unavailable", 503),
];

/// The names under which a code is reported in this profile.
pub(crate) fn names(profile: Profile, code: Code) -> Vec<&'static str> {
    if profile == Profile::Documented {
        return vec![code.name];
    }
    if code == codes::VALIDATION_NOT_IN_ENUM {
        return vec!["system_error"];
    }
    match ORIGINAL.iter().find(|(name, _)| *name == code.name) {
        Some((_, original)) => vec![*original],
        // An unknown login has the code of a wrong password in one profile, and its own in the other.
        None if code.name == "user_invalid_password" => vec![code.name, "user_not_found"],
        None => vec![code.name],
    }
}

/// The HTTP status of a failure.
pub(crate) fn status(rule: StatusRule, format: Format, code: Code) -> u16 {
    if let Some((_, status)) = ALWAYS.iter().find(|(name, _)| *name == code.name) {
        return *status;
    }
    if rule == StatusRule::Ok || format == Format::XmlRpc {
        return 200;
    }
    match code.category {
        Category::Invalid => 400,
        Category::Unauthenticated => 401,
        Category::Denied => 403,
        Category::NotFound => 404,
        Category::Method => 405,
        Category::Conflict => 409,
        Category::TooLarge => 413,
        Category::Media => 415,
        Category::Mismatch => 422,
        Category::Limited => 429,
        Category::Internal | Category::Broken => 500,
        Category::Unavailable => 503,
    }
}

/// The number of the fault by which XML-RPC reports a code; `None` if a struct does.
pub(crate) fn fault(profile: Profile, code: Code) -> Option<i64> {
    let original = profile == Profile::Original;
    if code == codes::UNKNOWN_METHOD {
        return (!original).then_some(-32601);
    }
    (code.category == Category::Broken).then_some(if original { 42 } else { -32603 })
}
