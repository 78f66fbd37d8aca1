//! The chains of the audit log, from changes over front-ends to `trivium audit verify`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trivium_test_support::{Backend, Scratch};

use crate::fixtures::{VERSIONS, copy};
use crate::harness::{Gateway, Protocol, Served, Story};
use crate::migrations::{command, sql};

/// Runs a command that succeeds, and returns what it prints.
#[track_caller]
fn run(scratch: &Scratch, arguments: &[&str]) -> String {
    let (code, text) = command(scratch, arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {text}");
    text
}

/// The rows that a command prints as JSON, whether it succeeds or has findings.
fn rows(scratch: &Scratch, arguments: &[&str]) -> Vec<Value> {
    let text = run(scratch, &[arguments, &["--json"]].concat());
    serde_json::from_str(&text).expect("a list")
}

/// Asserts that the verification finds something.
#[track_caller]
fn broken(scratch: &Scratch, arguments: &[&str]) {
    let arguments = [&["audit", "verify"], arguments].concat();
    let (code, text) = command(scratch, &arguments);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("of 1 group is not intact"), "{text}");
}

#[test]
fn a_log_from_before_the_chain_is_continued() {
    for backend in Backend::ALL {
        let scratch = copy(backend, VERSIONS[0]);
        run(&scratch, &["migrate", "up"]);
        let before = rows(&scratch, &["group", "log", "group:1"]);
        assert_eq!(before.len(), 1, "{before:?}");
        assert!(before.iter().all(|row| row["number"].is_null()));
        assert!(run(&scratch, &["audit", "verify"]).starts_with("group:1:0 intact\n"));

        let edit = ["group", "edit", "group:1", "--description", "Anew"];
        run(&scratch, &edit);
        run(&scratch, &edit);
        let log = rows(&scratch, &["group", "log", "group:1"]);
        let (new, old) = log.split_at(3);
        assert_eq!(old, before);
        let shown = new.iter().map(|row| {
            let words = ["number", "actor", "action"].map(|name| row[name].to_string());
            words.join(" ")
        });
        let shown: Vec<String> = shown.collect();
        assert_eq!(
            shown,
            [
                r#"3 "administrator" "editGroup""#,
                r#"2 "administrator" "editGroup""#,
                r#"1 "system" "startAuditChain""#,
            ]
        );
        assert_eq!(new[2]["reason"], "1 earlier entry");
        let hash = new[0]["hash"].as_str().expect("a hash");
        let verify = ["audit", "verify", "group:1"];
        assert_eq!(run(&scratch, &verify), format!("group:1:3:{hash} intact\n"));

        // What a program of the version before writes.
        sql(
            &scratch,
            "INSERT INTO audit_entries (at, group_id, actor, action, via)
             VALUES (0, 1, 'anna', 'editGroup', 'test')",
        );
        broken(&scratch, &["group:1"]);
        let arguments = ["audit", "verify", "group:1", "--json"];
        assert_eq!(command(&scratch, &arguments).0, Some(3));
        // The chain goes on nevertheless.
        run(&scratch, &edit);
        let log = rows(&scratch, &["group", "log", "group:1"]);
        assert_eq!(
            (&log[0]["number"], &log[1]["number"]),
            (&json!(4), &Value::Null)
        );
    }
}

#[test]
fn a_standing_from_before_the_record_is_not_known() {
    for backend in Backend::ALL {
        let scratch = copy(backend, VERSIONS[0]);
        run(&scratch, &["migrate", "up"]);
        let newcomer = run(&scratch, &["user", "add", "newcomer"]);
        // Nor is it known if the retention has removed what there was.
        sql(&scratch, "DELETE FROM audit_entries WHERE group_id = 1");
        let log = scratch.folder.path().join("log");
        let served = Served::start(&["--database", &scratch.url], &[], log);
        let call = |verb: &str, name: &str, more: Value| {
            let mut call = json!({"authToken": "token of anna", "id": "group:1"});
            let more = more.as_object().expect("an object").clone();
            call.as_object_mut().expect("an object").extend(more);
            let answer = Protocol::Json.call(&served, verb, name, &call);
            answer.succeeds();
            answer.value
        };
        let history = |user: &str| {
            let history = call("GET", "getMembershipHistory", json!({"user": user}));
            let names = ["standing", "completeSince", "totalResults"];
            names.map(|name| history[name].clone())
        };
        assert_eq!(history("user:1"), [Value::Null, Value::Null, json!(0)]);
        call("POST", "editGroup", json!({"tags": "x"}));
        let [standing, since, total] = history("user:1");
        assert_eq!((standing, total), (Value::Null, json!(0)));
        assert!(since.is_string());
        run(&scratch, &["member", "add", "group:1", "newcomer"]);
        let newcomer = newcomer.trim_end();
        call("POST", "transferGroup", json!({"user": newcomer}));
        // The record has that the former owner gave the group away.
        assert_eq!(
            [history("user:1"), history(newcomer)],
            [
                [json!("moderator"), since.clone(), json!(1)],
                [json!("owner"), since, json!(2)],
            ]
        );
    }
}

