//! The table of faults: for what never reached an operation, or broke outside one. All that an
//! operation answers, and every error of arguments, is a struct instead.

use std::borrow::Cow;

use serde::Serialize;
use trivium_core::{Code, Error};
use trivium_front::Profile;
use trivium_front::contract::code_on_wire;
use trivium_front::xml::Problem;

use crate::is_original;

/// Why a call is answered with a fault, or with a struct whose `success` is false.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The document cannot be read.
    Unreadable(Problem),
    /// The document is no methodCall, in these words.
    NoCall(&'static str),
    /// The parameters of one of the methods of `system` are wrong, in these words.
    Parameters(Cow<'static, str>),
    /// A rule, an argument or the service refused.
    Refused(Error),
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Unreadable(problem)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// A fault as it is told.
#[derive(Debug, Serialize)]
pub(crate) struct Told<'a> {
    #[serde(rename = "faultCode")]
    number: i32,
    #[serde(rename = "faultString")]
    words: Cow<'a, str>,
}

impl Fault {
    /// Its number and words; or the error behind it, where that is told as a struct. Numbers
    /// are those of the fault code interoperability specification.
    pub(crate) fn told(&self, profile: Profile) -> Result<Told<'_>, &Error> {
        let (number, words) = match self {
            Self::Unreadable(Problem::Budget(error)) => return Err(error),
            Self::Unreadable(Problem::Encoding) => (-32701, Problem::Encoding.message()),
            Self::Unreadable(problem) => (-32700, problem.message()),
            Self::NoCall(words) => (-32600, format!("Not a methodCall: {words}.").into()),
            Self::Parameters(words) => (-32602, format!("Wrong parameters: {words}.").into()),
            Self::Refused(error) => match error.code() {
                Code::UnknownMethod if !is_original(profile) => (-32601, error.message().into()),
                Code::TestError if is_original(profile) => (42, error.message().into()),
                Code::TestError => (-32603, error.message().into()),
                // exceptionTest has no cause: it is what an operation answers.
                Code::GeneralSomeError if error.cause().is_some() => {
                    let number = if is_original(profile) { 42 } else { -32603 };
                    (number, error.message().into())
                }
                _ => return Err(error),
            },
        };
        Ok(Told { number, words })
    }

    /// The code of its cause, for the log and for whom documentation helps; wrong parameters of
    /// `system` have none.
    pub(crate) fn code(&self, profile: Profile) -> &'static str {
        match self {
            Self::Unreadable(Problem::Budget(error)) | Self::Refused(error) => {
                code_on_wire(profile, error.code())
            }
            Self::Unreadable(_) | Self::NoCall(_) => code_on_wire(profile, Code::MalformedBody),
            Self::Parameters(_) => "fault",
        }
    }
}
