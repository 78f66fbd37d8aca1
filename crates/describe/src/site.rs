//! The pages and documents of a service by address.

use trivium_front::Reply;
use trivium_front::page::document;

use crate::{Service, Site, docs, openapi, pages, xsd};

/// Renders what is at an address; it receives the part of the path after the row's beginning.
type Render = fn(&Site<'_>, &str) -> Option<Reply>;

/// A row: the beginning of its paths, their ends, and what is there.
struct Row {
    begin: String,
    ends: Vec<String>,
    render: Render,
}

/// The table of addresses.
fn rows(service: &Service) -> Vec<Row> {
    let one = |path: &str, render: Render| Row {
        begin: path.to_owned(),
        ends: vec![String::new()],
        render,
    };
    let catalog = service.catalog;
    let namespace = catalog.namespace;
    let names = |end: &str| {
        let entries = catalog.entries.iter();
        entries
            .map(|entry| format!("{}{end}", entry.name()))
            .collect()
    };
    vec![
        one("/", |site, _| Some(pages::index(site))),
        one("/docs", |site, _| Some(docs::index::page(site))),
        one("/docs/openapi", |site, _| Some(docs::openapi::page(site))),
        Row {
            begin: format!("/docs/{namespace}."),
            ends: names(""),
            render: |site, name| docs::operation::page(site, site.service.catalog.find(name)?),
        },
        Row {
            begin: "/docs/".to_owned(),
            ends: docs::dialect::names(service),
            render: docs::dialect::page,
        },
        one("/docs/errors", |site, _| Some(docs::errors::index(site))),
        Row {
            begin: "/docs/errors/".to_owned(),
            ends: docs::errors::names(service),
            render: |site, code| Some(docs::errors::page(site, code)),
        },
        one("/style.css", |_, _| {
            Some(document("text/css; charset=utf-8", STYLE))
        }),
        one("/icon.svg", |_, _| Some(document("image/svg+xml", ICON))),
        // Browsers request this for responses that are not pages.
        one("/favicon.ico", |_, _| Some(document("image/svg+xml", ICON))),
        one("/script.js", |_, _| {
            Some(document("text/javascript; charset=utf-8", SCRIPT))
        }),
        one("/openapi.json", |site, _| {
            let text = openapi::text(site.service, site.wire.profile);
            Some(document("application/json", text.to_owned()))
        }),
        one(xsd::PATH, |site, _| {
            let schema = xsd::any(site.service.catalog, site.wire.profile);
            Some(document("application/xml", schema))
        }),
        Row {
            begin: format!("/api/xml/{namespace}/"),
            ends: names(".xsd"),
            render: |site, file| {
                let entry = site.service.catalog.find(file.strip_suffix(".xsd")?)?;
                let schema = xsd::operation(site.wire.profile, entry);
                Some(document("application/xml", schema))
            },
        },
    ]
}

/// The style sheet of all pages.
const STYLE: &str = include_str!("../templates/style.css");

/// Three roads that meet.
const ICON: &str = include_str!("../templates/icon.svg");

/// The script of all pages, which can be read without it.
const SCRIPT: &str = include_str!("../templates/script.js");

/// The page or document at an address.
pub fn find(path: &str, site: &Site<'_>) -> Option<Reply> {
    // The links on this page begin at the root, so it can be served with the slash, too.
    let path = if path == "/docs/" { "/docs" } else { path };
    let pages = site.service.pages;
    if let Some(page) = pages.iter().find(|page| page.path == path) {
        return Some((page.render)());
    }
    rows(site.service).iter().find_map(|row| {
        let end = path.strip_prefix(row.begin.as_str())?;
        let exists = row.ends.iter().any(|other| other == end);
        exists.then(|| (row.render)(site, end))?
    })
}

/// Every address of a server that serves all dialects, without the service's own pages.
pub fn paths(service: &Service) -> Vec<String> {
    let rows = rows(service).into_iter();
    rows.flat_map(|Row { begin, ends, .. }| {
        let paths = ends.into_iter().map(|end| format!("{begin}{end}"));
        paths.collect::<Vec<_>>()
    })
    .collect()
}
