//! The descriptions of the service, compared with its behaviour.
//!
//! - [`examples`] makes every example call in every format and records the responses.
//! - [`dialects`] does the same for the methods of the dialects.
//! - [`pages`] tests the documentation pages, [`snippets`] the programs on them, [`browser`] their
//!   look and accessibility.
//! - [`errors`] provokes every declared error.
//! - [`openapi`] and [`xsd`] validate the machine-readable descriptions with third-party tools;
//!   [`schemathesis`] tests a server against its OpenAPI document.

mod browser;
mod dialects;
mod errors;
mod examples;
mod openapi;
mod pages;
mod schemathesis;
mod snippets;
mod steady;
mod xsd;

use trivium_core::catalog;
use trivium_describe::examples::exchange::request;
use trivium_describe::examples::story::ADMIN_PASSWORD;
use trivium_describe::examples::{Example, Format, STORY, answers};
use trivium_front::{Profile, StatusRule};
use trivium_rpc::Entry;

use crate::harness::{Protocol, Response, Served};

/// The profiles and their option values.
const PROFILES: [(Profile, &str); 2] = [
    (Profile::Documented, "documented"),
    (Profile::Original, "original"),
];

/// Starts a demonstration on which every call of the story works.
fn demonstration(profile: &str, status: StatusRule) -> Served {
    demonstration_with(profile, status, &[])
}

/// Starts a demonstration with further options.
fn demonstration_with(profile: &str, status: StatusRule, further: &[&str]) -> Served {
    let status = match status {
        StatusRule::Ok => "ok",
        StatusRule::Http => "http",
    };
    let options = [
        "--base-url",
        answers::BASE_URL,
        "--peopleaggregator-profile",
        profile,
        "--peopleaggregator-status",
        status,
    ];
    let options = [&options, further].concat();
    Served::demonstration_with(&options, &[("TRIVIUM_ADMIN_PASSWORD", ADMIN_PASSWORD)])
}

/// Makes the calls of the story in a format, and calls `listen` with each response. The last argument
/// is true for the first call of an operation, which is its example.
fn tell(
    server: &Served,
    format: Format,
    mut listen: impl FnMut(&'static Entry, &'static Example, Response, bool),
) {
    let mut shown = Vec::new();
    for example in STORY {
        let entry = catalog().find(example.operation).expect(example.operation);
        let response = server.send(&as_sent(&request(entry, example, format)));
        let first = !shown.contains(&entry.name());
        shown.push(entry.name());
        listen(entry, example, response, first);
    }
}

/// The bytes of a request on a page.
fn as_sent(request: &str) -> Vec<u8> {
    let (head, body) = request.split_once("\n\n").expect("a head");
    let head = head.replace('\n', "\r\n");
    format!("{head}\r\nHost: test\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

const fn protocol(format: Format) -> Protocol {
    match format {
        Format::Xml => Protocol::Xml,
        Format::Json => Protocol::Json,
        Format::XmlRpc => Protocol::XmlRpc,
    }
}
