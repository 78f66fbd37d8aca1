//! What is served of the descriptions, and where: the one table of addresses.

use trivium_core::catalog;
use trivium_front::Reply;
use trivium_rpc::Entry;

use crate::{Site, docs, openapi, pages, xsd};
use trivium_front::page::document;

/// What stands at an address: given is what comes after the beginning that the table names.
type Page = fn(&Site<'_>, &str) -> Option<Reply>;

/// A row: how its addresses begin, the rest of each, and what stands there.
struct Row {
    begin: &'static str,
    rests: fn() -> Vec<String>,
    page: Page,
}

const ROWS: &[Row] = &[
    row("/", one, |_, _| Some(pages::index())),
    row("/docs", one, |site, _| Some(docs::index::page(site))),
    row("/docs/openapi", one, |site, _| {
        Some(docs::openapi::page(site))
    }),
    row("/docs/peopleaggregator.", operations, |site, name| {
        docs::operation::page(site, operation(name)?)
    }),
    row("/docs/", docs::dialect::names, |site, name| {
        docs::dialect::page(site, name)
    }),
    row("/docs/errors", one, |site, _| {
        Some(docs::errors::index(site))
    }),
    row("/docs/errors/", docs::errors::names, |site, code| {
        Some(docs::errors::page(site, code))
    }),
    row("/style.css", one, |_, _| {
        Some(document("text/css; charset=utf-8", STYLE))
    }),
    row("/icon.svg", one, |_, _| {
        Some(document("image/svg+xml", ICON))
    }),
    // Where browsers look that show an answer as it comes.
    row("/favicon.ico", one, |_, _| {
        Some(document("image/svg+xml", ICON))
    }),
    row("/script.js", one, |_, _| {
        Some(document("text/javascript; charset=utf-8", SCRIPT))
    }),
    row("/openapi.json", one, |site, _| {
        Some(document(
            "application/json",
            openapi::text(site.wire.profile),
        ))
    }),
    row(xsd::PATH, one, |site, _| {
        Some(document("application/xml", xsd::any(site.wire.profile)))
    }),
    row("/api/xml/peopleaggregator/", schemas, |site, rest| {
        let entry = operation(rest.strip_suffix(".xsd")?)?;
        let schema = xsd::operation(site.wire.profile, entry);
        Some(document("application/xml", schema))
    }),
];

/// The style sheet of all pages.
const STYLE: &str = include_str!("../templates/style.css");

/// Three ways that meet.
const ICON: &str = include_str!("../templates/icon.svg");

/// The script of all pages, without which they can be read.
const SCRIPT: &str = include_str!("../templates/script.js");

const fn row(begin: &'static str, rests: fn() -> Vec<String>, page: Page) -> Row {
    Row { begin, rests, page }
}

/// Nothing comes after the beginning.
fn one() -> Vec<String> {
    vec![String::new()]
}

fn operation(name: &str) -> Option<&'static Entry> {
    catalog().find(name)
}

fn operations() -> Vec<String> {
    catalog()
        .entries
        .iter()
        .map(|entry| entry.name().to_owned())
        .collect()
}

fn schemas() -> Vec<String> {
    catalog()
        .entries
        .iter()
        .map(|entry| format!("{}.xsd", entry.name()))
        .collect()
}

/// What stands at an address.
pub fn find(path: &str, site: &Site<'_>) -> Option<Reply> {
    // So people write it who take it for a folder. Its links say where they go from the root.
    let path = if path == "/docs/" { "/docs" } else { path };
    let page = site.pages.iter().find(|page| page.path == path);
    if let Some(page) = page {
        return Some((page.render)());
    }
    ROWS.iter().find_map(|row| {
        let rest = path.strip_prefix(row.begin)?;
        let is_here = (row.rests)().iter().any(|here| here == rest);
        is_here.then(|| (row.page)(site, rest))?
    })
}

/// Every address, were every dialect served.
pub fn paths() -> Vec<String> {
    ROWS.iter()
        .flat_map(|row| {
            (row.rests)()
                .into_iter()
                .map(move |rest| format!("{}{rest}", row.begin))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use trivium_front::Wire;

    use super::*;
    use crate::dialects::Prefixes;

    #[test]
    fn something_stands_at_every_address() {
        let site = Site {
            base_url: "http://here",
            wire: Wire::default(),
            dialects: Prefixes::default(),
            pages: &[],
            is_live: true,
        };
        for path in paths() {
            let reply = find(&path, &site);
            assert_eq!(reply.map(|reply| reply.status), Some(200), "{path}");
        }
        assert_eq!(find("/docs/", &site), find("/docs", &site));
        for path in [
            "",
            "/style.css/",
            "/docs/x",
            "/api/xml/peopleaggregator/joinGroup",
        ] {
            assert_eq!(find(path, &site), None, "{path}");
        }
    }
    #[test]
    fn pages() {
        let site = Site {
            base_url: "http://here",
            wire: Wire::default(),
            dialects: Prefixes::default(),
            pages: &[],
            is_live: true,
        };
        for path in [
            "/docs",
            "/docs/peopleaggregator.joinGroup",
            "/docs/upcoming.group.join",
            "/docs/onezone.user-groups-join",
            "/docs/errors/banned",
        ] {
            let reply = find(path, &site).expect(path);
            let html = String::from_utf8(reply.body).expect("text");
            insta::assert_snapshot!(path.trim_start_matches('/').replace('/', "_"), html);
        }
    }
}
