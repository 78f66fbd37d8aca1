//! A change that fails does not affect the others of its batch.

use std::sync::mpsc::{TryRecvError, channel};

use diesel::result::Error as Diesel;
use trivium_storage::Error;
use trivium_test_support::{Backend, Scratch};

use super::{
    Denied, NONE, Step, Then, block, check, insert_mark, marks, ok, open, queue, queue_mark, step,
};
use crate::common::sql;

#[test]
fn no_reply_and_no_visible_row_before_commit() {
    // On SQLite both changes are in one batch; on Postgres each has its own COMMIT.
    for (backend, visible) in [(Backend::Sqlite, &[][..]), (Backend::Postgres, &["first"])] {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let release = block(&database);
        let first = queue_mark(&database, "first");
        let (inserted, inserting) = channel();
        let (finish, finished) = channel::<()>();
        let last = queue(&database, move |connection| {
            insert_mark(connection, "last")?;
            inserted.send(()).unwrap();
            let _finished = finished.recv();
            Ok(())
        });
        drop(release);
        inserting.recv().unwrap();
        assert_eq!(marks(&scratch), visible, "{backend:?}");
        assert_eq!(first.try_recv().is_ok(), visible.contains(&"first"));
        assert_eq!(last.try_recv().err(), Some(TryRecvError::Empty));
        drop(finish);
        assert!(last.recv().unwrap().is_ok());
        assert_eq!(marks(&scratch), ["first", "last"], "{backend:?}");
    }
}

#[test]
fn rejected_change_is_rolled_back_alone() {
    let reject: Then = |_| Err(Denied::Rule("not for you"));
    for backend in Backend::ALL {
        let steps = [
            ok("anna"),
            step("bert", reject, "rejected: not for you"),
            ok("carl"),
            step("dora", reject, "rejected: not for you"),
        ];
        // Each runs once: a rejection does not break up the batch.
        assert_eq!(check(backend, NONE, &steps), [1, 1, 1, 1], "{backend:?}");
    }
}

#[test]
fn constraint_violation_is_rolled_back_alone() {
    let constraints: [(Then, &str); 4] = [
        (|c| Ok(insert_mark(c, "taken")?), "UniqueViolation"),
        (
            |c| Ok(sql(c, "UPDATE users SET login = ''")?),
            "CheckViolation",
        ),
        (
            |c| Ok(sql(c, "UPDATE users SET login = NULL")?),
            "NotNullViolation",
        ),
        (
            |c| Ok(sql(c, "UPDATE audit_entries SET group_id = 99")?),
            "ForeignKeyViolation",
        ),
    ];
    for backend in Backend::ALL {
        for (then, outcome) in constraints {
            let steps = [ok("anna"), step("bert", then, outcome), ok("carl")];
            assert_eq!(check(backend, NONE, &steps), [1, 1, 1], "{backend:?}");
        }
    }
}

#[test]
fn panic_fails_its_change_alone() {
    let panics: [(Then, &str); 2] = [
        (|_| panic!("its message"), "a change panicked: its message"),
        (
            |_| std::panic::panic_any(7),
            "a change panicked: no message",
        ),
    ];
    for backend in Backend::ALL {
        for (then, outcome) in panics {
            let steps = [ok("anna"), step("bert", then, outcome), ok("carl")];
            assert_eq!(check(backend, NONE, &steps), [1, 1, 1], "{backend:?}");
        }
    }
}

#[test]
fn error_that_ends_the_transaction_does_not_affect_others() {
    // A trigger that rolls back, as SQLite does by itself if the disk is full.
    let trigger = "CREATE TRIGGER no_cats BEFORE INSERT ON users WHEN NEW.login = 'cat'
                   BEGIN SELECT RAISE(ROLLBACK, 'no cats'); END";
    let full: Then = |c| {
        sql(c, "PRAGMA max_page_count = 1")?;
        let outcome = sql(
            c,
            "INSERT INTO users (login, first_name, created_at)
             VALUES ('big', hex(zeroblob(500000)), 0)",
        );
        sql(c, "PRAGMA max_page_count = 1000000")?;
        let error = outcome.unwrap_err();
        assert!(error.is_temporary(), "{error}");
        Err(error.into())
    };
    let cases: [(&str, Then, &str); 8] = [
        (
            NONE,
            |c| {
                sql(c, "ROLLBACK")?;
                Err(Error::Query(Diesel::NotFound).into())
            },
            "NotFound",
        ),
        (
            NONE,
            |c| {
                sql(c, "ROLLBACK")?;
                Err(Denied::Rule("too late"))
            },
            "rejected: too late",
        ),
        (
            NONE,
            |c| {
                sql(c, "ROLLBACK")?;
                panic!("too late")
            },
            "a change panicked: too late",
        ),
        (NONE, |c| Ok(sql(c, "ROLLBACK")?), "unknown"),
        (
            NONE,
            |c| {
                Ok(sql(
                    c,
                    "INSERT OR ROLLBACK INTO users (login, created_at) VALUES ('taken', 0)",
                )?)
            },
            "UniqueViolation",
        ),
        (trigger, |c| Ok(insert_mark(c, "cat")?), "Unknown"),
        // Nothing is rolled back here, but the writer does not know this error.
        (
            NONE,
            |_| Err(Error::Corrupt("a strange row".into()).into()),
            "a strange row",
        ),
        (NONE, full, "Unknown"),
    ];
    for (preparation, then, outcome) in cases {
        let steps = [ok("anna"), step("bert", then, outcome), ok("carl")];
        let runs = check(Backend::Sqlite, preparation, &steps);
        // The first two ran in the batch, which then ended; all three ran alone.
        assert_eq!(runs, [2, 2, 1], "{outcome}");
    }
}

#[test]
fn broken_transaction_on_postgres_does_not_affect_others() {
    let cases: [(Then, &str, usize); 3] = [
        (
            |c| {
                sql(c, "ROLLBACK")?;
                Err(Error::Query(Diesel::NotFound).into())
            },
            "NotFound",
            1,
        ),
        // Diesel does not tell this error from a deadlock.
        (
            |c| Ok(sql(c, "DO $$ BEGIN RAISE 'no cats'; END $$")?),
            "Postgres ended the statement: no cats",
            9,
        ),
        // The connection is closed too; the next change gets another one.
        (
            |c| {
                let error = sql(c, "SELECT pg_terminate_backend(pg_backend_pid())").unwrap_err();
                assert!(error.is_temporary(), "{error}");
                Err(error.into())
            },
            "ClosedConnection",
            1,
        ),
    ];
    for (then, outcome, runs) in cases {
        let steps = [ok("anna"), step("bert", then, outcome), ok("carl")];
        assert_eq!(
            check(Backend::Postgres, NONE, &steps),
            [1, runs, 1],
            "{outcome}"
        );
    }
}

#[test]
fn change_that_ignores_a_failed_statement_gets_the_true_outcome() {
    // SQLite rolls back only the statement; Postgres rolls back the transaction, although it
    // reports success for COMMIT.
    let ignore: Then = |c| {
        let _ignored = insert_mark(c, "taken");
        Ok(())
    };
    for backend in Backend::ALL {
        let steps = [
            ok("anna"),
            Step {
                mark: "bert",
                then: ignore,
                outcomes: ["ok", "unknown"],
            },
            ok("carl"),
        ];
        // Diesel does not tell the failed COMMIT from a deadlock.
        let runs = match backend {
            Backend::Sqlite => 1,
            Backend::Postgres => 9,
        };
        assert_eq!(check(backend, NONE, &steps), [1, runs, 1], "{backend:?}");
    }
}
