//! Opening, serving and reading.

use std::sync::Barrier;

use trivium_storage::{Access, Database, Error, Options, users};
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

/// Opens a database as a server does.
fn serve(url: &str) -> Result<Database, Error> {
    let options = Options {
        access: Access::Serve,
        ..options()
    };
    Database::open(url.parse().unwrap(), &options)
}

#[test]
fn sqlite_file_is_served_by_one_process_under_every_name() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new(Backend::Sqlite);
    let file = url(&scratch).sqlite_path().unwrap();
    let first = serve(&scratch.url).unwrap();
    let folder = scratch.folder.path();
    symlink(&file, folder.join("symbolic link")).unwrap();
    symlink(folder, folder.join("folder")).unwrap();
    std::fs::hard_link(&file, folder.join("hard")).unwrap();
    let folder = folder.display();
    for name in [
        scratch.url.clone(),
        format!("sqlite:{folder}/./test.db"),
        format!("sqlite:{folder}/symbolic link"),
        format!("sqlite:{folder}/folder/test.db"),
        format!("sqlite:{folder}/hard"),
        format!("sqlite:file:{folder}/symbolic%20link?cache=private"),
    ] {
        let error = serve(&name).err();
        assert!(
            matches!(&error, Some(Error::AlreadyServed(url)) if *url == name),
            "{name}: {error:?}"
        );
        let message = format!("{name} is served by another trivium");
        assert!(error.unwrap().to_string().starts_with(&message));
    }
    // Other commands still work.
    let command = open(&scratch);
    command
        .change_and_wait(|c| Ok::<_, Error>(user(c, "anna")))
        .unwrap();
    drop(first);
    serve(&scratch.url).unwrap();
}

#[test]
fn server_takes_its_lock_before_it_migrates() {
    let scratch = Scratch::new(Backend::Sqlite);
    let file = url(&scratch).sqlite_path().unwrap();
    let other = std::fs::File::create(&file).unwrap();
    other.try_lock().unwrap();
    let error = serve(&scratch.url).err();
    assert!(matches!(&error, Some(Error::AlreadyServed(_))), "{error:?}");
    assert_eq!(other.metadata().unwrap().len(), 0);
}

#[test]
fn lock_of_the_server_keeps_the_locks_of_sqlite() {
    // Closing a descriptor of the file would drop them.
    let scratch = Scratch::new(Backend::Sqlite);
    let first = serve(&scratch.url).unwrap();
    assert!(serve(&scratch.url).is_err());
    let count = || {
        let inode = std::os::unix::fs::MetadataExt::ino(
            &std::fs::metadata(url(&scratch).sqlite_path().unwrap()).unwrap(),
        );
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        let of_file = format!(":{inode} ");
        let process = format!(" {} ", std::process::id());
        locks
            .lines()
            .filter(|line| {
                line.contains("POSIX") && line.contains(&of_file) && line.contains(&process)
            })
            .count()
    };
    assert_ne!(count(), 0);
    drop(first);
    assert_eq!(count(), 0);
}

#[test]
fn postgres_database_can_be_served_by_several_processes() {
    let scratch = Scratch::new(Backend::Postgres);
    let (_first, _second) = (serve(&scratch.url).unwrap(), serve(&scratch.url).unwrap());
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
        // A migration that only adds leaves the oldest program that may run.
        let opened = Database::open(url(&scratch), &options()).map(drop);
        assert!(opened.is_ok(), "{backend:?}: {opened:?}");
        sql(
            &mut alone(&scratch),
            "UPDATE __oldest_program SET version = '99991231000000'",
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
fn migrations_have_no_timeout() {
    let scratch = Scratch::new(Backend::Postgres);
    let observe = "
        CREATE TABLE seen (value TEXT);
        CREATE FUNCTION observe() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO seen SELECT name || '=' || setting FROM pg_settings
            WHERE name IN ('statement_timeout', 'lock_timeout');
        END $$;
        CREATE EVENT TRIGGER observe ON ddl_command_end EXECUTE FUNCTION observe();";
    sql(&mut second(&scratch), observe).unwrap();
    open(&scratch);
    let query = "SELECT DISTINCT value FROM seen ORDER BY value";
    let seen = values(&mut second(&scratch), query);
    assert_eq!(seen, ["lock_timeout=0", "statement_timeout=0"]);
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
