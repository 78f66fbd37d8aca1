//! Hostile input is rejected with errors of Onezone, and the next call works.

use super::{MALFORMED, NOT_FOUND, PREFIX, UNAUTHORIZED, Zone, line_of, on_both};
use crate::harness::Connection;

const TOO_LARGE: &str = r#"413 {"error":{"id":"requestTooLarge","description":"Provided data exceeds the allowed size."}}"#;

/// Asserts a response, and that the next call works.
#[track_caller]
fn check(zone: &Zone, request: &str, expect: &str) {
    zone.check(request, expect);
    zone.check("GET /user/groups as $anna", r#"200 {"groups":[]}"#);
}

#[test]
fn malformed_bodies_are_rejected() {
    on_both(|zone| {
        zone.person("anna");
        for body in [
            "{",
            "}",
            "[]",
            "\"token\"",
            "null",
            "7",
            "{\"token\":\"a\",}",
            "{\"token\":\"a\"}{}",
            "{\"token\":\"a\" \"b\"}",
            "{\"token\":\"\\ud800\"}",
            "{\"token\":\"a\nb\"}",
            "{\"token\":01}",
            "{\"token\":1e999}",
            // A duplicate key.
            "{\"token\":\"a\",\"token\":\"a\"}",
            "{\"x\":{\"a\":1,\"a\":2},\"token\":\"a\"}",
            "<token>a</token>",
            "token=a",
            "\u{FEFF}{}",
            "\u{0}",
        ] {
            check(
                zone,
                &format!("POST /user/groups/join as $anna <- {body}"),
                MALFORMED,
            );
        }
        let mut request = zone.request("POST /user/groups/join as $anna <- x");
        request.body = Some(b"{\"token\":\"\xff\xfe\"}".to_vec());
        let response = zone.gateway.served.send(&Vec::from(request));
        assert_eq!(line_of(&response), MALFORMED);
    });
}

#[test]
fn oversized_input_is_rejected() {
    on_both(|zone| {
        zone.person("anna");
        let nested = |levels: usize| {
            let (open, close) = ("[".repeat(levels), "]".repeat(levels));
            format!(r#"{{"x":{open}{close}}}"#)
        };
        let objects = format!("{}1{}", r#"{"a":"#.repeat(40), "}".repeat(40));
        let many = |count: usize| format!(r#"{{"x":[{}]}}"#, vec!["1"; count].join(","));
        let missing = r#"400 {"error":{"id":"missingRequiredValue","details":{"key":"token"},"description":"Missing required value: token."}}"#;
        for (body, expect) in [
            (nested(32), missing),
            (nested(33), TOO_LARGE),
            (nested(100_000), TOO_LARGE),
            (objects, TOO_LARGE),
            (many(999), missing),
            (many(1_000), TOO_LARGE),
            (format!(r#"{{"{}":1}}"#, "k".repeat(128)), missing),
            (format!(r#"{{"{}":1}}"#, "k".repeat(129)), TOO_LARGE),
            (format!("{{}}{}", " ".repeat(256 * 1024 - 2)), missing),
            (format!("{{}}{}", " ".repeat(256 * 1024 - 1)), TOO_LARGE),
        ] {
            check(
                zone,
                &format!("POST /user/groups/join as $anna <- {body}"),
                expect,
            );
        }
        // Earlier checks have priority.
        let body = " ".repeat(300 * 1024);
        let request = format!("POST /user/groups/join as wrong <- {body}");
        assert_eq!(zone.ask(&request).status, 401);
        check(
            zone,
            &format!("POST /user/groups/join <- {body}"),
            TOO_LARGE,
        );
    });
}

#[test]
fn every_method_on_every_path_gets_a_response() {
    on_both(|zone| {
        zone.person("anna");
        let methods = [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ];
        for (path, served) in [
            ("/user/groups", "GET, HEAD, POST"),
            ("/user/effective_groups", "GET, HEAD"),
            ("/user/groups/join", "POST"),
            ("/user/groups/1", "GET, HEAD, DELETE"),
            ("/user/effective_groups/1", "GET, HEAD"),
            ("/groups/1/users", "GET, HEAD"),
            ("/groups/1/users/token", "POST"),
            ("/groups/1/users/1", "GET, HEAD, DELETE"),
            ("/groups/1", "GET, HEAD, PATCH, DELETE"),
            ("/groups/1/effective_users", "GET, HEAD"),
            ("/groups/1/users/1/privileges", "GET, HEAD"),
            ("/user", "GET, HEAD"),
            ("/groups", "GET, HEAD"),
            ("/user/tokens/named", "POST, GET, HEAD"),
            ("/users/1/tokens/named", "POST, GET, HEAD"),
            ("/user/tokens/named/name/x", "GET, HEAD"),
            ("/tokens/named/1", "GET, HEAD, PATCH, DELETE"),
            ("/tokens/named/a1/status", "GET, HEAD"),
        ] {
            for method in methods {
                let response = zone.ask(&format!("{method} {path}"));
                if served.split(", ").any(|other| other == method) {
                    assert!([401, 404].contains(&response.status), "{method} {path}");
                    assert_eq!(response.header("allow"), "");
                } else {
                    let mut expect = format!("405 allow {served}");
                    if method != "HEAD" {
                        expect.push_str(&format!(
                            r#" {{"error":{{"id":"methodNotAllowed","description":"This method is not allowed here. Allowed methods: {served}."}}}}"#
                        ));
                    }
                    assert_eq!(line_of(&response), expect, "{method} {path}");
                }
            }
        }
        for path in [
            "",
            "/",
            "//",
            "/user/groups/",
            "/user/groups/1/2",
            "/user//groups",
            "/USER/groups",
            "/user/groups%2Fjoin",
            "/groups/1/users/1/2",
            "/tokens",
            "/tokens/named",
            "/../onezone/user/groups",
            "/%00",
            "/user/groups.json",
            "/spaces",
        ] {
            for method in methods {
                let expect = if method == "HEAD" { "404" } else { NOT_FOUND };
                zone.check(&format!("{method} {path}"), expect);
            }
        }
        zone.check("GET /user/groups?token=x&token=x", UNAUTHORIZED);
    });
}

#[test]
fn invalid_ids_are_not_found() {
    on_both(|zone| {
        zone.person("anna");
        zone.group("first", "anna", "open");
        let zeros = zone.fill("000000000000000000$first");
        for id in [
            "0",
            "-1",
            "+1",
            "1.0",
            "1e0",
            "%31",
            "x",
            "group:1",
            "999999999999999999",
            "9999999999999999999",
            "99999999999999999999999999",
            "1%00",
            "'",
            &zeros,
        ] {
            zone.check(&format!("GET /user/groups/{id} as $anna"), NOT_FOUND);
            zone.check(&format!("DELETE /user/groups/{id} as $anna"), NOT_FOUND);
            zone.check(&format!("GET /groups/{id}/users as $anna"), NOT_FOUND);
            zone.check(
                &format!("POST /groups/{id}/users/token as $anna"),
                NOT_FOUND,
            );
            zone.check(
                &format!("DELETE /groups/$first/users/{id} as $anna"),
                NOT_FOUND,
            );
            zone.check(&format!("DELETE /tokens/named/{id} as $anna"), NOT_FOUND);
        }
        // Valid ids are found.
        let path = format!("{PREFIX}/user/groups");
        assert_eq!(zone.gateway.served.get(&path).status, 401);
    });
}

#[test]
fn unknown_invitations_are_rate_limited() {
    on_both(|zone| {
        zone.person("anna");
        let mut connection = Connection::open(&zone.gateway.served.address);
        // The limit is 600 per minute, for all calls that take a secret. It refills during the loop.
        let mut count = |call: &str| {
            let guess = zone.request(&format!(r#"POST {call} as $anna <- {{"token":"x"}}"#));
            (0..6_000).position(|_| {
                connection.send(&guess.bytes());
                connection.receive().expect("a response").status == 429
            })
        };
        let counted = count("/user/groups/join");
        assert!(counted >= Some(600), "{counted:?}");
        for call in ["/tokens/examine", "/tokens/verify_invite_token"] {
            let counted = count(call);
            assert!(counted < Some(600), "{call}: {counted:?}");
        }
        zone.check("GET /user/groups as $anna", r#"200 {"groups":[]}"#);
    });
}
