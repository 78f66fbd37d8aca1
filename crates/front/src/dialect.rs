//! The methods of a dialect, as its documentation describes them.
//!
//! A dialect generates its description from the tables that it uses to serve requests.

use crate::client::ClientRequest;

/// A dialect.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// Its name in addresses, such as `upcoming`.
    pub name: &'static str,
    /// Its name on the pages, such as `Upcoming`.
    pub title: &'static str,
    /// The path below which it is served by default, without a slash at the end.
    pub prefix: &'static str,
    /// The methods, in an order in which all of their examples succeed on one demonstration.
    pub methods: Vec<MethodDescription>,
    /// The errors that every method may return.
    pub common: Vec<ErrorDescription>,
}

impl Dialect {
    /// True if programs know its errors by IDs.
    pub fn has_ids(&self) -> bool {
        self.common.iter().any(|error| !error.id.is_empty())
    }
}

/// A method of a dialect.
#[derive(Clone, Debug)]
pub struct MethodDescription {
    /// The name of its page: the dialect's name, a dot, and its own.
    pub name: String,
    /// The HTTP method.
    pub verb: &'static str,
    /// The path below the dialect's prefix; `{id}` is a placeholder.
    pub path: &'static str,
    /// Its description.
    pub summary: &'static str,
    /// The arguments.
    pub arguments: Vec<ArgumentDescription>,
    /// The response to a call that succeeds.
    pub response: &'static str,
    /// The errors that it may return, besides the common ones.
    pub errors: Vec<ErrorDescription>,
    /// An example call; its path is below the dialect's prefix.
    pub example: ClientRequest<'static>,
}

impl MethodDescription {
    /// The name without that of the dialect.
    pub fn own_name(&self) -> &str {
        self.name.split_once('.').map_or("", |(_, own)| own)
    }
}

/// An argument of a method.
#[derive(Clone, Copy, Debug)]
pub struct ArgumentDescription {
    /// Its name.
    pub name: &'static str,
    /// Its presence: required, optional, or a default.
    pub need: Need,
    /// Its form and meaning.
    pub form: &'static str,
}

/// The presence of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It is required.
    Required,
    /// It is optional.
    Optional,
    /// It is optional, with this default.
    Default(&'static str),
}

impl ArgumentDescription {
    /// A required argument.
    pub const fn required(name: &'static str, form: &'static str) -> Self {
        let need = Need::Required;
        Self { name, need, form }
    }

    /// An optional argument.
    pub const fn optional(name: &'static str, form: &'static str) -> Self {
        let need = Need::Optional;
        Self { name, need, form }
    }

    /// An optional argument with a default.
    pub const fn default(name: &'static str, value: &'static str, form: &'static str) -> Self {
        let need = Need::Default(value);
        Self { name, need, form }
    }
}

/// An error of a method.
#[derive(Clone, Debug)]
pub struct ErrorDescription {
    /// The HTTP status.
    pub status: u16,
    /// The ID by which programs know it; empty in a dialect without such IDs.
    pub id: String,
    /// The message.
    pub message: String,
}
