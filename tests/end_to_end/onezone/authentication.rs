//! The four credentials, of which the first is used, and the order of the checks.

use base64ct::{Base64, Encoding};
use serde_json::json;

use super::{MALFORMED, NOT_FOUND, UNAUTHORIZED, Zone, on_both, password};

const BAD_BASIC: &str = r#"401 {"error":{"id":"unauthorized","details":{"authError":{"id":"badBasicCredentials","description":"Invalid username or password."}},"description":"Provided authentication is not valid (see details)."}}"#;
const BAD_TOKEN: &str = r#"401 {"error":{"id":"unauthorized","details":{"authError":{"id":"badToken","description":"Provided token could not be understood by the server."}},"description":"Provided authentication is not valid (see details)."}}"#;
const INVALID: &str = r#"401 {"error":{"id":"unauthorized","details":{"authError":{"id":"tokenInvalid","description":"Provided token is not valid."}},"description":"Provided authentication is not valid (see details)."}}"#;
const REVOKED: &str = r#"401 {"error":{"id":"unauthorized","details":{"authError":{"id":"tokenRevoked","description":"Provided token has been revoked."}},"description":"Provided authentication is not valid (see details)."}}"#;
const NOT_ACCEPTABLE: &str = r#"406 {"error":{"id":"notAcceptable","description":"Responses are application/json, which the header Accept excludes."}}"#;
const UNSUPPORTED: &str = r#"415 {"error":{"id":"unsupportedMediaType","description":"The body must be application/json, without a content encoding."}}"#;
const MISSING: &str = r#"400 {"error":{"id":"missingRequiredValue","details":{"key":"token"},"description":"Missing required value: token."}}"#;

/// A header for Basic authentication.
fn basic(login: &str, password: &str) -> String {
    let pair = Base64::encode_string(format!("{login}:{password}").as_bytes());
    format!("[Authorization: Basic {pair}]")
}

/// Creates anna, who has a group, and berta, who has none, to distinguish the callers.
fn zone_of_two(zone: &mut Zone) {
    zone.people(&["anna", "berta"]);
    zone.group("hers", "anna", "open");
}

