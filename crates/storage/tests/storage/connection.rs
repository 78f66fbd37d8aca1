//! Database URLs and connection settings.

use std::path::PathBuf;
use std::sync::Barrier;
use std::time::Duration;

use trivium_storage::{Connection, Database, DatabaseUrl, Error, Options};
use trivium_test_support::{Backend, Scratch};

use crate::common::{open, options, sql, url, values};

/// Otherwise threads wait for each other: see `.cargo/config.toml`.
#[test]
fn sqlite_is_compiled_for_a_connection_of_each_thread() {
    let scratch = Scratch::new(Backend::Sqlite);
    let mut connection = url(&scratch).connect().expect("a connection");
    let query = "SELECT compile_options AS value FROM pragma_compile_options";
    let options = values(&mut connection, query);
    let has = |option: &str| options.iter().any(|it| it == option);
    assert!(
        has("THREADSAFE=2") && has("DEFAULT_MEMSTATUS=0"),
        "{options:?}"
    );
    assert!(!has("ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
}

#[test]
fn url_is_parsed_by_scheme() {
    // The URL, its display form, and the file.
    let urls = [
        ("sqlite:trivium.db", "sqlite:trivium.db", Some("trivium.db")),
        ("sqlite:/srv/t.db", "sqlite:/srv/t.db", Some("/srv/t.db")),
        ("sqlite:///srv/t.db", "sqlite:/srv/t.db", Some("/srv/t.db")),
        ("sqlite:a:b.db", "sqlite:a:b.db", Some("a:b.db")),
        (
            "sqlite:file:/srv/t.db?vfs=unix-dotfile",
            "sqlite:file:/srv/t.db?vfs=unix-dotfile",
            Some("/srv/t.db"),
        ),
        (
            "sqlite:file:a%20b%3F.db?cache=private#c",
            "sqlite:file:a%20b%3F.db?cache=private#c",
            Some("a b?.db"),
        ),
        (
            "sqlite:file://localhost/srv/%t.db",
            "sqlite:file://localhost/srv/%t.db",
            Some("/srv/%t.db"),
        ),
        (
            "sqlite:file:///srv/t.db",
            "sqlite:file:///srv/t.db",
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
    for (text, displayed, path) in urls {
        let url: DatabaseUrl = text.parse().unwrap();
        assert_eq!(url.to_string(), displayed, "{text}");
        assert_eq!(format!("{url:?}"), displayed, "{text}");
        assert_eq!(url.sqlite_path(), path.map(PathBuf::from), "{text}");
    }
}

#[test]
fn unsupported_url_is_rejected_without_quoting_it() {
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
        // Each connection would have its own database.
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
        let Err(Error::Url(message)) = text.parse::<DatabaseUrl>() else {
            panic!("{text:?} was accepted");
        };
        assert!(message.contains("sqlite:"), "{text:?}: {message}");
        assert!(!message.contains("secret"), "{text:?}: {message}");
    }
}

#[test]
fn ambiguous_password_is_rejected_without_quoting_it() {
    // libpq would take a part of the password for the host, and quote it in its error.
    let texts = [
        "postgres://anna:pass@secret@host/db",
        "postgres://anna:pass/secret@host/db",
        "postgres://anna:pass?secret@host/db",
        "postgres://host/db?password=pass@secret",
        "postgres://host?password=pass@secret",
    ];
    for text in texts {
        let Err(Error::Url(message)) = text.parse::<DatabaseUrl>() else {
            panic!("{text:?} was accepted");
        };
        assert!(message.contains("%40"), "{text:?}: {message}");
        assert!(!message.contains("secret"), "{text:?}: {message}");
    }
}

#[test]
fn open_error_names_the_database_without_its_password() {
    let urls = [
        "sqlite:/nowhere/t.db",
        "postgres://anna:secret@%2Fnowhere/db",
        "postgres://%2Fnowhere/db?password=secret",
        // libpq quotes what it cannot parse.
        "postgres://anna:100%secret@%2Fnowhere/db",
        "postgres://anna:secret @%2Fnowhere/db",
        "postgres://anna:secret@[%2Fnowhere/db",
        "postgres://anna:secret@[::1]%2Fnowhere/db",
        "postgres://%2Fnowhere/db?password=pass&secret",
        "postgres://%2Fnowhere/db?password=pass&secret=1",
        "postgres://%2Fnowhere/db?port=secret",
    ];
    for text in urls {
        let error = text.parse::<DatabaseUrl>().unwrap().connect().err();
        let Some(Error::Open(message)) = error else {
            panic!("{text}: {error:?}");
        };
        assert!(!message.contains("secret"), "{message}");
        let name = if text.contains("postgres") {
            "%2Fnowhere/db"
        } else {
            text
        };
        assert!(message.contains(name), "{message}");
    }
}

/// Checks the settings of a separate connection, of a reader and of the writer.
fn check_settings(backend: Backend, settings: &'static [(&str, &str)]) {
    let scratch = Scratch::new(backend);
    let database = open(&scratch);
    let query = move |connection: &mut Connection| -> Result<Vec<String>, Error> {
        Ok(settings
            .iter()
            .flat_map(|(statement, _)| values(connection, statement))
            .collect())
    };
    let expected: Vec<_> = settings.iter().map(|(_, value)| *value).collect();
    let mut separate = url(&scratch).connect().unwrap();
    assert_eq!(query(&mut separate).unwrap(), expected);
    assert_eq!(database.read(query).unwrap(), expected);
    assert_eq!(database.change_and_wait(query).unwrap(), expected);
}

#[test]
fn every_sqlite_connection_has_durable_settings() {
    check_settings(
        Backend::Sqlite,
        &[
            // 2 is FULL: a COMMIT is on the disk.
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
fn every_postgres_connection_has_durable_settings() {
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
fn time_limits_of_a_server_follow_from_that_of_a_call() {
    let expected = [
        (
            Backend::Sqlite,
            "SELECT CAST(timeout AS TEXT) AS value FROM pragma_busy_timeout",
            vec!["1500"],
        ),
        (
            Backend::Postgres,
            "SELECT current_setting(name) AS value FROM unnest(ARRAY['statement_timeout',
             'lock_timeout', 'idle_in_transaction_session_timeout']) AS name",
            vec!["3s"; 3],
        ),
    ];
    for (backend, query, expected) in expected {
        let scratch = Scratch::new(backend);
        let options = Options {
            call_timeout: Some(Duration::from_secs(3)),
            ..options()
        };
        let database = Database::open(url(&scratch), &options).unwrap();
        let query = move |connection: &mut Connection| Ok::<_, Error>(values(connection, query));
        assert_eq!(database.read(query).unwrap(), expected);
        assert_eq!(database.change_and_wait(query).unwrap(), expected);
    }
}

#[test]
fn time_limits_in_the_url_take_precedence() {
    let scratch = Scratch::new(Backend::Postgres);
    for (parameters, is_accepted) in [("connect_timeout=7", true), ("connect_timeout=x", false)] {
        let url: DatabaseUrl = format!("{}?{parameters}", scratch.url).parse().unwrap();
        assert_eq!(url.connect().is_ok(), is_accepted, "{parameters}");
    }
}

#[test]
fn postgres_settings_override_those_of_the_database() {
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
fn concurrent_connections_can_open_a_new_file() {
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
