//! What the service can do, with no idea how it is asked.
//!
//! - [`operation`] is the trait that an operation implements; [`catalog`] is the one list.
//! - An operation is one file under [`diagnostics`], [`accounts`], [`groups`], [`moderation`]
//!   or [`invitations`]: its arguments, its result, and what it does.
//! - [`groups::rules`] holds the membership rules as data.
//! - [`service`] runs a call in its one transaction; [`context`] is what a running call sees.
//! - [`error`] is the closed list of codes; [`types`] are the values that calls speak of,
//!   [`plain`] the schemas of plain ones. [`lint`] refuses what some format cannot carry.
//!
//! It knows nothing of HTTP, XML or JSON; those are the front-ends'. SQL is `trivium-storage`'s.

pub mod accounts;
pub mod administration;
pub mod applications;
pub mod arguments;
pub mod catalog;
pub mod context;
pub mod demonstration;
pub mod diagnostics;
pub mod error;
pub mod groups;
pub mod import;
pub mod invitations;
pub mod lint;
pub mod moderation;
pub mod operation;
pub mod passwords;
pub mod plain;
pub mod public;
pub mod secrets;
pub mod service;
pub mod throttle;
pub mod types;
mod words;

pub use context::{Authority, Caller, Context, Settings, Via};
pub use error::{Code, Error, Fact};
pub use operation::{Answer, Effect, Entry, Operation, Verbs};
pub use service::Service;
pub use trivium_storage::Page;

/// What an operation answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;
