//! The management listener: metrics that agree with what clients did, and health checks with reasons.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;
use trivium_test_support::Backend;

use crate::harness::{
    Certificate, Connection, Gateway, Protocol, Served, form, new_group, outcome, project, run,
    unpacked,
};

const LISTEN: [&str; 2] = ["--management-listen", "127.0.0.1:0"];

/// Gets a page of the management listener: its status and its body.
fn managed(server: &Served, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.management()).expect("the management listener");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    )
    .expect("a request");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status");
    (status.parse().expect("a number"), body.to_owned())
}

/// The samples of a server by name and labels.
fn samples(server: &Served) -> BTreeMap<String, f64> {
    let (status, text) = managed(server, "/metrics");
    assert_eq!(status, 200, "{text}");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a sample");
            (name.to_owned(), value.parse().expect("a number"))
        })
        .collect()
}

fn calls(format: &str, operation: &str, outcome: &str) -> String {
    format!(
        "trivium_calls_total{{format=\"{format}\",operation=\"{operation}\",outcome=\"{outcome}\"}}"
    )
}

#[test]
fn metrics_agree_with_what_clients_did() {
    for backend in Backend::ALL {
        let options = [&LISTEN[..], &["--quota-groups", "5"]].concat();
        let gateway = Gateway::start(backend, &options);
        let server = &gateway.served;
        gateway.command(&["user", "add", "anna"], "");
        let token = gateway.command(&["user", "token", "anna"], "");
        let before = samples(server);
        let mut expected = BTreeMap::<String, f64>::new();
        let mut operations = BTreeMap::<&str, f64>::new();
        let mut count = |format: &str, operation: &'static str, outcome: &str| {
            *expected
                .entry(calls(format, operation, outcome))
                .or_default() += 1.0;
            *operations.entry(operation).or_default() += 1.0;
        };
        let mut changes = 0.0;
        for (protocol, format) in [
            (Protocol::Json, "rest-json"),
            (Protocol::Xml, "rest-xml"),
            (Protocol::XmlRpc, "xml-rpc"),
        ] {
            // Two groups each: the sixth is beyond the quota.
            for n in 0..2 {
                let group = new_group(&token, &format!("{format} {n}"), "open");
                let code = protocol.call(server, "POST", "newGroup", &group).code();
                count(format, "newGroup", &code);
                changes += f64::from(code == "success");
            }
            // The same read several times, which the cache may serve.
            for _ in 0..4 {
                let mine = json!({"authToken": token});
                let code = protocol.call(server, "GET", "getMyGroups", &mine).code();
                count(format, "getMyGroups", &code);
            }
            let wrong = json!({"authToken": "wrong"});
            let code = protocol.call(server, "GET", "getMyGroups", &wrong).code();
            assert_eq!(code, "user_token_invalid");
            count(format, "getMyGroups", &code);
        }
        // Names that nobody declared have one label.
        for n in 0..20 {
            server.get(&format!("/api/json/peopleaggregator/made-up-{n}"));
            count("rest-json", "unknown", "system_error");
        }
        // A call of a known operation that is rejected before it runs.
        server.get("/api/xml/peopleaggregator/joinGroup");
        count("rest-xml", "joinGroup", "invalid_request_method");

        let after = samples(server);
        let grown = |name: &str| {
            let value = |samples: &BTreeMap<String, f64>| samples.get(name).copied().unwrap_or(0.0);
            value(&after) - value(&before)
        };
        let counted: BTreeMap<String, f64> = after
            .keys()
            .filter(|name| name.starts_with("trivium_calls_total"))
            .map(|name| (name.clone(), grown(name)))
            .collect();
        assert_eq!(counted, expected, "{backend:?}");
        for (operation, count) in operations {
            let name = |part: &str, more: &str| {
                format!("trivium_call_duration_seconds_{part}{{operation=\"{operation}\"{more}}}")
            };
            assert_eq!(grown(&name("count", "")), count, "{operation}");
            assert_eq!(grown(&name("bucket", ",le=\"+Inf\"")), count, "{operation}");
            let sum = grown(&name("sum", ""));
            assert!(sum > 0.0 && sum < 60.0 * count, "{operation}: {sum}");
        }
        assert_eq!(grown("trivium_changes_total"), changes);
        let commits = grown("trivium_commit_duration_seconds_count");
        assert!(commits > 0.0 && commits <= changes + 1.0, "{commits}");
        assert_eq!(after["trivium_changes_in_progress"], 0.0);
        assert_eq!(grown("trivium_refusals_total{limit=\"quota\"}"), 1.0);
        assert!(after["trivium_database_bytes"] > 10_000.0);
        assert!(after["trivium_database_connections{state=\"idle\"}"] >= 1.0);
        let hits = grown("trivium_response_cache_lookups_total{result=\"hit\"}");
        assert_eq!(hits > 0.0, backend == Backend::Sqlite, "{hits}");
    }
}

