//! The service in pages that people read: plain HTML, light and dark, nothing from elsewhere.
//!
//! Data in, text out: no server and no database here. [`pages`] has the pages, [`STYLE`] is
//! their style sheet, served at [`STYLE_PATH`].

pub mod pages;

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("../templates/style.css");

/// Where pages look for their style sheet.
pub const STYLE_PATH: &str = "/style.css";
