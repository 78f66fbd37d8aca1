//! Generates the description of a service from its catalog: pages in HTML, OpenAPI and XML Schema.
//!
//! The crate converts data to text. It uses no server and no database, and knows no particular service.
//! A [`Service`] is the subject of a description; a [`Site`] is one server of it.
//!
//! - [`site`] is the table of all addresses; [`files`] writes them as files.
//! - [`openapi`] and [`xsd`] generate documents for programs; `schema` reads the catalog for them.
//! - [`docs`] is the documentation for authors of clients.
//! - [`pages`] has the first page.
//! - [`examples`] shows the example call of every operation in each format; [`answers`] are the recorded
//!   responses to them.
//!
//! Pages are plain HTML with a light and a dark style. They load nothing from other servers.

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

/// The data of a service from which its description is generated.
#[derive(Debug)]
pub struct Service {
    /// Its name on the pages.
    pub title: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its purpose, in a sentence.
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
    /// The OpenAPI documents that have been generated; the default is empty.
    pub openapi: openapi::Cache,
}

/// A server of a service.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The service.
    pub service: &'a Service,
    /// Its address, without a slash at the end.
    pub base_url: &'a str,
    /// Its wire format.
    pub wire: Wire,
    /// The dialects that it serves.
    pub dialects: &'a [ServedDialect<'a>],
    /// True if the server itself serves the pages, so that they can call it.
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
