//! The page of a method of a dialect.

use askama::Template;
use trivium_front::dialect::{MethodDescription, Need};
use trivium_front::{ClientRequest, Dialect, Reply, page};

use super::snippets::{Printed, Snippet, snippets};
use crate::{Service, Site, answers};

#[derive(Template)]
#[template(path = "docs/dialect.html")]
struct DialectPage<'a> {
    site: &'a Site<'a>,
    /// The address of the dialect.
    base: &'a str,
    dialect: &'a Dialect,
    has_ids: bool,
    method: &'a MethodDescription,
    request: ClientRequest<'a>,
    response: String,
    snippets: Vec<Snippet>,
}

/// Renders the page of the method of this name, if its dialect is served.
pub(crate) fn page(site: &Site<'_>, name: &str) -> Option<Reply> {
    let (served, method) = site.dialects.iter().find_map(|served| {
        let mut methods = served.dialect.methods.iter();
        Some((served, methods.find(|method| method.name == name)?))
    })?;
    let base = format!("{}{}", site.base_url, served.prefix);
    let answer = site.service.answers.of_dialect(name).unwrap_or_default();
    let request = method.example.clone().below(served.prefix);
    let page = DialectPage {
        site,
        base: &base,
        dialect: served.dialect,
        has_ids: served.dialect.has_ids(),
        method,
        response: answers::with_dialect_address(served, site, answer),
        snippets: snippets(site.base_url, &request, Printed::of(answer)),
        request,
    };
    Some(page::page(200, page.render()))
}

/// Lists the names of all methods that have a page.
pub(crate) fn names(service: &Service) -> Vec<String> {
    let dialects = service.dialects.iter();
    let methods = dialects.flat_map(|dialect| &dialect.methods);
    methods.map(|method| method.name.clone()).collect()
}
