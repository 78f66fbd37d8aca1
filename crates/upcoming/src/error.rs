//! What can go wrong, in the words of Upcoming's pages: two tables to hold next to them.

use trivium_core::{Code, Error};

use crate::methods::{Method, Verb};

/// Why a method refuses: a bullet of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No method has this name.
    MethodNotFound,
    /// The method wants another verb.
    WrongVerb,
    /// No token is given.
    MissingToken,
    /// The token is not good, or not good for this.
    InvalidToken,
    /// No key is given.
    MissingKey,
    /// The key is not known, or was revoked.
    InvalidKey,
    /// The frob is not good.
    InvalidFrob,
    /// The token to be checked is not good.
    TokenNotFound,
    /// No group is named, or none that there is.
    MissingGroups,
    /// The group to be edited is not named, or is none.
    MissingGroup,
    /// There is no such group for the caller.
    InvalidGroup,
    /// The group shows its members to members only.
    PrivateGroup,
    /// The name is none.
    InvalidName,
    /// The caller has a group of this name.
    DuplicateName,
    /// The caller is a member already.
    AlreadyMember,
    /// The caller is banned.
    Banned,
    /// The caller is not a member.
    NotAMember,
    /// The callback is no name of a function, or JSONP is not given here.
    InvalidCallback,
    /// A required argument is missing.
    Missing(&'static str),
    /// An argument has a value that is not allowed.
    Invalid(&'static str),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let (code, words) = match refusal {
            R::MethodNotFound => (Code::UnknownMethod, "Method not found."),
            R::WrongVerb => (
                Code::InvalidRequestMethod,
                "This method is called with another HTTP verb: see the header Allow.",
            ),
            // A code of its own kind: core answers it to none of these methods.
            R::MissingToken => (
                Code::OperationNotPermitted,
                "Missing valid authentication parameters",
            ),
            R::InvalidToken => (Code::UserTokenInvalid, "Invalid authentication parameters"),
            R::MissingKey => (Code::ValidationMissingKey, "Missing valid api_key"),
            R::InvalidKey => (Code::ApiKeyInvalid, "Your api_key is inactive or not found"),
            R::InvalidFrob => (Code::FrobInvalid, "Frob not found or was invalid."),
            R::TokenNotFound => (
                Code::TokenNotFound,
                "Token not found, is expired, or was invalid.",
            ),
            R::MissingGroups => (
                Code::ValidationMissingKey,
                "Missing valid group_id parameter",
            ),
            R::MissingGroup => (
                Code::ValidationMissingKey,
                "Missing valid group_id parameter.",
            ),
            R::InvalidGroup => (Code::ContentNotFound, "Invalid group_id parameter."),
            R::PrivateGroup => (
                Code::GroupNotInvited,
                "You are not a member of this private group.",
            ),
            R::InvalidName => (Code::GroupParameterError, "Invalid name parameter."),
            R::DuplicateName => (
                Code::ContentCollectionTitleAlreadyExist,
                "Duplicate group exists with that name",
            ),
            R::AlreadyMember => (
                Code::AlreadyMember,
                "You are already a member of this group.",
            ),
            R::Banned => (Code::Banned, "You have been banned from this group."),
            R::NotAMember => (Code::NotAMember, "You are not a member of this group."),
            R::InvalidCallback => (Code::ValidationNotInEnum, "Invalid callback parameter."),
            R::Missing(name) => {
                let words = format!("Missing valid {name} parameter");
                return Self::new(Code::ValidationMissingKey, words);
            }
            R::Invalid(name) => {
                let words = format!("Invalid {name} parameter.");
                return Self::new(Code::ValidationInvalidValue, words);
            }
        };
        Self::new(code, words)
    }
}

/// What core answers, as the page of this method says it. Other errors stay as they are.
pub fn in_the_words_of_the_page(method: &str, error: Error) -> Error {
    let refusal = match (method, error.code()) {
        ("auth.checkToken", Code::UserTokenInvalid | Code::UserTokenExpired) => {
            Refusal::TokenNotFound
        }
        (_, Code::UserTokenInvalid | Code::UserTokenExpired) => Refusal::InvalidToken,
        (_, Code::ApiKeyInvalid) => Refusal::InvalidKey,
        (_, Code::FrobInvalid) => Refusal::InvalidFrob,
        ("group.edit", Code::ContentNotFound) => Refusal::MissingGroup,
        ("group.edit", Code::UserAccessDenied) => Refusal::InvalidToken,
        ("group.getMembers", Code::UserAccessDenied) => Refusal::PrivateGroup,
        // A private group is not disclosed to those who would join it.
        ("group.join", Code::GroupNotInvited) | (_, Code::ContentNotFound) => Refusal::InvalidGroup,
        (_, Code::GroupParameterError) => Refusal::InvalidName,
        (_, Code::ContentCollectionTitleAlreadyExist) => Refusal::DuplicateName,
        (_, Code::AlreadyMember) => Refusal::AlreadyMember,
        (_, Code::Banned) => Refusal::Banned,
        (_, Code::NotAMember) => Refusal::NotAMember,
        _ => return error,
    };
    refusal.into()
}

/// The status with which an error is told. What is wrong with an argument is 404 for methods
/// that look, and 409 for methods that change something.
pub fn status(error: &Error, method: Option<&Method>) -> u16 {
    match error.code() {
        Code::OperationNotPermitted | Code::UserTokenInvalid => 403,
        Code::UnknownMethod => 404,
        Code::InvalidRequestMethod => 405,
        Code::RequestTooLarge => 413,
        Code::UnsupportedMediaType => 415,
        Code::RateLimited => 429,
        Code::GeneralSomeError => 500,
        Code::TemporarilyUnavailable => 503,
        Code::ValidationNotInEnum => 409,
        _ if method.is_some_and(|method| method.verb == Verb::Get) => 404,
        _ => 409,
    }
}
