//! The list of operations.

use askama::Template;
use trivium_front::{Reply, page};
use trivium_rpc::{Credential, Entry, Verbs};

use crate::Site;
use crate::examples::Format;

#[derive(Template)]
#[template(path = "docs/index.html")]
struct IndexPage<'a> {
    site: &'a Site<'a>,
    namespace: &'static str,
    formats: [Format; 3],
    /// True if an operation needs a token.
    has_tokens: bool,
    subjects: Vec<Subject>,
}

struct Subject {
    name: &'static str,
    operations: Vec<&'static Entry>,
}

/// Renders the page.
pub(crate) fn page(site: &Site<'_>) -> Reply {
    let catalog = site.service.catalog;
    let subjects = catalog.entries.chunk_by(|a, b| a.subject == b.subject);
    let subjects = subjects.map(|operations| Subject {
        name: operations.first().map_or("", |entry| entry.subject),
        operations: operations.iter().collect(),
    });
    let mut entries = catalog.entries.iter();
    let page = IndexPage {
        site,
        namespace: catalog.namespace,
        formats: Format::ALL,
        has_tokens: entries.any(|entry| entry.credential == Credential::Token),
        subjects: subjects.collect(),
    };
    page::page(200, page.render())
}

/// Returns the first sentence of an operation's description.
pub(crate) fn sentence(entry: &Entry) -> &str {
    let text = entry.description();
    text.find(['.', ':', ';'])
        .and_then(|end| text.get(..end))
        .unwrap_or(text)
}

/// Returns the verb or verbs of an operation.
pub(crate) const fn verbs(entry: &Entry) -> &'static str {
    match entry.declared.verbs {
        Verbs::Get => "GET",
        Verbs::Post => "POST",
        Verbs::Any => "GET or POST",
    }
}
