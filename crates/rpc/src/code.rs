//! Error codes. A code is a row that a service declares; its category decides the default status in
//! every protocol.

/// Why a call failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Code {
    /// The code on the wire. A name is never changed or reused.
    pub name: &'static str,
    /// The category of the failure.
    pub category: Category,
    /// The default message: one sentence.
    pub meaning: &'static str,
    /// The name on the wire in profile `original`, if it differs.
    pub original: Option<&'static str>,
}

/// The kinds of failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Category {
    /// The arguments or the body are invalid.
    Invalid,
    /// The credential is missing, wrong or expired.
    Unauthenticated,
    /// The caller is known, and may not do this.
    Denied,
    /// A referenced resource does not exist, or is not disclosed to the caller.
    NotFound,
    /// The operation is called by another HTTP verb.
    Method,
    /// The call conflicts with the stored state.
    Conflict,
    /// The request exceeds a limit.
    TooLarge,
    /// The media type or the content encoding is not supported.
    Media,
    /// The request is valid, but cannot be served as it is.
    Unprocessable,
    /// The caller has made too many requests.
    Limited,
    /// An internal error; its cause is in the log.
    Internal,
    /// A failure outside of the operation, as if the service were broken.
    Broken,
    /// The service cannot respond now; a retry may succeed.
    Unavailable,
}

/// Declares codes as constants, and `ALL`, the list of them.
///
/// Each has a doc comment, which is its meaning; `as "name"` gives the name in profile `original`.
#[macro_export]
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident = $name:literal $(as $original:literal)?, $category:ident;)+) => {
        $(
            $(#[doc = $doc])+
            pub const $code: $crate::Code = $crate::Code {
                name: $name,
                category: $crate::Category::$category,
                meaning: concat!($($doc),+).trim_ascii(),
                original: $crate::codes!(@original $($original)?),
            };
        )+

        /// Every code declared here, in order.
        pub const ALL: &[$crate::Code] = &[$($code),+];
    };
    (@original) => { None };
    (@original $original:literal) => { Some($original) };
}

/// The codes of the mechanism itself: any operation of any service may fail with [`COMMON`](codes::COMMON).
pub mod codes {
    use super::Code;

    crate::codes! {
        /// No operation has this name.
        UNKNOWN_METHOD = "system_error", NotFound;
        /// The operation is called by another HTTP verb.
        INVALID_REQUEST_METHOD = "invalid_request_method", Method;
        /// A required argument is missing.
        VALIDATION_MISSING_KEY = "validation_missing_key", Invalid;
        /// The operation has no such argument.
        VALIDATION_EXTRA_KEY = "validation_extra_key", Invalid;
        /// An argument is given twice in one place.
        VALIDATION_DUPLICATE_KEY = "validation_duplicate_key", Invalid;
        /// An argument has the wrong type.
        VALIDATION_INCORRECT_TYPE = "validation_incorrect_type", Invalid;
        /// An argument has a value that its type does not allow.
        VALIDATION_INVALID_VALUE = "validation_invalid_value", Invalid;
        /// An argument is not one of the allowed values.
        VALIDATION_NOT_IN_ENUM = "validation_invalid_value" as "system_error", Invalid;
        /// A number or a time is out of its range, or a text is too long.
        VALIDATION_OUT_OF_RANGE = "validation_out_of_range", Invalid;
        /// The parameters of the call are not exactly one struct.
        VALIDATION_REQUEST_WRAPPER = "validation_request_wrapper", Invalid;
        /// An ID does not have the required form.
        INVALID_ID = "invalid_id", Invalid;
        /// The body is not a well-formed document of its media type.
        MALFORMED_BODY = "malformed_body", Invalid;
        /// The request exceeds an input limit.
        REQUEST_TOO_LARGE = "request_too_large", TooLarge;
        /// The response would be too large: ask for less at once.
        RESPONSE_TOO_LARGE = "response_too_large", Unprocessable;
        /// The media type or the encoding of the body is not supported.
        UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", Media;
        /// Nothing is served at this address.
        NOT_FOUND = "not_found", NotFound;
        /// An Idempotency-Key was used before for another call.
        IDEMPOTENCY_MISMATCH = "idempotency_mismatch", Unprocessable;
        /// Too many requests: wait, then try again.
        RATE_LIMITED = "rate_limited", Limited;
        /// The service cannot respond now, or the outcome of the change is unknown: try again.
        TEMPORARILY_UNAVAILABLE = "temporarily_unavailable", Unavailable;
        /// An internal error; the cause is in the log.
        GENERAL_SOME_ERROR = "general_some_error", Internal;
    }

    /// The codes that any call may return, so that no operation needs to declare them.
    pub const COMMON: &[Code] = &[
        INVALID_REQUEST_METHOD,
        VALIDATION_MISSING_KEY,
        VALIDATION_EXTRA_KEY,
        VALIDATION_DUPLICATE_KEY,
        VALIDATION_INCORRECT_TYPE,
        VALIDATION_INVALID_VALUE,
        VALIDATION_NOT_IN_ENUM,
        VALIDATION_OUT_OF_RANGE,
        VALIDATION_REQUEST_WRAPPER,
        INVALID_ID,
        MALFORMED_BODY,
        REQUEST_TOO_LARGE,
        RESPONSE_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        RATE_LIMITED,
        TEMPORARILY_UNAVAILABLE,
        GENERAL_SOME_ERROR,
    ];
}
