//! The closed list of what can go wrong, each cause with its own code.
//!
//! How a code looks on the wire is a front-end's matter. A code is never renamed or reused.

use std::borrow::Cow;
use std::fmt;

use crate::types::{DateTime, GroupRef, UserRef};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident = $name:literal,)+) => {
        /// Why a call failed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $doc])+ $code,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            /// The code as text.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// What the code says, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$code => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    // The call itself.
    /// No operation has this name.
    UnknownMethod = "system_error",
    /// The operation wants another verb.
    InvalidRequestMethod = "invalid_request_method",
    /// A required argument is missing.
    ValidationMissingKey = "validation_missing_key",
    /// An argument is not one of the operation's.
    ValidationExtraKey = "validation_extra_key",
    /// An argument is given twice in one place.
    ValidationDuplicateKey = "validation_duplicate_key",
    /// An argument has the wrong type.
    ValidationIncorrectType = "validation_incorrect_type",
    /// An argument has a value that its type does not allow.
    ValidationInvalidValue = "validation_invalid_value",
    /// An argument is none of the allowed values.
    ValidationNotInEnum = "validation_invalid_value",
    /// A number is too small or too large, or a text too long.
    ValidationOutOfRange = "validation_out_of_range",
    /// The parameters of the call are not exactly one struct.
    ValidationRequestWrapper = "validation_request_wrapper",
    /// An id is not of its form.
    InvalidId = "invalid_id",
    /// The body cannot be read as what it says it is.
    MalformedBody = "malformed_body",
    /// The request is over the input budget.
    RequestTooLarge = "request_too_large",
    /// The body is of a kind, or encoded in a way, that is not read.
    UnsupportedMediaType = "unsupported_media_type",
    /// Nothing is served at this address.
    NotFound = "not_found",
    /// An Idempotency-Key was used before for another call.
    IdempotencyMismatch = "idempotency_mismatch",

    // Who is calling.
    /// The token is not known, malformed or revoked, or its user is disabled or deleted.
    UserTokenInvalid = "user_token_invalid",
    /// The token has expired.
    UserTokenExpired = "user_token_expired",
    /// Nobody has the login that was given to log in with.
    LoginUnknown = "user_invalid_password",
    /// The password is wrong.
    UserInvalidPassword = "user_invalid_password",
    /// The API key is not known, or it was revoked.
    ApiKeyInvalid = "api_key_invalid",
    /// The frob is not known, was used, or has expired.
    FrobInvalid = "frob_invalid",
    /// The caller may not do this in this group.
    UserAccessDenied = "user_access_denied",
    /// The service is not set up for this operation.
    OperationNotPermitted = "operation_not_permitted",

    // People.
    /// There is no such user.
    UserNotFound = "user_not_found",
    /// The login is taken, or was once.
    UserLoginnameTaken = "user_loginname_taken",
    /// The e-mail address is another user's.
    UserEmailNotUnique = "user_email_not_unique",
    /// The password is too short or too common.
    PasswordTooWeak = "user_password_too_weak",
    /// There is no such token among the caller's own.
    TokenNotFound = "user_token_not_found",

    // Groups.
    /// There is no such group, or it was deleted, or it is not disclosed to the caller.
    ContentNotFound = "content_not_found",
    /// A property of the group is not acceptable.
    GroupParameterError = "group_parameter_error",
    /// The owner has a group of this name already.
    ContentCollectionTitleAlreadyExist = "content_collection_title_already_exist",
    /// There is no such category.
    CategoryDoesNotExist = "category_does_not_exist",

    // Membership.
    /// The person is a member already.
    AlreadyMember = "already_member",
    /// A request to join waits already.
    JoinRequestPending = "join_request_pending",
    /// No request to join waits.
    JoinRequestNotFound = "join_request_not_found",
    /// The person is banned from the group.
    Banned = "banned",
    /// The person is not banned from the group.
    NotBanned = "not_banned",
    /// The group is joined by invitation only.
    GroupNotInvited = "group_not_invited",
    /// The person is not a member.
    NotAMember = "not_a_member",
    /// An owner cannot leave: transfer or delete the group first.
    OwnerCannotLeave = "owner_cannot_leave",
    /// This cannot be done to the owner of a group.
    OwnerProtected = "owner_protected",

    // Invitations.
    /// The invitation is not of its form, or not known.
    InvitationInvalid = "invitation_invalid",
    /// The invitation was revoked.
    InvitationRevoked = "invitation_revoked",
    /// The invitation has expired.
    InvitationExpired = "invitation_expired",
    /// The invitation has made as many members as it may.
    InvitationUsedUp = "invitation_used_up",
    /// Who made the invitation may no longer invite.
    InvitationIssuerInvalid = "invitation_issuer_invalid",

    // The service.
    /// Too many calls: wait, then try again.
    RateLimited = "rate_limited",
    /// The service cannot answer now, or cannot tell whether the change was made: try again.
    TemporarilyUnavailable = "temporarily_unavailable",
    /// The answer of errorTest.
    TestError = "system_error",
    /// Something unforeseen; the cause is in the log.
    GeneralSomeError = "general_some_error",
}

