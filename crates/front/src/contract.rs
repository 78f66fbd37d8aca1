//! The PeopleAggregator contract: wire profiles, and the one table of codes and statuses that
//! its three front-ends share.

use trivium_core::{Code, Error};

/// Which bytes are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Byte for byte what the documentation page shows.
    #[default]
    Documented,
    /// What the historical servers sent.
    Original,
}

/// How failures are told over REST.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusRule {
    /// With 200; the body says that `success` is false.
    #[default]
    Ok,
    /// With a status of their own.
    Http,
}

/// The settings of the wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wire {
    /// Which bytes are sent.
    pub profile: Profile,
    /// How failures are told over REST.
    pub status: StatusRule,
}

/// The code as this profile names it. The historical servers named fewer causes.
pub const fn code_on_wire(profile: Profile, code: Code) -> &'static str {
    match (profile, code) {
        (
            Profile::Original,
            Code::AlreadyMember
            | Code::JoinRequestPending
            | Code::Banned
            | Code::NotAMember
            | Code::OwnerCannotLeave,
        ) => Code::OperationNotPermitted.name(),
        (Profile::Original, Code::LoginUnknown) => Code::UserNotFound.name(),
        (Profile::Original, Code::ValidationNotInEnum) => "system_error",
        (_, code) => code.name(),
    }
}

/// The HTTP status of a failure, under the rule `http`.
const fn http_status(code: Code) -> u16 {
    match code {
        Code::ValidationMissingKey
        | Code::ValidationExtraKey
        | Code::ValidationDuplicateKey
        | Code::ValidationIncorrectType
        | Code::ValidationInvalidValue
        | Code::ValidationNotInEnum
        | Code::ValidationOutOfRange
        | Code::ValidationRequestWrapper
        | Code::InvalidId
        | Code::MalformedBody
        | Code::PasswordTooWeak
        | Code::GroupParameterError
        | Code::InvitationInvalid
        | Code::InvitationRevoked
        | Code::InvitationExpired
        | Code::InvitationUsedUp
        | Code::InvitationIssuerInvalid => 400,
        Code::UserTokenInvalid
        | Code::UserTokenExpired
        | Code::ApiKeyInvalid
        | Code::FrobInvalid
        | Code::LoginUnknown
        | Code::UserInvalidPassword => 401,
        Code::UserAccessDenied
        | Code::OperationNotPermitted
        | Code::Banned
        | Code::GroupNotInvited => 403,
        Code::UnknownMethod
        | Code::NotFound
        | Code::UserNotFound
        | Code::TokenNotFound
        | Code::ContentNotFound
        | Code::CategoryDoesNotExist
        | Code::JoinRequestNotFound => 404,
        Code::InvalidRequestMethod => 405,
        Code::UserLoginnameTaken
        | Code::UserEmailNotUnique
        | Code::ContentCollectionTitleAlreadyExist
        | Code::AlreadyMember
        | Code::JoinRequestPending
        | Code::NotAMember
        | Code::NotBanned
        | Code::OwnerCannotLeave
        | Code::OwnerProtected => 409,
        Code::RequestTooLarge => 413,
        Code::UnsupportedMediaType => 415,
        Code::IdempotencyMismatch => 422,
        Code::RateLimited => 429,
        Code::TestError | Code::GeneralSomeError => 500,
        Code::TemporarilyUnavailable => 503,
    }
}

/// The HTTP status with which a failure is told.
pub const fn status(rule: StatusRule, code: Code) -> u16 {
    match (rule, code) {
        (StatusRule::Http, _)
        // These tell the machinery between client and server something: they are always told.
        | (
            StatusRule::Ok,
            Code::RequestTooLarge
            | Code::UnsupportedMediaType
            | Code::NotFound
            | Code::RateLimited
            | Code::TemporarilyUnavailable,
        ) => http_status(code),
        (StatusRule::Ok, _) => 200,
    }
}

/// The headers that go with a failure.
pub fn headers(error: &Error, allow: Option<&'static str>) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    if let Some(seconds) = error.seconds_to_wait() {
        headers.push(("Retry-After", seconds.to_string()));
    }
    if let Some(allow) = allow.filter(|_| error.code() == Code::InvalidRequestMethod) {
        headers.push(("Allow", allow.to_owned()));
    }
    headers
}
