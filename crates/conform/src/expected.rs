//! What a server is expected to send: names, statuses and faults. The tables are the examination's
//! own, so that a mistake in the server's tables is found.

use trivium_front::{Profile, StatusRule};
use trivium_rpc::{Category, Code, codes};

use crate::wire::Format;

/// The codes that have another name in profile `original`, and that name.
const ORIGINAL_NAMES: &[(&str, &str)] = &[
    ("already_member", "operation_not_permitted"),
    ("join_request_pending", "operation_not_permitted"),
    ("banned", "operation_not_permitted"),
    ("not_a_member", "operation_not_permitted"),
    ("owner_cannot_leave", "operation_not_permitted"),
];

/// The codes that keep their status under the rule `ok`, and that status.
const FIXED_STATUSES: &[(&str, u16)] = &[
    ("request_too_large", 413),
    ("unsupported_media_type", 415),
    ("not_found", 404),
    ("rate_limited", 429),
    ("temporarily_unavailable", 503),
];

/// The names under which a profile may report a code.
pub(crate) fn names(profile: Profile, code: Code) -> Vec<&'static str> {
    if profile == Profile::Documented {
        return vec![code.name];
    }
    if code == codes::VALIDATION_NOT_IN_ENUM {
        return vec!["system_error"];
    }
    match ORIGINAL_NAMES.iter().find(|(name, _)| *name == code.name) {
        Some((_, original)) => vec![*original],
        // Two codes have this name: one is of wrong passwords, the other of unknown logins.
        None if code.name == "user_invalid_password" => vec![code.name, "user_not_found"],
        None => vec![code.name],
    }
}

/// The HTTP status of a failure.
pub(crate) fn status(rule: StatusRule, format: Format, code: Code) -> u16 {
    if let Some((_, status)) = FIXED_STATUSES.iter().find(|(name, _)| *name == code.name) {
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
        Category::Unprocessable => 422,
        Category::Limited => 429,
        Category::Internal | Category::Broken => 500,
        Category::Unavailable => 503,
    }
}

/// The fault number of a code over XML-RPC; `None` if it is reported by a struct.
pub(crate) fn fault(profile: Profile, code: Code) -> Option<i64> {
    match (profile, code.category) {
        (Profile::Documented, _) if code == codes::UNKNOWN_METHOD => Some(-32601),
        (Profile::Documented, Category::Broken) => Some(-32603),
        (Profile::Original, Category::Broken) => Some(42),
        _ => None,
    }
}
