//! Opening, serving and reading.

use std::sync::Barrier;

use trivium_storage::{Database, Error, Options, users};
use trivium_test_support::{Backend, Scratch};

use crate::common::{EVERYTHING, alone, open, options, second, sql, url, user, values};

#[test]
fn a_new_database_may_be_opened_many_times_at_once() {
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
fn what_was_written_is_there_when_the_database_is_opened_again() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch);
        database
            .change_and_wait(|c| Ok::<_, Error>(user(c, "anna")))
            .unwrap();
        drop(database);
        let (people, _) = open(&scratch).read(|c| users::list(c, EVERYTHING)).unwrap();
        assert_eq!(people[0].login, "anna", "{backend:?}");
    }
}

#[test]
fn an_sqlite_file_is_served_once() {
    let scratch = Scratch::new(Backend::Sqlite);
    let first = open(&scratch);
    let second = open(&scratch);
    first.lock_for_serving().unwrap();
    let refused = second.lock_for_serving().unwrap_err();
    assert!(matches!(refused, Error::Served(_)), "{refused:?}");
    let words = format!("{} is served by another trivium", scratch.url);
    assert!(refused.to_string().starts_with(&words), "{refused}");
    // Other commands work beside it.
    second
        .change_and_wait(|c| Ok::<_, Error>(user(c, "anna")))
        .unwrap();
    drop(first);
    second.lock_for_serving().unwrap();
}

#[test]
fn a_postgres_database_may_be_served_by_many() {
    let scratch = Scratch::new(Backend::Postgres);
    let (first, second) = (open(&scratch), open(&scratch));
    first.lock_for_serving().unwrap();
    second.lock_for_serving().unwrap();
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        sql(
            &mut alone(&scratch),
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')",
        )
        .unwrap();
        let refused = Database::open(url(&scratch), &options()).err();
        assert!(
            matches!(&refused, Some(Error::Migration(words))
                if words.contains("newer") && words.contains("99991231000000")),
            "{backend:?}: {refused:?}"
        );
    }
}

#[test]
fn a_read_sees_one_state() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch);
        let count = |c: &mut _| users::list(c, EVERYTHING).map(|(_, total)| total);
        let (before, beside, after) = database
            .read(|connection| {
                let before = count(connection)?;
                database.change_and_wait(|c| Ok::<_, Error>(user(c, "anna")))?;
                Ok::<_, Error>((before, count(&mut second(&scratch))?, count(connection)?))
            })
            .unwrap();
        assert_eq!((before, beside, after), (0, 1, 0), "{backend:?}");
        assert_eq!(database.read(count).unwrap(), 1, "{backend:?}");
    }
}

#[test]
fn a_read_keeps_nothing() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch);
        // SQLite lets it write into its own transaction, Postgres refuses.
        let _written = database.read(|c| sql(c, "UPDATE categories SET name = 'Changed'"));
        let names = values(
            &mut second(&scratch),
            "SELECT name AS value FROM categories",
        );
        assert_eq!(names, ["General"], "{backend:?}");
        // The connection is as good as new.
        database.read(|c| users::list(c, EVERYTHING)).unwrap();
    }
}

#[test]
fn a_panic_while_reading_is_an_error_and_gives_the_connection_back() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let options = Options {
            readers: 1,
            ..options()
        };
        let database = Database::open(url(&scratch), &options).unwrap();
        for _ in 0..3 {
            let outcome: Result<(), Error> = database.read(|_| panic!("its words"));
            assert!(
                matches!(&outcome, Err(Error::Panicked(words)) if words == "its words"),
                "{backend:?}: {outcome:?}"
            );
        }
        database.read(|c| users::list(c, EVERYTHING)).unwrap();
    }
}