impl Code {
    /// A refusal of this code, with what it is about.
    pub fn about(self, fact: Fact) -> Error {
        Error::from(self).about(fact)
    }

    /// What any call may answer, so that no operation needs to list it.
    pub const COMMON: &'static [Self] = &[
        Self::InvalidRequestMethod,
        Self::ValidationMissingKey,
        Self::ValidationExtraKey,
        Self::ValidationDuplicateKey,
        Self::ValidationIncorrectType,
        Self::ValidationInvalidValue,
        Self::ValidationNotInEnum,
        Self::ValidationOutOfRange,
        Self::ValidationRequestWrapper,
        Self::InvalidId,
        Self::MalformedBody,
        Self::RequestTooLarge,
        Self::UnsupportedMediaType,
        Self::RateLimited,
        Self::TemporarilyUnavailable,
        Self::GeneralSomeError,
    ];
}

/// What a refusal is about, for front-ends that tell more than a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The token was good once, and was ended.
    TokenRevoked,
    /// What was brought as an invitation does not have the form of one.
    NotAnInvitation,
    /// What was brought as an invitation is an access token.
    AccessToken,
    /// When the invitation ended by itself.
    ExpiredAt(DateTime),
    /// The group into which the invitation led.
    LedInto(GroupRef),
    /// Who made the invitation was deleted.
    IssuerDeleted,
    /// Whom it concerns, and in which group.
    Membership(UserRef, GroupRef),
}

/// A failed call: a public code and message, and a private cause for the log.
#[derive(Debug)]
pub struct Error {
    code: Code,
    message: Cow<'static, str>,
    cause: Option<trivium_storage::Error>,
    retry_after: Option<u32>,
    fact: Option<Fact>,
}

impl Error {
    /// A refusal in words of its own.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            cause: None,
            retry_after: None,
            fact: None,
        }
    }

    /// Something unforeseen, with its private cause.
    pub fn unforeseen(cause: &dyn fmt::Display) -> Self {
        trivium_storage::Error::Corrupt(cause.to_string()).into()
    }

    /// The same error with seconds after which a retry makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same error with what it is about.
    #[must_use]
    pub fn about(mut self, fact: Fact) -> Self {
        self.fact = Some(fact);
        self
    }

    /// Its code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What the caller may read.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What only the log may read.
    pub const fn cause(&self) -> Option<&trivium_storage::Error> {
        self.cause.as_ref()
    }

    /// What it is about, where a front-end may want to tell.
    pub const fn fact(&self) -> Option<Fact> {
        self.fact
    }

    /// Seconds after which a retry makes sense, where that is known.
    pub const fn seconds_to_wait(&self) -> Option<u32> {
        self.retry_after
    }
}

impl From<Code> for Error {
    /// A refusal in the words of its code.
    fn from(code: Code) -> Self {
        Self::new(code, code.meaning())
    }
}

impl From<trivium_storage::Error> for Error {
    fn from(cause: trivium_storage::Error) -> Self {
        let (code, retry_after) = if cause.is_temporary() {
            (Code::TemporarilyUnavailable, Some(1))
        } else {
            (Code::GeneralSomeError, None)
        };
        Self {
            code,
            message: code.meaning().into(),
            cause: Some(cause),
            retry_after,
            fact: None,
        }
    }
}

impl trivium_storage::Refusal for Error {
    fn storage_error(&self) -> Option<&trivium_storage::Error> {
        self.cause.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}
