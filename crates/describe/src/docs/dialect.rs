//! The page of a method of a dialect.

use askama::Template;
use trivium_front::Reply;

use crate::Site;
use crate::dialects::{Dialect, Method, Need, Refused, find};
use crate::examples::answers;
use crate::reply;

#[derive(Template)]
#[template(path = "docs/dialect.html")]
struct DialectPage<'a> {
    /// Where the dialect is.
    base: &'a str,
    dialect: Dialect,
    method: &'a Method,
    common: Vec<Refused>,
    request: String,
    response: String,
}

/// The page of the method of this name, where its dialect is served.
pub(crate) fn page(site: &Site<'_>, name: &str) -> Option<Reply> {
    let (dialect, method) = find(name)?;
    let base = format!("{}{}", site.base_url, site.dialects.of(dialect)?);
    let answer = answers::of_dialect(name).unwrap_or_default();
    let page = DialectPage {
        base: &base,
        dialect,
        method: &method,
        common: dialect.common(),
        request: method.curl(&base),
        response: answers::from_dialect(dialect, site, answer),
    };
    Some(reply::page(200, &page))
}

/// The names of all pages.
pub(crate) fn names() -> Vec<String> {
    let methods = Dialect::ALL.into_iter().flat_map(Dialect::methods);
    methods.map(|method| method.name).collect()
}
