//! Tests of the storage crate, on both databases.
//!
//! - [`writer`]: changes are atomic, and their callers receive the right outcome.
//! - [`chain`]: the chains of audit entries show every change.
//! - [`connection`]: database URLs and connection settings.
//! - [`database`]: opening, serving and reading.
//! - [`health`]: changed files, and obstacles to changes.
//! - [`schema`]: both databases have the same tables and reject the same rows.
//! - [`plans`]: how SQLite finds the rows of a list.
//! - [`rows`]: the queries.
//! - [`versions`]: whether a result is still current.
//!
//! Written rows are read back through a second connection.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod chain;
mod common;
mod connection;
mod database;
mod health;
mod plans;
mod rows;
mod schema;
mod versions;
mod writer;
