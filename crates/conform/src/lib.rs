//! Compares a running server with the catalog: `trivium conform`.
//!
//! Every operation is called in the three formats, with values generated from its rules. Invalid calls
//! must be rejected with the declared code, and checked in the declared order. Results must have
//! the declared types, and be equal in every format.
//! - `wire` has requests, responses and formats; `argument` writes calls, and `response` parses
//!   responses (`document` parses their XML).
//! - `schema` validates a result against its declaration; `compare` finds differences between two
//!   results.
//! - `expected` has the names, statuses and faults that a server must send.
//! - `examine` makes calls and checks their responses. `defects` creates invalid arguments, and
//!   `rejections` makes calls with them.
//! - `reads` makes calls that need no token, and `spellings` makes them as older clients write them. `scenario` runs the steps of `steps` in groups that it
//!   creates with one; `test_group` is such a group.
//! - `report` lists the differences.
//!
//! The crate opens no connection: the caller provides a [`Server`]. It does not use the server's
//! own tables of names, statuses and faults, so that a mistake in them is found.

mod argument;
mod compare;
mod defects;
mod document;
mod examine;
mod expected;
mod reads;
mod rejections;
mod report;
mod response;
mod scenario;
mod schema;
mod spellings;
mod steps;
mod test_group;
mod wire;

use std::io;

pub use report::{Difference, Report};
use trivium_rpc::Catalog;
pub use wire::{Request, Response, Server};

use crate::examine::Examination;

/// Examines a server.
///
/// With a token, it also calls the operations that need one, in groups that it creates and deletes
/// at the end. A second token, of another user, is that of a guest of these groups.
///
/// # Errors
/// If the server cannot be reached or does not serve the API, or a token is invalid.
pub fn examine(
    server: &dyn Server,
    catalog: &'static Catalog,
    tokens: &[&str],
) -> io::Result<Report> {
    let mut examination = Examination::begin(server, catalog)?;
    rejections::examine(&mut examination)?;
    reads::examine(&mut examination)?;
    spellings::examine(&mut examination)?;
    scenario::examine(&mut examination, tokens)?;
    Ok(examination.report)
}
