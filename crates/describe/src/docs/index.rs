//! The list of operations.

use askama::Template;
use trivium_core::catalog;
use trivium_core::catalog::NAMESPACE;
use trivium_front::Reply;
use trivium_rpc::{Entry, Verbs};

use crate::dialects::{Dialect, Method};
use crate::examples::Format;
use crate::{ServicePage, Site};
use trivium_front::page;

#[derive(Template)]
#[template(path = "docs/index.html")]
struct IndexPage<'a> {
    base_url: &'a str,
    namespace: &'static str,
    formats: [Format; 3],
    subjects: Vec<Subject>,
    dialects: Vec<Served<'a>>,
    pages: &'a [ServicePage],
}

/// A dialect that is served.
struct Served<'a> {
    dialect: Dialect,
    prefix: &'a str,
    methods: Vec<Method>,
}

struct Subject {
    name: &'static str,
    operations: Vec<&'static Entry>,
}

/// The page.
pub(crate) fn page(site: &Site<'_>) -> Reply {
    let subjects = catalog().entries.chunk_by(|a, b| a.subject == b.subject);
    let subjects = subjects.map(|operations| Subject {
        name: operations.first().map_or("", |entry| entry.subject),
        operations: operations.iter().collect(),
    });
    let dialects = Dialect::ALL.into_iter().filter_map(|dialect| {
        Some(Served {
            dialect,
            prefix: site.dialects.of(dialect)?,
            methods: dialect.methods(),
        })
    });
    let page = IndexPage {
        base_url: site.base_url,
        namespace: NAMESPACE,
        formats: Format::ALL,
        subjects: subjects.collect(),
        dialects: dialects.collect(),
        pages: site.pages,
    };
    page::page(200, page.render())
}

/// What an operation does, in a sentence.
pub(crate) fn sentence(entry: &Entry) -> &str {
    let text = entry.description();
    text.find(['.', ':', ';'])
        .and_then(|end| text.get(..end))
        .unwrap_or(text)
}

/// The verb or verbs of an operation.
pub(crate) const fn verbs(entry: &Entry) -> &'static str {
    match entry.declared.verbs {
        Verbs::Get => "GET",
        Verbs::Post => "POST",
        Verbs::Any => "GET or POST",
    }
}
