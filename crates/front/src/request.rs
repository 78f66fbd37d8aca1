//! Requests, replies, and the interface of a front-end.

use std::borrow::Cow;

use bytes::Bytes;
use trivium_rpc::{Answer, Call, Error, Outcome, Via};

/// A request, without its connection.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// The HTTP method, in capitals.
    pub method: &'a str,
    /// The path, as sent.
    pub path: &'a str,
    /// The query, as sent, without the question mark.
    pub query: &'a str,
    /// The header Content-Type.
    pub content_type: Option<&'a str>,
    /// The header Content-Encoding.
    pub content_encoding: Option<&'a str>,
    /// The header Accept.
    pub accept: Option<&'a str>,
    /// The header Authorization.
    pub authorization: Option<&'a str>,
    /// The header X-Auth-Token.
    pub auth_token: Option<&'a str>,
    /// The header Macaroon.
    pub macaroon: Option<&'a str>,
    /// The header Cookie.
    pub cookie: Option<&'a str>,
    /// The header Origin.
    pub origin: Option<&'a str>,
    /// The header Host.
    pub host: Option<&'a str>,
    /// True if the client sent the request over HTTPS, perhaps to a proxy.
    pub is_secure: bool,
    /// The body.
    pub body: Body<'a>,
}

/// The body of a request.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// The whole body.
    Whole(&'a [u8]),
    /// It was not read, because it exceeded the limit of its front-end.
    TooLarge,
    /// It was not read, because the server has no memory for it at present.
    Refused,
}

impl Default for Body<'_> {
    fn default() -> Self {
        Self::Whole(&[])
    }
}

impl<'a> Request<'a> {
    /// The credentials of the header Authorization, if it names this scheme.
    pub fn credentials(&self, scheme: &str) -> Option<&'a str> {
        let (name, rest) = self.authorization?.split_once(' ')?;
        name.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }

    /// The token of `Authorization: Bearer TOKEN`.
    pub fn bearer(&self) -> Option<&'a str> {
        self.credentials("bearer")
    }
}

/// A response, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The header Content-Type; empty for a response without a body.
    pub content_type: Cow<'static, str>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body, which copies of the response share.
    pub body: Bytes,
    /// The code of a failure, for the log.
    pub code: Option<&'static str>,
}

/// Converts the outcome of a call to the response. It keeps the parsed parts of the request, so that
/// nothing is parsed twice.
pub type Writer<'r, A = Answer> = Box<dyn FnOnce(Outcome<A>) -> Reply + Send + 'r>;

/// The result of reading a request.
pub enum Read<'r, C = Call, A = Answer> {
    /// The response: the request is rejected, or needs no call.
    Reply(Reply),
    /// One call, and the writer of its response.
    Call(C, Writer<'r, A>),
    /// Several calls.
    Batch(Box<dyn Batch<C, A> + Send + 'r>),
}

/// Several calls of one request.
///
/// Each is made after the response to the one before it was written, so that only one result is in
/// memory at a time. No call depends on another.
pub trait Batch<C = Call, A = Answer> {
    /// The next call. Calls that are rejected are written and skipped.
    fn next(&mut self) -> Option<C>;

    /// Writes the outcome of the call that [`next`](Self::next) returned last.
    fn write(&mut self, outcome: Outcome<A>);

    /// The size of the response so far, in bytes.
    fn size(&self) -> usize;

    /// The response, after the last call.
    fn finish(self: Box<Self>) -> Reply;
}

/// A front-end: it reads calls and writes their outcomes. It is pure: no I/O, no clock.
pub trait FrontEnd: Send + Sync {
    /// The calls that it reads: [`Call`] if it serves a catalog.
    type Call: Send;

    /// The results that it writes: [`Answer`] if it serves a catalog.
    type Answer: Send + 'static;

    /// Its name in the audit log.
    fn via(&self) -> Via;

    /// Reads the calls of a request.
    fn read<'r>(&'r self, request: &'r Request<'r>) -> Read<'r, Self::Call, Self::Answer>;
}

/// The read of a front-end whose requests hold one call: the call, or the rejection of the request,
/// and the function that writes an outcome.
pub fn read_one<'r, C, A>(
    call: Result<C, Error>,
    write: impl FnOnce(Outcome<A>) -> Reply + Send + 'r,
) -> Read<'r, C, A> {
    match call {
        Ok(call) => Read::Call(call, Box::new(write)),
        Err(error) => Read::Reply(write(Err(error))),
    }
}
