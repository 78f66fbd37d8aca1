//! What a front-end is given, and what it gives back.

use std::borrow::Cow;

use trivium_core::arguments::Arguments;
use trivium_core::operation::Bound;
use trivium_core::{Answer, Effect, Entry, Error, Via};

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
    /// The body; `None` when it is over the budget and was not read.
    pub body: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    /// What Authorization says after the name of this scheme.
    pub fn credentials(&self, scheme: &str) -> Option<&'a str> {
        let (named, rest) = self.authorization?.split_once(' ')?;
        named.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }

    /// The token of `Authorization: Bearer TOKEN`.
    pub fn bearer(&self) -> Option<&'a str> {
        self.credentials("bearer")
    }
}

/// A call that a request asks for.
pub struct Call<R = Answer> {
    /// What the audit log names it.
    pub action: &'static str,
    /// What it does to the data.
    pub effect: Effect,
    /// True when it has work to do before its transaction.
    pub prepares: bool,
    /// What it does.
    pub work: Box<dyn Bound<R>>,
}

impl Call {
    /// The call of a catalog's operation.
    ///
    /// # Errors
    /// As [`Entry::bind`].
    pub fn of(entry: &'static Entry, arguments: Arguments) -> Result<Self, Error> {
        Ok(Self {
            action: entry.name,
            effect: entry.effect,
            prepares: entry.prepares,
            work: entry.bind(arguments)?,
        })
    }
}

/// The calls that a request asks for.
pub enum Calls<R = Answer> {
    /// One.
    One(Call<R>),
    /// Several, for a protocol that has such.
    Several(Box<dyn Several<R>>),
}

/// Several calls of one request. Each is made alone, after the one before it was written, so
/// that no more than one answer is held at a time, and none depends on another.
pub trait Several<R = Answer> {
    /// The next call; what asks for none that can be made is written and passed over.
    fn next(&mut self) -> Option<Call<R>>;

    /// Writes what became of the call that [`next`](Self::next) gave last.
    fn write(&mut self, outcome: Outcome<R>);

    /// All that was written.
    fn reply(self: Box<Self>) -> Reply;
}

/// What became of a call.
pub type Outcome<R = Answer> = Result<R, Error>;

/// An answer, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The header Content-Type; empty where there is no body to have one.
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
    /// What its calls answer: [`Answer`] where any operation may be called.
    type Answer: Send + 'static;

    /// Its name in the audit log.
    fn via(&self) -> Via;

    /// Reads the calls that a request asks for.
    ///
    /// # Errors
    /// The answer, when there is no call to make: the request asks for none that can be made, or
    /// for what is known without.
    fn read(&self, request: &Request<'_>) -> Result<Calls<Self::Answer>, Box<Reply>>;

    /// Writes what became of the one call that [`read`](Self::read) found in this request.
    fn write(&self, request: &Request<'_>, outcome: Outcome<Self::Answer>) -> Reply;
}
