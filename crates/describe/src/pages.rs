//! The overview page.

use askama::Template;
use trivium_front::Reply;
use trivium_front::page::page;

use crate::Site;
use crate::examples::Format;

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage<'a> {
    site: &'a Site<'a>,
    formats: [Format; 3],
}

/// Renders the overview: the purpose of the service, and the addresses of its protocols.
pub fn index(site: &Site<'_>) -> Reply {
    let formats = Format::ALL;
    page(200, IndexPage { site, formats }.render())
}
