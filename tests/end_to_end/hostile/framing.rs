//! Malformed requests, and every method on every path.

use super::{Attacked, SECRET};
use crate::harness::{Connection, ask, crlf, form, get, outcome};

const NOWHERE: &str = "404 not_found: nothing is served at this address";

/// A path of each front-end.
const ENDPOINTS: [&str; 5] = [
    "/api/json/peopleaggregator/echoPost",
    "/api/xml/peopleaggregator/echoPost",
    "/api/xmlrpc",
    "/services/rest/",
    "/api/v3/onezone/user/groups/join",
];

#[test]
fn malformed_requests_are_rejected() {
    let target = Attacked::start();
    for path in ENDPOINTS {
        for (request, expect) in malformed(path) {
            target.check(crlf(&request), expect);
        }
    }
    target.assert_clean_log();
}

/// Malformed requests for a path, and their outcomes.
fn malformed(path: &str) -> Vec<(String, &'static str)> {
    let headers = |count: usize| -> String { (0..count).map(|n| format!("X-{n}: y\n")).collect() };
    let with =
        |line: &str, more: &str| format!("{line} HTTP/1.1\nHost: h\nConnection: close\n{more}\n");
    let get = |more: &str| with(&format!("GET {path}"), more);
    let post = |more: &str| with(&format!("POST {path}"), more);
    let ended = "400 malformed_body: the body ended early";
    Vec::from([
        ("GARBAGE\n\n".to_owned(), "400"),
        ("GET\n\n".to_owned(), "400"),
        (format!("GET {path}\n\n"), "400"),
        (format!("GET {path} HTTP/9.9\n\n"), "400"),
        (format!("GET {path} HTTP/1.1 x\n\n"), "400"),
        (format!("GET {path} ve HTTP/1.1\nHost: h\n\n"), "400"),
        (format!("GET {path}\u{e9} HTTP/1.1\nHost: h\n\n"), "400"),
        (format!("G\u{0}T {path} HTTP/1.1\nHost: h\n\n"), "400"),
        ("PRI * HTTP/2.0\n\nSM\n\n".to_owned(), "400"),
        ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\n\n".to_owned(), "400"),
        (format!("GET {path} HTTP/1.1\n\n"), "400"),
        (format!("GET {path} HTTP/1.1\nHost: a\nHost: b\n\n"), "400"),
        (format!("GET {path} HTTP/1.1\nHost : h\n\n"), "400"),
        (get(" : x\n"), "400"),
        (get("no colon\n"), "400"),
        (get("X: a\n b\n"), "400"),
        (get("X: a\0b\n"), "400"),
        // Oversized heads.
        (get(&headers(10_000)), "431"),
        (get(&format!("X: {}\n", "y".repeat(1_000_000))), "431"),
        (
            with(&format!("GET {path}{}", "a".repeat(70_000)), ""),
            "400",
        ),
        (
            with(&format!("GET {path}{}", "a".repeat(1_000_000)), ""),
            "431",
        ),
        (
            with(&format!("{} {path}", "A".repeat(1_000_000)), ""),
            "431",
        ),
        // Invalid or conflicting lengths.
        (post("Content-Length: -1\n"), "400"),
        (post("Content-Length: +10\n"), "400"),
        (post("Content-Length: 1e1\n"), "400"),
        (post("Content-Length: x\n"), "400"),
        (post("Content-Length: \n"), "400"),
        (post("Content-Length: 99999999999999999999999\n"), "400"),
        (post("Content-Length: 10, 10\n"), "400"),
        (post("Content-Length: 10\nContent-Length: 10\n"), "400"),
        (post("Content-Length: 10\nContent-Length: 5\n"), "400"),
        (
            post("Content-Length: 10\nTransfer-Encoding: chunked\n"),
            "400",
        ),
        (
            post("Transfer-Encoding: chunked\nContent-Length: 10\n"),
            "400",
        ),
        (
            post("Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n"),
            "400",
        ),
        (post("Transfer-Encoding: gzip, chunked\n"), "400"),
        (post("Transfer-Encoding: chunked, identity\n"), "400"),
        (post("Transfer-Encoding: identity\n"), "400"),
        (post("Transfer-Encoding: xchunked\n"), "400"),
        (format!("POST {path} HTTP/1.0\n\nechoText=x"), "400"),
        (
            format!("POST {path} HTTP/1.0\nTransfer-Encoding: chunked\n\n"),
            "400",
        ),
        // Invalid chunks.
        (
            post("Transfer-Encoding: chunked\n") + "zz\nechoText=x\n0\n\n",
            ended,
        ),
        (
            post("Transfer-Encoding: chunked\n") + "fffffffffffffffff\nx\n0\n\n",
            ended,
        ),
        (post("Transfer-Encoding: chunked\n") + "-1\nx\n0\n\n", ended),
    ])
}

