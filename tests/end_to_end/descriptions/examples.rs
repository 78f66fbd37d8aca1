//! Makes every example call in every format, and holds the recorded answers, which pages show,
//! against what a server answers. `INSTA_UPDATE=always` writes the record anew.

use std::path::Path;
use trivium_core::catalog;

use serde_json::{Value, json};
use trivium_describe::Site;
use trivium_describe::dialects::Prefixes;
use trivium_describe::examples::exchange::request;
use trivium_describe::examples::{Exchange, Format, answers, of};
use trivium_front::{StatusRule, Wire};
use trivium_rpc::Entry;

use super::steady::steady;
use super::{PROFILES, demonstration, protocol, tell};

/// The operations whose example is a failure, as they always fail.
const FAILING: [&str; 2] = ["errorTest", "exceptionTest"];

#[test]
fn every_example_is_answered_as_recorded() {
    let mut stale = Vec::new();
    for (profile, option) in PROFILES {
        let mut sections = Vec::new();
        for format in Format::ALL {
            let server = demonstration(option, StatusRule::Ok);
            tell(&server, format, |entry, example, response, first| {
                let answer = protocol(format).read(&response);
                match FAILING.contains(&entry.name()) {
                    true => assert_ne!(answer.code(), "success", "{}", entry.name()),
                    false => {
                        assert_eq!(answer.code(), "success", "{example:?} {}", answer.value);
                    }
                }
                if !first {
                    return;
                }
                assert_eq!(response.status, 200);
                let wanted = format.content_type(profile);
                assert_eq!(response.header("content-type"), wanted);
                let body = steady(entry, &answer, &response.text());
                sections.push((entry.name(), answers::section(entry.name(), format, &body)));
            });
        }
        // By operation, so that its answers stand together.
        sections.sort_by_key(|(name, _)| *name);
        let record: String = sections.into_iter().map(|(_, section)| section).collect();
        if record != answers::recorded(profile) {
            let path = format!("../../crates/describe/answers/{option}.txt");
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
                std::fs::write(&path, &record).expect("the record");
            }
            let lines = record.lines().zip(answers::recorded(profile).lines());
            let other = lines.into_iter().find(|(new, old)| new != old);
            stale.push(format!("{option}: {other:?}"));
        }
    }
    assert!(
        stale.is_empty(),
        "other answers than recorded, see INSTA_UPDATE: {stale:#?}"
    );
}

#[test]
fn an_exchange_tells_the_address_and_the_status_of_its_server() {
    let entry = catalog().find("getGroup").unwrap();
    let site = |status, base_url| Site {
        base_url,
        dialects: Prefixes::default(),
        pages: &[],
        is_live: true,
        wire: Wire {
            status,
            ..Wire::default()
        },
    };
    let shown = |site: &Site<'_>, name: &str, format| {
        let entry = catalog().find(name).unwrap();
        Exchange::of(site, entry, of(entry).unwrap(), format).response
    };
    let there = site(StatusRule::Http, "https://groups.example");
    let answer = shown(&there, entry.name(), Format::Json);
    let (head, body) = answer.split_once("\n\n").unwrap();
    assert!(
        head.ends_with(&format!("Content-Length: {}", body.len())),
        "{head}"
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        body["group"]["url"],
        json!("https://groups.example/group/1234")
    );
    for (name, format, line) in [
        ("errorTest", Format::Json, "HTTP/1.1 500 "),
        ("errorTest", Format::XmlRpc, "HTTP/1.1 200 "),
        ("getGroup", Format::Xml, "HTTP/1.1 200 "),
    ] {
        assert!(
            shown(&there, name, format).starts_with(line),
            "{name} {format:?}"
        );
        let ok = site(StatusRule::Ok, "https://groups.example");
        assert!(shown(&ok, name, format).starts_with("HTTP/1.1 200 "));
    }
}

#[test]
fn the_example_of_join_group_is_that_of_its_page() {
    const FORM: &str = include_str!("../../cases/peopleaggregator.joinGroup.form.request");
    const XML_RPC: &str = include_str!("../../cases/peopleaggregator.joinGroup.xmlrpc.request");
    let entry: &Entry = catalog().find("joinGroup").unwrap();
    let site = Site {
        base_url: answers::BASE_URL,
        dialects: Prefixes::default(),
        pages: &[],
        is_live: true,
        wire: Wire::default(),
    };
    for (format, asked, answered) in [
        (
            Format::Xml,
            FORM,
            include_str!("../../cases/peopleaggregator.joinGroup.xml.response"),
        ),
        (
            Format::Json,
            FORM,
            include_str!("../../cases/peopleaggregator.joinGroup.json.response"),
        ),
        (
            Format::XmlRpc,
            XML_RPC,
            include_str!("../../cases/peopleaggregator.joinGroup.xmlrpc.response"),
        ),
    ] {
        let example = of(entry).unwrap();
        let (_, body) = request(entry, example, format)
            .split_once("\n\n")
            .map(own)
            .unwrap();
        assert_eq!(body, asked);
        let (_, body) = Exchange::of(&site, entry, example, format)
            .response
            .split_once("\n\n")
            .map(own)
            .unwrap();
        assert_eq!(body, answered);
    }
}

fn own((a, b): (&str, &str)) -> (String, String) {
    (a.to_owned(), b.to_owned())
}
