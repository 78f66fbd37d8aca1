//! The common parts of all front-ends. The crate converts texts, and does no I/O.
//!
//! - [`request`] has requests, replies, and the interface of a front-end: [`FrontEnd`].
//! - [`rest`] reads a call from query and body; [`form`], [`json`] and [`xml`] parse bodies.
//! - [`check`] checks arguments against their rules, for every format.
//! - [`mod@print`] prints results, in the order that the wire profile requires.
//! - [`contract`] is the PeopleAggregator contract: profiles, names of codes, statuses; [`fault`] are
//!   the faults of XML-RPC.
//! - [`client`] is a request as a client sends it; [`dialect`] describes the methods of a dialect.
//! - [`page`] creates the responses of pages and documents.
//! - [`limits`] are the input limits; [`text`] knows encodings, [`escape`] writes XML text.

pub mod check;
pub mod client;
pub mod contract;
pub mod dialect;
pub mod escape;
pub mod fault;
pub mod form;
pub mod json;
pub mod limits;
pub mod page;
pub mod print;
pub mod request;
pub mod rest;
pub mod text;
pub mod xml;

pub use check::RawValue;
pub use client::{ClientRequest, Payload};
pub use contract::{Profile, StatusRule, Wire};
pub use dialect::Dialect;
pub use request::{Batch, Body, FrontEnd, Read, Reply, Request, Writer, read_one};
