//! Failures: rate limits, and the codes of the profile `original`.

use serde_json::{Value, json as value};

use super::TOKEN;
use crate::harness::{
    Request, Served, check, check_everywhere, form, get, outcome, struct_call, xml_rpc,
};

const PHIL: &str = "login=phil&password=philspassword";

/// Makes a call and returns a member of its JSON response.
#[track_caller]
fn member(server: &Served, request: Request, name: &str) -> String {
    let response = check(server, request, "200 {…");
    let value: Value = serde_json::from_slice(&response.body).unwrap();
    value[name].as_str().unwrap().to_owned()
}

#[test]
fn the_original_profile_has_fewer_codes() {
    let server = Served::demonstration(&["--peopleaggregator-profile", "original"]);
    let join = |id: &str| [("authToken", value!(TOKEN)), ("id", value!(id))];
    for (verb, name, arguments, expect) in [
        (
            "POST",
            "joinGroup",
            join("group:2083").to_vec(),
            "operation_not_permitted: …",
        ),
        (
            "POST",
            "leaveGroup",
            join("group:1235").to_vec(),
            "operation_not_permitted: …",
        ),
        (
            "POST",
            "joinGroup",
            join("group:1236").to_vec(),
            "group_not_invited: …",
        ),
        (
            "POST",
            "joinGroup",
            join("group:9").to_vec(),
            "content_not_found: …",
        ),
        ("POST", "joinGroup", join("x").to_vec(), "invalid_id: …"),
        (
            "GET",
            "getUserList",
            vec![("profileImageSize", value!("x"))],
            "system_error: Validation error ({input}, /profileImageSize): …",
        ),
        (
            "GET",
            "getGroups",
            vec![("page", value!(0))],
            "validation_out_of_range: …",
        ),
        (
            "GET",
            "exceptionTest",
            vec![],
            "general_some_error: This is a test exception.",
        ),
    ] {
        check_everywhere(&server, verb, name, &arguments, &format!("200 {expect}"));
    }
    // Failed logins are rate limited, so there is one per protocol.
    for target in ["json/login", "xml/login", "xmlrpc/login"] {
        for (login, code) in [
            ("nobody", "user_not_found"),
            ("marc", "user_invalid_password"),
        ] {
            let expect = format!("200 {code}: The login or the password is wrong.");
            check(
                &server,
                form(target, format!("login={login}&password=x")),
                &expect,
            );
        }
    }
    for (request, expect) in [
        (
            get("json/errorTest"),
            "200 system_error: This is a test error.",
        ),
        (
            get("xml/errorTest"),
            "200 system_error: This is a test error.",
        ),
        (
            get("xmlrpc/errorTest"),
            "200 fault 42: This is a test error.",
        ),
        (
            xml_rpc(struct_call("errorTest", &[])),
            "200 fault 42: This is a test error.",
        ),
        (xml_rpc("<"), "200 fault -32700: …"),
        (xml_rpc("<a/>"), "200 fault -32600: …"),
        (
            xml_rpc("<?xml version='1.0' encoding='x'?><a/>"),
            "200 fault -32701: …",
        ),
        (
            form("json/joinGroup", format!("authToken={TOKEN}&id=group:1235")),
            "200 {…",
        ),
        (
            form("json/joinGroup", format!("authToken={TOKEN}&id=group:1235")),
            "200 operation_not_permitted: …",
        ),
    ] {
        check(&server, request, expect);
    }
    let owner = member(&server, form("json/login", PHIL), "authToken");
    check(
        &server,
        form("xml/leaveGroup", format!("authToken={owner}&id=group:1234")),
        "200 operation_not_permitted: …",
    );
}

#[test]
fn rate_limited_calls_have_status_429_under_both_rules() {
    let server = Served::demonstration(&[]);
    let wrong = "login=marc&password=x";
    let login = Vec::from(form("json/login", wrong));
    while outcome(&server.send(&login)).starts_with("200 user_invalid_password") {}
    let refused = "429 rate_limited: Too many requests: wait, then try again.";
    let call = struct_call("login", &[("login", "marc"), ("password", "x")]);
    for request in [
        form("json/login", wrong),
        form("xml/login", wrong),
        form("xmlrpc/login", wrong),
        xml_rpc(call),
    ] {
        let response = check(&server, request, refused);
        assert!(response.header("retry-after").parse::<u32>().is_ok());
    }
}
