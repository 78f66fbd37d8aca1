//! The declaration of an operation, beside the types of its arguments and result.

use crate::code::Code;

/// The HTTP verbs by which an operation is called over REST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbs {
    /// GET: it reads.
    Get,
    /// POST: it changes something, or its arguments are secrets.
    Post,
    /// GET or POST.
    Any,
}

/// The effect of an operation on the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It reads a little.
    Read,
    /// It reads, and may take long: how much depends on what is stored, or on how much is requested.
    Scan,
    /// It may change something.
    Change,
}

impl Effect {
    /// True if it changes nothing.
    pub const fn reads(self) -> bool {
        !matches!(self, Self::Change)
    }
}

/// The kind of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// A token, if the caller has one.
    OptionalToken,
    /// A token.
    Token,
    /// The password of the service's administrator.
    AdminPassword,
}

impl Credential {
    /// The name of the argument that carries it.
    pub const fn argument(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::OptionalToken | Self::Token => Some("authToken"),
            Self::AdminPassword => Some("adminPassword"),
        }
    }

    /// True if the header `Authorization: Bearer` can carry it.
    pub const fn is_token(self) -> bool {
        matches!(self, Self::OptionalToken | Self::Token)
    }
}

/// The credential that an operation requires or accepts.
#[derive(Clone, Copy, Debug)]
pub struct CredentialSpec {
    /// Its kind.
    pub credential: Credential,
    /// Its purpose, as documented for the argument.
    pub description: &'static str,
    /// The codes with which it is rejected.
    pub errors: &'static [Code],
}

impl CredentialSpec {
    /// No credential.
    pub const NONE: Self = Self {
        credential: Credential::None,
        description: "",
        errors: &[],
    };
}

/// The declaration of an operation.
#[derive(Debug)]
pub struct Declaration {
    /// Its name, without the namespace of the service.
    pub name: &'static str,
    /// The verbs by which it is called.
    pub verbs: Verbs,
    /// Its effect on the data.
    pub effect: Effect,
    /// True if an optional token is checked before the other arguments, and not after them.
    pub token_first: bool,
    /// The codes of its own with which it may fail: neither those of its credential nor
    /// [`codes::COMMON`](crate::codes::COMMON).
    pub errors: &'static [Code],
}

impl Declaration {
    /// An operation that reads, called by GET.
    pub const fn read(name: &'static str, errors: &'static [Code]) -> Self {
        Self {
            name,
            verbs: Verbs::Get,
            effect: Effect::Read,
            token_first: false,
            errors,
        }
    }

    /// An operation that reads, and may take long, called by GET.
    pub const fn scan(name: &'static str, errors: &'static [Code]) -> Self {
        Self {
            effect: Effect::Scan,
            ..Self::read(name, errors)
        }
    }

    /// An operation that changes something, called by POST.
    pub const fn change(name: &'static str, errors: &'static [Code]) -> Self {
        Self {
            verbs: Verbs::Post,
            effect: Effect::Change,
            ..Self::read(name, errors)
        }
    }
}
