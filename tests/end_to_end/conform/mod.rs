//! `trivium conform`: it reports no differences for a conforming server, and every difference that a
//! proxy introduces.

mod proxy;

use serde_json::{Value, json};
use trivium_test_support::Backend;

use self::proxy::Proxy;
use crate::harness::{Gateway, Protocol, Served, trivium};

const TOKEN: &str = "123576abcdef6572134";

/// Examines a server with these tokens; returns the exit code and the output.
fn examine(address: &str, tokens: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, tokens.join("\n") + "\n").expect("a file");
    let url = format!("http://{address}");
    let file = file.to_str().expect("a path");
    let mut arguments = vec!["conform", &url];
    if !tokens.is_empty() {
        arguments.extend(["--token-file", file]);
    }
    let output = trivium(&arguments, "");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let printed = text(output.stdout) + &text(output.stderr);
    (output.status.code(), printed)
}

/// Asserts that there are no differences in both profiles and under both status rules.
#[track_caller]
fn check_conforming(backend: Backend) {
    for profile in ["documented", "original"] {
        for status in ["ok", "http"] {
            let options = [
                "--peopleaggregator-profile",
                profile,
                "--peopleaggregator-status",
                status,
            ];
            let gateway = Gateway::start(backend, &options);
            gateway.command(&["user", "add", "anna"], "");
            gateway.command(&["group", "add", "Anna's", "--owner", "anna"], "");
            gateway.command(&["user", "add", "berta"], "");
            let tokens =
                ["anna", "berta"].map(|login| gateway.command(&["user", "token", login], ""));
            let (code, output) = examine(&gateway.served.address, &[&tokens[0], &tokens[1]]);
            let nothing = output.starts_with("No differences in ");
            assert!(code == Some(0) && nothing, "{profile} {status}: {output}");
            // The groups of the examination are deleted, and others are unchanged.
            let groups = gateway.command(&["group", "list", "--json"], "");
            let groups: Value = serde_json::from_str(&groups).expect("groups");
            let names: Vec<&Value> = groups
                .as_array()
                .expect("groups")
                .iter()
                .map(|group| &group["name"])
                .collect();
            assert_eq!(json!(names), json!(["Anna's"]));
            assert!(!gateway.served.log().contains("ERROR"));
        }
    }
}

#[test]
fn a_conforming_server_has_no_differences_on_sqlite() {
    check_conforming(Backend::Sqlite);
}

#[test]
fn a_conforming_server_has_no_differences_on_postgres() {
    check_conforming(Backend::Postgres);
}

#[test]
fn examination_without_a_token_succeeds() {
    let server = Served::demonstration(&["--directory", "members"]);
    let (code, output) = examine(&server.address, &[]);
    assert_eq!(code, Some(0), "{output}");
}

/// True if a request calls this operation over this protocol.
fn over(request: &str, word: &str, operation: &str) -> bool {
    match word {
        "xmlrpc" => {
            request.starts_with("POST /api/xmlrpc ")
                && request.contains(&format!(
                    "<methodName>peopleaggregator.{operation}</methodName>"
                ))
        }
        word => {
            let path = format!("/api/{word}/peopleaggregator/{operation}");
            request.contains(&format!(" {path} ")) || request.contains(&format!(" {path}?"))
        }
    }
}

/// Alters responses: one difference per operation.
fn alter(request: &str, body: String) -> String {
    // A member has another name in one format.
    if over(request, "json", "getGroups") {
        return body.replace("\"memberCount\"", "\"members\"");
    }
    if over(request, "xmlrpc", "joinGroup") {
        return body.replace("<name>joinState</name>", "<name>state</name>");
    }
    // A code is replaced, or is missing.
    if over(request, "xml", "joinGroup") {
        return body.replace("<code>invalid_id</code>", "<code>general_some_error</code>");
    }
    if over(request, "json", "leaveGroup") {
        return body.replace("\"code\": \"validation_missing_key\", ", "");
    }
    // A number is a text.
    if over(request, "xmlrpc", "getCategories") {
        return body
            .replace("<int>", "<string>")
            .replace("</int>", "</string>");
    }
    // A required or optional member is missing, or is null.
    if over(request, "xml", "getUserList") {
        return body.replace(" <page>1</page>\n", "");
    }
    if over(request, "xml", "getInvitations") {
        return body.replace("<usageLimit>2</usageLimit>", "");
    }
    if over(request, "json", "getMyGroups") {
        return body.replace("\"role\": \"owner\"", "\"role\": null");
    }
    // An address that only older clients use.
    if request.starts_with("POST /api/xmlrpc.php ") && request.contains("peopleaggregator.echo<") {
        return body.replace("Hello", "Goodbye");
    }
    // The checks are in another order.
    let bad_both =
        !request.contains("<name>authToken</name>") && request.contains("<string>x</string>");
    if over(request, "xmlrpc", "deleteGroup") && bad_both {
        return body.replace("validation_missing_key", "invalid_id");
    }
    body
}

