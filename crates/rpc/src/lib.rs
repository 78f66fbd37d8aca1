//! The mechanism: what an operation is, apart from any service.
//!
//! - [`declaration`] is what an operation declares about itself; [`entry`] adds the schemas of its
//!   arguments and result, and [`catalog`] lists the entries of a service.
//! - [`rule`] derives the rules of arguments from a schema; [`arguments`] holds checked values and
//!   fills the operation's struct from them. [`lint`] rejects types that a format cannot carry.
//! - [`code`] and [`error`] are how calls fail; [`call`] is a call as data.
//! - [`text`], [`time`], [`id`] and [`words`] are the types that arguments and results are made of.
//! - [`handlers`] makes a service out of closures.
//!
//! It knows no group, no user, no database, no HTTP, no JSON and no XML.

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

pub use arguments::{Arguments, Value};
pub use call::{Answer, Call, Outcome, Secret, Via};
pub use catalog::Catalog;
pub use code::{Category, Code, codes};
pub use declaration::{Credential, CredentialSpec, Declaration, Effect, Verbs};
pub use entry::{Entry, Example};
pub use error::Error;
pub use handlers::Handlers;
pub use rule::{Rule, ValueType};
pub use time::DateTime;

/// The result of anything that can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
