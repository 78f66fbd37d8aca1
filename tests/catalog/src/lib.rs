//! A small service for the tests of the protocols: text in, text out, without sockets.
//!
//! - [`mod@service`] has an operation for each verb, every type of value, and every kind of failure.
//! - [`subject`] sends a request, written as text, to a front-end, and compares its response.
//! - [`rest`] has the rows of every protocol that takes REST requests; [`documents`] has malformed and
//!   unusual XML.
//!
//! It knows no protocol: each protocol has its own tables of responses.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by a panic")]

pub mod documents;
pub mod rest;
pub mod service;
pub mod subject;

pub use service::service;
pub use subject::{Body, Subject, escaped, table};