/// Alters a request, so that it changes something else.
fn alter_request(request: String) -> String {
    match over(&request, "xml", "editGroup") {
        true => request.replace("&description=&", "&description=other&"),
        false => request,
    }
}

#[test]
fn altered_responses_are_reported() {
    let server = Served::demonstration(&[]);
    let proxy = Proxy::start(&server.address, alter_request, alter);
    let phil = Protocol::Json.call(
        &server,
        "POST",
        "login",
        &json!({"login": "phil", "password": "philspassword"}),
    );
    let (code, output) = examine(&proxy.address, &[TOKEN, &phil.text("authToken")]);
    assert_eq!(code, Some(1), "{output}");
    for sentence in [
        "getGroups over REST (JSON): `groups[].memberCount` is missing.",
        "getGroups over REST (JSON): `groups[].members` is not declared.",
        "joinGroup over XML-RPC: `joinState` is missing.",
        "joinGroup over XML-RPC: `state` is not declared.",
        "joinGroup over REST (XML): with 'x' as `id`, it returned `general_some_error`, \
         expected `invalid_id`.",
        "leaveGroup over REST (JSON): without `id`, its response is malformed: a failure has `code` \
         and `msg` beside `success`, but this one has: msg.",
        "getCategories over XML-RPC: `totalResults` is a text, where a whole number is declared.",
        "getUserList over REST (XML): `page` is missing.",
        "echo over XML-RPC: `echoText` is \"Hello\" in the usual form and \"Goodbye\" at /api/xmlrpc.php.",
        "getInvitations: `invitations[0].usageLimit` is present over REST (JSON) but not over REST \
         (XML).",
        "getMyGroups over REST (JSON): `groups[].role` is null, where a text is declared.",
        "deleteGroup over XML-RPC: without `authToken` and with 'x' as `id`, it returned `invalid_id`, \
         expected `validation_missing_key`: its checks are in another order.",
        "getGroup: `group.description` is \"\" for what was changed over REST (JSON) and \"other\" for \
         what was changed over REST (XML).",
    ] {
        assert!(
            output.lines().any(|line| line == sentence),
            "{sentence}\n{output}"
        );
    }
    // Nothing else is reported.
    let altered = [
        "echo",
        "getGroups",
        "joinGroup",
        "leaveGroup",
        "getCategories",
        "getUserList",
        "getInvitations",
        "getMyGroups",
        "deleteGroup",
        "editGroup",
        "getGroup",
    ];
    for line in output.lines().filter(|line| !line.starts_with("trivium: ")) {
        let name = line.split([' ', ':']).next().unwrap_or_default();
        assert!(altered.contains(&name), "{line}");
    }
    // It could still delete its groups.
    let mine = server.get(&format!(
        "/api/json/peopleaggregator/getMyGroups?authToken={TOKEN}"
    ));
    assert!(!mine.text().contains("trivium conform"));
}

#[test]
fn bad_servers_and_tokens_are_rejected() {
    let server = Served::demonstration(&[]);
    let proxy = Proxy::start(
        &server.address,
        |request| request,
        |_, _| "hello".to_owned(),
    );
    for (address, ended, words) in [
        (
            proxy.address.as_str(),
            1,
            "this server does not serve the PeopleAggregator API",
        ),
        ("127.0.0.1:1", 1, "trivium: http://127.0.0.1:1: "),
        ("", 2, "invalid URL of a server: 'http://'"),
    ] {
        let (code, output) = examine(address, &[]);
        assert_eq!(code, Some(ended), "{output}");
        assert!(output.contains(words), "{output}");
    }
    let (code, output) = examine(&server.address, &["nobody's"]);
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("the server rejected the token"), "{output}");
}
