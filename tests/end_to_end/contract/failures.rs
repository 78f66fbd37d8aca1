//! How failures are told: statuses, and what the original servers called them.

use serde_json::{Value, json as value};

use super::TOKEN;
use super::order::new_group_with;
use trivium_test_support::Backend;

use crate::harness::{
    Gateway, Request, Served, check, check_everywhere, form, get, json, outcome, post, struct_call,
    xml_body, xml_rpc,
};

const PHIL: &str = "login=phil&password=philspassword";

/// A member of what a call answers in JSON.
#[track_caller]
fn member(server: &Served, request: Request, name: &str) -> String {
    let response = check(server, request, "200 {…");
    let value: Value = serde_json::from_slice(&response.body).unwrap();
    value[name].as_str().unwrap().to_owned()
}

#[test]
fn each_failure_has_its_status_where_statuses_tell() {
    let server = Served::demonstration(&["--peopleaggregator-status", "http"]);
    let phil = member(&server, form("json/login", PHIL), "authToken");
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
    let owner = member(&server, form("json/login", PHIL), "authToken");
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

#[test]
fn each_failure_of_moderation_has_its_status_too() {
    let options = ["--peopleaggregator-status", "http"];
    let server = Served::demonstration_with(&options, &[("TRIVIUM_ADMIN_PASSWORD", "the master")]);
    let phil = member(&server, form("json/login", PHIL), "authToken");
    let new_user = |admin: &str, login: &str, email: &str, password: &str| {
        format!(
            "adminPassword={admin}&login={login}&email={email}&password={password}\
             &firstName=&lastName="
        )
    };
    let made = new_user("the+master", "anna", "anna@example.org", "a-long-password");
    let anna = member(&server, form("json/newUser", made), "id");
    let login = form("json/login", "login=anna&password=a-long-password");
    let annas = member(&server, login, "authToken");
    let invite = |more: &str| {
        let body = format!("authToken={phil}&id=group:1236&{more}");
        let answer = check(&server, form("json/newInvitation", body), "200 {…");
        let value: Value = serde_json::from_slice(&answer.body).unwrap();
        ["invitation", "invitationId"].map(|name| value[name].as_str().unwrap().to_owned())
    };
    let [used_up, _] = invite("usageLimit=1");
    let [ended, _] = invite("expiresIn=1");
    let [revoked, id] = invite("");
    for (name, more) in [
        (
            "revokeInvitation",
            format!("id=group:1236&invitationId={id}"),
        ),
        ("banMember", format!("id=group:1235&user={anna}")),
    ] {
        check(
            &server,
            form(&format!("json/{name}"), format!("authToken={phil}&{more}")),
            "200 {…",
        );
    }
    let join = |token: &str, invitation: &str| format!("authToken={token}&invitation={invitation}");
    check(
        &server,
        form("json/joinByInvitation", join(TOKEN, &used_up)),
        "200 {…",
    );
    let ends = Vec::from(form(
        "json/joinGroup",
        join(&annas, &ended) + "&id=group:1236",
    ));
    while !outcome(&server.send(&ends)).starts_with("400 invitation_expired") {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let leave = form(
            "json/leaveGroup",
            format!("authToken={annas}&id=group:1236"),
        );
        server.send(&Vec::from(leave));
    }
    for protocol in ["json", "xml"] {
        for (name, body, expect) in [
            (
                "newUser",
                new_user("wrong", "x", "x@example.org", "a-long-password"),
                "401 user_invalid_password: …",
            ),
            (
                "newUser",
                new_user("the+master", "marc", "x@example.org", "a-long-password"),
                "409 user_loginname_taken: …",
            ),
            (
                "newUser",
                new_user("the+master", "x", "anna@example.org", "a-long-password"),
                "409 user_email_not_unique: …",
            ),
            (
                "newUser",
                new_user("the+master", "x", "x@example.org", "short"),
                "400 user_password_too_weak: …",
            ),
            (
                "revokeToken",
                format!("authToken={phil}&prefix=00000000"),
                "404 user_token_not_found: …",
            ),
            (
                "joinByInvitation",
                join(&annas, &used_up),
                "400 invitation_used_up: …",
            ),
            (
                "joinByInvitation",
                join(&annas, &revoked),
                "400 invitation_revoked: …",
            ),
            (
                "joinByInvitation",
                join(&annas, &ended),
                "400 invitation_expired: …",
            ),
            (
                "joinByInvitation",
                join(&annas, "inv_nothing"),
                "400 invitation_invalid: …",
            ),
            (
                "joinGroup",
                format!("authToken={annas}&id=group:1235"),
                "403 banned: …",
            ),
            (
                "approveJoinRequest",
                format!("authToken={phil}&id=group:1235&user={anna}"),
                "404 join_request_not_found: …",
            ),
            (
                "removeMember",
                format!("authToken={phil}&id=group:1235&user=user:2"),
                "409 owner_protected: …",
            ),
            (
                "banMember",
                format!("authToken={phil}&id=group:1235&user=user:999999"),
                "404 user_not_found: …",
            ),
            (
                "banMember",
                format!("authToken={TOKEN}&id=group:1235&user={anna}"),
                "403 user_access_denied: …",
            ),
        ] {
            check(&server, form(&format!("{protocol}/{name}"), body), expect);
        }
    }
    // Without an admin password nobody has it.
    let server = Served::demonstration(&options);
    let body = new_user("x", "x", "x@example.org", "a-long-password");
    check(
        &server,
        form("xml/newUser", body),
        "403 operation_not_permitted: …",
    );
}

#[test]
fn too_many_failures_have_a_status_of_their_own_always() {
    let server = Served::demonstration(&[]);
    let wrong = "login=marc&password=x";
    let login = Vec::from(form("json/login", wrong));
    while outcome(&server.send(&login)).starts_with("200 user_invalid_password") {}
    let refused = "429 rate_limited: Too many calls: wait, then try again.";
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