#[test]
fn the_first_of_four_credentials_is_used() {
    on_both(|zone| {
        zone_of_two(zone);
        let (hers, none) = (r#"200 {"groups":["$hers"]}"#, r#"200 {"groups":[]}"#);
        let (anna, berta) = (
            basic("anna", &password("anna")),
            basic("berta", &password("berta")),
        );
        let wrong = basic("anna", "wrong");
        for (headers, expect) in [
            ("[X-Auth-Token: $anna]", hers),
            ("[Authorization: Bearer $anna]", hers),
            ("[Authorization: bearer $anna]", hers),
            ("[Macaroon: $anna]", hers),
            (&*anna, hers),
            (&*berta, none),
            (&format!("[X-Auth-Token: $anna] {berta}"), hers),
            (&format!("[X-Auth-Token: $anna] {wrong}"), hers),
            (&format!("[X-Auth-Token: wrong] {anna}"), INVALID),
            ("[X-Auth-Token: $berta] [Authorization: Bearer $anna]", none),
            ("[Authorization: Bearer $berta] [Macaroon: $anna]", none),
            (&format!("[Macaroon: $berta] {anna}"), none),
            ("[X-Auth-Token: ]", BAD_TOKEN),
            (&format!("[X-Auth-Token: ä] {anna}"), BAD_TOKEN),
            (&format!("[X-Auth-Token: {}]", "x".repeat(2_049)), BAD_TOKEN),
            ("[Macaroon: wrong]", INVALID),
            ("[Authorization: Basic !]", BAD_BASIC),
            ("[Authorization: Basic YW5uYQ==]", BAD_BASIC),
            (&wrong, BAD_BASIC),
            (&basic("nobody", &password("anna")), BAD_BASIC),
            (&basic("anna", ""), BAD_BASIC),
            (&basic(&"x".repeat(65), "wrong"), BAD_BASIC),
            // An unknown scheme is ignored.
            ("[Authorization: Digest x]", UNAUTHORIZED),
            ("", UNAUTHORIZED),
        ] {
            zone.check(format!("GET /user/groups {headers}").trim_end(), expect);
        }
    });
}

#[test]
fn ended_credentials_have_different_errors() {
    on_both(|zone| {
        zone_of_two(zone);
        let brief = zone
            .gateway
            .command(&["user", "token", "anna", "--ttl", "1s"], "");
        zone.name("brief", brief);
        zone.name("berta-prefix", zone.fill("$berta")[..8].to_owned());
        let basic = basic("berta", &password("berta"));
        let get = format!("GET /user/groups {basic}");
        zone.check(&get, r#"200 {"groups":[]}"#);
        zone.gateway.command(
            &["token", "revoke", "berta", &zone.fill("$berta-prefix")],
            "",
        );
        zone.check("GET /user/groups as $berta", REVOKED);
        zone.gateway.command(&["user", "disable", "berta"], "");
        zone.check(&get, BAD_BASIC);
        zone.gateway.command(&["user", "enable", "berta"], "");
        zone.check(&get, r#"200 {"groups":[]}"#);
        zone.gateway.command(
            &["user", "passwd", "berta", "--password-stdin"],
            "quite another",
        );
        zone.check(&get, BAD_BASIC);
        std::thread::sleep(std::time::Duration::from_millis(2_100));
        zone.check("GET /user/groups as $brief", INVALID);
    });
}

#[test]
fn checks_have_a_fixed_order() {
    on_both(|zone| {
        zone_of_two(zone);
        let wrong = basic("anna", "wrong");
        let right = basic("anna", &password("anna"));
        let join = "POST /user/groups/join";
        let odd = "[Accept: text/html] [Content-Type: text/plain] <- {";
        let not_json = "[Content-Type: text/plain] <- {";
        zone.rows(&[
            // First the path, then the method, then the credential.
            (&format!("POST /user/nothing as wrong {odd}"), NOT_FOUND),
            (
                &format!("PUT /user/groups/join as wrong {odd}"),
                r#"405 allow POST {"error":{"id":"methodNotAllowed","description":"This method is not allowed here. Allowed methods: POST."}}"#,
            ),
            (&format!("{join} as wrong {odd}"), INVALID),
            (&format!("{join} {wrong} {odd}"), BAD_BASIC),
            (&format!("{join} {wrong} <- {{"), BAD_BASIC),
            // Then Accept, Content-Type, and JSON.
            (&format!("{join} as $anna {odd}"), NOT_ACCEPTABLE),
            (&format!("{join} {right} {odd}"), NOT_ACCEPTABLE),
            (&format!("{join} {odd}"), NOT_ACCEPTABLE),
            (&format!("{join} as $anna {not_json}"), UNSUPPORTED),
            (&format!("{join} {right} {not_json}"), UNSUPPORTED),
            (&format!("{join} as $anna <- {{"), MALFORMED),
            (&format!("{join} {right} <- {{"), MALFORMED),
            (&format!("{join} <- {{"), MALFORMED),
            // Then existence, permission, and the values.
            ("POST /groups/999999/users/token as $berta <- {", MALFORMED),
            ("POST /groups/999999/users/token", NOT_FOUND),
            ("POST /groups/$hers/users/token", UNAUTHORIZED),
            (&format!("{join} <- {{}}"), UNAUTHORIZED),
            (&format!("{join} as $anna <- {{}}"), MISSING),
            (&format!("{join} {right} <- {{}}"), MISSING),
        ]);
    });
}

#[test]
fn content_type_and_accept_are_checked() {
    on_both(|zone| {
        zone.person("anna");
        let join = "POST /user/groups/join as $anna";
        let get = "GET /user/groups as $anna";
        let none = r#"200 {"groups":[]}"#;
        for (head, body, expect) in [
            (
                "[Content-Type: application/json; charset=utf-8]",
                "{}",
                MISSING,
            ),
            ("[Content-Type: Application/JSON]", "{}", MISSING),
            (
                "[Content-Type: application/x-www-form-urlencoded]",
                "token=x",
                UNSUPPORTED,
            ),
            ("[Content-Type: application/jsonp]", "{}", UNSUPPORTED),
            ("[Content-Type: ]", "{}", UNSUPPORTED),
            ("[Content-Encoding: gzip]", "{}", UNSUPPORTED),
            // Without a body, the Content-Type is not checked.
            ("[Content-Type: text/plain]", "", MISSING),
            ("[Accept: application/json]", "{}", MISSING),
            ("[Accept: text/html, */*;q=0.1]", "{}", MISSING),
            ("[Accept: application/json;q=0]", "{}", NOT_ACCEPTABLE),
        ] {
            zone.check(&format!("{join} {head} <- {body}"), expect);
        }
        zone.rows(&[
            (&format!("{get} [Accept: text/html]"), NOT_ACCEPTABLE),
            (&format!("{get} [Accept: application/*]"), none),
            (&format!("{get} [Content-Type: text/plain]"), none),
            ("GET /user/groups [Accept: text/html]", NOT_ACCEPTABLE),
        ]);
    });
}

#[test]
fn wrong_passwords_are_rate_limited() {
    on_both(|zone| {
        zone_of_two(zone);
        let right = basic("anna", &password("anna"));
        for number in 0..10 {
            let wrong = basic("anna", &format!("guess {number}"));
            // A right password in between does not count, and does not reset the count.
            zone.check(
                &format!("GET /user/groups {right}"),
                r#"200 {"groups":["$hers"]}"#,
            );
            zone.check(&format!("GET /user/groups {wrong}"), BAD_BASIC);
        }
        let waits = zone.ask(&format!("GET /user/groups {right}"));
        assert_eq!(
            super::line_of(&waits),
            r#"429 {"error":{"id":"tooManyRequests","description":"Too many requests - please try again later."}}"#
        );
        assert_ne!(waits.header("retry-after"), "");
        // Tokens are not affected.
        zone.check("GET /user/groups as $anna", r#"200 {"groups":["$hers"]}"#);
        zone.change(
            "newInvitation",
            json!({"authToken": "$anna", "id": "group:$hers"}),
        );
    });
}
