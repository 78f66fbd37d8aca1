//! The service describes itself from the catalog: to people in HTML, to programs in OpenAPI and
//! XML Schema.
//!
//! Data in, text out: no server and no database here.
//!
//! - [`site`] is the table of all addresses; [`files`] writes them as files.
//! - [`openapi`] and [`xsd`] are for programs; `schema` reads the catalog for them.
//! - [`docs`] is the documentation for people who write clients.
//! - [`dialects`] is the table of the dialects' methods.
//! - [`pages`] has the first page.
//! - [`examples`] has an example call of every operation, and how it travels.
//!
//! Pages are plain HTML, light and dark, with nothing from elsewhere.

pub mod dialects;
pub mod docs;
mod encode;
pub mod examples;
pub mod files;
pub mod openapi;
pub mod pages;
mod schema;
pub mod site;
pub mod xsd;

use trivium_front::Wire;

use crate::dialects::Prefixes;

/// The server that is described.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Where it is, without a slash at the end.
    pub base_url: &'a str,
    /// The settings of its wire.
    pub wire: Wire,
    /// Where its dialects are.
    pub dialects: Prefixes<'a>,
    /// Pages of the service itself, which are listed beside these.
    pub pages: &'a [ServicePage],
    /// True where pages come from the server itself, and can call it.
    pub is_live: bool,
}

/// A page of the service itself.
#[derive(Clone, Copy, Debug)]
pub struct ServicePage {
    /// Its path, such as `/docs/membership`.
    pub path: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Renders it.
    pub render: fn() -> trivium_front::Reply,
}
