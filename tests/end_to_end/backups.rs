//! Copies of an SQLite database: made beside a busy server, put back, and refused where they are damaged.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trivium_test_support::{Backend, Scratch};

use crate::harness::{
    BINARY, Caller, Crowd, Gateway, Protocol, Random, Served, new_group, project, seed, trivium,
};

/// Runs a command on an SQLite file; returns its exit code, and all that it prints.
fn on(file: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let url = format!("sqlite:{}", file.display());
    let output = trivium(&[arguments, &["--database", &url]].concat(), "");
    let printed = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(printed).unwrap())
}

/// Runs a command that succeeds.
#[track_caller]
fn run(file: &Path, arguments: &[&str]) -> String {
    let (code, printed) = on(file, arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {printed}");
    printed
}

/// Asserts that a command is refused with these words.
#[track_caller]
fn refused(file: &Path, arguments: &[&str], words: &str) {
    let (code, printed) = on(file, arguments);
    assert_eq!(code, Some(1), "{arguments:?}: {printed}");
    assert!(printed.contains(words), "{words}: {printed}");
}

/// The names of the groups in a file.
fn groups(file: &Path) -> BTreeSet<String> {
    let list: Value = serde_json::from_str(&run(file, &["group", "list", "--json"])).unwrap();
    let list = list.as_array().unwrap().iter();
    list.map(|group| group["name"].as_str().unwrap().to_owned())
        .collect()
}

/// A database with a group.
fn database(folder: &Path) -> PathBuf {
    let file = folder.join("trivium.db");
    run(&file, &["user", "add", "anna"]);
    run(&file, &["group", "add", "Chess", "--owner", "anna"]);
    file
}

/// The names of the files in a folder, without those that SQLite has beside a database that was in use.
fn files(folder: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_copy_has_what_was_acknowledged_before_it_began() {
    let gateway = Gateway::start(Backend::Sqlite, &[]);
    let crowd = Crowd::new(&gateway);
    let owners = crowd.people(4);
    let acknowledged = Mutex::new(BTreeSet::new());
    let ends = AtomicBool::new(false);
    let folder = gateway.scratch.folder.path();
    std::thread::scope(|scope| {
        for (number, owner) in owners.iter().enumerate() {
            let (acknowledged, ends, address) = (&acknowledged, &ends, &gateway.served.address);
            scope.spawn(move || {
                let mut caller = Caller::new(address);
                for next in 0.. {
                    if ends.load(Ordering::Relaxed) {
                        return;
                    }
                    let name = format!("Group {number} {next}");
                    let call = new_group(&owner.tokens[0], &name, "open");
                    caller
                        .call(Protocol::Json, "POST", "newGroup", &call)
                        .succeeds();
                    acknowledged.lock().unwrap().insert(name);
                }
            });
        }
        for round in 0..5 {
            let many = 50 * (round + 1);
            while acknowledged.lock().unwrap().len() < many {
                std::thread::sleep(Duration::from_millis(1));
            }
            let before = acknowledged.lock().unwrap().clone();
            let copy = folder.join(format!("copy {round}"));
            gateway.command(&["backup", text(&copy)], "");
            let restored = folder.join(format!("restored {round}.db"));
            run(&restored, &["restore", text(&copy)]);
            let lost: Vec<_> = before.difference(&groups(&restored)).cloned().collect();
            assert!(lost.is_empty(), "{lost:?}");
            let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        ends.store(true, Ordering::Relaxed);
    });
    let left: Vec<String> = files(folder)
        .into_iter()
        .filter(|name| name.contains("part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_restored_database_is_the_copied_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = database(folder);
    let token = run(&file, &["user", "token", "anna"]);
    let copy = folder.join("copy");
    let printed = run(&file, &["backup", text(&copy), "--json"]);
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert!(printed["rows"].as_i64() > Some(4), "{printed}");
    run(&file, &["group", "add", "Go", "--owner", "anna"]);

    // The former database is kept.
    let printed = run(&file, &["restore", text(&copy)]);
    assert!(printed.contains("valid again"), "{printed}");
    assert_eq!(groups(&file), BTreeSet::from(["Chess".to_owned()]));
    let former = folder.join("trivium.db.before-restore");
    assert_eq!(
        groups(&former),
        BTreeSet::from(["Chess".to_owned(), "Go".to_owned()])
    );
    run(&file, &["restore", text(&copy), "--end-tokens"]);
    let expected = [
        "copy",
        "trivium.db",
        "trivium.db.before-restore",
        "trivium.db.before-restore-2",
    ];
    assert_eq!(files(folder), expected.map(str::to_owned).into());

    let log = folder.join("log");
    let url = format!("sqlite:{}", file.display());
    let served = Served::start(&["--database", &url], &[], log);
    let call = json!({"authToken": token.trim()});
    let ended = Protocol::Json.call(&served, "GET", "checkToken", &call);
    assert_eq!(ended.code(), "user_token_invalid");
    // Not under a server.
    refused(
        &file,
        &["restore", text(&copy)],
        "is served by another trivium process",
    );
    refused(&file, &["backup", text(&copy)], "replace it with --force");
    run(&file, &["backup", text(&copy), "--force"]);
}

#[test]
fn what_is_no_whole_copy_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = database(folder);
    let copy = folder.join("copy");
    run(&file, &["backup", text(&copy)]);
    let whole = std::fs::read(&copy).unwrap();
    let with = |bytes: &[u8]| {
        let bad = folder.join("bad");
        std::fs::write(&bad, bytes).unwrap();
        bad
    };
    let before = std::fs::read(&file).unwrap();
    let check = |bad: &Path, words: &str| {
        refused(&file, &["restore", text(bad)], words);
        assert_eq!(std::fs::read(&file).unwrap(), before);
    };
    check(&folder.join("absent"), "No such file");
    check(&with(b""), "no copy of a database of trivium");
    check(&with(b"Dear diary"), "no copy of a database of trivium");
    check(&with(&whole[..whole.len() / 2]), "");
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 4096].fill(0xA5);
    check(&with(&damaged), "");
    // A newer program wrote it.
    let newer = with(&whole);
    let sql = "UPDATE __oldest_program SET version = '29990101000000'";
    let sqlite = Command::new("sqlite3")
        .arg(&newer)
        .arg(sql)
        .status()
        .unwrap();
    assert!(sqlite.success());
    check(&newer, "of a newer trivium");
    // Rows are missing.
    let fewer = with(&whole);
    let sql = "DELETE FROM memberships";
    let sqlite = Command::new("sqlite3")
        .arg(&fewer)
        .arg(sql)
        .status()
        .unwrap();
    assert!(sqlite.success());
    check(&fewer, "its rows are not those that were copied");

    // A database that does not exist is not copied, nor created by a failed restore.
    let absent = folder.join("absent.db");
    refused(
        &absent,
        &["backup", text(&folder.join("other"))],
        "there is no such database",
    );
    refused(
        &absent,
        &["restore", text(&fewer)],
        "its rows are not those",
    );
    assert!(!absent.exists());
    let expected = ["bad", "copy", "trivium.db"];
    assert_eq!(files(folder), expected.map(str::to_owned).into());
}

#[test]
fn a_damaged_database_can_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = database(folder);
    let copy = folder.join("copy");
    run(&file, &["backup", text(&copy)]);
    std::fs::write(&file, "This was a database.").unwrap();
    run(&file, &["restore", text(&copy)]);
    assert_eq!(groups(&file), BTreeSet::from(["Chess".to_owned()]));
    let former = std::fs::read_to_string(folder.join("trivium.db.before-restore")).unwrap();
    assert_eq!(former, "This was a database.");
}

#[test]
fn a_database_of_an_earlier_version_is_copied_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("old.db");
    std::fs::copy(project().join("tests/fixtures/2026-11-22.sqlite"), &file).unwrap();
    let copy = folder.join("copy");
    run(&file, &["backup", text(&copy)]);
    let restored = folder.join("restored.db");
    run(&restored, &["restore", text(&copy)]);
    for database in [&file, &restored] {
        run(database, &["migrate", "up"]);
    }
    assert_eq!(groups(&restored), groups(&file));
}

#[test]
fn a_database_is_copied_before_its_migration() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("old.db");
    let fixture = project().join("tests/fixtures/2026-11-22.sqlite");
    std::fs::copy(&fixture, &file).unwrap();
    // Copies before other migrations, of which the oldest goes, and other files.
    for name in [
        "20200101000000",
        "20210101000000",
        "restore",
        "20200101000000-mine",
    ] {
        std::fs::write(folder.join(format!("old.db.before-{name}")), "").unwrap();
    }
    // Several processes migrate it at once.
    let opened: Vec<BTreeSet<String>> = std::thread::scope(|scope| {
        let open = || {
            run(&file, &["migrate", "up"]);
            groups(&file)
        };
        let opening: Vec<_> = (0..6).map(|_| scope.spawn(open)).collect();
        opening.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let before = groups(&file);
    assert!(opened.iter().all(|found| *found == before));
    let mut left = files(folder);
    left.remove("old.db");
    let kept = ["20210101000000", "restore", "20200101000000-mine"];
    for name in kept {
        assert!(left.remove(&format!("old.db.before-{name}")), "{name}");
    }
    let copy = left.pop_first().unwrap();
    assert!(
        left.is_empty() && copy.starts_with("old.db.before-2026"),
        "{copy} {left:?}"
    );
    // The way back: the copy has the tables of the earlier version.
    let tables = |file: &Path| {
        let sql = "SELECT version FROM __diesel_schema_migrations ORDER BY 1";
        let sqlite = Command::new("sqlite3").arg(file).arg(sql).output().unwrap();
        String::from_utf8(sqlite.stdout).unwrap()
    };
    assert_eq!(tables(&folder.join(&copy)), tables(&fixture));
    assert_ne!(tables(&folder.join(&copy)), tables(&file));
    let back = folder.join("back.db");
    run(&back, &["restore", text(&folder.join(&copy))]);
    assert_eq!(tables(&back), tables(&fixture));
    refused(
        &back,
        &["group", "list"],
        "its tables have version 20261122000000, and this program needs",
    );
    run(&back, &["migrate", "up"]);
    assert_eq!(groups(&back), before);
    // A migrated database is not copied.
    let now = files(folder);
    groups(&file);
    assert_eq!(files(folder), now);
}

#[test]
fn postgres_has_its_own_copies() {
    let scratch = Scratch::new(Backend::Postgres);
    for (command, program) in [("backup", "pg_dump"), ("restore", "pg_restore")] {
        let output = trivium(&[command, "copy", "--database", &scratch.url], "");
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(printed.contains(program), "{printed}");
    }
}

#[test]
fn a_killed_copy_has_no_name() {
    let kills = std::env::var("TRIVIUM_BACKUP_KILLS").map_or(30, |text| text.parse().unwrap());
    let seed = seed();
    eprintln!("TRIVIUM_TEST_SEED={seed}");
    let mut random = Random::new(seed);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = database(folder);
    let url = format!("sqlite:{}", file.display());
    // Most are killed while they run, and some when they have ended.
    let began = Instant::now();
    run(&file, &["backup", text(&folder.join("first"))]);
    let most = u64::try_from(began.elapsed().as_micros()).unwrap() * 2;
    let mut whole = 0;
    for number in 0..kills {
        let copy = folder.join(format!("copy {number}"));
        let mut child = Command::new(BINARY)
            .args(["backup", text(&copy), "--database", &url])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(random.next() % most));
        child.kill().unwrap();
        child.wait().unwrap();
        if copy.exists() {
            whole += 1;
            let restored = folder.join(format!("restored {number}.db"));
            run(&restored, &["restore", text(&copy)]);
            assert_eq!(groups(&restored), groups(&file));
        }
    }
    eprintln!("{whole} of {kills} copies were complete when they were killed");
}
