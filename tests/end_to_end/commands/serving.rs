//! Start, readiness and stop of servers.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use trivium_test_support::{Backend, Scratch};

use super::{CommandResult, command, run};
use crate::harness::{Connection, Gateway, Protocol, Served, check, form, get, new_group, outcome};

#[test]
fn a_second_server_on_a_file_is_rejected() {
    let scratch = Scratch::new(Backend::Sqlite);
    let arguments = ["--database", &scratch.url];
    let second = |listen: &str| {
        let arguments = [&["serve", "--listen", listen], &arguments[..]].concat();
        run(scratch.folder.path(), &[], &arguments, "")
    };
    let log = |name: &str| scratch.folder.path().join(name);
    let mut first = Served::start(&arguments, &[], log("first"));
    let refused = second("127.0.0.1:0");
    refused.fails(
        1,
        &format!("trivium: {} is served by another trivium", scratch.url),
    );
    // Links lead to the same file.
    let file = scratch.url.trim_start_matches("sqlite:");
    std::os::unix::fs::symlink(file, scratch.folder.path().join("link.db")).unwrap();
    std::fs::hard_link(file, scratch.folder.path().join("hard.db")).unwrap();
    for name in ["link.db", "hard.db"] {
        let database = format!("sqlite:{name}");
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--database", &database];
        let refused = run(scratch.folder.path(), &[], &arguments, "");
        refused.fails(
            1,
            &format!("trivium: {database} is served by another trivium"),
        );
    }
    check(&first, get("/ready"), "200 ready");

    // A killed server leaves no lock behind.
    first.signal("KILL");
    first.wait();
    let next = Served::start(&arguments, &[], log("next"));
    check(&next, get("/ready"), "200 ready");

    // Two servers cannot share an address.
    let other = Scratch::new(Backend::Sqlite);
    let arguments = ["serve", "--listen", &next.address, "--database", &other.url];
    let error = format!("trivium: cannot listen on {}: ", next.address);
    run(other.folder.path(), &[], &arguments, "").fails(1, &error);
}

#[test]
fn several_servers_share_a_postgres_database() {
    let gateway = Gateway::start(Backend::Postgres, &[]);
    let log = gateway.scratch.folder.path().join("second");
    let second = Served::start(&["--database", &gateway.scratch.url], &[], log);
    gateway.command(&["user", "add", "marc"], "");
    let token = gateway.command(&["user", "token", "marc"], "");
    for server in [&gateway.served, &second] {
        let expect = "200 {\"login\":\"marc\",…";
        check(
            server,
            get(&format!("json/checkToken?authToken={token}")),
            expect,
        );
    }
}

#[test]
fn liveness_and_readiness_are_reported() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        for (path, expect) in [("/live", "200 live"), ("/ready", "200 ready")] {
            let response = check(&gateway.served, get(path), expect);
            assert_eq!(response.header("content-type"), "text/plain; charset=utf-8");
        }
    }
}

#[test]
fn process_arguments_contain_no_secrets() {
    let arguments_of = |id: u32| {
        let bytes = std::fs::read(format!("/proc/{id}/cmdline")).expect("Linux");
        String::from_utf8_lossy(&bytes).replace('\0', " ")
    };
    let scratch = Scratch::new(Backend::Postgres);
    let secret = scratch.folder.path().join("secret");
    // The cluster accepts any password, so the address can contain one.
    let url = scratch.url.replace("trivium@", "trivium:sesame@");
    std::fs::write(&secret, &url).unwrap();
    let environment = [
        ("TRIVIUM_DATABASE_FILE", secret.to_str().unwrap()),
        ("TRIVIUM_ADMIN_PASSWORD", "sesame"),
    ];
    let server = Served::start(&[], &environment, scratch.folder.path().join("log"));
    assert!(!arguments_of(server.id()).contains("sesame"));
    assert!(
        !server.announcement.contains("sesame"),
        "{}",
        server.announcement
    );

    let adding = ["user", "add", "marc", "--password-stdin"];
    let mut child = command(scratch.folder.path(), &environment, &adding)
        .spawn()
        .unwrap();
    // It waits for the password on its input.
    assert!(!arguments_of(child.id()).contains("sesame"));
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"sesame open\n").unwrap();
    drop(input);
    CommandResult::from(child.wait_with_output().unwrap()).is("user:1");
    check(
        &server,
        form("json/login", "login=marc&password=sesame+open"),
        "200 {…",
    );
    assert!(!server.log().contains("sesame"), "{}", server.log());
}

