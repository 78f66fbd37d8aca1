//! The log of a server: JSON lines, what they say about calls and sign-ins, no secrets, and no effect on requests
//! if nobody reads it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

use serde_json::Value;

use trivium_test_support::Backend;

use crate::harness::{
    Connection, Gateway, Served, form, get, json, post, struct_call, xml_body, xml_rpc,
};

const TOKEN: &str = "123576abcdef6572134";

#[test]
fn a_json_log_has_an_object_per_line_and_no_secrets() {
    for level in ["info", "debug"] {
        let options = ["--log-format", "json", "--log-level", level];
        let mut server =
            Served::demonstration_with(&options, &[("TRIVIUM_ADMIN_PASSWORD", "sesame-master")]);
        let token = |value: &str| format!("authToken={value}");
        let secret = "sesame-0123456789abcdef";
        let mut statuses = BTreeMap::new();
        for request in [
            form("json/login", "login=marc&password=marcspassword"),
            form("xml/login", "login=marc&password=sesame-wrong"),
            json(
                "json/login",
                r#"{"login": "phil", "password": "philspassword"}"#,
            ),
            form("json/login", format!("login={secret}&password=x")),
            xml_rpc(struct_call(
                "login",
                &[("login", "marc"), ("password", "sesame-wrong")],
            )),
            get(&format!("json/checkToken?{}", token(TOKEN))),
            get(&format!("xml/checkToken?{}", token(secret))),
            get(&format!("xmlrpc/nope?{}", token(secret))),
            get(&format!("/nope?{}&key={secret}", token(TOKEN))),
            get("json/checkToken").with("Authorization", &format!("Bearer {TOKEN}")),
            get("json/checkToken").with("Cookie", secret),
            form("json/joinGroup", format!("{}&id=group:1234", token(TOKEN))),
            form(
                "json/joinGroup",
                format!("{}&id=x&invitation={secret}", token(TOKEN)),
            ),
            form("json/newUser", "adminPassword=sesame-master&login=a"),
            xml_body("json/joinGroup", format!("<request><authToken>{secret}")),
            json("xml/joinGroup", format!("{{\"authToken\": \"{secret}")),
            xml_rpc(format!("<methodCall>{secret}")),
            post("json/echoPost", "text/plain", secret),
            form("json/echoPost", vec![b'x'; 300_000]),
            get("json/exceptionTest"),
            get("/live"),
        ] {
            let response = server.send(&Vec::from(request));
            let id = response.header("x-request-id").to_owned();
            statuses.insert(id, response.status);
        }
        // Malformed requests have no line, or one like the others.
        for broken in [
            format!("GET /{secret}\r\n\r\n"),
            format!("{secret}\r\n\r\n"),
        ] {
            server.send(broken.as_bytes());
        }
        server.stop();

        let log = server.log();
        let mut logged = BTreeMap::new();
        for line in log.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            assert!(
                line["timestamp"].is_string() && line["level"].is_string(),
                "{line}"
            );
            if line["message"] == "request" {
                assert!(
                    line["method"].is_string() && line["path"].is_string(),
                    "{line}"
                );
                assert_eq!(line["client"], "127.0.0.1");
                assert!(line["microseconds"].is_u64(), "{line}");
                let id = line["id"].as_str().unwrap().to_owned();
                logged.insert(id, u16::try_from(line["status"].as_u64().unwrap()).unwrap());
            }
        }
        assert_eq!(logged, statuses);
        for word in [TOKEN, secret, "marcspassword", "philspassword", "sesame"] {
            let line = log.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "{word} at level {level}");
        }
    }
}

/// A request, the login in its line, and the login, message and code of each sign-in.
type Case = (Vec<u8>, &'static str, &'static [[&'static str; 3]]);

#[test]
fn lines_of_a_request_have_its_id_and_the_login_of_its_caller() {
    for backend in Backend::ALL {
        let options = ["--log-format", "json", "--upcoming", "/services"];
        let environment = [("TRIVIUM_ADMIN_PASSWORD", "sesame-master")];
        let mut gateway = Gateway::start_with(backend, &options, &environment);
        gateway.command(
            &["user", "add", "anna", "--password-stdin"],
            "annas password",
        );
        let token = gateway.command(&["user", "token", "anna"], "");
        const ACCEPTED: [&str; 3] = ["anna", "sign-in accepted", ""];
        const REJECTED: [&str; 3] = ["anna", "sign-in rejected", "user_invalid_password"];
        let cases: [Case; 7] = [
            (
                form("json/login", "login=anna&password=annas%20password").into(),
                "anna",
                &[ACCEPTED],
            ),
            (
                form("xml/login", "login=anna&password=wrong").into(),
                "",
                &[REJECTED],
            ),
            (
                form("json/login", "login=somebody&password=wrong").into(),
                "",
                &[["", "sign-in rejected", "user_invalid_password"]],
            ),
            (
                form("json/deleteUser", "adminPassword=wrong&login=anna").into(),
                "",
                &[["administrator", "sign-in rejected", "user_invalid_password"]],
            ),
            (
                get(&format!("json/checkToken?authToken={token}")).into(),
                "anna",
                &[],
            ),
            (get("json/checkToken?authToken=unknown").into(), "", &[]),
            (get("json/getGroups").into(), "", &[]),
        ];
        let mut expected = Vec::new();
        for (request, login, sign_ins) in cases {
            let response = gateway.served.send(&request);
            expected.push((response.header("x-request-id").to_owned(), login, sign_ins));
        }
        gateway.served.stop();
        let log = gateway.served.log();
        let lines: Vec<Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        for (id, login, sign_ins) in &expected {
            let of_request: Vec<_> = lines.iter().filter(|line| line["id"] == **id).collect();
            let (last, before) = of_request.split_last().expect("the line of a request");
            assert_eq!(last["message"], "request");
            assert_eq!(text(last, "login"), *login, "{last}");
            let logged: Vec<_> = before
                .iter()
                .filter(|line| text(line, "message").starts_with("sign-in"))
                .map(|line| {
                    assert_eq!(line["client"], "127.0.0.1");
                    ["login", "message", "code"].map(|name| text(line, name))
                })
                .collect();
            assert_eq!(logged, *sign_ins, "{id}: {log}");
        }
    }
}

#[test]
fn a_log_that_nobody_reads_holds_up_no_request() {
    const REQUESTS: u64 = 10_000;
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let server = Served::demonstration_logging_to(writer);
    let mut connection = Connection::open(&server.address);
    // The pipe takes some hundreds of their lines, and the queue 8,192.
    for _ in 0..REQUESTS / 100 {
        connection.send(
            "GET /live HTTP/1.1\r\nHost: test\r\n\r\n"
                .repeat(100)
                .as_bytes(),
        );
        for _ in 0..100 {
            assert_eq!(connection.receive().expect("a response").status, 200);
        }
    }
    let (mut logged, mut dropped) = (0, 0);
    // Once the log is read, it reports how much is missing.
    for line in BufReader::new(reader).lines() {
        let line = line.expect("a line");
        logged += u64::from(line.contains("path=\"/live\""));
        if let Some((_, lines)) = line.split_once("lines=") {
            dropped = lines.parse().expect("a number");
        }
        if logged + dropped >= REQUESTS {
            break;
        }
    }
    assert!(dropped > 0, "{logged}");
}
