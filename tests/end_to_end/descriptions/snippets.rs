//! Runs the programs on the pages, each in its language, and holds what they print against the
//! recorded answers.

use trivium_core::Entry;
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
