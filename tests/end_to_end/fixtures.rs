//! Databases of earlier versions: this version opens a copy, migrates it, and reads every row.
//!
//! `tests/fixtures` has one for each engine, named after the last migration of its version, with what
//! this version reads from it. Both have the same rows, in every table and every state. A migration
//! changes no fixture: it is tested with them.

use std::path::Path;

use serde_json::{Value, json};
use trivium_test_support::{Backend, Cluster, Scratch};

use crate::harness::{Protocol, Served, check, check_recorded, form, project, trivium};

/// The fixtures, oldest first.
pub(crate) const VERSIONS: &[&str] = &["2026-11-22"];

/// Tokens in the fixtures.
const ANNA: &str = "token of anna";
const CARL: &str = "token of carl";

/// Copies a fixture into a scratch database.
pub(crate) fn copy(backend: Backend, version: &str) -> Scratch {
    let scratch = Scratch::new(backend);
    let fixtures = project().join("tests/fixtures");
    match backend {
        Backend::Sqlite => {
            let path = scratch.url.trim_start_matches("sqlite:");
            std::fs::copy(fixtures.join(format!("{version}.sqlite")), Path::new(path))
                .expect("a copy");
        }
        Backend::Postgres => {
            let dump = fixtures.join(format!("{version}.postgres.sql"));
            let dump = std::fs::read_to_string(dump).expect("a dump");
            let (_, name) = scratch.url.rsplit_once('/').expect("a name");
            Cluster::get().sql(name, &dump);
        }
    }
    scratch
}

/// Reads every row that an operation or a command returns.
fn read(scratch: &Scratch) -> String {
    let log = scratch.folder.path().join("log");
    // Their tokens and invitations ended long ago.
    let options = ["--database", &scratch.url, "--retention=30000d"];
    let served = Served::start(&options, &[], log);
    let mut text = String::new();
    let mut call = |name: &str, arguments: Value| {
        let answer = Protocol::Json.call(&served, "GET", name, &arguments).value;
        let answer = serde_json::to_string_pretty(&answer).expect("JSON");
        text.push_str(&format!("{name} {arguments}\n{answer}\n\n"));
    };
    let tokens = [
        ANNA,
        CARL,
        "expired token of anna",
        "revoked token of anna",
        "token of fred",
    ];
    for token in tokens {
        call("checkToken", json!({"authToken": token}));
    }
    call("getTokens", json!({"authToken": ANNA}));
    call("getUserList", json!({}));
    for login in ["anna", "bert", "carl", "dora", "emil", "fred", "gina"] {
        call("getUserProfile", json!({"login": login}));
    }
    call("getCategories", json!({}));
    call("getGroups", json!({}));
    for token in [ANNA, CARL] {
        call("getMyGroups", json!({"authToken": token}));
    }
    for number in 1..=5 {
        let id = format!("group:{number}");
        let owner = if number == 4 { CARL } else { ANNA };
        let of_group = json!({"authToken": owner, "id": id});
        for name in [
            "getGroup",
            "getMembers",
            "getJoinRequests",
            "getInvitations",
            "getAuditLog",
        ] {
            call(name, of_group.clone());
        }
        for user in 1..=5 {
            let user = format!("user:{user}");
            call(
                "getMember",
                json!({"authToken": owner, "id": id, "user": user}),
            );
        }
    }
    for command in [
        &["user", "list"][..],
        &["key", "list"],
        &["group", "list"],
        &["token", "list", "fred"],
    ] {
        let arguments = [command, &["--json", "--database", &scratch.url]].concat();
        let output = trivium(&arguments, "");
        let rows: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let rows = serde_json::to_string_pretty(&rows).expect("JSON");
        text.push_str(&format!("trivium {}\n{rows}\n\n", command.join(" ")));
    }
    // The secrets still work: an invitation, a frob and a password.
    let secret = "inv_000000000000000000000000000000000000000101edf60c";
    let api = "/api/json/peopleaggregator";
    for (path, expected) in [
        (
            format!("{api}/canJoin?authToken=token+of+carl&id=group:3&invitation={secret}"),
            "\"canJoin\":true",
        ),
        (
            "/services/rest/?method=auth.getToken&api_key=fixture001&frob=frob+of+bert&format=json"
                .to_owned(),
            "\"stat\":\"ok\"",
        ),
    ] {
        let text = served.get(&path).text().replace(": ", ":");
        assert!(text.contains(expected), "{path}: {text}");
    }
    let login = "login=anna&password=the+password+of+anna";
    check(&served, form("json/login", login), "200 {…");
    assert!(!served.log().contains("ERROR"), "{}", served.log());
    text
}

#[test]
fn databases_of_earlier_versions_are_migrated_and_read() {
    for version in VERSIONS {
        for backend in Backend::ALL {
            let text = read(&copy(backend, version));
            check_recorded(&format!("tests/fixtures/{version}.txt"), &text);
        }
    }
}

#[test]
fn fixtures_have_a_row_in_every_table() {
    let version = VERSIONS.last().expect("a fixture");
    let dump = project().join(format!("tests/fixtures/{version}.postgres.sql"));
    let dump = std::fs::read_to_string(dump).expect("a dump");
    let tables = dump
        .lines()
        .filter_map(|line| line.strip_prefix("CREATE TABLE "));
    let mut count = 0;
    for table in tables.map(|table| table.trim_end_matches(" (")) {
        assert!(dump.contains(&format!("INSERT INTO {table} ")), "{table}");
        count += 1;
    }
    assert!(count > 9, "{count}");
}
