//! Runs the programs on the pages, each in its language, and holds what they print against the
//! recorded answers.

use std::path::Path;

use trivium_core::Entry;
use trivium_core::catalog::CATALOG;
use trivium_describe::examples::exchange::request;
use trivium_describe::examples::{Format, STORY, answers};
use trivium_front::{Profile, StatusRule};

use super::pages::{figures, page};
use super::steady::steady;
use super::{as_sent, demonstration};
use crate::harness::{Protocol, Response, run};

/// Runs the programs of one language in the order of the story.
fn check(language: &str, program: &str, arguments: &[&str]) {
    let server = demonstration("documented", StatusRule::Ok);
    let mut shown: Vec<&str> = Vec::new();
    for example in STORY {
        let entry: &Entry = trivium_core::catalog::find(example.operation).unwrap();
        if shown.contains(&entry.name) {
            server.send(&as_sent(&request(entry, example, Format::Json)));
            continue;
        }
        shown.push(entry.name);
        let figures = figures(&page(&server, entry.name));
        let (_, text) = figures
            .iter()
            .find(|(caption, _)| caption == language)
            .unwrap();
        let here = format!("http://{}", server.address);
        let text = text.replace(answers::BASE_URL, &here);
        let printed = run(program, arguments, text.as_bytes()).stdout;
        let body = String::from_utf8(printed).unwrap().trim_end().to_owned();
        let response = Response {
            status: 200,
            headers: Vec::new(),
            body: body.clone().into_bytes(),
        };
        let answer = Protocol::Json.read(&response);
        let recorded = answers::of(Profile::Documented, entry.name, Format::Json).unwrap();
        assert_eq!(
            steady(entry, &answer, &body),
            recorded,
            "{language} {}",
            entry.name
        );
    }
}

#[test]
fn curl() {
    check("curl", "sh", &["-s"]);
}

#[test]
fn python() {
    check("Python", "python3", &["-"]);
}

#[test]
fn php() {
    check("PHP", "php", &[]);
}

#[test]
fn javascript() {
    check("JavaScript", "node", &["--input-type=module", "-"]);
}

/// The programs in Rust, which the compiler reads with these tests.
#[rustfmt::skip]
#[path = "../../cases/rust_programs.rs"]
mod rust_programs;

#[test]
fn rust() {
    let kept = include_str!("../../cases/rust_programs.rs");
    let server = demonstration("documented", StatusRule::Ok);
    let mut programs = String::from(
        "//! The programs in Rust that the pages show: the compiler reads them. Written by\n\
         //! tests/end_to_end/descriptions/snippets.rs, with INSTA_UPDATE=always.\n\n\
         #![expect(clippy::print_stdout, dead_code, non_snake_case, reason = \"they are only compiled\")]\n",
    );
    for entry in CATALOG.iter() {
        let figures = figures(&page(&server, entry.name));
        let (_, text) = figures
            .iter()
            .find(|(caption, _)| caption == "Rust")
            .unwrap();
        programs.push_str(&format!("\nmod {} {{\n{text}\n}}\n", entry.name));
    }
    if kept != programs && std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/rust_programs.rs");
        std::fs::write(path, &programs).expect("the programs");
    }
    assert!(
        kept == programs,
        "other programs than are compiled: see INSTA_UPDATE"
    );
}
