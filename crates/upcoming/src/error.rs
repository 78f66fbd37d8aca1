//! The errors of Upcoming's pages: two tables to compare with them.

use trivium_core::{Error, codes};
use trivium_rpc::Category;

/// Why a method rejects a call: a bullet of its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No method has this name.
    MethodNotFound,
    /// The method is called by another HTTP verb.
    WrongVerb,
    /// No token is given.
    MissingToken,
    /// The token is invalid, or does not permit this.
    InvalidToken,
    /// No key is given.
    MissingKey,
    /// The key is unknown or revoked.
    InvalidKey,
    /// The frob is invalid.
    InvalidFrob,
    /// The token to be checked is invalid.
    TokenNotFound,
    /// No existing group is named.
    MissingGroups,
    /// No existing group to be edited is named.
    MissingGroup,
    /// The group does not exist, or is not disclosed to the caller.
    InvalidGroup,
    /// The group shows its members to members only.
    PrivateGroup,
    /// The name is invalid.
    InvalidName,
    /// The caller already has a group of this name.
    DuplicateName,
    /// The caller is already a member.
    AlreadyMember,
    /// The caller is banned.
    Banned,
    /// Only members of another group can join.
    ConditionNotMet,
    /// The caller is not a member.
    NotAMember,
    /// A quota is used up.
    QuotaExceeded,
    /// The response would be too large.
    ResponseTooLarge,
    /// The callback is not the name of a function, or JSONP is not available here.
    InvalidCallback,
    /// A required argument is missing.
    Missing(&'static str),
    /// An argument has a value that is not allowed.
    Invalid(&'static str),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let (code, message) = match refusal {
            R::MethodNotFound => (codes::UNKNOWN_METHOD, "Method not found."),
            R::WrongVerb => (
                codes::INVALID_REQUEST_METHOD,
                "Wrong HTTP verb. The header Allow contains the accepted verbs.",
            ),
            // Core does not return this code to any of these methods.
            R::MissingToken => (
                codes::OPERATION_NOT_PERMITTED,
                "Missing valid authentication parameters",
            ),
            R::InvalidToken => (
                codes::USER_TOKEN_INVALID,
                "Invalid authentication parameters",
            ),
            R::MissingKey => (codes::VALIDATION_MISSING_KEY, "Missing valid api_key"),
            R::InvalidKey => (
                codes::API_KEY_INVALID,
                "Your api_key is inactive or not found",
            ),
            R::InvalidFrob => (codes::FROB_INVALID, "Frob not found or was invalid."),
            R::TokenNotFound => (
                codes::TOKEN_NOT_FOUND,
                "Token not found, is expired, or was invalid.",
            ),
            R::MissingGroups => (
                codes::VALIDATION_MISSING_KEY,
                "Missing valid group_id parameter",
            ),
            R::MissingGroup => (
                codes::VALIDATION_MISSING_KEY,
                "Missing valid group_id parameter.",
            ),
            R::InvalidGroup => (codes::CONTENT_NOT_FOUND, "Invalid group_id parameter."),
            R::PrivateGroup => (
                codes::GROUP_NOT_INVITED,
                "You are not a member of this private group.",
            ),
            R::InvalidName => (codes::GROUP_PARAMETER_ERROR, "Invalid name parameter."),
            R::DuplicateName => (
                codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST,
                "Duplicate group exists with that name",
            ),
            R::AlreadyMember => (
                codes::ALREADY_MEMBER,
                "You are already a member of this group.",
            ),
            R::Banned => (codes::BANNED, "You have been banned from this group."),
            R::ConditionNotMet => (
                codes::CONDITION_NOT_MET,
                "Only members of another group can join this group.",
            ),
            R::NotAMember => (codes::NOT_A_MEMBER, "You are not a member of this group."),
            R::QuotaExceeded => (codes::QUOTA_EXCEEDED, "Quota exceeded."),
            R::ResponseTooLarge => (codes::RESPONSE_TOO_LARGE, "Response too large."),
            R::InvalidCallback => (codes::VALIDATION_NOT_IN_ENUM, "Invalid callback parameter."),
            R::Missing(name) => {
                let message = format!("Missing valid {name} parameter");
                return Self::new(codes::VALIDATION_MISSING_KEY, message);
            }
            R::Invalid(name) => {
                let message = format!("Invalid {name} parameter.");
                return Self::new(codes::VALIDATION_INVALID_VALUE, message);
            }
        };
        Self::new(code, message)
    }
}

/// The error of core as the page of this method reports it. Other errors stay as they are.
pub fn to_upcoming_error(method: &str, error: Error) -> Error {
    let refusal = match (method, error.code()) {
        ("auth.checkToken", codes::USER_TOKEN_INVALID | codes::USER_TOKEN_EXPIRED) => {
            Refusal::TokenNotFound
        }
        (_, codes::USER_TOKEN_INVALID | codes::USER_TOKEN_EXPIRED) => Refusal::InvalidToken,
        (_, codes::API_KEY_INVALID) => Refusal::InvalidKey,
        (_, codes::FROB_INVALID) => Refusal::InvalidFrob,
        ("group.edit", codes::CONTENT_NOT_FOUND) => Refusal::MissingGroup,
        ("group.edit", codes::USER_ACCESS_DENIED) => Refusal::InvalidToken,
        ("group.getMembers", codes::USER_ACCESS_DENIED) => Refusal::PrivateGroup,
        // A private group is not disclosed to those who would join it.
        ("group.join", codes::GROUP_NOT_INVITED) | (_, codes::CONTENT_NOT_FOUND) => {
            Refusal::InvalidGroup
        }
        (_, codes::GROUP_PARAMETER_ERROR) => Refusal::InvalidName,
        (_, codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST) => Refusal::DuplicateName,
        (_, codes::ALREADY_MEMBER) => Refusal::AlreadyMember,
        (_, codes::BANNED) => Refusal::Banned,
        (_, codes::CONDITION_NOT_MET) => Refusal::ConditionNotMet,
        (_, codes::NOT_A_MEMBER) => Refusal::NotAMember,
        (_, codes::QUOTA_EXCEEDED) => Refusal::QuotaExceeded,
        (_, codes::RESPONSE_TOO_LARGE) => Refusal::ResponseTooLarge,
        _ => return error,
    };
    refusal.into()
}

/// The HTTP status of an error. An invalid argument is 404 for methods that read, and 409 for methods
/// that change something.
pub fn status(error: &Error, reads: bool) -> u16 {
    let code = error.code();
    match (code, code.category) {
        (codes::OPERATION_NOT_PERMITTED | codes::USER_TOKEN_INVALID, _) => 403,
        (codes::UNKNOWN_METHOD, _) => 404,
        (codes::VALIDATION_NOT_IN_ENUM | codes::QUOTA_EXCEEDED, _) => 409,
        (_, Category::Method) => 405,
        (codes::RESPONSE_TOO_LARGE, _) | (_, Category::TooLarge) => 413,
        (_, Category::Media) => 415,
        (_, Category::Limited) => 429,
        (_, Category::Internal | Category::Broken) => 500,
        (_, Category::Unavailable) => 503,
        _ if reads => 404,
        _ => 409,
    }
}
