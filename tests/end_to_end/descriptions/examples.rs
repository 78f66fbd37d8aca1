//! Makes every example call in every format. Compares the recorded responses with those of a server. `make record` updates the record.

use serde_json::{Value, json};
use trivium_core::catalog;
use trivium_describe::answers;
use trivium_describe::answers::response;
use trivium_describe::examples::Format;
use trivium_front::StatusRule;
use trivium_rpc::Effect;

use super::normalize::normalize;
use super::{PROFILES, demonstration, example, protocol, send_example, with_site};
use crate::harness::check_recorded;

/// The operations that always fail, also in their example.
const FAILING: [&str; 2] = ["errorTest", "exceptionTest"];

#[test]
fn example_responses_are_as_recorded() {
    for (profile, option) in PROFILES {
        let read = demonstration(option, StatusRule::Ok);
        let record = answers::record(catalog(), |entry, format, _| {
            let entry = catalog().find(entry.name()).unwrap();
            let response = match entry.declared.effect {
                Effect::Read | Effect::Scan => send_example(&read, entry, format),
                Effect::Change => {
                    send_example(&demonstration(option, StatusRule::Ok), entry, format)
                }
            };
            let answer = protocol(format).read(&response);
            let succeeds = !FAILING.contains(&entry.name());
            let is_success = answer.code() == "success";
            assert_eq!(is_success, succeeds, "{}: {}", entry.name(), answer.value);
            assert_eq!(response.status, 200);
            let content_type = format.content_type(profile);
            assert_eq!(response.header("content-type"), content_type);
            normalize(entry, &answer, &response.text())
        });
        check_recorded(&format!("crates/site/answers/{option}.txt"), &record);
    }
}

#[test]
fn shown_responses_have_the_address_and_the_status_of_the_server() {
    let url = "https://groups.example";
    let shown = |status, name: &str, format| {
        let entry = catalog().find(name).unwrap();
        with_site(url, status, |site| response(site, entry, format))
    };
    let answer = shown(StatusRule::Http, "getGroup", Format::Json);
    let (head, body) = answer.split_once("\n\n").unwrap();
    let length = format!("Content-Length: {}", body.len());
    assert!(head.ends_with(&length), "{head}");
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
        let answer = shown(StatusRule::Http, name, format);
        assert!(answer.starts_with(line), "{name} {format:?}");
        assert!(shown(StatusRule::Ok, name, format).starts_with("HTTP/1.1 200 "));
    }
}

#[test]
fn the_example_of_join_group_is_that_of_the_original_documentation() {
    const FORM: &str = include_str!("../../cases/peopleaggregator.joinGroup.form.request");
    const XML_RPC: &str = include_str!("../../cases/peopleaggregator.joinGroup.xmlrpc.request");
    let entry = catalog().find("joinGroup").unwrap();
    let body = |text: &str| text.split_once("\n\n").unwrap().1.to_owned();
    for (format, request, response_body) in [
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
        assert_eq!(body(&example(entry, format).to_string()), request);
        let shown = with_site(answers::BASE_URL, StatusRule::Ok, |site| {
            response(site, entry, format)
        });
        assert_eq!(body(&shown), response_body);
    }
}
