//! How failures are told: statuses, and what the original servers called them.

use serde_json::{Value, json as value};

use super::TOKEN;
use super::order::new_group_with;
use trivium_test_support::Backend;

use crate::harness::{
    Gateway, Served, check, check_everywhere, form, get, json, outcome, post, struct_call,
    xml_body, xml_rpc,
};

#[test]
fn each_failure_has_its_status_where_statuses_tell() {
    let server = Served::demonstration(&["--peopleaggregator-status", "http"]);
    let expired = "200 {…";
    let phil = {
        let body = "login=phil&password=philspassword";
        let response = check(&server, form("json/login", body), expired);
        let value: Value = serde_json::from_slice(&response.body).unwrap();
        value["authToken"].as_str().unwrap().to_owned()
    };
    let join = |token: &str, id: &str| format!("authToken={token}&id={id}");
    let group = |token: &str, name: &str, category: &str| {
        format!(
            "authToken={token}&name={name}&category={category}&tags=&description=&image=\
             &accessType=public&registrationType=open&moderationType=direct"
        )
    };
    for protocol in ["json", "xml"] {
        let at = |name: &str| format!("{protocol}/{name}");
        for (request, expect) in [
            (get(&at("nope")), "404 system_error: …"),
            (get(&at("joinGroup")), "405 invalid_request_method: …"),
            (get(&at("echo")), "400 validation_missing_key: …"),
            (
                get(&at("echo?echoText=a&echoText=b")),
                "400 validation_duplicate_key: …",
            ),
            (
                get(&at("getGroups?page=x")),
                "400 validation_incorrect_type: …",
            ),
            (
                get(&at("getGroups?page=0")),
                "400 validation_out_of_range: …",
            ),
            (
                get(&at("echo?echoText=%01")),
                "400 validation_invalid_value: …",
            ),
            (get(&at("getGroups?context=x")), "400 invalid_id: …"),
            (
                get(&at("getGroups?context=user:999999")),
                "404 user_not_found: …",
            ),
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
            (
                get(&at("checkToken?authToken=x")),
                "401 user_token_invalid: …",
            ),
            (
                form(&at("login"), "login=marc&password=x"),
                "401 user_invalid_password: …",
            ),
            (
                form(&at("login"), "login=nobody&password=x"),
                "401 user_invalid_password: …",
            ),
            (
                form(&at("newGroup"), group(TOKEN, "", "cat:1")),
                "400 group_parameter_error: …",
            ),
            (
                form(&at("newGroup"), group(TOKEN, "x", "cat:99")),
                "404 category_does_not_exist: …",
            ),
            (
                form(&at("newGroup"), group(&phil, "Three+Ways", "cat:1")),
                "409 content_collection_title_already_exist: …",
            ),
            (
                form(
                    &at("newGroup"),
                    group(TOKEN, "x", "cat:1").replace("open", "shut"),
                ),
                "400 validation_invalid_value: …",
            ),
            (
                form(&at("joinGroup"), join(TOKEN, "group:99")),
                "404 content_not_found: …",
            ),
            (
                form(&at("joinGroup"), join(TOKEN, "group:1236")),
                "403 group_not_invited: …",
            ),
            (
                form(&at("joinGroup"), join(TOKEN, "group:1236&invitation=x")),
                "400 invitation_invalid: …",
            ),
            (
                form(&at("joinGroup"), join(&phil, "group:1234")),
                "409 already_member: …",
            ),
            (
                form(&at("leaveGroup"), join(&phil, "group:1234")),
                "409 owner_cannot_leave: …",
            ),
            (
                form(&at("leaveGroup"), join(TOKEN, "group:1236")),
                "409 not_a_member: …",
            ),
            (
                form(&at("deleteGroup"), join(TOKEN, "group:1234")),
                "403 user_access_denied: …",
            ),
            (
                get(&at("errorTest")),
                "500 system_error: This is a test error.",
            ),
            (
                get(&at("exceptionTest")),
                "500 general_some_error: This is a test exception.",
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
        let asked = form(&at("joinGroup"), join(TOKEN, "group:1235"));
        if protocol == "json" {
            check(
                &server,
                asked.clone(),
                r#"200 {"joinState":"in_moderation"}"#,
            );
        }
        check(&server, asked, "409 join_request_pending: …");
    }
    // XML-RPC tells nothing by its status but what the machinery between must know.
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
fn the_original_servers_named_fewer_causes() {
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
    // Failed logins are limited, so not in every way there is.
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
    let owner = check(
        &server,
        form("json/login", "login=phil&password=philspassword"),
        "200 {…",
    );
    let owner: Value = serde_json::from_slice(&owner.body).unwrap();
    let owner = owner["authToken"].as_str().unwrap();
    check(
        &server,
        form("xml/leaveGroup", format!("authToken={owner}&id=group:1234")),
        "200 operation_not_permitted: …",
    );
}

#[test]
fn the_original_servers_wrote_json_in_ascii() {
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
    // A list on one line, its numbers as numbers, the declared order kept.
    assert_eq!(
        answer("json/getGroups?page=9"),
        r#"{"success":true,"msg":"0 of 19 groups","page":9,"resultsPerPage":100,"totalResults":19,"totalPages":1,"groups":[]}"#
    );
    assert!(
        answer("xmlrpc/getGroups?page=9")
            .contains("<member><name>page</name><value><int>9</int></value></member>")
    );
    assert!(answer("xmlrpc/getGroups?page=9").contains("<array><data></data></array>"));
    assert!(answer("xml/getGroups?page=9").contains("<groups></groups>"));
}

#[test]
fn a_token_that_has_ended_is_told_apart() {
    let gateway = Gateway::start(Backend::Sqlite, &["--peopleaggregator-status", "http"]);
    gateway.command(&["user", "add", "anna"], "");
    let token = gateway.command(&["user", "token", "anna", "--ttl", "1s"], "");
    for protocol in ["json", "xml", "xmlrpc"] {
        let request = Vec::from(get(&format!("{protocol}/checkToken?authToken={token}")));
        let mut told = outcome(&gateway.served.send(&request));
        while told.starts_with("200 {") {
            std::thread::sleep(std::time::Duration::from_millis(100));
            told = outcome(&gateway.served.send(&request));
        }
        let status = if protocol == "xmlrpc" { 200 } else { 401 };
        assert_eq!(
            told,
            format!("{status} user_token_expired: The token has expired.")
        );
    }
}
