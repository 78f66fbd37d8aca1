//! Holds a running server against the catalog: `trivium conform`.
//!
//! Every operation is called in the three formats with values made from its rules. What must be
//! refused is refused with the declared code, in the declared order; what is answered has the
//! types of the declared result, and is the same in every format.
//! - `wire` is what is sent and received; `argument` writes calls, `answer` reads answers
//!   (`document` their XML).
//! - `schema` holds an answer against what the catalog declares; `compare` two answers
//!   against each other.
//! - `examine` makes a call and holds what comes back. `wrong` makes wrong arguments, `refusals` calls with them.
//! - `looks` calls what needs no token; `story` makes groups of its own with one, `steps` says
//!   which and `own` knows them.
//! - `report` is what was found.
//!
//! It opens no connection: it is given a [`Server`]. It checks nothing by the code that serves:
//! it reads what comes over the wire, and the catalog.

mod answer;
mod argument;
mod compare;
mod document;
mod examine;
mod expected;
mod looks;
mod own;
mod refusals;
mod report;
mod schema;
mod steps;
mod story;
mod wire;
mod wrong;

use std::io;

pub use report::{Difference, Report};
use trivium_rpc::Catalog;
pub use wire::{Request, Response, Server};

use crate::examine::Examination;

/// Examines a server; with a token also what its holder may do, in groups that are made for it
/// and deleted at the end. A second token, of somebody else, is that of a guest of these groups.
///
/// # Errors
/// When the server cannot be reached, or a token is not good.
pub fn examine(
    server: &dyn Server,
    catalog: &'static Catalog,
    tokens: &[&str],
) -> io::Result<Report> {
    let mut examination = Examination::begin(server, catalog)?;
    refusals::examine(&mut examination)?;
    looks::examine(&mut examination)?;
    story::examine(&mut examination, tokens)?;
    Ok(examination.report)
}
