//! Why a call is rejected: a fault, or a struct whose `success` is false.

use std::borrow::Cow;

use serde::Serialize;
use trivium_front::Profile;
use trivium_front::contract::wire_name;
use trivium_front::fault::Fault;
use trivium_front::xml::Problem;
use trivium_rpc::{Error, codes};

/// Why a call is rejected.
#[derive(Debug)]
pub(crate) enum Rejection {
    /// The document cannot be parsed.
    Unreadable(Problem),
    /// The document is not a methodCall, for this reason.
    NotMethodCall(&'static str),
    /// The parameters of a method of `system` are invalid, for this reason.
    InvalidParameters(Cow<'static, str>),
    /// The operation, the check of its arguments, or the service failed.
    Failed(Error),
}

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Self::Unreadable(problem)
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The body of a fault.
#[derive(Debug, Serialize)]
pub(crate) struct FaultBody<'a> {
    #[serde(rename = "faultCode")]
    number: i32,
    #[serde(rename = "faultString")]
    message: Cow<'a, str>,
}

impl Rejection {
    /// The fault that reports it in this profile, or else the error that a struct reports.
    pub(crate) fn fault(&self, profile: Profile) -> Result<FaultBody<'_>, &Error> {
        let (fault, message) = match self {
            Self::Unreadable(Problem::Limit(error)) => return Err(error),
            Self::Unreadable(problem @ Problem::Encoding) => (Fault::Encoding, problem.message()),
            Self::Unreadable(problem) => (Fault::Malformed, problem.message()),
            Self::NotMethodCall(reason) => (
                Fault::NotMethodCall,
                format!("Not a methodCall: {reason}.").into(),
            ),
            Self::InvalidParameters(reason) => (
                Fault::InvalidParameters,
                format!("Invalid parameters: {reason}.").into(),
            ),
            Self::Failed(error) => {
                let has_cause = error.cause().is_some();
                let fault = Fault::of(error.code(), has_cause).ok_or(error)?;
                (fault, error.message().into())
            }
        };
        match (fault.number(profile), self) {
            (Some(number), _) => Ok(FaultBody { number, message }),
            (None, Self::Failed(error)) => Err(error),
            // Only an unknown method can lack a number, and it is an error.
            (None, _) => Ok(FaultBody { number: 0, message }),
        }
    }

    /// Its code, for the log and for the link to the documentation.
    pub(crate) fn code(&self, profile: Profile) -> &'static str {
        match self {
            Self::Unreadable(Problem::Limit(error)) | Self::Failed(error) => {
                wire_name(profile, error.code())
            }
            Self::Unreadable(_) | Self::NotMethodCall(_) => codes::MALFORMED_BODY.name,
            Self::InvalidParameters(_) => "fault",
        }
    }
}
