//! The faults of XML-RPC, for requests that do not reach an operation, and for internal errors.
//!
//! Numbers are those of the fault code interoperability specification. Any other failure is a
//! struct whose `success` is false.

use trivium_rpc::{Category, Code, codes};

use crate::contract::Profile;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The body is not well-formed XML.
    Malformed,
    /// The encoding is not supported.
    Encoding,
    /// The document is not a methodCall.
    NotMethodCall,
    /// The parameters of a method of `system` are invalid.
    InvalidParameters,
    /// An internal error.
    Internal,
    /// No operation has this name.
    UnknownMethod,
}

impl Fault {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Malformed,
        Self::Encoding,
        Self::NotMethodCall,
        Self::InvalidParameters,
        Self::Internal,
        Self::UnknownMethod,
    ];

    /// Its number in this profile; `None` if the profile reports it as a struct.
    pub const fn number(self, profile: Profile) -> Option<i32> {
        Some(match (self, profile) {
            (Self::Malformed, _) => -32700,
            (Self::Encoding, _) => -32701,
            (Self::NotMethodCall, _) => -32600,
            (Self::InvalidParameters, _) => -32602,
            (Self::Internal, Profile::Documented) => -32603,
            (Self::Internal, Profile::Original) => 42,
            (Self::UnknownMethod, Profile::Documented) => -32601,
            (Self::UnknownMethod, Profile::Original) => return None,
        })
    }

    /// Returns its meaning, in one sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Malformed => "The body is not well-formed XML, or has a DOCTYPE.",
            Self::Encoding => "The declared encoding is not supported.",
            Self::NotMethodCall => "The document is not a methodCall.",
            Self::InvalidParameters => "The parameters of a method of system are invalid.",
            Self::Internal => "An internal error, or errorTest.",
            Self::UnknownMethod => "No operation has this name.",
        }
    }

    /// The kind that reports a code; `None` if a struct does. An internal error is a fault only if it
    /// has a cause: exceptionTest returns the code itself.
    pub fn of(code: Code, has_cause: bool) -> Option<Self> {
        match code.category {
            _ if code == codes::UNKNOWN_METHOD => Some(Self::UnknownMethod),
            Category::Broken => Some(Self::Internal),
            Category::Internal if has_cause => Some(Self::Internal),
            _ => None,
        }
    }
}
