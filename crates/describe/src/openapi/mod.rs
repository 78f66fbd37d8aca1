//! Describes a service in OpenAPI 3.1: in one document for each protocol over REST, and one for each dialect.
//!
//! Generators of clients read the documents. Most of them cannot choose between several media types, so each
//! document describes one format of responses.

mod components;
mod dialect;
mod rest;

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::{Value, json};
use trivium_front::{Profile, StatusRule};

use crate::examples::Format;
use crate::{Service, Site};

/// The documents of both protocols, and the names of their files.
const REST: [(&str, Format); 2] = [("json", Format::Json), ("xml", Format::Xml)];

/// Caches the documents of both protocols for each wire format. Each is generated when it is first needed.
#[derive(Debug, Default)]
pub struct Cache([OnceLock<Bytes>; 8]);

/// Lists the names of all documents: `json` and `xml`, and those of the dialects.
pub fn names(service: &Service) -> impl Iterator<Item = &'static str> {
    let dialects = service.dialects.iter().map(|dialect| dialect.name);
    let rest = REST.iter().map(|(name, _)| *name);
    rest.chain(dialects)
}

/// Returns the address of a document.
pub fn path(name: &str) -> String {
    match name {
        "json" => "/openapi.json".to_owned(),
        name => format!("/openapi/{name}.json"),
    }
}

/// Returns a document as JSON text; `None` if the site does not serve what it describes.
pub fn text(site: &Site<'_>, name: &str) -> Option<Bytes> {
    let print = |document: Value| Bytes::from(format!("{document:#}\n"));
    let generate = || Some(print(document(site, name)?));
    let Some(place) = REST.iter().position(|(other, _)| *other == name) else {
        return generate();
    };
    let original = usize::from(site.wire.profile == Profile::Original);
    let http = usize::from(site.wire.status == StatusRule::Http);
    let cache = site
        .service
        .openapi
        .0
        .get(4 * place + 2 * original + http)?;
    match cache.get() {
        Some(text) => Some(text.clone()),
        None => {
            let text = generate()?;
            Some(cache.get_or_init(|| text).clone())
        }
    }
}

/// Generates a document; `None` if the site does not serve what it describes.
pub fn document(site: &Site<'_>, name: &str) -> Option<Value> {
    if let Some((_, format)) = REST.iter().find(|(other, _)| *other == name) {
        return Some(rest::document(site, *format));
    }
    let mut dialects = site.dialects.iter();
    let served = dialects.find(|served| served.dialect.name == name)?;
    Some(dialect::document(site, served))
}

/// Describes the service, and the protocol of a document.
fn info(site: &Site<'_>, title: &str, description: &str) -> Value {
    let others: Vec<String> = names(site.service)
        .map(|name| format!("[{name}]({})", path(name)))
        .collect();
    json!({
        "title": format!("{}: {title}", site.service.title),
        "version": site.service.version,
        "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        "contact": { "name": site.service.title },
        "description": format!(
            "{} {description}\n\nThe documents of this service: {}.",
            site.service.summary,
            others.join(", "),
        ),
    })
}

/// Adds a member to an object, if there is a value for it.
fn with(mut object: Value, name: &str, value: Option<Value>) -> Value {
    if let (Some(members), Some(value)) = (object.as_object_mut(), value) {
        members.insert(name.to_owned(), value);
    }
    object
}

/// Refers to a component.
fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}
