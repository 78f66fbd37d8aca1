//! A service describes itself from its catalog: to people in HTML, to programs in OpenAPI and XML Schema.
//!
//! Data in, text out: no server and no database, and no knowledge of any particular service. A
//! [`Service`] is what is described, a [`Site`] is one server of it.
//!
//! - [`site`] is the table of all addresses; [`files`] writes them as files.
//! - [`openapi`] and [`xsd`] are for programs; `schema` reads the catalog for them.
//! - [`docs`] is the documentation for people who write clients.
//! - [`pages`] has the first page.
//! - [`examples`] shows the example call of every operation in each format; [`answers`] are the recorded
//!   responses to them.
//!
//! Pages are plain HTML, light and dark, with nothing loaded from elsewhere.

pub mod answers;
pub mod docs;
mod encode;
pub mod examples;
pub mod files;
pub mod openapi;
pub mod pages;
mod schema;
pub mod site;
pub mod xsd;

use trivium_front::{Dialect, Reply, Wire};
use trivium_rpc::Catalog;

pub use crate::answers::Answers;

/// A service, as its descriptions need it.
#[derive(Debug)]
pub struct Service {
    /// Its name for people.
    pub title: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What it is for, in a sentence.
    pub summary: &'static str,
    /// Its operations.
    pub catalog: &'static Catalog,
    /// The operation that returns a token, if there is one.
    pub login: Option<&'static str>,
    /// The responses to the examples of its operations and dialects.
    pub answers: Answers,
    /// Its dialects.
    pub dialects: Vec<Dialect>,
    /// Its own pages, which are listed beside the documentation.
    pub pages: &'static [ServicePage],
    /// The OpenAPI documents that were made already; start with the default.
    pub openapi: openapi::Cache,
}

/// A server of a service.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The service.
    pub service: &'a Service,
    /// Its address, without a slash at the end.
    pub base_url: &'a str,
    /// The settings of its wire.
    pub wire: Wire,
    /// The dialects that it serves.
    pub dialects: &'a [ServedDialect<'a>],
    /// True if the pages come from the server itself, and can call it.
    pub is_live: bool,
}

/// A dialect that a server serves.
#[derive(Clone, Copy, Debug)]
pub struct ServedDialect<'a> {
    /// The dialect.
    pub dialect: &'a Dialect,
    /// The path below which it is served, without a slash at the end.
    pub prefix: &'a str,
}

/// A page of the service itself.
#[derive(Clone, Copy, Debug)]
pub struct ServicePage {
    /// Its path, such as `/docs/membership`.
    pub path: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its short title, for the navigation of every page.
    pub label: &'static str,
    /// Renders it.
    pub render: fn() -> Reply,
}
