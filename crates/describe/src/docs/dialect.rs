//! The page of a method of a dialect.

use askama::Template;
use trivium_front::Reply;

use super::snippets::{Printed, Snippet, snippets};
use crate::Site;
use crate::dialects::{Dialect, Method, Need, Refused, find};
use crate::examples::{Request, answers};
use trivium_front::page;

#[derive(Template)]
#[template(path = "docs/dialect.html")]
struct DialectPage<'a> {
    /// Where the dialect is.
    base: &'a str,
    is_live: bool,
    dialect: Dialect,
    method: &'a Method,
    common: Vec<Refused>,
    request: Request<'a>,
    response: String,
    snippets: Vec<Snippet>,
}

/// The page of the method of this name, where its dialect is served.
pub(crate) fn page(site: &Site<'_>, name: &str) -> Option<Reply> {
    let (dialect, method) = find(name)?;
    let prefix = site.dialects.of(dialect)?;
    let base = format!("{}{prefix}", site.base_url);
    let answer = answers::of_dialect(name).unwrap_or_default();
    let request = method.example.clone().below(prefix);
    let page = DialectPage {
        base: &base,
        is_live: site.is_live,
        dialect,
        method: &method,
        common: dialect.common(),
        response: answers::from_dialect(dialect, site, answer),
        snippets: snippets(site.base_url, &request, Printed::of(answer)),
        request,
    };
    Some(page::page(200, page.render()))
}

/// The names of all pages.
pub(crate) fn names() -> Vec<String> {
    let methods = Dialect::ALL.into_iter().flat_map(Dialect::methods);
    methods.map(|method| method.name).collect()
}
