//! A call as data: a front-end creates it, a service runs it.

use std::fmt;

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::entry::Entry;
use crate::error::Error;

/// A call of an operation.
#[derive(Debug)]
pub struct Call {
    /// The operation.
    pub entry: &'static Entry,
    /// Its checked arguments, without the credential.
    pub arguments: Arguments,
    /// The credential that the caller presents: a token or a password, as the entry says.
    pub credential: Option<Secret>,
}

/// The outcome of a call.
pub type Outcome<A = Answer> = Result<A, Error>;

/// The name of the front-end through which a call came, as the audit log records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via(pub &'static str);

/// A token or a password. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
