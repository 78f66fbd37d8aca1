//! Rows and queries: the only crate that knows Diesel and SQL.
//!
//! - [`connection`] opens SQLite or Postgres by URL scheme; [`AnyConnection`] is either.
//! - [`database`] is what a server holds: migrated, with reader pool and writer.
//! - [`writer`] commits waiting changes together and answers after COMMIT.
//! - One file per table family: [`users`], [`tokens`], [`groups`], [`memberships`],
//!   [`invitations`], [`applications`], [`audit`]; [`onezone`] has what only that dialect keeps.
//!
//! A row that a key names is asked for with `get_result`. Diesel's `first` adds a LIMIT with a
//! bound value, and SQLite 3.53 plans such a statement anew at each run.
//!
//! It knows no rule of the service: who may do what is decided in `trivium-core`.

pub mod applications;
pub mod audit;
pub mod connection;
pub mod database;
mod error;
pub mod groups;
pub mod invitations;
pub mod memberships;
pub mod onezone;
mod schema;
pub mod tokens;
pub mod users;
pub mod writer;

pub use connection::{AnyConnection, DatabaseUrl};
pub use database::{Database, Options};
pub use error::{Error, Refusal};

/// What a query answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whole seconds since 1970-01-01T00:00:00Z.
pub type Seconds = i64;

/// A slice of a list.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Rows to skip.
    pub offset: i64,
    /// Rows to answer at the most.
    pub limit: i64,
}
