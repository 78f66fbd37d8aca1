//! `trivium call`.

use serde_json::json;

use super::{CommandResult, run};
use crate::harness::{Served, trivium};

const MARC: &str = "123576abcdef6572134";

/// Runs `trivium call` against the server with these arguments.
fn call(server: &Served, words: &[&str], stdin: &str) -> CommandResult {
    let url = format!("http://{}", server.address);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("token"), format!("{MARC}\n")).expect("a file");
    run(
        folder.path(),
        &[],
        &[&["call"], words, &["--url", &url]].concat(),
        stdin,
    )
}

#[test]
fn call_supports_every_protocol() {
    let server = Served::demonstration(&[]);
    let ban = [
        "id=group:1235",
        "user=user:1",
        "until=2099-12-31T23:59:59Z",
        "--token-file",
        "-",
    ];
    let phil = "4312176fedcba675321";
    for (via, answer) in [
        (
            "json",
            include_str!("../../cases/peopleaggregator.joinGroup.json.response"),
        ),
        (
            "xml",
            include_str!("../../cases/peopleaggregator.joinGroup.xml.response"),
        ),
        (
            "xml-rpc",
            include_str!("../../cases/peopleaggregator.joinGroup.xmlrpc.response"),
        ),
    ] {
        let token = ["--token-file", "token", "--via", via];
        let group = "id=group:1234";
        call(&server, &[&["joinGroup", group], &token[..]].concat(), "").is(answer.trim_end());
        let again = [&["peopleaggregator.joinGroup", group], &token[..]].concat();
        let again = call(&server, &again, "");
        let help = format!("see http://{}/docs/errors/already_member", server.address);
        assert_eq!(again.code, Some(1), "{again:?}");
        assert!(
            again.out.contains("already_member") && again.err.contains(&help),
            "{again:?}"
        );
        let left = call(&server, &[&["leaveGroup", group], &token[..]].concat(), "");
        assert_eq!(left.code, Some(0), "{left:?}");
        // Numbers and times have their type in XML-RPC.
        let list = call(
            &server,
            &["getUserList", "page=2", "resultsPerPage=10", "--via", via],
            "",
        );
        assert!(
            list.code == Some(0) && list.out.contains("marc"),
            "{list:?}"
        );
        for operation in ["banMember", "unbanMember"] {
            let words = if operation == "banMember" {
                &ban[..]
            } else {
                &["id=group:1235", "user=user:1", "--token-file", "-"]
            };
            let done = call(
                &server,
                &[&[operation], words, &["--via", via]].concat(),
                phil,
            );
            assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
        }
    }
}

#[test]
fn secrets_come_from_files() {
    let server = Served::demonstration(&[]);
    let login = call(
        &server,
        &["login", "login=marc", "password@-"],
        "marcspassword\n",
    )
    .json();
    assert_eq!(login["tokenLifetime"], json!(86_400));
    let mine = call(&server, &["getTokens", "authToken@token"], "").json();
    assert_eq!(mine["tokens"].as_array().map(Vec::len), Some(2));
    let verbose = call(&server, &["getTokens", "--token-file", "token", "-v"], "");
    assert!(
        verbose
            .err
            .starts_with("GET /api/json/peopleaggregator/getTokens HTTP/1.1\n"),
        "{verbose:?}"
    );
    assert!(
        verbose
            .err
            .contains("content-type: application/x-javascript\n"),
        "{verbose:?}"
    );
    assert!(!verbose.err.contains(MARC), "{verbose:?}");
    assert_eq!(verbose.code, Some(0));
}

#[test]
fn bad_calls_are_rejected() {
    let server = Served::demonstration(&[]);
    call(&server, &["nope"], "").fails(2, "error: there is no operation 'nope'");
    let misspelt = "error: there is no operation 'joingroups'; did you mean 'joinGroup'?";
    call(&server, &["joingroups"], "").fails(2, misspelt);
    let malformed = "error: invalid value 'echoText' for '[NAME=VALUE]...': expected NAME=VALUE or NAME@FILE, \
                     such as id=group:1234";
    call(&server, &["echo", "echoText"], "").fails(2, malformed);
    call(&server, &["echo", "echoText@nowhere"], "").fails(1, "trivium: nowhere: ");
    let empty = call(&server, &["echo", "echoText="], "");
    assert_eq!(empty.json(), json!({"echoText": "", "success": true}));
    drop(server);
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["call", "echo", "echoText=x", "--url", "http://127.0.0.1:1"];
    run(folder.path(), &[], &words, "").fails(1, "trivium: http://127.0.0.1:1: ");
}

#[test]
fn the_health_check_reports_by_its_exit_code() {
    let mut served = Served::demonstration(&[]);
    let url = format!("http://{}", served.address);
    let check = || trivium(&["healthcheck", "--url", &url], "");
    let healthy = check();
    assert_eq!(healthy.status.code(), Some(0));
    assert_eq!(healthy.stdout, b"ready\n");
    served.stop();
    let gone = check();
    let error = String::from_utf8(gone.stderr).unwrap();
    assert_eq!(gone.status.code(), Some(3));
    assert!(error.contains(&url) && error.contains("refused"), "{error}");
}

#[test]
fn a_call_is_printed_for_other_tools() {
    let server = Served::demonstration(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("my token"), format!("{MARC}\n")).expect("a file");
    let url = format!("http://{}", server.address);
    let words = |group: &str| format!("joinGroup id={group} message=Grüße,-let's");
    for (tool, via, group) in [
        ("curl", "json", "group:1234"),
        ("curl", "xml", "group:1234"),
        ("curl", "xml-rpc", "group:1234"),
        ("python", "json", "group:1234"),
        ("python", "xml", "group:1234"),
        ("python", "xml-rpc", "group:1234"),
        ("xml-rpc", "json", "group:1234"),
    ] {
        let text = words(group);
        let mut arguments = vec!["call", "--url", &url, "--via", via, "--as", tool];
        arguments.extend(["--token-file", "my token"]);
        arguments.extend(text.split(' '));
        let printed = run(folder.path(), &[], &arguments, "");
        assert_eq!(
            (printed.code, printed.err.as_str()),
            (Some(0), ""),
            "{tool} {via}"
        );
        // Nothing is sent yet, and no secret is printed but in a whole message.
        assert_eq!(
            printed.out.contains(MARC),
            tool == "xml-rpc",
            "{}",
            printed.out
        );
        let (program, option, text) = match tool {
            "python" => ("python3", "-c", printed.out),
            "curl" => ("sh", "-c", printed.out),
            _ => {
                std::fs::write(folder.path().join("message"), printed.out).expect("a file");
                let curl = format!(
                    "curl -H 'Content-Type: text/xml' --data-binary @message {url}/api/xmlrpc"
                );
                ("sh", "-c", curl)
            }
        };
        let output = std::process::Command::new(program)
            .args([option, &text])
            .current_dir(folder.path())
            .output()
            .expect("the tool");
        let response = String::from_utf8_lossy(&output.stdout);
        assert!(
            response.contains("joined"),
            "{tool} {via}: {text}\n{response}{output:?}"
        );
        let left = call(
            &server,
            &[
                "leaveGroup",
                &format!("id={group}"),
                &format!("authToken={MARC}"),
            ],
            "",
        );
        assert_eq!(left.code, Some(0), "{left:?}");
    }
}
