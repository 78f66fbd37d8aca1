//! Operations as data, independent of any service.
//!
//! - [`declaration`] is the declaration of an operation; [`entry`] adds the schemas of its
//!   arguments and result, and [`catalog`] lists the entries of a service.
//! - [`rule`] derives the rules of arguments from a schema; [`arguments`] holds checked values and
//!   fills the operation's struct from them. [`lint`] rejects types that a format cannot carry.
//! - [`code`] and [`error`] are how calls fail; [`call`] is a call as data, and [`answer`] its result.
//! - [`text`], [`time`], [`id`] and [`words`] are the types of values in arguments and results.
//! - [`handlers`] creates a service from closures.
//!
//! It knows no group, no user, no database, no HTTP, no JSON and no XML.

pub mod answer;
pub mod arguments;
pub mod call;
pub mod catalog;
pub mod code;
pub mod declaration;
pub mod entry;
pub mod error;
pub mod handlers;
pub mod id;
pub mod lint;
pub mod rule;
pub mod schema;
pub mod text;
pub mod time;
pub mod words;

pub use answer::Answer;
pub use arguments::{Arguments, Value};
pub use call::{Call, Outcome, Secret, Via};
pub use catalog::Catalog;
pub use code::{Category, Code, codes};
pub use declaration::{Credential, CredentialSpec, Declaration, Effect, Verbs};
pub use entry::{Entry, Example};
pub use error::Error;
pub use handlers::Handlers;
pub use rule::{Rule, ValueType};
pub use time::DateTime;

/// The maximum size of a response, in bytes.
pub const MAX_RESPONSE: usize = 16 * 1024 * 1024;

/// The result of anything that can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
