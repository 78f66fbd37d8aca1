//! Addresses, and what a connection is set to.

use std::sync::Barrier;

use trivium_storage::{AnyConnection, DatabaseUrl, Error};
use trivium_test_support::{Backend, Scratch};

use crate::common::{open, sql, url, values};

#[test]
fn an_address_is_understood_by_its_scheme() {
    // The text, how it is shown, and the file.
    let addresses = [
        ("sqlite:trivium.db", "sqlite:trivium.db", Some("trivium.db")),
        ("sqlite:/srv/t.db", "sqlite:/srv/t.db", Some("/srv/t.db")),
        ("sqlite:///srv/t.db", "sqlite:/srv/t.db", Some("/srv/t.db")),
        ("sqlite:a:b.db", "sqlite:a:b.db", Some("a:b.db")),
        (
            "sqlite:file:/srv/t.db?vfs=unix-dotfile",
            "sqlite:file:/srv/t.db?vfs=unix-dotfile",
            Some("/srv/t.db"),
        ),
        ("postgres://host/db", "postgres://host/db", None),
        ("postgresql://host/db", "postgres://host/db", None),
        ("postgres://", "postgres://", None),
        (
            "postgres://anna@host:5432/db",
            "postgres://host:5432/db",
            None,
        ),
        (
            "postgres://anna:secret@[::1]:5432,other/db?sslmode=require",
            "postgres://[::1]:5432,other/db",
            None,
        ),
        (
            "postgres://anna:sec%40ret%2f@%2Fvar%2Frun/db",
            "postgres://%2Fvar%2Frun/db",
            None,
        ),
        (
            "postgres://host/db?user=anna&password=secret",
            "postgres://host/db",
            None,
        ),
        ("postgres://host?password=secret", "postgres://host", None),
    ];
    for (text, shown, path) in addresses {
        let url: DatabaseUrl = text.parse().unwrap();
        assert_eq!(url.to_string(), shown, "{text}");
        assert_eq!(format!("{url:?}"), shown, "{text}");
        assert_eq!(url.sqlite_path(), path.map(AsRef::as_ref), "{text}");
    }
}

#[test]
fn any_other_text_is_refused_and_not_repeated() {
    let texts = [
        "",
        "secret",
        "secret.db",
        "/srv/secret.db",
        "./secret.db",
        "SQLITE:secret.db",
        "sqlite3:secret.db",
        "sqlite",
        "sqlite:",
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite:file::memory:?cache=shared",
        // Each connection would have a database of its own.
        "sqlite://",
        "sqlite:///",
        "sqlite:file:",
        "sqlite:file:?cache=shared",
        "sqlite:file:secret?mode=memory",
        "sqlite:file:secret?cache=shared&mode=memory",
        "file:secret.db",
        "postgres:",
        "postgres:secret",
        "postgres:/secret/db",
        "postgres",
        "mysql://anna:secret@host/db",
        "http://anna:secret@host/db",
        "host=localhost password=secret",
        " postgres://anna:secret@host/db",
        "anna:secret@host/db",
    ];
    for text in texts {
        let Err(Error::Url(words)) = text.parse::<DatabaseUrl>() else {
            panic!("{text:?} was taken");
        };
        assert!(words.contains("sqlite:"), "{text:?}: {words}");
        assert!(!words.contains("secret"), "{text:?}: {words}");
    }
}

#[test]
fn a_password_that_would_be_read_as_something_else_is_refused_and_not_repeated() {
    // libpq would take a part of the password for the host, and say so when it is not there.
    let texts = [
        "postgres://anna:pass@secret@host/db",
        "postgres://anna:pass/secret@host/db",
        "postgres://anna:pass?secret@host/db",
        "postgres://host/db?password=pass@secret",
        "postgres://host?password=pass@secret",
    ];
    for text in texts {
        let Err(Error::Url(words)) = text.parse::<DatabaseUrl>() else {
            panic!("{text:?} was taken");
        };
        assert!(words.contains("%40"), "{text:?}: {words}");
        assert!(!words.contains("secret"), "{text:?}: {words}");
    }
}

