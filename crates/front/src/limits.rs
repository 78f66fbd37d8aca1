//! Input limits, the same in every format.

use trivium_rpc::{Error, MAX_RESPONSE, codes};

/// Maximum size of a body, in bytes.
pub const MAX_BODY: usize = 256 * 1024;

/// Maximum size of a body with several calls, in bytes.
pub const MAX_BATCH_BODY: usize = 1024 * 1024;

/// Maximum number of calls of operations in one body.
pub const MAX_CALLS: usize = 64;

/// Maximum number of calls in one body, with those that need no operation.
pub const MAX_ENTRIES: usize = 512;

/// Maximum size of a response with its last result, in bytes. The rest of [`MAX_RESPONSE`] is for the failures of
/// the other calls of a batch.
pub const MAX_RESULTS: usize = MAX_RESPONSE - 256 * 1024;

/// Size of the response to a batch, in bytes, after which no further call is made: the result of a change, which is
/// smaller than the difference, is never refused.
pub const MAX_BATCH_RESULTS: usize = MAX_RESULTS - 64 * 1024;

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

/// The error of a call in a batch after results of [`MAX_BATCH_RESULTS`].
pub fn batch_response_too_large() -> Error {
    Error::new(
        codes::RESPONSE_TOO_LARGE,
        "The results of the calls before this one fill the response: it was not made.",
    )
}

fn too_large(what: &str) -> Error {
    Error::new(
        codes::REQUEST_TOO_LARGE,
        format!("The request has {what}, which exceeds the limits of this service."),
    )
}