#[test]
fn a_chain_is_the_same_in_the_other_database_and_its_heads_can_be_compared() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let [anna, berta] = ["anna", "berta"].map(|name| story.person(name));
        let group = story.group(&anna, "One", "moderated");
        story.group(&anna, "Two", "open");
        let call = json!({"authToken": berta.token, "id": group, "message": "Ä, \"b\"\n江"});
        story.post("joinGroup", call).succeeds();
        // Several entries of one change.
        let open = json!({"authToken": anna.token, "id": group, "registrationType": "open"});
        story.post("editGroup", open).succeeds();
        gateway.command(&["user", "delete", &berta.login], "");
        let log = gateway.command(&["group", "log", &group, "--json"], "");
        let log: Vec<Value> = serde_json::from_str(&log).expect("a list");
        let actions = log
            .iter()
            .map(|row| row["action"].as_str().expect("a text"));
        let actions: Vec<&str> = actions.collect();
        let expected = [
            "deleteUser",
            "approveJoinRequest",
            "editGroup",
            "requestToJoin",
            "newGroup",
        ];
        assert_eq!(actions, expected);
        let numbers: Vec<_> = log.iter().map(|row| row["number"].as_i64()).collect();
        assert_eq!(numbers, [5, 4, 3, 2, 1].map(Some));
        let heads = gateway.command(&["audit", "verify"], "");
        assert_eq!(
            heads
                .lines()
                .filter(|line| line.ends_with(" intact"))
                .count(),
            2
        );

        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (export, kept) = (path("export.jsonl"), path("heads"));
        std::fs::write(&kept, &heads).expect("a file");
        gateway.command(&["export", &export], "");
        let other = match backend {
            Backend::Sqlite => Backend::Postgres,
            Backend::Postgres => Backend::Sqlite,
        };
        let scratch = Scratch::new(other);
        run(&scratch, &["import", &export]);
        let verify = ["audit", "verify", "--heads", &kept];
        assert_eq!(run(&scratch, &verify).trim_end(), heads);

        let number: String = group.chars().filter(char::is_ascii_digit).collect();
        let first = log.last().expect("an entry")["hash"]
            .as_str()
            .expect("a hash");
        let head = format!("--head={group}:1:{first}");
        run(&scratch, &["audit", "verify", &group, &head]);
        let wrong = format!("--head={group}:2:{first}");
        broken(&scratch, &[&group, &wrong]);
        broken(&scratch, &[&format!("--head=group:999:2:{first}")]);
        // Somebody removes entries as the retention would.
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy.jsonl").display().to_string();
        run(&scratch, &["export", &copy]);
        let other = Scratch::new(other);
        run(&other, &["import", &copy]);
        sql(
            &other,
            &format!(
                "UPDATE groups SET audit_removed_number = audit_number, audit_removed_hash = audit_hash
                     WHERE id = {number};
                 DELETE FROM audit_entries WHERE group_id = {number}"
            ),
        );
        let line = run(&other, &["audit", "verify", &group, &head]);
        let removed = "intact; entries 1 to 5 were removed after their retention\n";
        assert!(line.ends_with(removed), "{line}");
        broken(&other, &[&group, "--complete"]);
        // Somebody removes the last entry, and writes the row of the group anew: only the head that was kept shows it.
        sql(
            &scratch,
            &format!(
                "DELETE FROM audit_entries WHERE group_id = {number} AND number = 5;
                 UPDATE groups SET audit_number = 4, audit_hash = (SELECT hash FROM audit_entries
                     WHERE group_id = {number} AND number = 4) WHERE id = {number}"
            ),
        );
        run(&scratch, &["audit", "verify"]);
        broken(&scratch, &["--heads", &kept]);
        sql(
            &scratch,
            &format!(
                "UPDATE audit_entries SET actor = 'bert' WHERE group_id = {number} AND number = 2"
            ),
        );
        broken(&scratch, &[]);
    }
}

#[test]
fn the_retention_leaves_a_chain_that_can_be_verified() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &["--audit-retention=1s"]);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let anna = story.person("anna");
        let group = story.group(&anna, "One", "open");
        let edit = json!({"authToken": anna.token, "id": group, "tags": "x"});
        story.post("editGroup", edit.clone()).succeeds();
        let log = || gateway.command(&["group", "log", &group, "--json"], "");
        let deadline = Instant::now() + Duration::from_secs(60);
        while log() != "[]" {
            assert!(Instant::now() < deadline, "{}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
        let head = gateway.command(&["audit", "verify", &group], "");
        assert!(head.starts_with(&format!("{group}:2:")), "{head}");
        story.post("editGroup", edit).succeeds();
        let (kept, _) = head.split_once(' ').expect("a head");
        let verify = ["audit", "verify", &group, "--head", kept];
        let next = gateway.command(&verify, "");
        assert!(next.starts_with(&format!("{group}:3:")), "{next}");
    }
}
