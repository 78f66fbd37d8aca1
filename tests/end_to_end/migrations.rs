//! Versions of tables and of programs: which may run on which, and when tables are migrated.

use std::process::{Child, Command, Stdio};

use serde_json::Value;
use trivium_test_support::{Backend, Cluster, Scratch};

use crate::fixtures::{VERSIONS, copy};
use crate::harness::{Served, check, get, trivium};

/// Runs a command on a database: its exit code and its output, or its error.
pub(crate) fn command(scratch: &Scratch, arguments: &[&str]) -> (Option<i32>, String) {
    let output = trivium(&[arguments, &["--database", &scratch.url]].concat(), "");
    let text = match output.status.success() {
        true => output.stdout,
        false => output.stderr,
    };
    (output.status.code(), String::from_utf8(text).expect("text"))
}

/// Asserts that a command fails for this reason, and says what to do.
#[track_caller]
fn refused(scratch: &Scratch, arguments: &[&str], reason: &str, cure: &str) {
    let (code, error) = command(scratch, arguments);
    assert_eq!(code, Some(1), "{arguments:?}: {error}");
    assert!(
        error.contains(reason) && error.contains(cure),
        "{arguments:?}: {error}"
    );
}

/// The members of `migrate status`.
fn status(scratch: &Scratch) -> Value {
    let (code, text) = command(scratch, &["migrate", "status", "--json"]);
    assert_eq!(code, Some(0), "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// Runs a statement on the database.
pub(crate) fn sql(scratch: &Scratch, statement: &str) {
    match scratch.url.strip_prefix("sqlite:") {
        Some(path) => {
            let sqlite = Command::new("sqlite3").args([path, statement]).status();
            assert!(sqlite.expect("sqlite3").success(), "{statement}");
        }
        None => {
            let (_, name) = scratch.url.rsplit_once('/').expect("a name");
            Cluster::get().sql(name, statement);
        }
    }
}

#[test]
fn commands_migrate_only_when_that_is_asked_for() {
    for backend in Backend::ALL {
        for version in VERSIONS {
            let scratch = copy(backend, version);
            let before = status(&scratch);
            assert_ne!(before["tables"], before["program"]);
            assert!(before["pending"].as_str().expect("a list").contains(", "));
            for arguments in [&["group", "list"][..], &["category", "add", "Music"]] {
                refused(
                    &scratch,
                    arguments,
                    "its tables have version",
                    "trivium migrate up --database",
                );
            }
            assert_eq!(status(&scratch), before);
            let (code, printed) = command(&scratch, &["migrate", "up"]);
            assert_eq!(code, Some(0), "{printed}");
            let after = status(&scratch);
            assert_eq!(after["tables"], after["program"]);
            assert_eq!(after["pending"], "");
            assert_eq!(command(&scratch, &["group", "list"]).0, Some(0));
            // Again, it does nothing.
            assert_eq!(command(&scratch, &["migrate", "up"]), (Some(0), printed));
        }
    }
}

#[test]
fn a_new_database_is_created_by_what_writes() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let (reason, cure) = match backend {
            Backend::Sqlite => ("there is no such database", "read create no database"),
            Backend::Postgres => ("it has no tables", "trivium migrate up"),
        };
        refused(&scratch, &["group", "list"], reason, cure);
        if backend == Backend::Sqlite {
            refused(&scratch, &["migrate", "status"], reason, cure);
        } else {
            assert_eq!(status(&scratch)["tables"], Value::Null);
        }
        assert_eq!(command(&scratch, &["migrate", "up"]).0, Some(0));
        assert_eq!(command(&scratch, &["group", "list"]).0, Some(0));
    }
}

#[test]
fn tables_of_a_newer_program_are_used_if_it_permits_that() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        assert_eq!(command(&scratch, &["user", "add", "anna"]).0, Some(0));
        sql(
            &scratch,
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')",
        );
        assert_eq!(status(&scratch)["tables"], "29990101000000");
        assert_eq!(command(&scratch, &["user", "show", "anna"]).0, Some(0));
        let log = scratch.folder.path().join("log");
        let served = Served::start(&["--database", &scratch.url], &[], log);
        check(&served, get("/ready"), "200 ready");
        drop(served);
        // A migration that does more than add.
        sql(
            &scratch,
            "UPDATE __oldest_program SET version = '29990101000000'",
        );
        for arguments in [
            &["user", "show", "anna"][..],
            &["serve"],
            &["migrate", "up"],
        ] {
            refused(
                &scratch,
                arguments,
                "of a newer trivium",
                "use that version",
            );
        }
    }
}

/// Something that looks like a server of an earlier version: it holds the lock of the file, or a connection with the
/// name of a server.
fn earlier_server(scratch: &Scratch) -> Child {
    let mut program = match scratch.url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut python = Command::new("python3");
            let hold = "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.flock(f, fcntl.LOCK_EX); \
                        print('up', flush=True); sys.stdin.read()";
            python.args(["-c", hold, path]);
            python
        }
        None => {
            let mut psql = Command::new("psql");
            psql.args(["-X", "-q", "-A", "-t", &scratch.url])
                .env("PGAPPNAME", "trivium-server");
            psql
        }
    };
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a program");
    if scratch.url.starts_with("postgres") {
        let input = child.stdin.as_mut().expect("its input");
        std::io::Write::write_all(input, b"SELECT 'up';\n").expect("a query");
    }
    let output = child.stdout.as_mut().expect("its output");
    let mut line = [0; 3];
    std::io::Read::read_exact(output, &mut line).expect("its first line");
    assert_eq!(&line, b"up\n");
    child
}

#[test]
fn tables_are_not_changed_under_a_server_that_could_not_continue() {
    for backend in Backend::ALL {
        let scratch = copy(backend, VERSIONS[0]);
        let before = status(&scratch);
        let mut server = earlier_server(&scratch);
        refused(
            &scratch,
            &["migrate", "up"],
            "servers of an earlier version are running",
            "stop them, then migrate: trivium migrate up",
        );
        assert_eq!(status(&scratch), before, "{backend:?}");
        drop(server.stdin.take());
        server.wait().expect("its end");
        scratch.wait_until_unused();
        assert_eq!(
            command(&scratch, &["migrate", "up"]).0,
            Some(0),
            "{backend:?}"
        );
    }
}
