//! The table of faults: for what never reached an operation, or broke outside one. All that an
//! operation answers, and every error of arguments, is a struct instead.

use std::borrow::Cow;

use trivium_core::{Code, Error};
use trivium_front::Profile;
use trivium_front::escape::escape;
use trivium_front::xml::Problem;

use crate::is_original;

/// Why a call is answered with a fault, or with a struct whose `success` is false.
#[derive(Debug)]
pub enum Fault {
    /// The document cannot be read.
    Unreadable(Problem),
    /// The document is no methodCall, in these words.
    NoCall(&'static str),
    /// A rule, an argument or the service refused.
    Refused(Error),
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Budget(error) => Self::Refused(error),
            other => Self::Unreadable(other),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl Fault {
    /// Its number and words; or the error behind it, where that is told as a struct. Numbers
    /// are those of the fault code interoperability specification.
    pub(crate) fn numbered(&self, profile: Profile) -> Result<(i32, Cow<'_, str>), &Error> {
        match self {
            Self::Unreadable(Problem::Encoding) => Ok((-32701, Problem::Encoding.message())),
            Self::Unreadable(problem) => Ok((-32700, problem.message())),
            Self::NoCall(words) => Ok((-32600, format!("Not a methodCall: {words}.").into())),
            Self::Refused(error) => match error.code() {
                Code::UnknownMethod if !is_original(profile) => {
                    Ok((-32601, error.message().into()))
                }
                Code::TestError if is_original(profile) => Ok((42, error.message().into())),
                Code::TestError => Ok((-32603, error.message().into())),
                // exceptionTest has no cause: it is what an operation answers.
                Code::GeneralSomeError if error.cause().is_some() => {
                    let number = if is_original(profile) { 42 } else { -32603 };
                    Ok((number, error.message().into()))
                }
                _ => Err(error),
            },
        }
    }
}

/// A methodResponse with a fault.
pub(crate) fn document(profile: Profile, number: i32, message: Cow<'_, str>) -> Vec<u8> {
    let mut text = Vec::new();
    escape(&mut text, &message);
    let text = String::from_utf8_lossy(&text);
    let document = format!(
        "<?xml version='1.0'?>
 <methodResponse>
  <fault>
   <value><struct>
    <member>
     <name>faultCode</name>
     <value><int>{number}</int></value>
    </member>
    <member>
     <name>faultString</name>
     <value><string>{text}</string></value>
    </member>
   </struct></value>
  </fault>
 </methodResponse>
 "
    );
    if is_original(profile) {
        let lines: String = document.lines().map(str::trim_start).collect();
        return lines.into_bytes();
    }
    document.into_bytes()
}
