//! The group service: what it can do, and who may do it.
//!
//! - [`mod@catalog`] is the one list of operations; [`operation`] is what an operation is.
//! - An operation is one file under [`diagnostics`], [`accounts`], [`groups`], [`moderation`] or
//!   [`invitations`]: its arguments, its result, and what it does. Those of the command line are
//!   under [`administration`], [`applications`] and [`import`].
//! - [`cases`] is the vocabulary in which an operation declares its example, its access and its errors.
//! - [`groups::rules`] holds the membership rules as data.
//! - [`caller`] authenticates; [`session`] is what a running operation sees; [`service`] runs a call in
//!   its transaction.
//! - [`codes`] lists the codes, [`types`] the types of arguments and results.
//!
//! It knows nothing of HTTP, XML or JSON, which belong to the front-ends, and nothing of SQL, which
//! belongs to `trivium-storage`.

pub mod accounts;
pub mod administration;
pub mod applications;
pub mod caller;
pub mod cases;
pub mod catalog;
pub mod codes;
pub mod demonstration;
pub mod diagnostics;
pub mod error;
pub mod groups;
pub mod import;
pub mod invitations;
pub mod moderation;
pub mod operation;
pub mod passwords;
pub mod public;
pub mod secrets;
pub mod service;
pub mod session;
pub mod throttle;
pub mod types;

pub use caller::{Actor, Administrator, Caller, Credentials, DirectoryReader, Exclusive, Proof};
pub use catalog::catalog;
pub use error::ErrorDetail;
pub use operation::{Operation, PreparedOperation, PublicOperation, Work};
pub use service::{Job, Ready, Service};
pub use session::{Directory, Origin, Session, Settings};
pub use trivium_rpc::{Answer, Code, Declaration, Effect, Entry, Error, Result, Verbs, Via};
pub use trivium_storage::Page;
