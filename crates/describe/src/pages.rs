//! The first page.

use askama::Template;
use trivium_front::Reply;
use trivium_front::page::page;

use crate::examples::Format;

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage {
    formats: [Format; 3],
}

/// The first page: what the service is, and the addresses of its protocols.
pub fn index() -> Reply {
    let formats = Format::ALL;
    page(200, IndexPage { formats }.render())
}
