//! Runs the programs on the pages, each in its language, and holds what they print against the
//! recorded answers.

use std::cell::RefCell;
use std::path::Path;

use trivium_core::Entry;
use trivium_core::catalog::CATALOG;
use trivium_describe::examples::exchange::request;
use trivium_describe::examples::{Format, STORY, answers};
use trivium_front::{Profile, StatusRule};

use super::pages::{figures, page};
use super::steady::steady;
use super::{as_sent, demonstration};
use crate::harness::{Protocol, Response, Served, run};

/// Runs the programs of one language in the order of the story. What runs one is given its
/// operation, its text with the address of the server, and that address.
fn check(language: &str, run: impl Fn(&Entry, &str, &str) -> String) {
    let server = demonstration("documented", StatusRule::Ok);
    let here = format!("http://{}", server.address);
    let mut shown: Vec<&str> = Vec::new();
    for example in STORY {
        let entry: &Entry = trivium_core::catalog::find(example.operation).unwrap();
        if shown.contains(&entry.name) {
            server.send(&as_sent(&request(entry, example, Format::Json)));
            continue;
        }
        shown.push(entry.name);
        let text = program(&server, entry, language).replace(answers::BASE_URL, &here);
        let body = run(entry, &text, &here).trim_end().to_owned();
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

/// The program in a language that the page of an operation shows.
fn program(server: &Served, entry: &Entry, language: &str) -> String {
    let figures = figures(&page(server, entry.name));
    let found = figures.into_iter().find(|(caption, _)| caption == language);
    found.unwrap().1
}

/// Runs the programs of a language by what reads them from its input.
fn check_by(language: &str, program: &str, arguments: &[&str]) {
    check(language, |_, text, _| {
        let printed = run(program, arguments, text.as_bytes()).stdout;
        String::from_utf8(printed).unwrap()
    });
}

#[test]
fn curl() {
    check_by("curl", "sh", &["-s"]);
}

#[test]
fn python() {
    check_by("Python", "python3", &["-"]);
}

#[test]
fn php() {
    check_by("PHP", "php", &[]);
}

#[test]
fn javascript() {
    check_by("JavaScript", "node", &["--input-type=module", "-"]);
}

thread_local! {
    /// Where the server is that the programs in Rust call, in place of the one that they name.
    static HERE: RefCell<String> = RefCell::default();
    /// What they print.
    static PRINTED: RefCell<String> = RefCell::default();
}

/// What the programs know as ureq.
mod here {
    use trivium_describe::examples::answers::BASE_URL;
    pub(super) use ureq::Error;
    use ureq::RequestBuilder;
    use ureq::typestate::{WithBody, WithoutBody};

    pub(super) fn get(url: &str) -> RequestBuilder<WithoutBody> {
        ureq::get(address(url))
    }

    pub(super) fn post(url: &str) -> RequestBuilder<WithBody> {
        ureq::post(address(url))
    }

    fn address(url: &str) -> String {
        super::HERE.with_borrow(|here| url.replace(BASE_URL, here))
    }
}

/// The programs in Rust: compiled with these tests, each a function.
#[rustfmt::skip]
#[path = "../../cases/rust_programs.rs"]
mod rust_programs;

#[test]
fn rust() {
    let kept = include_str!("../../cases/rust_programs.rs");
    let server = demonstration("documented", StatusRule::Ok);
    let mut programs = String::new();
    let mut rows = String::new();
    for entry in CATALOG.iter() {
        let name = entry.name;
        let text = program(&server, entry, "Rust");
        programs.push_str(&format!("\nmod {name} {{\n{OPENING}\n{text}\n}}\n"));
        rows.push_str(&format!("    (\"{name}\", {name}::run),\n"));
    }
    let programs = format!("{HEAD}{rows}];\n{programs}");
    if kept != programs && std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/rust_programs.rs");
        std::fs::write(path, &programs).expect("the programs");
    }
    assert!(
        kept == programs,
        "other programs than are compiled: see INSTA_UPDATE"
    );
    check("Rust", |entry, _, here| {
        HERE.set(here.to_owned());
        let program = rust_programs::ALL
            .iter()
            .find(|(name, _)| *name == entry.name);
        (program.unwrap().1)().expect(entry.name);
        PRINTED.take()
    });
}

/// How the file of the programs in Rust begins.
const HEAD: &str = r#"//! The programs in Rust that the pages show, as they stand there. Written by
//! tests/end_to_end/descriptions/snippets.rs, with INSTA_UPDATE=always; run there, too.

#![expect(non_snake_case, reason = "modules are named as operations are")]

/// Keeps what a program prints.
macro_rules! println {
    ($($words:tt)*) => { crate::descriptions::snippets::PRINTED.set(format!($($words)*)) };
}

type Program = fn() -> Result<(), ureq::Error>;

pub(super) const ALL: &[(&str, Program)] = &[
"#;

/// How the module of each begins.
const OPENING: &str =
    "use super::super::here as ureq;\npub(super) fn run() -> Result<(), ureq::Error> { main() }";
