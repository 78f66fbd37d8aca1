//! Tables and queries: the only crate of the service that uses Diesel and SQL.
//!
//! - `url` opens SQLite or Postgres by URL scheme; [`connection`] is either, and notes what is read and written.
//! - [`database`] is a migrated database with its connection pool and its writer.
//! - `health` decides whether an acknowledgement would be true.
//! - `pool` has the connections. [`threads`] runs work on threads that it replaces when they are stuck.
//! - `versions` decides whether a result is still what a read would return.
//! - `writer` commits waiting changes together and replies after COMMIT; `locks` locks rows on Postgres.
//! - One module per group of tables: [`users`], [`tokens`], [`groups`], [`categories`], [`memberships`],
//!   [`invitations`], [`applications`], [`audit`]; [`onezone`] has the column of that dialect.
//! - `lists` reads pages from the nearer end, and has the lengths of the lists of everything.
//! - [`audit`] also has the chains of audit entries, and verifies them.
//! - [`holdings`] counts what quotas limit; [`retention`] removes what has ended.
//!
//! Queries by key use `get_result`. Diesel's `first` adds a LIMIT with a bound value, and
//! SQLite 3.53 re-prepares such a statement at each run.
//!
//! The rules of the service, such as permissions, are in `trivium-core`.

pub mod applications;
pub mod audit;
pub mod backup;
pub mod categories;
pub mod connection;
pub mod database;
mod error;
pub mod examination;
pub mod export;
pub mod groups;
mod health;
pub mod holdings;
pub mod invitations;
mod lists;
mod locks;
mod measures;
pub mod memberships;
pub mod migrations;
pub mod named_tokens;
pub mod onezone;
mod pool;
pub mod retention;
mod scalar;
mod schema;
mod stored;
pub mod threads;
pub mod tokens;
mod url;
pub mod users;
mod versions;
mod writer;

pub use connection::{AnyConnection, Connection};
pub use database::{Access, Database, Options};
pub use error::{Error, TransactionError};
pub use lists::Page;
pub use measures::{Measures, PoolState};
pub use threads::{Priority, ThreadPool};
pub use url::DatabaseUrl;
pub use versions::Dependencies;

/// The result of a query.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whole seconds since 1970-01-01T00:00:00Z.
pub type Seconds = i64;
