//! A method: how it is called, what it does, and what its documentation says.

use trivium_core::{Effect, Proof, Result, Session};
use trivium_front::dialect::ArgumentDescription;

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;

/// The HTTP verb of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// The method reads.
    Get,
    /// The method changes something.
    Post,
}

impl Verb {
    /// Checks the HTTP method of a request.
    ///
    /// # Errors
    /// [`Refusal::WrongVerb`].
    pub fn check(self, method: &str) -> Result<(), Refusal> {
        match (self, method) {
            // HEAD is GET without the body of the response.
            (Self::Get, "GET" | "HEAD") | (Self::Post, "POST") => Ok(()),
            _ => Err(Refusal::WrongVerb),
        }
    }

    /// The verb as HTTP spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }

    /// The header Allow.
    pub const fn allow(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
        }
    }
}

/// A method.
#[derive(Debug)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// The HTTP verb.
    pub verb: Verb,
    /// Its name in the audit log.
    pub action: &'static str,
    /// Its effect on the data.
    pub effect: Effect,
    /// The function that implements it.
    pub run: Run,
    /// What it does, for its page.
    pub summary: &'static str,
    /// Its arguments, besides those of every method.
    pub arguments: &'static [ArgumentDescription],
    /// The response to a call that succeeds.
    pub response: &'static str,
    /// Its errors, besides those of every method.
    pub errors: &'static [Refusal],
    /// The arguments of the example call, besides method, key and token.
    pub example: &'static [(&'static str, &'static str)],
}

/// The function of a method.
pub type Run = fn(&Arguments, &Proof, &mut Session<'_>) -> Result<Answer>;