#[test]
fn odd_requests_are_accepted() {
    let target = Attacked::start();
    let path = "/api/json/peopleaggregator/echoPost";
    for request in [
        format!(
            "POST {path} HTTP/1.1\nHost: h\nConnection: close\nTransfer-Encoding: chunked\n\na;x=y\nechoText=x\n0\n\n"
        ),
        format!(
            "POST {path} HTTP/1.1\nHost: h\nConnection: close\nTRANSFER-ENCODING: Chunked\n\n00a\nechoText=x\n0\n\n"
        ),
        format!(
            "POST {path} HTTP/1.1\nHost: h\nConnection: close\nExpect: 100-continue\nContent-Length: 10\n\nechoText=x"
        ),
        format!(
            "POST {path} HTTP/1.1\nhOST:h\nConnection: close\nContent-Length:   10  \n\nechoText=x"
        ),
        format!(
            "\n\nPOST {path} HTTP/1.1\nHost: h\nConnection: close\nContent-Length: 10\n\nechoText=x"
        ),
        format!(
            "POST {path} HTTP/1.1\nHost: h\nConnection: Upgrade, close\nUpgrade: h2c\nContent-Length: 10\n\nechoText=x"
        ),
    ] {
        let mut connection = Connection::open(&target.0.address);
        connection.send(&crlf(&request));
        let response = connection.receive().expect("an answer");
        assert_eq!(outcome(&response), r#"200 {"echoText":"x"}"#, "{request}");
    }
    // Large heads are served.
    let headers: String = (0..90).map(|n| format!("X-{n}: y\n")).collect();
    let live = format!("GET /live HTTP/1.1\nHost: h\n{headers}\n");
    target.check(crlf(&live), "200 live");
    let nowhere = format!("GET /{} HTTP/1.1\nHost: h\n\n", "a".repeat(60_000));
    target.check(crlf(&nowhere), NOWHERE);
    // Upgrades are ignored: the response comes at once, in this protocol.
    for upgrade in ["websocket", "h2c"] {
        for request in [
            get("json/echo?echoText=x"),
            ask("POST", "json/echoPost?echoText=x"),
            form("json/echoPost", "echoText=x"),
        ] {
            let request = request
                .with("Connection", "Upgrade")
                .with("Upgrade", upgrade);
            target.check(request.bytes(), r#"200 {"echoText":"x"}"#);
        }
        let chunked = format!(
            "POST {path} HTTP/1.1\nHost: h\nConnection: Upgrade\nUpgrade: {upgrade}\n\
             Transfer-Encoding: chunked\n\n5\nechoT\n5\next=x\n0\n\n"
        );
        target.check(crlf(&chunked), r#"200 {"echoText":"x"}"#);
    }
    let bare = format!(
        "POST {path} HTTP/1.1\nHost: h\nConnection: close\nContent-Length: 10\n\nechoText=x"
    );
    target.check(bare, r#"200 {"echoText":"x"}"#);
    target.assert_clean_log();
}

#[test]
fn pipelined_requests_are_served_in_order() {
    let target = Attacked::start();
    let mut all = Vec::new();
    for n in 0..100 {
        let text = format!("echoText={n}");
        match n % 4 {
            0 => all.extend(form("json/echoPost", text).bytes()),
            1 => all.extend(get(&format!("xml/echo?{text}")).bytes()),
            2 => all.extend(form("xmlrpc/nope", text).bytes()),
            _ => all.extend(
                form("json/echoPost", text)
                    .with("Content-Encoding", "br")
                    .bytes(),
            ),
        }
    }
    let mut connection = Connection::open(&target.0.address);
    connection.send(&all);
    for n in 0..100 {
        let outcome = outcome(&connection.receive().expect("a response"));
        match n % 4 {
            0 | 1 => assert_eq!(outcome, format!("200 {{\"echoText\":\"{n}\"}}")),
            2 => assert!(outcome.starts_with("200 fault -32601"), "{outcome}"),
            _ => assert!(
                outcome.starts_with("415 unsupported_media_type"),
                "{outcome}"
            ),
        }
    }
    // A malformed request closes the connection after the responses to earlier requests.
    connection.send(&get("json/echo?echoText=x").bytes());
    connection.send(b"\x01\x02\x03\r\n\r\n");
    connection.send(&get("json/echo?echoText=y").bytes());
    let outcomes: Vec<String> = std::iter::from_fn(|| connection.receive())
        .map(|response| outcome(&response))
        .collect();
    assert_eq!(outcomes, [r#"200 {"echoText":"x"}"#, "400"]);
    target.assert_clean_log();
}

/// actix-web parses no more while 16 requests wait, nor by itself when the last of them needs no thread.
#[test]
fn requests_that_arrive_while_many_wait_are_served() {
    let target = Attacked::start();
    let mut connection = Connection::open(&target.0.address);
    // Hashing takes some milliseconds.
    connection.send(&form("json/login", "login=marc&password=marcspassword").bytes());
    let live = get("/live").bytes();
    for _ in 0..2 {
        connection.send(&live.repeat(40));
        std::thread::sleep(std::time::Duration::from_millis(3));
    }
    assert!(connection.receive().is_some());
    for _ in 0..80 {
        let response = connection.receive().expect("a response");
        assert_eq!(outcome(&response), "200 live");
    }
    target.assert_clean_log();
}

#[test]
fn every_method_on_every_path_gets_a_response() {
    let target = Attacked::start();
    let long = "M".repeat(200);
    for method in [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND",
        "FROB", "get", "M-SEARCH", &long,
    ] {
        for path in [
            "/",
            "/live",
            "/ready",
            "/favicon.ico",
            "/group/1234",
            "/user/2",
        ] {
            let request = ask(method, path).with("Authorization", &format!("Bearer {SECRET}"));
            match method {
                "GET" | "HEAD" => target.check(request, "200…"),
                _ => {
                    let expect = "405 only GET and HEAD are served at this address";
                    let response = target.check(request, expect);
                    assert_eq!(response.header("allow"), "GET, HEAD");
                    response
                }
            };
        }
        for path in ["/group/0", "/user/4294967295"] {
            target.check(ask(method, path), "404…");
        }
        for path in [
            "*",
            "/group/1234x",
            "/group/99999999999999999999",
            "/user/",
            "/nope",
            "/favicon.png",
            "/api",
            "/api/json",
            "/api/json/peopleaggregator",
            "/api/json/other/echo",
            "/api/JSON/peopleaggregator/echo",
            "/api/xmlrpcx",
            "/api/xmlrpc/peopleaggregator",
            "//api/json/peopleaggregator/echo",
            "/api//json/peopleaggregator/echo",
            "/api/x/../json/peopleaggregator/echo",
            "/%61pi/json/peopleaggregator/echo",
            "/%00",
            "/%2e%2e/etc/passwd",
            "/..%5c..%5c",
            "http://other.example/nope",
        ] {
            let request = ask(method, path).with("Authorization", &format!("Bearer {SECRET}"));
            let expect = if method == "HEAD" { "404" } else { NOWHERE };
            target.check(request, expect);
        }
        for path in [
            "/api/json/peopleaggregator/",
            "/api/json/peopleaggregator/../echo",
            "/api/xml/peopleaggregator/echo%00",
            "/api/json/peopleaggregator/echo;a=b",
            "/api/json/peopleaggregator/joinGroup",
            "/api/xml/peopleaggregator/getGroups",
            "/api/xmlrpc",
            "/api/xmlrpc/",
            "/api/xmlrpc///",
            "/api/xmlrpc/peopleaggregator/",
            "/api/xmlrpc/peopleaggregator/logout",
        ] {
            let request = ask(method, path).with("Authorization", &format!("Bearer {SECRET}"));
            let response = target.0.send(&Vec::from(request.clone()));
            assert!([200, 405].contains(&response.status), "{method} {path}");
            assert!(!String::from_utf8_lossy(&response.body).contains(SECRET));
            target.assert_failure(&Vec::from(request), &response);
        }
    }
    target.assert_clean_log();
}
