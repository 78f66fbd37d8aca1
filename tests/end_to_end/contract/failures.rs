//! Failures: statuses, and the profile `original`.

use serde_json::{Value, json as value};

use super::TOKEN;
use super::order::new_group_with;
use crate::harness::{
    Request, Served, check, check_everywhere, form, get, json, outcome, post, struct_call,
    xml_body, xml_rpc,
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
fn http_failures_have_their_status_in_both_rest_formats() {
    let server = Served::demonstration(&["--peopleaggregator-status", "http"]);
    for protocol in ["json", "xml"] {
        let at = |name: &str| format!("{protocol}/{name}");
        for (request, expect) in [
            (get(&at("nope")), "404 system_error: …"),
            (get(&at("joinGroup")), "405 invalid_request_method: …"),
            (json(&at("echoPost"), "["), "400 malformed_body: …"),
            (
                xml_body(&at("echoPost"), "<request>"),
                "400 malformed_body: …",
            ),
            (
                form(&at("echoPost"), vec![b'x'; 262_145]),
                "413 request_too_large: …",
            ),
            (
                post(&at("echoPost"), "text/plain", "x"),
                "415 unsupported_media_type: …",
            ),
            (
                form(&at("echoPost"), "x").with("Content-Encoding", "gzip"),
                "415 unsupported_media_type: …",
            ),
            (get(&at("echo?echoText=x")), r#"200 {"echoText":"x"}"#),
            (get(&format!("/api/{protocol}")), "404 not_found: …"),
            (
                get(&format!("/api/{protocol}/other/echo")),
                "404 not_found: …",
            ),
        ] {
            check(&server, request, expect);
        }
    }
}

#[test]
fn xml_rpc_failures_keep_status_200() {
    let server = Served::demonstration(&["--peopleaggregator-status", "http"]);
    for (request, expect) in [
        (xml_rpc("<"), "200 fault -32700: …"),
        (xml_rpc(struct_call("nope", &[])), "200 fault -32601: …"),
        (
            xml_rpc(struct_call("echoPost", &[])),
            "200 validation_missing_key: …",
        ),
        (
            xml_rpc(struct_call("checkToken", &[("authToken", "x")])),
            "200 user_token_invalid: …",
        ),
        (
            get("xmlrpc/checkToken?authToken=x"),
            "200 user_token_invalid: …",
        ),
        (get("xmlrpc/exceptionTest"), "200 general_some_error: …"),
        // Failures of the HTTP layer are the exception.
        (
            post("/api/xmlrpc", "text/plain", "x"),
            "415 unsupported_media_type: …",
        ),
        (xml_rpc(vec![b' '; 262_145]), "413 request_too_large: …"),
    ] {
        check(&server, request, expect);
    }
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
            join("group:1236").to_vec(),
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
            "POST",
            "newGroup",
            new_group_with(&[("accessType", value!("x"))]),
            "system_error: Validation error ({input}, /accessType): …",
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
fn the_original_profile_writes_json_in_ascii() {
    let server = Served::demonstration(&["--peopleaggregator-profile", "original"]);
    let answer = |target: &str| server.send(&Vec::from(get(target))).text();
    for (query, text) in [
        ("a/b", r"a\/b"),
        ("%22%5C", r#"\"\\"#),
        ("%0D%0A%09", r"\r\n\t"),
        ("%C3%A9%E6%B1%9F", r"\u00e9\u6c5f"),
        ("%F0%9F%98%80", r"\ud83d\ude00"),
        ("%7F%C2%80%E2%80%A8", r"\u007f\u0080\u2028"),
        ("%3C%26%3E'", "<&>'"),
    ] {
        let expect = format!(r#"{{"success":true,"echoText":"{text}"}}"#);
        assert_eq!(answer(&format!("json/echo?echoText={query}")), expect);
    }
    assert_eq!(
        answer("json/nope"),
        r#"{"success":false,"code":"system_error","msg":"Call to nonexistent function 'nope'."}"#
    );
    assert_eq!(
        answer("xml/nope"),
        "<?xml version=\"1.0\"?>\n<response xmlns=\"http://peopleaggregator.com/api/xmlns#\">\
         <success>false</success><code>system_error</code>\
         <msg>Call to nonexistent function 'nope'.</msg></response>"
    );
    // Members are on one line, in the declared order, with numbers as numbers.
    assert_eq!(
        answer("json/getGroups?page=9"),
        r#"{"success":true,"msg":"0 of 20 groups","page":9,"resultsPerPage":100,"totalResults":20,"totalPages":1,"groups":[]}"#
    );
    assert!(
        answer("xmlrpc/getGroups?page=9")
            .contains("<member><name>page</name><value><int>9</int></value></member>")
    );
    assert!(answer("xmlrpc/getGroups?page=9").contains("<array><data></data></array>"));
    assert!(answer("xml/getGroups?page=9").contains("<groups></groups>"));
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
