//! A database whose file was changed by others, and one that accepts no changes at present.
//!
//! `tests/end_to_end/disk.rs` does the same to a busy server.

use std::path::{Path, PathBuf};

use trivium_storage::{Connection, Database, Error, users};
use trivium_test_support::{Backend, Scratch};

use crate::common::{EVERYTHING, open, second, sql, url, user};

fn change(database: &Database, login: &'static str) -> Result<(), Error> {
    database.change_and_wait(move |connection| {
        user(connection, login);
        Ok(())
    })
}

fn beside(scratch: &Scratch, ending: &str) -> PathBuf {
    let mut path = url(scratch).sqlite_path().unwrap().as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// What another process does to a file.
type Fault = fn(&Path);

#[test]
fn working_database_is_ready() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch);
        database.ready().unwrap();
        change(&database, "anna").unwrap();
        database.ready().unwrap();
    }
}

#[test]
fn database_without_its_file_stops() {
    let remove = |path: &Path| std::fs::remove_file(path).unwrap();
    let replace = |path: &Path| {
        let copy = path.with_extension("copy");
        std::fs::copy(path, &copy).unwrap();
        std::fs::rename(copy, path).unwrap();
    };
    let empty = |path: &Path| {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_len(0).unwrap();
    };
    let faults: [(&str, Fault, &str); 5] = [
        ("", remove, "was deleted"),
        ("", replace, "was replaced"),
        ("", empty, ""),
        ("-wal", remove, "was deleted"),
        ("-wal", replace, "was replaced"),
    ];
    for (ending, fault, reason) in faults {
        for first in ["change", "read", "ready"] {
            let scratch = Scratch::new(Backend::Sqlite);
            let database = open(&scratch);
            change(&database, "anna").unwrap();
            fault(&beside(&scratch, ending));
            let outcome = match first {
                "change" => change(&database, "bert"),
                "read" => database.read(|c| users::list(c, EVERYTHING).map(drop)),
                _ => database.ready(),
            };
            for outcome in [
                outcome,
                change(&database, "carl"),
                database.read(|_| Ok(())),
                database.ready(),
            ] {
                let error = outcome.unwrap_err();
                assert!(
                    matches!(&error, Error::Stopped(message) if message.contains(reason)),
                    "{ending:?} {reason}, {first}: {error:?}"
                );
                assert!(error.is_temporary());
            }
        }
    }
}

#[test]
fn vacuum_by_another_process_is_not_a_truncation() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open(&scratch);
    let mut other = second(&scratch);
    let fill = "INSERT INTO users (login, first_name, created_at)
                VALUES ('big', hex(zeroblob(500000)), 0)";
    sql(&mut other, fill).unwrap();
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    sql(&mut other, checkpoint).unwrap();
    change(&database, "anna").unwrap();
    let length = || std::fs::metadata(beside(&scratch, "")).unwrap().len();
    let before = length();
    sql(&mut other, "DELETE FROM users WHERE login = 'big'; VACUUM").unwrap();
    sql(&mut other, checkpoint).unwrap();
    assert!(length() < before);
    change(&database, "bert").unwrap();
    database.ready().unwrap();
}

#[test]
fn changes_succeed_again_when_their_obstacle_has_gone() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open(&scratch);
    // The default busy_timeout is five seconds.
    let shorten = |c: &mut Connection| sql(c, "PRAGMA busy_timeout = 1");
    database.change_and_wait(shorten).unwrap();
    let mut other = second(&scratch);
    sql(&mut other, "BEGIN IMMEDIATE").unwrap();
    let error = change(&database, "anna").unwrap_err();
    assert!(error.is_temporary(), "{error}");
    let error = database.ready().unwrap_err();
    assert!(
        matches!(&error, Error::Failing(message) if message.contains("locked")),
        "{error:?}"
    );
    // Reads go on.
    database.read::<_, Error>(|_| Ok(())).unwrap();
    sql(&mut other, "ROLLBACK").unwrap();
    // Nobody calls, yet it becomes ready.
    while database.ready().is_err() {
        std::thread::yield_now();
    }
    change(&database, "anna").unwrap();
}

#[test]
fn writer_moves_its_changes_to_the_file() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open(&scratch);
    let wal = || std::fs::metadata(beside(&scratch, "-wal")).unwrap().len();
    let mut greatest = 0;
    for _ in 0..60 {
        database
            .change_and_wait(|c| {
                sql(
                    c,
                    "INSERT INTO users (login, first_name, created_at)
                     SELECT hex(randomblob(8)), hex(zeroblob(1000000)), 0",
                )
            })
            .unwrap();
        greatest = wal().max(greatest);
    }
    // Without checkpoints it would have all 120 MB.
    assert!(greatest < 90_000_000, "{greatest}");
}
