//! Oversized input is rejected in the format of the caller, under the same limits in every format.

use super::{Attacked, SECRET};
use crate::harness::{
    Connection, Request, call, form, get, json, outcome, struct_call, xml_body, xml_rpc,
};

const GOOD: &str = "200 {…";

fn too_large(what: &str) -> String {
    format!(
        "413 request_too_large: The request has {what}, which exceeds the limits of this service."
    )
}

/// Calls of echoPost with this many values, in every format.
fn of_values(count: usize) -> Vec<Request> {
    let others = 0..count - 1;
    let pairs: String = others.clone().map(|n| format!("&__{n}=")).collect();
    let members: String = others.clone().map(|n| format!(",\"__{n}\":0")).collect();
    let items = vec!["0"; count - 2].join(",");
    let elements = "<a/>".repeat(count - 1);
    let member = "<member><name>__a</name><value/></member>";
    let member_of =
        |inner: &str| format!("<member><name>__a</name><value>{inner}</value></member>");
    let call = struct_call("echoPost", &[("echoText", "x")]);
    let call = |more: &str| call.replace("</struct>", &format!("{more}</struct>"));
    vec![
        get(&format!("json/echo?echoText=x{pairs}")),
        form("xml/echoPost", format!("echoText=x{pairs}")),
        form(
            &format!("xmlrpc/echoPost?echoText=x{}", "&__".repeat(count - 2)),
            "__=1",
        ),
        json("json/echoPost", format!("{{\"echoText\":\"x\"{members}}}")),
        json(
            "xml/echoPost",
            format!("{{\"echoText\":\"x\",\"a\":[{items}]}}"),
        ),
        xml_body(
            "json/echoPost",
            format!("<request><echoText>x</echoText>{elements}</request>"),
        ),
        xml_rpc(call(&member.repeat(count - 1))),
        xml_rpc(call(&member_of(&format!(
            "<array><data>{}</data></array>",
            "<value/>".repeat(count - 2)
        )))),
        xml_rpc(call(&member_of(&format!(
            "<struct>{}</struct>",
            member.repeat(count - 2)
        )))),
    ]
}

/// Calls of echoPost with this many nested values, in every format.
fn of_levels(count: usize) -> Vec<Request> {
    let nest = |open: &str, close: &str| open.repeat(count - 1) + &close.repeat(count - 1);
    let call = |inner: &str| {
        xml_rpc(struct_call(
            "echoPost",
            &[("echoText", "x"), ("__a", inner)],
        ))
    };
    let in_json = |inner: &str| format!("{{\"echoText\":\"x\",\"a\":{inner}}}");
    vec![
        json(
            "json/echoPost",
            in_json(&nest("[", "]").replace("[]", "[0]")),
        ),
        json(
            "xml/echoPost",
            in_json(&nest("{\"a\":", "}").replace(":}", ":0}")),
        ),
        xml_body(
            "xml/echoPost",
            format!(
                "<request><echoText>x</echoText><a>{}</a></request>",
                nest("<a>", "</a>")
            ),
        ),
        call(&nest("<array><data><value>", "</value></data></array>")),
        call(&nest(
            "<struct><member><name>a</name><value>",
            "</value></member></struct>",
        )),
    ]
}

/// Calls of echoPost with a name of this many bytes, in every format.
fn of_name(length: usize) -> Vec<Request> {
    let name = format!("__{}", "n".repeat(length - 2));
    // Characters of two bytes, because the limit counts bytes.
    let wide = format!("__{}", "é".repeat(length / 2 - 1) + &"n".repeat(length % 2));
    assert_eq!(wide.len(), length);
    vec![
        get(&format!("json/echo?echoText=x&{name}=1")),
        form("json/echoPost", format!("echoText=x&{name}=1")),
        form("json/echoPost", format!("echoText=x&{wide}=1")),
        json(
            "json/echoPost",
            format!("{{\"echoText\":\"x\",\"{name}\":1}}"),
        ),
        json(
            "json/echoPost",
            format!("{{\"echoText\":\"x\",\"a\":[{{\"{wide}\":1}}]}}"),
        ),
        xml_body(
            "json/echoPost",
            format!("<request><echoText>x</echoText><{wide}/></request>"),
        ),
        xml_rpc(struct_call("echoPost", &[("echoText", "x"), (&name, "")])),
        xml_rpc(struct_call(
            "echoPost",
            &[("echoText", "x"), (&wide, "<int>1</int>")],
        )),
    ]
}

