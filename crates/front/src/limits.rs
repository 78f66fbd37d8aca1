//! Input limits, the same in every format.

use trivium_rpc::{Error, codes};

/// Maximum size of a body, in bytes.
pub const MAX_BODY: usize = 256 * 1024;

/// Maximum size of a body with several calls, in bytes.
pub const MAX_BATCH_BODY: usize = 1024 * 1024;

/// Maximum number of calls in one body.
pub const MAX_CALLS: usize = 64;

/// Size of the responses to several calls, in bytes, after which no further call is made.
pub const MAX_BATCH_RESPONSE: usize = 8 * 1024 * 1024;

/// Maximum nesting of values.
pub const MAX_DEPTH: usize = 32;

/// Maximum number of values of a call.
pub const MAX_VALUES: usize = 1_000;

/// Maximum length of a name, in bytes.
pub const MAX_NAME: usize = 128;

/// Counts the values of a call.
#[derive(Debug, Default)]
pub struct Meter {
    values: usize,
}

impl Meter {
    /// Counts one more value, at this depth.
    ///
    /// # Errors
    /// `request_too_large`.
    pub fn value(&mut self, depth: usize) -> Result<(), Error> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(too_large("more than 1,000 values"));
        }
        if depth > MAX_DEPTH {
            return Err(too_large("values nested deeper than 32 levels"));
        }
        Ok(())
    }
}

/// Checks the length of a name.
///
/// # Errors
/// `request_too_large`.
pub fn check_name(name: &str) -> Result<(), Error> {
    if name.len() > MAX_NAME {
        return Err(too_large("a name longer than 128 bytes"));
    }
    Ok(())
}

/// The error of a body that exceeds this size.
pub fn body_too_large(max: usize) -> Error {
    too_large(&format!("a body of more than {} KiB", max / 1024))
}

/// The error of a call in a batch whose earlier responses exceed [`MAX_BATCH_RESPONSE`].
pub fn batch_response_too_large() -> Error {
    Error::new(
        codes::REQUEST_TOO_LARGE,
        format!(
            "The responses to the calls before this one exceed {} KiB: it was not made.",
            MAX_BATCH_RESPONSE / 1024
        ),
    )
}

fn too_large(what: &str) -> Error {
    Error::new(
        codes::REQUEST_TOO_LARGE,
        format!("The request has {what}, which exceeds the limits of this service."),
    )
}
