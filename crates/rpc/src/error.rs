//! A failed call: a public code and message, and a private cause for the log.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;

use crate::code::{Code, codes};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failed call.
///
/// Any error of Rust converts into an internal error whose cause it is; therefore this type does not
/// itself implement [`std::error::Error`].
#[derive(Debug)]
pub struct Error {
    code: Code,
    message: Cow<'static, str>,
    retry_after: Option<u32>,
    cause: Option<Cause>,
    detail: Option<Box<dyn Any + Send + Sync>>,
}

impl Error {
    /// An error with a message of its own.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after: None,
            cause: None,
            detail: None,
        }
    }

    /// An internal error with its private cause: an error, or a text.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..codes::GENERAL_SOME_ERROR.into()
        }
    }

    /// The error of a call for which there is no capacity at present: a retry may succeed after a second.
    pub fn unavailable() -> Self {
        Self::from(codes::TEMPORARILY_UNAVAILABLE).with_retry_after(1)
    }

    /// The same error under another code, with that code's message.
    #[must_use]
    pub fn with_code(self, code: Code) -> Self {
        Self {
            code,
            message: code.meaning.into(),
            ..self
        }
    }

    /// Adds the seconds after which a retry may succeed.
    #[must_use]
    pub fn with_retry_after(self, seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// The same error with a detail that the service defines, for front-ends that report more than a
    /// code.
    #[must_use]
    pub fn with_detail(self, detail: impl Any + Send + Sync) -> Self {
        Self {
            detail: Some(Box::new(detail)),
            ..self
        }
    }

    /// The code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The message for the caller.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the seconds after which a retry may succeed, if they are known.
    pub const fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// The private cause: for the log, never for the caller.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }

    /// Returns the detail of this type, if there is one.
    pub fn detail<T: Any>(&self) -> Option<&T> {
        self.detail.as_deref()?.downcast_ref()
    }
}

impl From<Code> for Error {
    /// An error with the message of its code.
    fn from(code: Code) -> Self {
        Self::new(code, code.meaning)
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    /// An internal error with this cause.
    fn from(cause: E) -> Self {
        Self::internal(cause)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name, self.message)
    }
}
