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
    base_url: &'a str,
    dialect: Dialect,
    method: &'a Method,
    common: Vec<Refused>,
    request: String,
    response: String,
}

/// The page of the method of this name.
pub(crate) fn page(site: &Site<'_>, name: &str) -> Option<Reply> {
    let (dialect, method) = find(name)?;
    let answer = answers::of_dialect(name).unwrap_or_default();
    let page = DialectPage {
        base_url: site.base_url,
        dialect,
        method: &method,
        common: dialect.common(),
        request: method.curl(site.base_url),
        response: answers::from(site.base_url, answer).into_owned(),
    };
    Some(reply::page(200, &page))
}

/// The names of all pages.
pub(crate) fn names() -> Vec<String> {
    let methods = Dialect::ALL.into_iter().flat_map(Dialect::methods);
    methods.map(|method| method.name).collect()
}
