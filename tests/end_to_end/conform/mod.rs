//! `trivium conform`: it finds nothing at a server that keeps its word, and what is altered on
//! the way.

mod proxy;

use serde_json::{Value, json};
use trivium_test_support::Backend;

use self::proxy::Proxy;
use crate::harness::{Gateway, Protocol, Served, trivium};

const TOKEN: &str = "123576abcdef6572134";

/// The exit code of an examination with these tokens, and what it said.
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
    let said = text(output.stdout) + &text(output.stderr);
    (output.status.code(), said)
}

/// Holds that nothing is found, in either profile and with either rule for statuses.
#[track_caller]
fn check_true(backend: Backend) {
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
            let (code, said) = examine(&gateway.served.address, &[&tokens[0], &tokens[1]]);
            let nothing = said.starts_with("No differences in ");
            assert!(code == Some(0) && nothing, "{profile} {status}: {said}");
            // What was made is gone, and what was there is as it was.
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
fn nothing_is_found_at_a_true_server_on_sqlite() {
    check_true(Backend::Sqlite);
}

#[test]
fn nothing_is_found_at_a_true_server_on_postgres() {
    check_true(Backend::Postgres);
}

#[test]
fn without_a_token_nothing_is_changed() {
    let server = Served::demonstration(&["--directory", "members"]);
    let (code, said) = examine(&server.address, &[]);
    assert_eq!(code, Some(0), "{said}");
}

/// What was asked, in words: path and body.
fn over(asked: &str, word: &str, operation: &str) -> bool {
    match word {
        "xmlrpc" => {
            asked.starts_with("POST /api/xmlrpc ")
                && asked.contains(&format!(
                    "<methodName>peopleaggregator.{operation}</methodName>"
                ))
        }
        word => {
            let path = format!("/api/{word}/peopleaggregator/{operation}");
            asked.contains(&format!(" {path} ")) || asked.contains(&format!(" {path}?"))
        }
    }
}

/// Alters answers: one difference for each operation.
fn alter(asked: &str, body: String) -> String {
    // A member has another name in one format.
    if over(asked, "json", "getGroups") {
        return body.replace("\"memberCount\"", "\"members\"");
    }
    if over(asked, "xmlrpc", "joinGroup") {
        return body.replace("<name>joinState</name>", "<name>state</name>");
    }
    // A code is lost: it becomes another, or is not there.
    if over(asked, "xml", "joinGroup") {
        return body.replace("<code>invalid_id</code>", "<code>general_some_error</code>");
    }
    if over(asked, "json", "leaveGroup") {
        return body.replace("\"code\": \"validation_missing_key\", ", "");
    }
    // A number is a text.
    if over(asked, "xmlrpc", "getCategories") {
        return body
            .replace("<int>", "<string>")
            .replace("</int>", "</string>");
    }
    // A member is dropped, whether it must be there or may be; or is null in its place.
    if over(asked, "xml", "getUserList") {
        return body.replace(" <page>1</page>\n", "");
    }
    if over(asked, "xml", "getInvitations") {
        return body.replace("<usageLimit>2</usageLimit>", "");
    }
    if over(asked, "json", "getMyGroups") {
        return body.replace("\"role\": \"owner\"", "\"role\": null");
    }
    // The checks are in another order.
    let bad_both =
        !asked.contains("<name>authToken</name>") && asked.contains("<string>x</string>");
    if over(asked, "xmlrpc", "deleteGroup") && bad_both {
        return body.replace("validation_missing_key", "invalid_id");
    }
    body
}

/// Alters what is asked, so that something else is done.
fn alter_request(asked: String) -> String {
    match over(&asked, "xml", "editGroup") {
        true => asked.replace("&description=&", "&description=other&"),
        false => asked,
    }
}

#[test]
fn what_is_altered_on_the_way_is_found() {
    let server = Served::demonstration(&[]);
    let proxy = Proxy::start(&server.address, alter_request, alter);
    let phil = Protocol::Json.call(
        &server,
        "POST",
        "login",
        &json!({"login": "phil", "password": "philspassword"}),
    );
    let (code, said) = examine(&proxy.address, &[TOKEN, &phil.text("authToken")]);
    assert_eq!(code, Some(1), "{said}");
    for sentence in [
        "getGroups over REST (JSON): `groups[].memberCount` is missing.",
        "getGroups over REST (JSON): `groups[].members` is not declared.",
        "joinGroup over XML-RPC: `joinState` is missing.",
        "joinGroup over XML-RPC: `state` is not declared.",
        "joinGroup over REST (XML): with 'x' as `id`, it answers `general_some_error` and not \
         `invalid_id`.",
        "leaveGroup over REST (JSON): without `id`, its answer cannot be read: a failure has `code` \
         and `msg` beside `success`, and it has: msg.",
        "getCategories over XML-RPC: `totalResults` is a text, where a whole number is declared.",
        "getUserList over REST (XML): `page` is missing.",
        "getInvitations: `invitations[0].usageLimit` is there over REST (JSON) and not over REST \
         (XML).",
        "getMyGroups over REST (JSON): `groups[].role` is null, where a text is declared.",
        "deleteGroup over XML-RPC: without `authToken` and with 'x' as `id`, it answers `invalid_id` \
         and not `validation_missing_key`: its checks are in another order.",
        "getGroup: `group.description` is \"\" for what was changed over REST (JSON) and \"other\" for \
         what was changed over REST (XML).",
    ] {
        assert!(
            said.lines().any(|line| line == sentence),
            "{sentence}\n{said}"
        );
    }
    // Nothing is blamed that was not altered.
    let altered = [
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
    for line in said.lines().filter(|line| !line.starts_with("trivium: ")) {
        let name = line.split([' ', ':']).next().unwrap_or_default();
        assert!(altered.contains(&name), "{line}");
    }
    // What it made, it could still delete.
    let mine = server.get(&format!(
        "/api/json/peopleaggregator/getMyGroups?authToken={TOKEN}"
    ));
    assert!(!mine.text().contains("trivium conform"));
}

#[test]
fn what_is_no_server_is_told() {
    let server = Served::demonstration(&[]);
    let proxy = Proxy::start(&server.address, |asked| asked, |_, _| "hello".to_owned());
    for (address, words) in [
        (
            proxy.address.as_str(),
            "this is no server of the PeopleAggregator API",
        ),
        ("127.0.0.1:1", "trivium: http://127.0.0.1:1: "),
        ("", "trivium: invalid server URL 'http://'"),
    ] {
        let (code, said) = examine(address, &[]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    }
    let (code, said) = examine(&server.address, &["nobody's"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("the token is not good at this server"),
        "{said}"
    );
}
