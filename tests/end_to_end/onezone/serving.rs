//! The prefix of Onezone, and third-party clients.

use serde_json::Value;
use trivium_test_support::Backend;

use super::{PREFIX, Zone};
use crate::harness::run;
use crate::harness::{Served, get, outcome, trivium};

#[test]
fn the_prefix_is_configurable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trivium.toml");
    std::fs::write(&file, "onezone = '/from/file'").unwrap();
    let file = file.to_str().unwrap();
    for (options, environment, prefix) in [
        (&[][..], &[][..], PREFIX),
        (&["--onezone", "/zone"], &[], "/zone"),
        (
            &[],
            &[("TRIVIUM_ONEZONE", "/from/variable")],
            "/from/variable",
        ),
        (&["--config", file], &[], "/from/file"),
        (
            &["--onezone", "/zone", "--config", file],
            &[("TRIVIUM_ONEZONE", "off")],
            "/zone",
        ),
    ] {
        let server = Served::demonstration_with(options, environment);
        let body = br#"{"name":"A group"}"#;
        let headers = [
            ("X-Auth-Token", "123576abcdef6572134"),
            ("Content-Type", "application/json"),
        ];
        let made = server.post_with(&format!("{prefix}/user/groups"), &headers, body);
        let location = made.header("location");
        assert_eq!(
            location,
            format!("http://test{prefix}/user/groups/2084"),
            "{made:?}"
        );
        for path in [
            "/user",
            "/api/v3/onezone/user/groups",
            "/from/file/user/groups",
        ] {
            let answer = server.get(path);
            let json = answer.header("content-type") == "application/json";
            assert_eq!(json, path.starts_with(prefix), "{path}");
        }
        // A path with the same start is not below the prefix.
        assert_eq!(
            server
                .get(&format!("{prefix}x/user/groups"))
                .header("content-type"),
            "text/plain; charset=utf-8"
        );
        assert!(server.get(prefix).text().contains("notFound"));
    }
}

#[test]
fn onezone_off_returns_404() {
    for (options, environment) in [
        (&["--onezone", "off"][..], &[][..]),
        (&[], &[("TRIVIUM_ONEZONE", "off")]),
    ] {
        let server = Served::demonstration_with(options, environment);
        for path in ["", "/user/groups"] {
            let answer = server.send(&Vec::from(get(&format!("{PREFIX}{path}"))));
            assert_eq!(
                outcome(&answer),
                "404 not_found: nothing is served at this address"
            );
        }
    }
}

#[test]
fn bad_prefixes_are_rejected_at_startup() {
    for wrong in [
        "",
        "/",
        "zone",
        "/zone/",
        "/zone?x",
        "/api/json",
        "/api/xmlrpc/zone",
        "/api",
        "OFF",
    ] {
        let output = trivium(
            &[
                "serve",
                "--demo",
                "--listen",
                "127.0.0.1:0",
                "--onezone",
                wrong,
            ],
            "",
        );
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains("--onezone"), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trivium.toml");
    std::fs::write(&file, "onezone = '/api/xml'").unwrap();
    let file = file.to_str().unwrap();
    let output = trivium(&["serve", "--demo", "--config", file], "");
    assert_eq!(output.status.code(), Some(4));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let message = "line 1, column 1: onezone: /api/xml is served already";
    assert!(error.contains(message), "{error}");
}

/// The curl line on the documentation page, with another address and without the name of a
/// certificate.
const PAGE: &str = r#"curl -u username:password -H "Content-type: application/json" \
-X POST -d '{ "token": "9ef3973a007d616cb6b3e95829dec18a" }' \
https://$HOST/api/v3/onezone/user/groups/join"#;

#[test]
fn the_curl_line_of_the_page_works() {
    for backend in Backend::ALL {
        let mut zone = Zone::start(backend, &[]);
        zone.people(&["anna", "username"]);
        zone.gateway.command(
            &["user", "passwd", "username", "--password-stdin"],
            "a password",
        );
        zone.group("private", "anna", "invite");
        zone.invitation("good", "anna", "private", serde_json::json!({}));
        let line = PAGE
            .replace("username:password", "'username:a password'")
            .replace(
                "https://$HOST",
                &format!("http://{}", zone.gateway.served.address),
            )
            .replace("curl ", "curl --silent --include --noproxy '*' ");
        let output = |line: &str| String::from_utf8(run("sh", &["-c", line], b"").stdout).unwrap();
        // The token on the page has a format that this service does not use.
        let refused = output(&line);
        assert!(
            refused.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{refused}"
        );
        assert!(
            refused.contains(r#""tokenError":{"id":"badToken""#),
            "{refused}"
        );
        let joined = output(&line.replace("9ef3973a007d616cb6b3e95829dec18a", &zone.fill("$good")));
        let location = zone.fill(&format!(
            "\r\nlocation: http://{}{PREFIX}/user/groups/$private\r\n",
            zone.gateway.served.address
        ));
        assert!(joined.starts_with("HTTP/1.1 201 Created\r\n"), "{joined}");
        assert!(
            joined.contains(&location) && joined.ends_with("\r\n\r\n"),
            "{joined}"
        );
        zone.end();
    }
}

#[test]
fn a_client_written_from_the_contract_works() {
    let server = Served::demonstration(&[]);
    let base = format!("http://{}{PREFIX}", server.address);
    let output = run("python3", &["onezone.py", &base], b"");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["steps"], 51, "{found}");
    assert!(!server.log().contains("ERROR"));
}
