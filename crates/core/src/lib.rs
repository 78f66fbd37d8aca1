//! The group service: its operations, and the rules of permission and membership.
//!
//! - [`mod@catalog`] is the one list of operations; [`operation`] defines an operation.
//! - An operation is one file under [`diagnostics`], [`accounts`], [`groups`], [`moderation`] or
//!   [`invitations`]: its arguments, its result, and its `run`. Those of the command line are
//!   under [`administration`], [`applications`] and [`import`].
//! - [`cases`] is the vocabulary in which an operation declares its example, its access and its errors.
//! - [`groups::rules`] holds the membership rules as data.
//! - [`caller`] authenticates; [`session`] is the context of a running operation; [`service`] runs a call
//!   in its transaction; [`trace`] connects it with its request in the log.
//! - [`codes`] lists the codes, [`types`] the types of arguments and results.
//!
//! It is independent of HTTP, XML and JSON, which belong to the front-ends, and of SQL, which belongs to
//! `trivium-storage`.

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
pub mod named_tokens;
pub mod operation;
pub mod passwords;
pub mod public;
pub mod quotas;
pub mod retention;
pub mod secrets;
pub mod service;
pub mod session;
pub mod throttle;
pub mod trace;
pub mod types;

pub use caller::{Actor, Administrator, Caller, Credentials, DirectoryReader, Exclusive, Proof};
pub use catalog::catalog;
pub use error::ErrorDetail;
pub use operation::{Operation, PreparedOperation, PublicOperation, Work};
pub use service::{Job, Ready, Service};
pub use session::{Directory, Origin, Session, Settings};
pub use trace::Trace;
pub use trivium_rpc::{Answer, Code, Declaration, Effect, Entry, Error, Result, Verbs, Via};
pub use trivium_storage::Page;
