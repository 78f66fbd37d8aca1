//! Exports: the same lines from either database, and refused where they are cut or altered.

use std::path::Path;
use std::process::Command;

use trivium_test_support::{Backend, Scratch};

use crate::harness::{project, trivium};

/// Runs a command on a database; returns its exit code, and all that it prints.
fn on(url: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let output = trivium(&[arguments, &["--database", url]].concat(), "");
    let printed = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(printed).unwrap())
}

/// Runs a command that succeeds.
#[track_caller]
fn run(url: &str, arguments: &[&str]) -> String {
    let (code, printed) = on(url, arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {printed}");
    printed
}

/// The lines of an export.
fn export(url: &str, folder: &Path, name: &str) -> String {
    let file = folder.join(name);
    run(url, &["export", file.to_str().unwrap()]);
    std::fs::read_to_string(file).unwrap()
}

/// A database with rows in every table and state, and texts in which the databases could differ.
fn full(folder: &Path) -> String {
    let file = folder.join("full.db");
    std::fs::copy(project().join("tests/fixtures/2026-11-22.sqlite"), &file).unwrap();
    let url = format!("sqlite:{}", file.display());
    run(&url, &["migrate", "up"]);
    let sql = "
        INSERT INTO named_tokens (user_id, name, token_id, custom)
            SELECT user_id, 'Z', id, '{\"a\": \"\\u0000\"}' FROM tokens ORDER BY id LIMIT 1;
        INSERT INTO named_tokens (user_id, name, invitation_id, custom)
            SELECT issuer_id, 'a', id, '{}' FROM invitations ORDER BY id LIMIT 1;
        INSERT INTO named_tokens (user_id, name, invitation_id, custom)
            SELECT issuer_id, 'Ä', id, '{}' FROM invitations ORDER BY id DESC LIMIT 1;
        UPDATE groups SET description = 'line
and \"quotes\" \\ and 江大 😀 ' || char(9, 13) WHERE id = (SELECT min(id) FROM groups);
        INSERT INTO audit_entries (at, actor, action, via) VALUES (9007199254740993, '', 'x', '');
        DELETE FROM audit_entries WHERE action = 'x';
        INSERT INTO audit_entries (at, actor, action, via) VALUES (9007199254740993, '', 'y', '');";
    let sqlite = Command::new("sqlite3").arg(&file).arg(sql).status();
    assert!(sqlite.unwrap().success());
    url
}

/// Moves everything to the other database and back. Asserts that each export has the same lines.
pub(crate) fn check_moves(backend: Backend, url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let first = export(url, folder, "first");
    let other = match backend {
        Backend::Sqlite => Backend::Postgres,
        Backend::Postgres => Backend::Sqlite,
    };
    for (backend, from, to) in [(other, "first", "second"), (backend, "second", "third")] {
        let scratch = Scratch::new(backend);
        let file = folder.join(from);
        run(&scratch.url, &["import", file.to_str().unwrap()]);
        assert!(
            export(&scratch.url, folder, to) == first,
            "{backend:?} has other lines"
        );
    }
}

#[test]
fn both_databases_write_the_same_lines() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let first = export(&full(folder), folder, "first");
    for table in [
        "users",
        "api_keys",
        "categories",
        "groups",
        "memberships",
        "tokens",
        "frobs",
        "invitations",
        "named_tokens",
        "audit_entries",
    ] {
        let row = format!("{{\"{table}\":");
        assert!(first.lines().any(|line| line.starts_with(&row)), "{table}");
    }
    let postgres = Scratch::new(Backend::Postgres);
    let sqlite = Scratch::new(Backend::Sqlite);
    let import = |url: &str, name: &str| {
        let file = folder.join(name);
        run(url, &["import", file.to_str().unwrap()]);
    };
    import(&postgres.url, "first");
    let second = export(&postgres.url, folder, "second");
    assert_eq!(second, first);
    import(&sqlite.url, "second");
    assert_eq!(export(&sqlite.url, folder, "third"), first);
    // IDs continue after the highest that there was.
    let next = [&postgres.url, &sqlite.url].map(|url| run(url, &["user", "add", "newcomer"]));
    assert_eq!(next[0], next[1]);
    for scratch in [&postgres, &sqlite] {
        run(&scratch.url, &["group", "list"]);
        let (code, printed) = on(
            &scratch.url,
            &["import", folder.join("first").to_str().unwrap()],
        );
        assert_eq!(code, Some(5));
        assert!(printed.contains("the database is not empty"), "{printed}");
    }
}

#[test]
fn altered_files_import_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let whole = export(&full(folder), folder, "whole");
    let lines: Vec<&str> = whole.lines().collect();
    let without = |number: usize| {
        let kept = lines
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != number);
        kept.map(|(_, line)| format!("{line}\n"))
            .collect::<String>()
    };
    let is_entry = |line: &&str| line.starts_with("{\"audit_entries\":");
    let entry = lines.iter().position(is_entry).unwrap();
    let cases = [
        (String::new(), "line 1: the file is empty"),
        (
            "Dear diary\n".to_owned(),
            "line 1: it is not an object in JSON",
        ),
        (
            "{\"groups\": []}\n".to_owned(),
            "this is no export of trivium",
        ),
        (
            whole.replacen("\"version\":\"2026", "\"version\":\"2999", 1),
            "export with this program",
        ),
        (without(lines.len() - 1), "the file ends early"),
        (without(entry), "the file has not as many rows as it says"),
        // A membership of a group that is missing.
        (
            whole.replacen(
                "{\"memberships\":{\"group_id\":",
                "{\"memberships\":{\"group_id\":9",
                1,
            ),
            "",
        ),
        (
            whole.replacen("{\"tokens\":", "{\"secrets\":", 1),
            "it is neither a row nor an end",
        ),
    ];
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        for (text, words) in &cases {
            let file = folder.join("altered");
            std::fs::write(&file, text).unwrap();
            let (code, printed) = on(&scratch.url, &["import", file.to_str().unwrap()]);
            assert_eq!(code, Some(5), "{backend:?} {words}: {printed}");
            assert!(printed.contains(words), "{words}: {printed}");
            assert!(printed.contains("nothing was imported"), "{printed}");
        }
        run(
            &scratch.url,
            &["import", folder.join("whole").to_str().unwrap()],
        );
    }
    let (code, printed) = on("sqlite:x.db", &["import", "absent.jsonl"]);
    assert_eq!(code, Some(5), "{printed}");
}
