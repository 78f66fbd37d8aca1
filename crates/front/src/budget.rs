//! What a request may cost, the same in every format.

use trivium_core::{Code, Error};

/// Bytes of a body at the most.
pub const BODY: usize = 256 * 1024;

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

/// The error of a body that is too long.
pub fn body_too_large() -> Error {
    too_large("a body of more than 256 KiB")
}

fn too_large(what: &str) -> Error {
    Error::new(
        Code::RequestTooLarge,
        format!("The request has {what}, which is more than this service reads."),
    )
}
