//! What a front-end is given, and what it gives back.

use std::borrow::Cow;

use trivium_core::arguments::Arguments;
use trivium_core::{Answer, Entry, Error, Via};

/// A request, without the connection on which it came.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// The method in capitals.
    pub method: &'a str,
    /// The path, as sent.
    pub path: &'a str,
    /// What stands behind the question mark, as sent.
    pub query: &'a str,
    /// The header Content-Type.
    pub content_type: Option<&'a str>,
    /// The header Content-Encoding.
    pub content_encoding: Option<&'a str>,
    /// The header Accept.
    pub accept: Option<&'a str>,
    /// The token of the header Authorization, when its scheme is Bearer.
    pub bearer: Option<&'a str>,
    /// The body; `None` when it is over the budget and was not read.
    pub body: Option<&'a [u8]>,
}

/// A call that a request asks for.
pub struct Call {
    /// The operation.
    pub entry: &'static Entry,
    /// Its checked arguments.
    pub arguments: Arguments,
}

/// What became of a call.
pub type Outcome = Result<Answer, Error>;

/// An answer, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The header Content-Type.
    pub content_type: Cow<'static, str>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The code of a failure, for the log.
    pub code: Option<&'static str>,
}

/// A protocol: it reads calls and writes what became of them. Pure: no I/O, no clock.
pub trait FrontEnd: Send + Sync {
    /// Its name in the audit log.
    fn via(&self) -> Via;

    /// Reads the call that a request asks for.
    ///
    /// # Errors
    /// The answer, when the request asks for none that can be made.
    fn read(&self, request: &Request<'_>) -> Result<Call, Box<Reply>>;

    /// Writes what became of the call that [`read`](Self::read) found in this request.
    fn write(&self, request: &Request<'_>, outcome: Outcome) -> Reply;
}