#[test]
fn held_connections_and_bytes_are_measured() {
    let server = Served::demonstration(&LISTEN);
    let request = form("json/echoPost", format!("echoText={}", "x".repeat(10_000))).bytes();
    let (begun, rest) = request.split_at(request.len() - 4);
    let mut slow = Connection::open(&server.address);
    slow.send(begun);
    loop {
        let now = samples(&server);
        assert!(now["trivium_connections"] <= 1.0);
        if now["trivium_memory_held_bytes"] >= 9_000.0 {
            break;
        }
    }
    slow.send(rest);
    slow.receive().expect("a response");
    drop(slow);
    while samples(&server)["trivium_connections"] > 0.0 {}
    let end = samples(&server);
    assert_eq!(end["trivium_memory_held_bytes"], 0.0);
    assert_eq!(end["trivium_memory_budget_bytes"], 134_217_728.0);
}

#[test]
fn health_checks_have_reasons_for_administrators_only() {
    let gateway = Gateway::start(Backend::Sqlite, &LISTEN);
    let server = &gateway.served;
    assert_eq!(managed(server, "/live"), (200, "live\n".to_owned()));
    assert_eq!(managed(server, "/ready"), (200, "ready\n".to_owned()));
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(managed(server, "/version").1.contains(&version));
    assert_eq!(managed(server, "/").0, 404);
    // Clients find none of it.
    for path in ["/metrics", "/version"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    std::fs::remove_file(gateway.scratch.url.trim_start_matches("sqlite:")).expect("the database");
    let (status, reason) = managed(server, "/ready");
    assert_eq!(status, 503);
    assert!(reason.contains("deleted"), "{reason}");
    let public = server.get("/ready");
    assert_eq!(outcome(&public), "503 not ready: the log has the reason");
    assert_eq!(managed(server, "/metrics").0, 200);
}

#[test]
fn the_management_listener_responds_while_the_server_stops() {
    let mut server = Served::demonstration(&LISTEN);
    let request = form("json/echoPost", "echoText=patience").bytes();
    let (begun, rest) = request.split_at(request.len() - 4);
    let mut slow = Connection::open(&server.address);
    slow.send(begun);
    while samples(&server)["trivium_connections"] < 1.0 {}
    server.signal("TERM");
    while managed(&server, "/ready").0 == 200 {}
    assert_eq!(managed(&server, "/ready"), (503, "stopping\n".to_owned()));
    assert_eq!(managed(&server, "/live").0, 200);
    assert_eq!(managed(&server, "/metrics").0, 200);
    slow.send(rest);
    let response = slow.receive().expect("a response");
    assert_eq!(outcome(&response), r#"200 {"echoText":"patience"}"#);
    assert_eq!(server.wait(), Some(0));
}

/// promtool, in the folder where `make tools` puts it, or on the path.
fn promtool(arguments: &[&str], input: &str) -> String {
    let output = run(
        &unpacked("promtool", "usr/bin"),
        arguments,
        input.as_bytes(),
    );
    [output.stdout, output.stderr]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat()
}

#[test]
fn prometheus_accepts_metrics_and_alerts() {
    let gateway = Gateway::start(Backend::Sqlite, &LISTEN);
    gateway
        .served
        .get("/api/json/peopleaggregator/getCategories");
    let (_, metrics) = managed(&gateway.served, "/metrics");
    assert_eq!(promtool(&["check", "metrics"], &metrics), "");
    let metrics = metrics + &metrics_of_tls();
    let rules = project().join("docs/monitoring/alerts.yml");
    let tests = project().join("docs/monitoring/alerts.test.yml");
    promtool(&["check", "rules", rules.to_str().expect("a path")], "");
    promtool(&["test", "rules", tests.to_str().expect("a path")], "");
    // The rules name metrics that exist.
    let rules = std::fs::read_to_string(rules).expect("the rules");
    let words = rules.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named: Vec<&str> = words.filter(|word| word.starts_with("trivium_")).collect();
    assert!(named.len() > 5, "{named:?}");
    for name in named {
        assert!(metrics.contains(&format!("\n{name}")), "{name}");
    }
}

/// The metrics of a server with a certificate.
fn metrics_of_tls() -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = Certificate::new(folder.path(), "server", &["localhost"]);
    let server = Served::demonstration(&[&LISTEN[..], &certificate.options()].concat());
    let (_, metrics) = managed(&server, "/metrics");
    promtool(&["check", "metrics"], &metrics);
    metrics
}

#[test]
fn the_document_lists_the_metrics() {
    let server = Served::demonstration(&LISTEN);
    server.get("/api/json/peopleaggregator/getCategories");
    let (_, metrics) = managed(&server, "/metrics");
    let metrics = metrics + &metrics_of_tls();
    let types = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    let document = std::fs::read_to_string(project().join("docs/OPERATING.md"));
    let document = document.expect("the document");
    for name in types.filter_map(|line| line.split(' ').next()) {
        let is_listed = name.starts_with("process_") || document.contains(&format!("`{name}`"));
        assert!(is_listed, "{name}");
    }
}
