//! The details of errors, and the classification of failures of the store.

use trivium_rpc::{Code, DateTime, Error};

use crate::codes;
use crate::types::{GroupRef, UserRef};

/// The detail of an error, for front-ends that report more than a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorDetail {
    /// The token was valid, and was revoked.
    TokenRevoked,
    /// The text does not have the form of an invitation.
    NotAnInvitation,
    /// The text is an access token, not an invitation.
    AccessToken,
    /// The invitation expired at this time.
    ExpiredAt(DateTime),
    /// The invitation was to this group.
    Target(GroupRef),
    /// The issuer of the invitation was deleted.
    IssuerDeleted,
    /// The issuer of the invitation was disabled.
    IssuerDisabled,
    /// The user has another token of this name.
    NameTaken,
    /// The error is about this user in this group.
    Membership(UserRef, GroupRef),
}

impl ErrorDetail {
    /// An error of this code with the detail.
    pub fn of(self, code: Code) -> Error {
        Error::from(code).with_detail(self)
    }
}

/// Decides once whether a failure of the store is temporary: called where an error leaves its
/// transaction.
pub(crate) fn classify(error: Error) -> Error {
    let cause = error.cause().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(cause) if trivium_storage::Error::is_temporary(cause) => error
            .with_code(codes::TEMPORARILY_UNAVAILABLE)
            .with_retry_after(1),
        _ => error,
    }
}
