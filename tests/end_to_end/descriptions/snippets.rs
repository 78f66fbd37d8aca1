//! Runs the programs on the pages, each in its language, and holds what they print against the
//! recorded answers.

use std::cell::RefCell;

use trivium_core::catalog;
use trivium_describe::dialects::Dialect;
use trivium_describe::examples::exchange::request;
use trivium_describe::examples::{Format, STORY, answers};
use trivium_front::{Profile, StatusRule};
use trivium_rpc::Entry;

use super::pages::{figures, page};
use super::steady::steady;
use super::{as_sent, demonstration, dialects};
use crate::harness::{Protocol, Response, project, run};

/// The languages of the programs.
pub(super) const LANGUAGES: [&str; 5] = ["curl", "Python", "PHP", "JavaScript", "Rust"];

/// What stands in programs, and what takes its place when they run.
pub(super) type Places = Vec<(&'static str, String)>;

/// A text with what takes the places.
pub(super) fn filled(text: &str, places: &Places) -> String {
    let texts = places.iter();
    texts.fold(text.to_owned(), |text, (place, filling)| {
        text.replace(place, filling)
    })
}

/// Runs the programs of one language. What runs one is given the name of its page, its text, and
/// what takes the places in it.
fn check(language: &str, run: impl Fn(&str, &str, &Places) -> String) {
    check_operations(language, &run);
    dialects::check(language, &run);
}

/// Runs those of operations in the order of the story.
fn check_operations(language: &str, run: impl Fn(&str, &str, &Places) -> String) {
    let server = demonstration("documented", StatusRule::Ok);
    let here = format!("http://{}", server.address);
    let places = vec![(answers::BASE_URL, here)];
    let mut shown: Vec<&str> = Vec::new();
    for example in STORY {
        let entry: &Entry = catalog().find(example.operation).unwrap();
        if shown.contains(&entry.name()) {
            server.send(&as_sent(&request(entry, example, Format::Json)));
            continue;
        }
        shown.push(entry.name());
        let text = program(&page(&server, entry.name()), language);
        let body = run(entry.name(), &text, &places).trim_end().to_owned();
        let response = Response {
            status: 200,
            headers: Vec::new(),
            body: body.clone().into_bytes(),
        };
        let answer = Protocol::Json.read(&response);
        let recorded = answers::of(Profile::Documented, entry.name(), Format::Json).unwrap();
        assert_eq!(
            steady(entry, &answer, &body),
            recorded,
            "{language} {}",
            entry.name()
        );
    }
}

/// The program in a language that a page shows.
fn program(page: &str, language: &str) -> String {
    let figures = figures(page);
    let found = figures.into_iter().find(|(caption, _)| caption == language);
    found.unwrap().1
}

/// Runs the programs of a language by what reads them from its input.
fn check_by(language: &str, program: &str, arguments: &[&str]) {
    check(language, |_, text, places| {
        let text = filled(text, places);
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
    /// What takes the places in the programs in Rust, which are compiled as they stand.
    static PLACES: RefCell<Places> = RefCell::default();
    /// What they print.
    static PRINTED: RefCell<String> = RefCell::default();
}

/// What the programs know as ureq.
mod here {
    use ureq::http::{Request, Response};
    use ureq::middleware::MiddlewareNext;
    use ureq::typestate::{WithBody, WithoutBody};
    use ureq::{Agent, Body, RequestBuilder, SendBody};

    pub(super) use ureq::Error;

    pub(super) fn get(url: &str) -> RequestBuilder<WithoutBody> {
        agent().get(url)
    }

    pub(super) fn post(url: &str) -> RequestBuilder<WithBody> {
        agent().post(url)
    }

    pub(super) fn delete(url: &str) -> RequestBuilder<WithoutBody> {
        agent().delete(url)
    }

    fn agent() -> Agent {
        Agent::config_builder().middleware(fill).build().new_agent()
    }

    /// Sends a request to where the server is.
    fn fill(
        mut request: Request<SendBody<'_>>,
        next: MiddlewareNext<'_>,
    ) -> Result<Response<Body>, Error> {
        let url = request.uri().to_string();
        let url = super::PLACES.with_borrow(|places| super::filled(&url, places));
        *request.uri_mut() = url.parse().expect("an address");
        next.handle(request)
    }
}

type Program = fn() -> Result<(), ureq::Error>;

/// The programs in Rust: compiled with these tests, each a function.
#[rustfmt::skip]
#[path = "../../cases/rust_programs.rs"]
mod rust_programs;

/// Those of the dialects.
#[rustfmt::skip]
#[path = "../../cases/rust_programs_of_dialects.rs"]
mod rust_programs_of_dialects;

#[test]
fn rust() {
    let server = demonstration("documented", StatusRule::Ok);
    let operations = are_compiled(
        "rust_programs.rs",
        include_str!("../../cases/rust_programs.rs"),
        catalog().entries.iter().map(|entry| {
            let text = program(&page(&server, entry.name()), "Rust");
            (entry.name().to_owned(), text)
        }),
    );
    let methods = Dialect::ALL.into_iter().flat_map(Dialect::methods);
    let dialects = are_compiled(
        "rust_programs_of_dialects.rs",
        include_str!("../../cases/rust_programs_of_dialects.rs"),
        methods.map(|method| {
            let page = server.get(&format!("/docs/{}", method.name)).text();
            let text = program(&page, "Rust");
            (method.name, text)
        }),
    );
    assert!(
        operations && dialects,
        "other programs than are compiled: see INSTA_UPDATE"
    );
    check("Rust", |name, _, places| {
        PLACES.set(places.clone());
        let programs = [rust_programs::ALL, rust_programs_of_dialects::ALL].concat();
        let program = programs.iter().find(|(other, _)| *other == name);
        (program.unwrap().1)().expect(name);
        PRINTED.take()
    });
}

/// Whether the programs of these pages are those of a file.
fn are_compiled(file: &str, kept: &str, programs: impl Iterator<Item = (String, String)>) -> bool {
    let mut modules = String::new();
    let mut rows = String::new();
    for (name, text) in programs {
        let module = name.replace(['.', '-'], "_");
        modules.push_str(&format!("\nmod {module} {{\n{OPENING}\n{text}\n}}\n"));
        rows.push_str(&format!("    (\"{name}\", {module}::run),\n"));
    }
    let programs = format!("{HEAD}{rows}];\n{modules}");
    if kept != programs && std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        let path = project().join("tests/cases").join(file);
        std::fs::write(path, &programs).expect("the programs");
    }
    kept == programs
}

/// How a file of the programs in Rust begins.
const HEAD: &str = r#"//! The programs in Rust that the pages show, as they stand there. Written by
//! tests/end_to_end/descriptions/snippets.rs, with INSTA_UPDATE=always; run there, too.

#![expect(non_snake_case, reason = "modules are named as pages are")]

use super::Program;

/// Keeps what a program prints.
macro_rules! println {
    ($($words:tt)*) => { crate::descriptions::snippets::PRINTED.set(format!($($words)*)) };
}

pub(super) const ALL: &[(&str, Program)] = &[
"#;

/// How the module of each begins.
const OPENING: &str =
    "use super::super::here as ureq;\npub(super) fn run() -> Result<(), ureq::Error> { main() }";