#[test]
fn a_stopping_server_is_not_ready_and_finishes_started_requests() {
    let mut server = Served::demonstration(&[]);
    let request = form("json/echoPost", "echoText=patience").bytes();
    let (begun, rest) = request.split_at(request.len() - 4);
    let mut slow = Connection::open(&server.address);
    slow.send(begun);
    let mut watching = Connection::open(&server.address);
    let mut ask = || {
        watching.send(&get("/ready").bytes());
        watching.receive().expect("an answer")
    };
    assert_eq!(outcome(&ask()), "200 ready");
    server.signal("TERM");
    // It closes connections from then on.
    let last = loop {
        let response = ask();
        if response.header("connection") == "close" {
            break response;
        }
        assert_eq!(outcome(&response), "200 ready");
    };
    assert_eq!(outcome(&last), "503 stopping");
    slow.send(rest);
    let response = slow.receive().expect("a response");
    assert_eq!(outcome(&response), r#"200 {"echoText":"patience"}"#);
    assert_eq!(server.wait(), Some(0));
}

/// Joins groups until the server has stopped; returns the groups whose joins were acknowledged.
fn join_all(address: &str, token: &str, groups: usize, acknowledged: &AtomicUsize) -> Vec<String> {
    let mut mine = Vec::new();
    let mut connection = Connection::try_open(address);
    for group in 1..=groups {
        let Some(open) = &mut connection else { break };
        let id = format!("group:{group}");
        let body = format!("authToken={token}&id={id}");
        open.send(&form("json/joinGroup", body).bytes());
        match open.receive() {
            Some(response) => {
                assert_eq!(outcome(&response), r#"200 {"joinState":"joined"}"#);
                mine.push(id);
                acknowledged.fetch_add(1, Ordering::SeqCst);
                if response.header("connection") == "close" {
                    connection = Connection::try_open(address);
                }
            }
            None => connection = Connection::try_open(address),
        }
    }
    mine
}

/// Reads until the server has stopped, and asserts that every response is complete.
fn read_all(address: &str) {
    while let Some(mut connection) = Connection::try_open(address) {
        loop {
            connection.send(&get("xml/getGroups").bytes());
            let Some(response) = connection.receive() else {
                break;
            };
            assert!(response.text().ends_with("</response>\n"));
            if response.header("connection") == "close" {
                break;
            }
        }
    }
}

fn check_stop(backend: Backend, signal: &str) {
    const PEOPLE: usize = 4;
    const GROUPS: usize = 60;
    let mut gateway = Gateway::start(backend, &[]);
    gateway.command(&["user", "add", "owner"], "");
    let owner = gateway.command(&["user", "token", "owner"], "");
    for n in 0..GROUPS {
        let call = new_group(&owner, &format!("Group {n}"), "open");
        Protocol::Json
            .call(&gateway.served, "POST", "newGroup", &call)
            .succeeds();
    }
    let tokens: Vec<String> = (0..PEOPLE)
        .map(|n| {
            let login = format!("member{n}");
            gateway.command(&["user", "add", &login], "");
            gateway.command(&["user", "token", &login], "")
        })
        .collect();
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let address = gateway.served.address.clone();
    let joining: Vec<_> = tokens
        .iter()
        .map(|token| {
            let (address, token) = (address.clone(), token.clone());
            let acknowledged = Arc::clone(&acknowledged);
            std::thread::spawn(move || join_all(&address, &token, GROUPS, &acknowledged))
        })
        .collect();
    let reading: Vec<_> = (0..2)
        .map(|_| {
            let address = address.clone();
            std::thread::spawn(move || read_all(&address))
        })
        .collect();
    // Stop it while requests are running.
    while acknowledged.load(Ordering::SeqCst) < PEOPLE * GROUPS / 4 {
        std::thread::sleep(Duration::from_millis(1));
    }
    gateway.served.signal(signal);
    assert_eq!(gateway.served.wait(), Some(0), "{}", gateway.served.log());
    for reader in reading {
        reader.join().expect("every answer whole");
    }
    let log = gateway.scratch.folder.path().join("after");
    let after = Served::start(&["--database", &gateway.scratch.url], &[], log);
    for (joiner, token) in joining.into_iter().zip(&tokens) {
        let mine: BTreeSet<String> = joiner
            .join()
            .expect("every answer whole")
            .into_iter()
            .collect();
        let call = json!({"authToken": token});
        let answer = Protocol::Json.call(&after, "GET", "getMyGroups", &call);
        let kept: BTreeSet<String> = answer.value["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group: &Value| group["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(
            kept.is_superset(&mine),
            "acknowledged and lost: {:?}",
            &mine - &kept
        );
    }
    let log = gateway.served.log();
    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
}

#[test]
fn a_stop_keeps_acknowledged_changes_of_open_connections() {
    check_stop(Backend::Sqlite, "TERM");
    check_stop(Backend::Postgres, "INT");
}
