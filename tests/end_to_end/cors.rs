//! Web pages of other origins: they may make calls if their origin is permitted.

use std::net::TcpListener;

use crate::harness::{Response, Served, ask, run};

const TOKEN: &str = "123576abcdef6572134";
const PAGE: &str = "https://page.example";

/// A path of each front-end.
const PATHS: [&str; 5] = [
    "/api/json/peopleaggregator/getMyGroups",
    "/api/xml/peopleaggregator/getMyGroups",
    "/api/xmlrpc",
    "/services/rest/",
    "/api/v3/onezone/user/groups",
];

fn send(server: &Served, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = headers
        .iter()
        .fold(ask(method, path), |request, (name, value)| {
            request.with(name, value)
        });
    server.send(&request.bytes())
}

fn varies_by_origin(answer: &Response) -> bool {
    let mut headers = answer.headers.iter();
    headers.any(|(name, value)| name == "vary" && value == "Origin")
}

/// The question of a browser whether a page may make a call.
fn question(origin: &str) -> [(&str, &str); 3] {
    [
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        (
            "Access-Control-Request-Headers",
            "authorization,content-type",
        ),
    ]
}

#[test]
fn pages_of_permitted_origins_may_make_calls() {
    let origins = format!("https://other.example,{PAGE}");
    for (setting, permits) in [(origins.as_str(), PAGE), ("*", "*")] {
        let server = Served::demonstration(&["--cors-origins", setting]);
        for path in PATHS {
            let answer = send(&server, "OPTIONS", path, &question(PAGE));
            assert_eq!((answer.status, answer.body.len()), (204, 0), "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), permits);
            let methods = answer.header("access-control-allow-methods");
            assert_eq!(methods, "GET, HEAD, POST, PATCH, DELETE");
            let headers = answer.header("access-control-allow-headers");
            assert!(headers.contains("Authorization"), "{headers}");
            assert_eq!(answer.header("access-control-max-age"), "600");
        }
        // Also responses that are kept, failures, and what is rejected before its front-end.
        let bearer = format!("Bearer {TOKEN}");
        for (method, path, more) in [
            ("GET", PATHS[0], ("Authorization", bearer.as_str())),
            ("GET", PATHS[0], ("Authorization", bearer.as_str())),
            ("GET", PATHS[4], ("X-Auth-Token", "wrong")),
            ("POST", PATHS[0], ("Content-Encoding", "gzip")),
            ("GET", PATHS[3], ("Accept", "text/xml")),
        ] {
            let answer = send(&server, method, path, &[("Origin", PAGE), more]);
            assert_eq!(
                answer.header("access-control-allow-origin"),
                permits,
                "{answer:?}"
            );
            let readable = answer.header("access-control-expose-headers");
            assert_eq!(readable, "ETag, Location, Retry-After, X-Request-Id, Link");
            assert_eq!(answer.header("access-control-allow-credentials"), "");
            assert_eq!(varies_by_origin(&answer), permits != "*");
        }
    }
}

#[test]
fn other_pages_may_not() {
    for (setting, origin) in [
        (None, PAGE),
        (Some(PAGE), "https://other.example"),
        (Some(PAGE), "http://page.example"),
        (Some(PAGE), "https://page.example:8443"),
        (Some(PAGE), "https://sub.page.example"),
        (Some(PAGE), "null"),
    ] {
        let options: Vec<&str> =
            setting.map_or_else(Vec::new, |origin| vec!["--cors-origins", origin]);
        let server = Served::demonstration(&options);
        for path in PATHS {
            let answer = send(&server, "OPTIONS", path, &question(origin));
            assert_ne!(answer.status, 204, "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
            let answer = send(&server, "GET", path, &[("Origin", origin)]);
            assert_eq!(answer.header("access-control-allow-origin"), "");
            // A cache must not send it to a page that is permitted.
            assert_eq!(varies_by_origin(&answer), setting.is_some());
        }
    }
    // The page on which a user signs in is for no other page.
    let server = Served::demonstration(&["--cors-origins", "*"]);
    let sign_in = "/services/auth/?api_key=demo0demo0";
    for method in ["OPTIONS", "GET"] {
        let answer = send(&server, method, sign_in, &question(PAGE));
        assert_ne!(answer.status, 204);
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[test]
fn malformed_origins_are_rejected() {
    for wrong in [
        "page.example",
        "https://",
        "https://page.example/",
        "https://Page.example",
        "ftp://page.example",
        "https://page.example,",
    ] {
        let output = crate::harness::trivium(&["serve", "--cors-origins", wrong], "");
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{wrong}: {message}");
        assert!(
            message.contains("expected e.g. https://example.org"),
            "{message}"
        );
    }
}

/// As a browser applies it: see `tests/clients/cors.js`.
#[test]
fn a_browser_permits_what_is_configured() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let origin = &*format!("http://{}", free.unwrap());
    for (options, permitted) in [
        (&["--cors-origins", origin][..], "yes"),
        (&["--cors-origins", PAGE], "no"),
        (&[], "no"),
    ] {
        let server = Served::demonstration(options);
        let base = format!("http://{}", server.address);
        run("node", &["cors.js", &base, origin, permitted], b"");
    }
}
