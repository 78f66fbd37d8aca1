//! The service describes itself from the catalog: to people in HTML, to programs in OpenAPI and
//! XML Schema.
//!
//! Data in, text out: no server and no database here.
//!
//! - [`pages`] are the public pages of groups and people.
//! - [`examples`] has an example call of every operation, and how it travels.
//!
//! Pages are plain HTML, light and dark, with nothing from elsewhere.

mod encode;
pub mod examples;
pub mod pages;

use trivium_front::Wire;

/// The server that is described.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Where it is, without a slash at the end.
    pub base_url: &'a str,
    /// The settings of its wire.
    pub wire: Wire,
}

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("../templates/style.css");

/// Where pages look for their style sheet.
pub const STYLE_PATH: &str = "/style.css";
