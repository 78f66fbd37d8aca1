//! The guestbook over its three protocols: text against text.

#![expect(clippy::expect_used, reason = "a test may")]

use guestbook::Guestbook;
use guestbook::service::CAPACITY;
use serde_json::Value;
use trivium_front::{Body, Reply, Request};

const FORM: &str = "application/x-www-form-urlencoded";

fn send(guestbook: &Guestbook, method: &str, path: &str, body: (&str, &str)) -> (u16, String) {
    let Reply { status, body, .. } = guestbook.serve(&Request {
        method,
        path,
        content_type: Some(body.0),
        body: Body::Whole(body.1.as_bytes()),
        ..Request::default()
    });
    (status, String::from_utf8(body.into()).expect("UTF-8"))
}

/// Calls an operation over XML-RPC, with a struct of these strings.
fn xml_rpc(guestbook: &Guestbook, method: &str, arguments: &[(&str, &str)]) -> String {
    let members: String = arguments
        .iter()
        .map(|(name, value)| {
            format!("<member><name>{name}</name><value><string>{value}</string></value></member>")
        })
        .collect();
    let parameter = format!("<struct>{members}</struct>");
    post_call(guestbook, method, &parameter)
}

/// Posts a methodCall with one parameter, whose value is written as given.
fn post_call(guestbook: &Guestbook, method: &str, value: &str) -> String {
    let call = format!(
        "<methodCall><methodName>{method}</methodName>\
         <params><param><value>{value}</value></param></params></methodCall>"
    );
    let (status, body) = send(guestbook, "POST", "/api/xmlrpc", ("text/xml", &call));
    assert_eq!(status, 200, "{body}");
    body
}

/// The texts between tags, in order.
fn texts(document: &str) -> Vec<&str> {
    let parts = document
        .split('>')
        .filter_map(|part| part.split('<').next());
    parts
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect()
}

#[test]
fn every_protocol_writes_and_reads_the_same_book() {
    let guestbook = Guestbook::open();
    for (path, body) in [
        ("/api/json/guestbook/sign", (FORM, "message=one")),
        ("/api/xml/guestbook/sign", (FORM, "message=two+%26+more")),
    ] {
        let (status, body) = send(&guestbook, "POST", path, body);
        assert_eq!(status, 200, "{body}");
    }
    xml_rpc(&guestbook, "guestbook.sign", &[("message", "three")]);

    let (_, json) = send(
        &guestbook,
        "GET",
        "/api/json/guestbook/getMessages",
        ("", ""),
    );
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        json,
        serde_json::json!({"success": true, "messages": ["one", "two & more", "three"]})
    );
    let (_, xml) = send(
        &guestbook,
        "GET",
        "/api/xml/guestbook/getMessages",
        ("", ""),
    );
    assert_eq!(
        texts(&xml),
        ["one", "two &amp; more", "three", "true"],
        "{xml}"
    );
    let response = xml_rpc(&guestbook, "guestbook.getMessages", &[]);
    assert_eq!(
        texts(&response),
        ["messages", "one", "two &amp; more", "three", "success", "1"],
        "{response}"
    );
}

#[test]
fn its_failures_have_its_own_codes() {
    let guestbook = Guestbook::open();
    for _ in 0..CAPACITY {
        let path = "/api/json/guestbook/sign";
        let (status, _) = send(&guestbook, "POST", path, (FORM, "message=again"));
        assert_eq!(status, 200);
    }
    for format in ["json", "xml"] {
        let path = format!("/api/{format}/guestbook/sign");
        let (status, body) = send(&guestbook, "POST", &path, (FORM, "message=last"));
        assert_eq!(status, 409, "{body}");
        assert!(body.contains("book_full"), "{body}");
    }
    let response = xml_rpc(&guestbook, "guestbook.sign", &[("message", "last")]);
    assert!(response.contains("book_full"), "{response}");
    // The mechanism checks the arguments, and knows no operation of another service.
    for (path, body, expected) in [
        ("/api/json/guestbook/sign", "", "validation_missing_key"),
        ("/api/json/guestbook/joinGroup", "", "nonexistent function"),
    ] {
        let (_, body) = send(&guestbook, "POST", path, (FORM, body));
        assert!(body.contains(expected), "{body}");
    }
}

#[test]
fn xml_rpc_introspection_lists_its_operations() {
    let guestbook = Guestbook::open();
    let list = "<methodCall><methodName>system.listMethods</methodName></methodCall>";
    let (_, methods) = send(&guestbook, "POST", "/api/xmlrpc", ("text/xml", list));
    let own: Vec<&str> = texts(&methods)
        .into_iter()
        .filter(|name| !name.starts_with("system."))
        .collect();
    assert_eq!(own, ["guestbook.getMessages", "guestbook.sign"]);
    let help = post_call(&guestbook, "system.methodHelp", "guestbook.sign");
    assert!(help.contains("Writes a message into the book."), "{help}");
    assert!(help.contains("book_full"), "{help}");
}

#[test]
fn its_documentation_is_made_from_its_declarations() {
    let guestbook = Guestbook::open();
    let get = |path: &str| {
        let (status, body) = send(&guestbook, "GET", path, ("", ""));
        assert_eq!(status, 200, "{path}: {body}");
        body
    };
    let openapi: Value = serde_json::from_str(&get("/openapi.json")).expect("JSON");
    assert_eq!(openapi["info"]["title"], "Guestbook: REST (JSON)");
    let sign = &openapi["paths"]["/api/json/guestbook/sign"]["post"];
    assert_eq!(sign["operationId"], "sign");
    let example = sign.pointer("/responses/200/content/application~1json/example/messages/0");
    assert_eq!(example, Some(&Value::from("A fine house.")));

    let schema = get("/api/xml/guestbook/sign.xsd");
    for part in ["name=\"messages\"", "value=\"book_full\""] {
        assert!(schema.contains(part), "{schema}");
    }
    let overview = get("/docs");
    for part in [
        "<title>Operations · Guestbook</title>",
        "href=\"/docs/guestbook.getMessages\"",
        "http://127.0.0.1:8081/api/xmlrpc",
    ] {
        assert!(overview.contains(part), "{overview}");
    }
    // Nothing of another service.
    for part in ["authToken", "Membership", "Trivium"] {
        assert!(!overview.contains(part), "{part}: {overview}");
    }
    let page = get("/docs/guestbook.sign");
    for part in ["A fine house.", "book_full", "at most 200"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(get("/docs/errors/book_full").contains("no room for another message"));
}