#[test]
fn what_cannot_be_opened_is_named_without_its_password() {
    let addresses = [
        "sqlite:/nowhere/t.db",
        "postgres://anna:secret@%2Fnowhere/db",
        "postgres://%2Fnowhere/db?password=secret",
        // What libpq cannot read, it repeats.
        "postgres://anna:100%secret@%2Fnowhere/db",
        "postgres://anna:secret @%2Fnowhere/db",
        "postgres://anna:secret@[%2Fnowhere/db",
        "postgres://anna:secret@[::1]%2Fnowhere/db",
        "postgres://%2Fnowhere/db?password=pass&secret",
        "postgres://%2Fnowhere/db?password=pass&secret=1",
        "postgres://%2Fnowhere/db?port=secret",
    ];
    for text in addresses {
        let error = text.parse::<DatabaseUrl>().unwrap().connect().err();
        let Some(Error::Open(words)) = error else {
            panic!("{text}: {error:?}");
        };
        assert!(!words.contains("secret"), "{words}");
        let place = if text.contains("postgres") {
            "%2Fnowhere/db"
        } else {
            text
        };
        assert!(words.contains(place), "{words}");
    }
}

/// Compares what the connections of a database are set to: one of its own, that of a reader and
/// that of the writer.
fn check_settings(backend: Backend, settings: &'static [(&str, &str)]) {
    let scratch = Scratch::new(backend);
    let database = open(&scratch);
    let look = move |connection: &mut AnyConnection| -> Result<Vec<String>, Error> {
        Ok(settings
            .iter()
            .flat_map(|(query, _)| values(connection, query))
            .collect())
    };
    let expected: Vec<_> = settings.iter().map(|(_, value)| *value).collect();
    let mut own = url(&scratch).connect().unwrap();
    assert_eq!(look(&mut own).unwrap(), expected);
    assert_eq!(database.read(look).unwrap(), expected);
    assert_eq!(database.change_and_wait(look).unwrap(), expected);
}

#[test]
fn every_sqlite_connection_has_the_settings_that_the_promises_rest_on() {
    check_settings(
        Backend::Sqlite,
        &[
            // Never quicker than FULL, which is 2: a COMMIT is on the disk.
            (
                "SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous",
                "2",
            ),
            (
                "SELECT journal_mode AS value FROM pragma_journal_mode",
                "wal",
            ),
            (
                "SELECT CAST(foreign_keys AS TEXT) AS value FROM pragma_foreign_keys",
                "1",
            ),
            (
                "SELECT CAST(timeout AS TEXT) AS value FROM pragma_busy_timeout",
                "5000",
            ),
            (
                "SELECT CAST(trusted_schema AS TEXT) AS value FROM pragma_trusted_schema",
                "0",
            ),
        ],
    );
}

#[test]
fn every_postgres_connection_has_the_settings_that_the_promises_rest_on() {
    check_settings(
        Backend::Postgres,
        &[
            (
                "SELECT current_setting('synchronous_commit') AS value",
                "on",
            ),
            ("SELECT current_setting('TimeZone') AS value", "UTC"),
            (
                "SELECT current_setting('statement_timeout') AS value",
                "30s",
            ),
            ("SELECT current_setting('lock_timeout') AS value", "10s"),
            (
                "SELECT current_setting('idle_in_transaction_session_timeout') AS value",
                "1min",
            ),
        ],
    );
}

#[test]
fn postgres_settings_hold_where_the_database_has_others() {
    let scratch = Scratch::new(Backend::Postgres);
    sql(
        &mut url(&scratch).connect().unwrap(),
        "DO $$ BEGIN EXECUTE format(
            'ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$",
    )
    .unwrap();
    let setting = values(
        &mut url(&scratch).connect().unwrap(),
        "SELECT current_setting('synchronous_commit') AS value",
    );
    assert_eq!(setting, ["on"]);
}

#[test]
fn connections_that_open_a_new_file_at_once_do_not_fail() {
    for _ in 0..40 {
        let scratch = Scratch::new(Backend::Sqlite);
        let url = url(&scratch);
        let start = Barrier::new(16);
        std::thread::scope(|scope| {
            let openings: Vec<_> = (0..16)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        url.connect().map(drop)
                    })
                })
                .collect();
            for opening in openings {
                opening.join().unwrap().unwrap();
            }
        });
    }
}
