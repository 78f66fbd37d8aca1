//! The pages and documents of a service by address.

use trivium_front::Reply;
use trivium_front::page::document;

use crate::{Service, Site, docs, openapi, pages, xsd};

/// Renders a page or document; the second argument is the path without the prefix of the row.
type Render = fn(&Site<'_>, &str) -> Option<Reply>;

/// A row of the table of addresses: paths with a common prefix, and their content.
struct Route {
    prefix: String,
    suffixes: Vec<String>,
    render: Render,
}

/// The table of addresses.
fn routes(service: &Service) -> Vec<Route> {
    let one = |path: &str, render: Render| Route {
        prefix: path.to_owned(),
        suffixes: vec![String::new()],
        render,
    };
    let catalog = service.catalog;
    let namespace = catalog.namespace;
    let names = |suffix: &str| {
        let entries = catalog.entries.iter();
        entries
            .map(|entry| format!("{}{suffix}", entry.name()))
            .collect()
    };
    vec![
        one("/", |site, _| Some(pages::index(site))),
        one("/docs", |site, _| Some(docs::index::page(site))),
        one("/docs/openapi", |site, _| Some(docs::openapi::page(site))),
        Route {
            prefix: format!("/docs/{namespace}."),
            suffixes: names(""),
            render: |site, name| docs::operation::page(site, site.service.catalog.find(name)?),
        },
        Route {
            prefix: "/docs/".to_owned(),
            suffixes: docs::dialect::names(service),
            render: docs::dialect::page,
        },
        one("/docs/errors", |site, _| Some(docs::errors::index(site))),
        Route {
            prefix: "/docs/errors/".to_owned(),
            suffixes: docs::errors::names(service),
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
        one("/openapi.json", |site, _| openapi_document(site, "json")),
        Route {
            prefix: "/openapi/".to_owned(),
            suffixes: openapi::names(service)
                .filter(|name| *name != "json")
                .map(|name| format!("{name}.json"))
                .collect(),
            render: |site, file| openapi_document(site, file.strip_suffix(".json")?),
        },
        one(xsd::PATH, |site, _| {
            let schema = xsd::any(site.service.catalog, site.wire.profile);
            Some(document("application/xml", schema))
        }),
        Route {
            prefix: format!("/api/xml/{namespace}/"),
            suffixes: names(".xsd"),
            render: |site, file| {
                let entry = site.service.catalog.find(file.strip_suffix(".xsd")?)?;
                let schema = xsd::operation(site.wire.profile, entry);
                Some(document("application/xml", schema))
            },
        },
    ]
}

fn openapi_document(site: &Site<'_>, name: &str) -> Option<Reply> {
    let text = openapi::text(site, name)?;
    Some(document("application/json", text))
}

/// The style sheet of all pages.
const STYLE: &str = include_str!("../templates/style.css");

/// The icon of all pages: three lines that meet.
const ICON: &str = include_str!("../templates/icon.svg");

/// The script of all pages. They are readable without it.
const SCRIPT: &str = include_str!("../templates/script.js");

/// Renders the page or document at an address.
pub fn find(path: &str, site: &Site<'_>) -> Option<Reply> {
    // The links on this page begin at the root, so it can be served with the slash, too.
    let path = if path == "/docs/" { "/docs" } else { path };
    let pages = site.service.pages;
    if let Some(page) = pages.iter().find(|page| page.path == path) {
        return Some((page.render)());
    }
    routes(site.service).iter().find_map(|route| {
        let suffix = path.strip_prefix(route.prefix.as_str())?;
        let exists = route.suffixes.iter().any(|other| other == suffix);
        exists.then(|| (route.render)(site, suffix))?
    })
}

/// Lists every address of a server that serves all dialects, without the service's own pages.
pub fn paths(service: &Service) -> Vec<String> {
    let mut paths = Vec::new();
    for route in routes(service) {
        let prefix = route.prefix;
        let suffixes = route.suffixes.into_iter();
        paths.extend(suffixes.map(|suffix| format!("{prefix}{suffix}")));
    }
    paths
}
