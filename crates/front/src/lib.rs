//! What all front-ends share: text in, text out, and no I/O.
//!
//! - [`request`] is what a front-end is given and what it gives back; [`FrontEnd`] is one.
//! - [`rest`] reads a call from query and body; [`form`], [`json`] and [`xml`] read bodies.
//! - [`check`] is the one walk that holds arguments against their rules, in every format.
//! - [`mod@print`] prints results, in the order that the wire profile wants.
//! - [`contract`] is the table of codes and statuses of the PeopleAggregator front-ends.
//! - [`budget`] bounds what a request may cost; [`text`] knows encodings, [`escape`] writes XML text.

pub mod budget;
pub mod check;
pub mod contract;
pub mod escape;
pub mod form;
pub mod json;
pub mod print;
pub mod request;
pub mod rest;
pub mod text;
pub mod xml;

pub use check::Given;
pub use contract::{Profile, StatusRule, Wire};
pub use request::{Call, Calls, FrontEnd, Outcome, Reply, Request, Several};