/// Calls of echoPost with a body of this many bytes, in every format, to every path.
fn of_bytes(length: usize) -> Vec<Request> {
    let fill = |before: &str, after: &str| {
        let text = "q".repeat(length - before.len() - after.len());
        format!("{before}{text}{after}")
    };
    let call = struct_call("echoPost", &[("echoText", "|")]);
    let (before, after) = call.split_once('|').unwrap();
    let mut requests = vec![xml_rpc(fill(before, after))];
    for protocol in ["json", "xml", "xmlrpc"] {
        let target = format!("{protocol}/echoPost");
        requests.extend([
            form(&target, fill("echoText=", "")),
            json(&target, fill("{\"echoText\":\"", "\"}")),
            xml_body(
                &target,
                fill("<request><echoText>", "</echoText></request>"),
            ),
        ]);
    }
    requests
}

#[test]
fn limits_are_the_same_in_every_format() {
    let target = Attacked::start();
    for (most, over, what) in [
        (of_values(1_000), of_values(1_001), "more than 1,000 values"),
        (
            of_levels(32),
            of_levels(33),
            "values nested deeper than 32 levels",
        ),
        (of_name(128), of_name(129), "a name longer than 128 bytes"),
    ] {
        for request in most {
            target.check(request, GOOD);
        }
        for request in over {
            target.check(request, &too_large(what));
        }
    }
    // Far beyond the limits, also in documents that are not calls.
    for open in ["<a>", "<methodCall>", "<value><array><data>", "<request>"] {
        let deep = open.repeat(10_000);
        target.check(
            xml_rpc(deep.as_str()),
            &too_large("values nested deeper than 32 levels"),
        );
        let expect = if open == "<request>" {
            "413 …"
        } else {
            "200 malformed_body: …"
        };
        target.check(xml_body("json/echoPost", deep), expect);
    }
    let long = format!("<{}/>", "n".repeat(200_000));
    target.check(xml_rpc(long), &too_large("a name longer than 128 bytes"));
    target.assert_clean_log();
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
    // A far longer body is not read to its end; one path of each kind is enough. Over XML-RPC the
    // server does not know whether it was a multicall, which has another limit.
    let far = too_large("a body of more than 1024 KiB");
    let requests = of_bytes(6 * 1024 * 1024).into_iter().take(2);
    for (request, refused) in requests.zip([far, refused]) {
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

#[test]
fn odd_input_within_the_limits_is_accepted() {
    let target = Attacked::start();
    let attributes: String = (0..25_000).map(|n| format!(" a{n}=''")).collect();
    let text = |inner: &str| xml_rpc(struct_call("echoPost", &[("echoText", inner)]));
    let within = |document: &str, more: &str| document.replacen('>', &format!("{more}>"), 1);
    let whole = struct_call("echoPost", &[("echoText", "x")]);
    for (request, expect) in [
        (
            xml_rpc(within(&whole, &attributes)),
            r#"200 {"echoText":"x"}"#,
        ),
        (text(&"&#97;".repeat(50_000)), "200 {\"echoText\":\"aaa…"),
        (text(&"<!---->".repeat(36_000)), r#"200 {"echoText":""}"#),
        (
            text(&"<![CDATA[]]>".repeat(21_000)),
            r#"200 {"echoText":""}"#,
        ),
        (text(&"<?a?>".repeat(50_000)), r#"200 {"echoText":""}"#),
        (
            form("json/echoPost", "&".repeat(262_144)),
            "200 validation_missing_key: …",
        ),
        (
            form(
                "json/echoPost",
                format!("echoText={}", "%41".repeat(87_000)),
            ),
            "200 {\"echoText\":\"AAA…",
        ),
        (
            json("json/echoPost", " ".repeat(262_142) + "{}"),
            "200 validation_missing_key: …",
        ),
        (
            json(
                "json/echoPost",
                format!("{{\"echoText\":\"{}\"}}", "\\u0041".repeat(43_000)),
            ),
            "200 {\"echoText\":\"AAA…",
        ),
        (xml_rpc("<".repeat(262_144)), "200 fault -32700: …"),
        (
            xml_rpc("<a>".to_owned() + &"&".repeat(260_000)),
            "200 fault -32700: …",
        ),
        (xml_rpc("<?a".repeat(87_000)), "200 fault -32700: …"),
        (
            xml_rpc("<a>".to_owned() + &"<![CDATA[".repeat(29_000)),
            "200 fault -32700: …",
        ),
        (
            xml_rpc(call(
                "echoPost",
                &"<param><value><struct/></value></param>".repeat(6_000),
            )),
            "200 validation_request_wrapper: …",
        ),
    ] {
        target.check(request, expect);
    }
    target.assert_clean_log();
}
