//! What the storage promises to the rules above it, on both databases.
//!
//! - [`writer`] shows that a change is made wholly or not at all, and its caller is told which.
//! - [`connection`] is about addresses, and the settings that the promises rest on.
//! - [`database`] is about opening, serving and reading.
//! - [`schema`] shows that both databases have the same tables and refuse the same rows.
//! - [`rows`] holds the queries.
//!
//! What was written is read back through a second connection.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else ends there"
)]

mod common;
mod connection;
mod database;
mod rows;
mod schema;
mod writer;
