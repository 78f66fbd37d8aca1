//! The descriptions of the service, compared with its behaviour.
//!
//! - [`examples`] makes every example call in every format and records the responses.
//! - [`dialects`] does the same for the methods of the dialects.
//! - [`pages`] tests the documentation pages, [`snippets`] the programs on them, [`browser`] their
//!   look and accessibility.
//! - [`openapi`] and [`xsd`] validate the machine-readable descriptions with third-party tools;
//!   [`schemathesis`] tests a server against its OpenAPI documents, and [`generated`] with clients that are
//!   generated from them.

mod browser;
mod dialects;
mod examples;
mod generated;
mod normalize;
mod openapi;
mod pages;
mod schemathesis;
mod snippets;
mod xsd;

use trivium_core::catalog;
use trivium_core::demonstration::ADMIN_PASSWORD;
use trivium_describe::examples::{Format, arguments, request};
use trivium_describe::{Site, answers};
use trivium_front::{ClientRequest, Profile, StatusRule, Wire};
use trivium_rpc::{Effect, Entry};
use trivium_site::description::{served, service};

use crate::harness::{Protocol, Response, Served};

/// The profiles and their option values.
const PROFILES: [(Profile, &str); 2] = [
    (Profile::Documented, "documented"),
    (Profile::Original, "original"),
];

/// Starts a demonstration in which every example succeeds.
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

/// Calls `run` with every operation, and a demonstration in which its example has not been called yet.
fn each_operation(profile: &str, status: StatusRule, mut run: impl FnMut(&Served, &'static Entry)) {
    let read = demonstration(profile, status);
    for entry in &catalog().entries {
        match entry.declared.effect {
            Effect::Read | Effect::Scan => run(&read, entry),
            Effect::Change => run(&demonstration(profile, status), entry),
        }
    }
}

/// Returns the example call of an operation in a format.
fn example(entry: &'static Entry, format: Format) -> ClientRequest<'static> {
    let example = entry.example.as_ref().expect("an example");
    let arguments = arguments(entry, example);
    request(catalog(), entry, &arguments, format)
}

/// Sends an example call.
fn send_example(server: &Served, entry: &'static Entry, format: Format) -> Response {
    server.send(&as_sent(&example(entry, format).to_string()))
}

/// Calls `run` with a site at this URL that serves both dialects.
fn with_site<T>(base_url: &str, status: StatusRule, run: impl FnOnce(&Site<'_>) -> T) -> T {
    let [upcoming, onezone] = [trivium_upcoming::PREFIX, trivium_onezone::PREFIX].map(Some);
    run(&Site {
        service: service(),
        base_url,
        wire: Wire {
            status,
            ..Wire::default()
        },
        dialects: &served(upcoming, onezone),
        is_live: true,
    })
}

/// Converts a request on a page to the bytes that a client sends.
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
