//! Runs the programs on the pages, and compares their output with the recorded responses.

use std::cell::RefCell;
use std::collections::BTreeSet;

use trivium_core::catalog;
use trivium_describe::answers;
use trivium_describe::examples::Format;
use trivium_front::{Profile, StatusRule};
use trivium_site::description::service;

use super::normalize::normalize;
use super::pages::{figures, page};
use super::{demonstration, dialects, each_operation};
use crate::harness::{Protocol, Response, check_recorded, encode, run};

/// The languages of the programs.
pub(super) const LANGUAGES: [&str; 5] = ["curl", "Python", "PHP", "JavaScript", "Rust"];

/// Placeholders in programs, and their replacements when they run.
pub(super) type Replacements = Vec<(&'static str, String)>;

/// Replaces the placeholders in a text.
pub(super) fn replaced(text: &str, replacements: &Replacements) -> String {
    let texts = replacements.iter();
    texts.fold(text.to_owned(), |text, (placeholder, value)| {
        text.replace(placeholder, value)
    })
}

/// Runs the programs of one language. `run` receives the name of the page, the program, and the
/// replacements.
fn check(language: &str, run: impl Fn(&str, &str, &Replacements) -> String) {
    check_operations(language, &run);
    dialects::check(language, &run);
}

/// Runs the programs of the operations.
fn check_operations(language: &str, run: impl Fn(&str, &str, &Replacements) -> String) {
    each_operation("documented", StatusRule::Ok, |server, entry| {
        let replacements = vec![(answers::BASE_URL, format!("http://{}", server.address))];
        let text = program(&page(server, entry.name()), language);
        let body = run(entry.name(), &text, &replacements)
            .trim_end()
            .to_owned();
        let response = Response {
            status: 200,
            headers: Vec::new(),
            body: body.clone().into_bytes(),
        };
        let answer = Protocol::Json.read(&response);
        let answers = &service().answers;
        let recorded = answers.of(Profile::Documented, entry.name(), Format::Json);
        assert_eq!(
            normalize(entry, &answer, &body),
            recorded.unwrap(),
            "{language} {}",
            entry.name()
        );
    });
}

/// Finds the program in a language on a page.
fn program(page: &str, language: &str) -> String {
    let figures = figures(page);
    let found = figures.into_iter().find(|(caption, _)| caption == language);
    found.unwrap().1
}

/// Runs the programs of a language with an interpreter that reads them from its input.
fn check_by(language: &str, program: &str, arguments: &[&str]) {
    check(language, |_, text, replacements| {
        let text = replaced(text, replacements);
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
    /// The replacements in the compiled programs.
    static REPLACEMENTS: RefCell<Replacements> = RefCell::default();
    /// The output of a compiled program.
    static PRINTED: RefCell<String> = RefCell::default();
}

/// The functions of ureq for the programs, with the address of the server under test.
mod fake_ureq {
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

    pub(super) fn patch(url: &str) -> RequestBuilder<WithBody> {
        agent().patch(url)
    }

    pub(super) fn delete(url: &str) -> RequestBuilder<WithoutBody> {
        agent().delete(url)
    }

    pub(super) fn send(request: Request<String>) -> Response<Body> {
        agent().run(request).expect("a response")
    }

    fn agent() -> Agent {
        Agent::config_builder().middleware(fill).build().new_agent()
    }

    /// Sends a request to the server under test.
    fn fill(
        mut request: Request<SendBody<'_>>,
        next: MiddlewareNext<'_>,
    ) -> Result<Response<Body>, Error> {
        let url = request.uri().to_string();
        let url =
            super::REPLACEMENTS.with_borrow(|replacements| super::replaced(&url, replacements));
        *request.uri_mut() = url.parse().expect("an address");
        next.handle(request)
    }
}

type Program = fn() -> Result<(), ureq::Error>;

/// Programs in Rust, one per shape of a request, compiled with these tests.
#[rustfmt::skip]
#[path = "../../cases/rust_programs.rs"]
mod rust_programs;

#[test]
fn rust() {
    let server = demonstration("documented", StatusRule::Ok);
    let operations = catalog().entries.iter().map(|entry| {
        let text = page(&server, entry.name());
        (entry.name().to_owned(), program(&text, "Rust"))
    });
    let dialects = service().dialects.iter();
    let methods = dialects.flat_map(|dialect| &dialect.methods);
    let methods = methods.map(|method| {
        let text = server.get(&format!("/docs/{}", method.name)).text();
        (method.name.clone(), program(&text, "Rust"))
    });
    compiled_shapes_are_current(operations.chain(methods));
    check("Rust", |name, text, replacements| {
        REPLACEMENTS.set(replacements.clone());
        let compiled = rust_programs::ALL.iter().find(|(other, _)| *other == name);
        match compiled {
            Some((_, program)) => {
                program().expect(name);
                PRINTED.take()
            }
            None => interpret(text),
        }
    });
}

/// Asserts that the compiled programs are the first of each shape among these programs.
fn compiled_shapes_are_current(programs: impl Iterator<Item = (String, String)>) {
    let mut shapes = BTreeSet::new();
    let (mut rows, mut modules) = (String::new(), String::new());
    for (name, text) in programs {
        if shapes.insert(shape(&text)) {
            let module = name.replace(['.', '-'], "_");
            modules.push_str(&format!("\nmod {module} {{\n{OPENING}\n{text}\n}}\n"));
            rows.push_str(&format!("    (\"{name}\", {module}::run),\n"));
        }
    }
    let programs = format!("{HEAD}{rows}];\n{modules}");
    check_recorded("tests/cases/rust_programs.rs", &programs);
}

/// A program with empty strings and without repeated lines.
fn shape(program: &str) -> String {
    let mut lines: Vec<String> = program
        .lines()
        .map(|line| {
            let strings = strings(line);
            strings
                .iter()
                .fold(line.to_owned(), |line, string| line.replacen(string, "", 1))
        })
        .collect();
    lines.dedup();
    lines.join("\n")
}

/// The string literals in a line of a program, still escaped.
fn strings(line: &str) -> Vec<&str> {
    match line
        .split_once("r#\"")
        .and_then(|(_, rest)| rest.split_once("\"#"))
    {
        Some((raw, _)) => vec![raw],
        None => {
            let mut is_escaped = false;
            let is_quote = |c: char| {
                let quote = c == '"' && !is_escaped;
                is_escaped = c == '\\' && !is_escaped;
                quote
            };
            line.split(is_quote).skip(1).step_by(2).collect()
        }
    }
}

/// The value of a string literal, whose escapes are those of JSON.
fn unescaped(literal: &str) -> String {
    serde_json::from_str(&format!("\"{literal}\"")).expect("a string literal")
}

/// Interprets a program that has the shape of a compiled one, and returns its output.
fn interpret(program: &str) -> String {
    let mut builder = ureq::http::Request::builder();
    let (mut url, mut pairs, mut body) = (String::new(), Vec::new(), None);
    let mut print: fn(ureq::http::Response<ureq::Body>) -> String = |_| String::new();
    for line in program.lines().map(str::trim) {
        match (line.split(['(', '!']).next().unwrap(), &*strings(line)) {
            (start, [address]) if start.starts_with("let ") => {
                let (_, method) = start.split_once("ureq::").unwrap();
                builder = builder.method(&*method.to_uppercase());
                url = (*address).to_owned();
            }
            (".header", [name, value]) => builder = builder.header(*name, *value),
            (".query" | "", [name, value]) => {
                let [name, value] = [name, value].map(|literal| encode(&unescaped(literal)));
                pairs.push(format!("{name}={value}"));
            }
            (".send_form", []) => {
                builder = builder.header("Content-Type", "application/x-www-form-urlencoded");
                body = Some(String::new());
            }
            (".send", [raw]) => body = Some((*raw).to_owned()),
            ("println", _) if line.contains("headers()[\"location\"]") => {
                print = |response| response.headers()["location"].to_str().unwrap().to_owned();
            }
            ("println", _) if line.contains("response.status()") => {
                print = |response| response.status().to_string();
            }
            ("println", _) => print = |mut response| response.body_mut().read_to_string().unwrap(),
            _ => {}
        }
    }
    match &mut body {
        Some(form) if form.is_empty() => *form = pairs.join("&"),
        _ if !pairs.is_empty() => url = format!("{url}?{}", pairs.join("&")),
        _ => {}
    }
    let request = builder.uri(&url);
    print(fake_ureq::send(
        request.body(body.unwrap_or_default()).unwrap(),
    ))
}

/// The start of the file of programs.
const HEAD: &str = r#"//! Programs in Rust that the pages show, one for each shape of a request. Written by
//! `make record`; run by tests/end_to_end/descriptions/snippets.rs.

#![expect(non_snake_case, reason = "modules are named as pages are")]

use super::Program;

/// Stores the output of a program.
macro_rules! println {
    ($($words:tt)*) => { crate::descriptions::snippets::PRINTED.set(format!($($words)*)) };
}

pub(super) const ALL: &[(&str, Program)] = &[
"#;

/// The start of each module.
const OPENING: &str = "use super::super::fake_ureq as ureq;\npub(super) fn run() -> Result<(), ureq::Error> { main() }";
