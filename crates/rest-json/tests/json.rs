//! REST (JSON): requests and responses as text, in `json.txt`.

use trivium_front::Wire;
use trivium_rest_json::RestJson;
use trivium_test_catalog::{Body, Subject, rest, service, table};

fn subject(wire: Wire) -> Subject {
    Subject {
        front_end: Box::new(RestJson::new(service().catalog(), wire)),
        base: "/api/json/sample/",
        body: |body| match body {
            Body::Text(text) => format!(r#"{{"success": true, "text": "{text}"}}"#),
            Body::Failure(code, message) | Body::Fault(code, message) => {
                let message = message.replace('\\', r"\\");
                format!(r#"{{"code": "{code}", "msg": "{message}", "success": false}}"#)
            }
        },
    }
}

#[test]
fn requests_have_these_responses() {
    table(subject, rest::REQUESTS);
    table(subject, rest::STATUSES);
    table(subject, include_str!("json.txt"));
}

#[test]
fn limits_are_checked() {
    rest::check_limits(&subject(Wire::DEFAULT));
}

#[test]
fn malformed_json_is_rejected() {
    let subject = subject(Wire::DEFAULT);
    let expect = "200 malformed_body: The body is not one JSON object (line …";
    for body in [
        &b" "[..],
        b"{\"text\":\"a\nb\"}",
        b"{\"text\":\"\0\"}",
        b"{\"text\":\"\x1f\"}",
        b"{\"text\":\"\xff\"}",
        b"{\"text\":\"\xc0\x80\"}",
        b"{\"text\":\"\xed\xa0\x80\"}",
        b"{\"\xff\":\"x\"}",
        b"\xef\xbb\xbf{\"text\":\"x\"}",
        b"\xfe\xff\0{\0}",
        b"{\0}\0",
        b"\x1f\x8b\x08\0\0\0\0\0",
    ] {
        subject.check([b"POST echo json ", body].concat(), expect);
    }
    let lines = include_str!("malformed.txt").lines().skip(1);
    for body in lines.flat_map(|line| line.split('\t')) {
        subject.check(format!("POST echo json {body}"), expect);
    }
    let whole = r#"{"text": "a\u00e9\ud83d\ude00", "b": [1.5e3, {"c": null}, true]}"#;
    for end in 1..whole.len() {
        let half = whole.get(..end).unwrap_or_default();
        subject.check(format!("POST echo json {half}"), "200 malformed_body: …");
    }
    // Unknown arguments may have values that no argument may have.
    subject.check(
        r#"POST echo json {"text":"x","a\u0000":"\u0000","b":[1e9]}"#,
        "200 'x'",
    );
}
