//! End-to-end suites: real sockets, both databases, every front-end.
//!
//! - [`harness`] starts gateways, speaks the protocols, and compares answers.
//! - [`stories`] has a story for each operation, run over every front-end and both databases.
//! - [`golden`] holds the documented bytes; [`contract`] the rules of arguments, verbs, wrappers
//!   and encodings; [`hostile`] what must not hurt; [`clients`] calls from other hands.
//! - [`onezone`] holds that dialect against its contract.
//! - [`system`] has XML-RPC's own methods, and several calls in one.
//! - [`model`] holds the service against a model of its rules; [`races`] calls at once.
//! - [`upcoming`] and the dialect beside it are held against their pages; [`crossing`] goes through
//!   all front-ends.
//! - [`commands`] runs the command line; [`documents`] runs what the documents show,
//!   [`descriptions`] what the service shows of itself; [`conform`] alters what a server answers,
//!   and sees it found.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that meets the unexpected ends"
)]

mod authorisation;
mod clients;
mod commands;
mod conform;
mod contract;
mod crates;
mod crossing;
mod deadlines;
mod descriptions;
mod documents;
mod golden;
mod harness;
mod history;
mod hostile;
mod model;
mod onezone;
mod pages;
mod races;
mod revocation;
mod stop;
mod stories;
mod system;
mod upcoming;
