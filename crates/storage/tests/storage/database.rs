//! Opening, serving and reading.

use std::sync::Barrier;

use trivium_storage::{Database, Error, Options, users};
use trivium_test_support::{Backend, Scratch};

use crate::common::{EVERYTHING, alone, open, options, second, sql, url, user, values};

#[test]
fn new_database_can_be_opened_concurrently() {
    for backend in Backend::ALL {
        for _ in 0..3 {
            let scratch = Scratch::new(backend);
            let start = Barrier::new(8);
            std::thread::scope(|scope| {
                let openings: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            Database::open(url(&scratch), &options()).map(drop)
                        })
                    })
                    .collect();
                for opening in openings {
                    opening.join().unwrap().unwrap();
                }
            });
            // The migration ran once.
            let categories = values(
                &mut second(&scratch),
                "SELECT name AS value FROM categories",
            );
            assert_eq!(categories, ["General"], "{backend:?}");
        }
    }
}

#[test]
fn written_rows_survive_reopening() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch);
        database
            .change_and_wait(|c| Ok::<_, Error>(user(c, "anna")))
            .unwrap();
        drop(database);
        let (users, _) = open(&scratch).read(|c| users::list(c, EVERYTHING)).unwrap();
        assert_eq!(users[0].login, "anna", "{backend:?}");
    }
}

#[test]
fn sqlite_file_is_served_by_one_process() {
    let scratch = Scratch::new(Backend::Sqlite);
    let first = open(&scratch);
    let second = open(&scratch);
    first.lock_for_serving().unwrap();
    let error = second.lock_for_serving().unwrap_err();
    assert!(matches!(error, Error::AlreadyServed(_)), "{error:?}");
    let message = format!("{} is served by another trivium", scratch.url);
    assert!(error.to_string().starts_with(&message), "{error}");
    // Other commands still work.
    second
        .change_and_wait(|c| Ok::<_, Error>(user(c, "anna")))
        .unwrap();
    drop(first);
    second.lock_for_serving().unwrap();
}

#[test]
fn postgres_database_can_be_served_by_several_processes() {
    let scratch = Scratch::new(Backend::Postgres);
    let (first, second) = (open(&scratch), open(&scratch));
    first.lock_for_serving().unwrap();
    second.lock_for_serving().unwrap();
}

#[test]
fn newer_schema_is_rejected() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        sql(
            &mut alone(&scratch),
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')",
        )
        .unwrap();
        let error = Database::open(url(&scratch), &options()).err();
        assert!(
            matches!(&error, Some(Error::Migration(message))
                if message.contains("newer") && message.contains("99991231000000")),
            "{backend:?}: {error:?}"
        );
    }
}

#[test]
fn read_sees_a_snapshot() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch);
        let count = |c: &mut _| users::list(c, EVERYTHING).map(|(_, total)| total);
        let (before, outside, after) = database
            .read(|connection| {
                let before = count(connection)?;
                database.change_and_wait(|c| Ok::<_, Error>(user(c, "anna")))?;
                Ok::<_, Error>((before, count(&mut second(&scratch))?, count(connection)?))
            })
            .unwrap();
        assert_eq!((before, outside, after), (0, 1, 0), "{backend:?}");
        assert_eq!(database.read(count).unwrap(), 1, "{backend:?}");
    }
}

#[test]
fn read_is_rolled_back() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch);
        // SQLite permits the write, which the rollback undoes; Postgres rejects it.
        let _written = database.read(|c| sql(c, "UPDATE categories SET name = 'Changed'"));
        let names = values(
            &mut second(&scratch),
            "SELECT name AS value FROM categories",
        );
        assert_eq!(names, ["General"], "{backend:?}");
        // The connection can be used again.
        database.read(|c| users::list(c, EVERYTHING)).unwrap();
    }
}

#[test]
fn panic_in_a_read_is_an_error_and_releases_the_connection() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let options = Options {
            readers: 1,
            ..options()
        };
        let database = Database::open(url(&scratch), &options).unwrap();
        for _ in 0..3 {
            let outcome: Result<(), Error> = database.read(|_| panic!("its message"));
            assert!(
                matches!(&outcome, Err(Error::Panicked(message)) if message == "its message"),
                "{backend:?}: {outcome:?}"
            );
        }
        database.read(|c| users::list(c, EVERYTHING)).unwrap();
    }
}
