//! What a request may cost, the same in every format.

use trivium_core::{Code, Error};

/// Bytes of a body at the most.
pub const BODY: usize = 256 * 1024;

/// Bytes of a body with several calls at the most.
pub const BODY_OF_CALLS: usize = 1024 * 1024;

/// Calls in a body with several at the most.
pub const CALLS: usize = 64;

/// Bytes of answers after which no further one of several calls is made.
pub const ANSWERS: usize = 8 * 1024 * 1024;

/// Levels of values at the most.
pub const LEVELS: usize = 32;

/// Values of a call at the most.
pub const VALUES: usize = 1_000;

/// Bytes of a name at the most.
pub const NAME: usize = 128;

/// Counts values against the budget.
#[derive(Debug, Default)]
pub struct Meter {
    values: usize,
}

impl Meter {
    /// Counts one more value, at this level.
    ///
    /// # Errors
    /// `request_too_large`.
    pub fn value(&mut self, level: usize) -> Result<(), Error> {
        self.values += 1;
        if self.values > VALUES {
            return Err(too_large("more than 1,000 values"));
        }
        if level > LEVELS {
            return Err(too_large("values nested deeper than 32 levels"));
        }
        Ok(())
    }
}

/// Holds a name against the budget.
///
/// # Errors
/// `request_too_large`.
pub fn name(name: &str) -> Result<(), Error> {
    if name.len() > NAME {
        return Err(too_large("a name longer than 128 bytes"));
    }
    Ok(())
}

/// The error of a body that is longer than this.
pub fn body_too_large(most: usize) -> Error {
    too_large(&format!("a body of more than {} KiB", most / 1024))
}

/// The error of one of several calls, when the answers to those before it are too long.
pub fn answers_too_large() -> Error {
    Error::new(
        Code::RequestTooLarge,
        format!(
            "The answers to the calls before this one have more than {} KiB: it was not made.",
            ANSWERS / 1024
        ),
    )
}

fn too_large(what: &str) -> Error {
    Error::new(
        Code::RequestTooLarge,
        format!("The request has {what}, which is more than this service reads."),
    )
}
