//! Oversized input is rejected in the format of the caller. The limits of each format are tested without
//! sockets, in the crates of the protocols.

use super::{Attacked, SECRET};
use crate::harness::{Connection, Request, form, get, outcome, struct_call, xml_rpc};

const GOOD: &str = "200 {…";

fn too_large(what: &str) -> String {
    format!(
        "413 request_too_large: The request has {what}, which exceeds the limits of this service."
    )
}

/// A methodCall and a form of echoPost with this many bytes.
fn of_bytes(length: usize) -> [Request; 2] {
    let fill = |before: &str, after: &str| {
        let text = "q".repeat(length - before.len() - after.len());
        format!("{before}{text}{after}")
    };
    let call = struct_call("echoPost", &[("echoText", "|")]);
    let (before, after) = call.split_once('|').unwrap();
    [
        xml_rpc(fill(before, after)),
        form("json/echoPost", fill("echoText=", "")),
    ]
}

#[test]
fn a_body_has_256_kib_at_the_most() {
    let target = Attacked::start();
    let budget = 256 * 1024;
    let refused = too_large("a body of more than 256 KiB");
    for request in of_bytes(budget) {
        target.check(request, GOOD);
    }
    for request in of_bytes(budget + 1) {
        target.check(request, &refused);
    }
    // A far longer body is not read to its end. Over XML-RPC the server does not know whether it was a
    // multicall, which has another limit.
    let far = too_large("a body of more than 1024 KiB");
    for (request, refused) in of_bytes(6 * 1024 * 1024).into_iter().zip([far, refused]) {
        target.check(request, &refused);
    }
    // Unknown names and wrong methods are rejected before the body is read.
    let long = "q".repeat(budget + 1);
    target.check(form("json/nope", long.as_str()), "200 system_error: …");
    target.check(
        form("xml/echo", long.as_str()),
        "200 invalid_request_method: …",
    );
    target.check(form("/nope", long), "404 not_found: …");
    target.assert_clean_log();
}

#[test]
fn chunked_bodies_are_limited() {
    let target = Attacked::start();
    for (size, chunk) in [
        (256 * 1024, 1000),
        (256 * 1024 + 1, 1000),
        (1024 * 1024, 64 * 1024),
        (6 * 1024 * 1024, 1024 * 1024),
    ] {
        let mut body = format!("authToken={SECRET}&echoText=").into_bytes();
        body.resize(size, b'q');
        let mut request = b"POST /api/xml/peopleaggregator/echoPost HTTP/1.1\r\nHost: test\r\n\
            Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_vec();
        for piece in body.chunks(chunk) {
            request.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            request.extend_from_slice(piece);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"0\r\n\r\n");
        let refused = too_large("a body of more than 256 KiB");
        let expect = if size > 256 * 1024 { &refused } else { GOOD };
        target.check(request, expect);
    }
    target.assert_clean_log();
}

#[test]
fn rejected_bodies_are_not_parsed_as_requests() {
    let target = Attacked::start();
    let hidden =
        "GET /api/json/peopleaggregator/echo?echoText=hidden HTTP/1.1\r\nHost: test\r\n\r\n";
    for size in [hidden.len(), 100 * 1024, 256 * 1024 + 1, 6 * 1024 * 1024] {
        let body = &hidden.repeat(size.div_ceil(hidden.len()))[..size];
        // A far too long body is not read to its end: one is enough.
        let paths = [
            "json/echoPost",
            "json/nope",
            "json/echo",
            "/api/xmlrpc",
            "/nope",
        ];
        for path in &paths[..if size > 1024 * 1024 { 1 } else { paths.len() }] {
            let mut connection = Connection::open(&target.0.address);
            connection.send(&form(path, body).bytes());
            connection.send(&Vec::from(get("json/echo?echoText=last")));
            connection.finish();
            let mut outcomes = Vec::new();
            while let Some(response) = connection.receive() {
                outcomes.push(outcome(&response));
            }
            // The second request may find the connection closed, but there is no third response.
            assert!(
                (1..=2).contains(&outcomes.len()),
                "{path} {size}: {outcomes:?}"
            );
            let hidden = outcomes
                .iter()
                .any(|outcome| outcome.contains("{\"echoText\":\"hidden"));
            assert!(!hidden, "{path} {size}: {outcomes:?}");
        }
    }
    target.assert_clean_log();
}
