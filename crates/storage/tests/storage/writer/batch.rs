//! A change that fails in a batch fails alone.

use std::sync::mpsc::{TryRecvError, channel};

use diesel::result::Error as Diesel;
use trivium_storage::Error;
use trivium_test_support::{Backend, Scratch};

use super::{
    Denied, NONE, Step, Then, check, hold, kept, leave_mark, marks, open, queue, queue_mark, step,
};
use crate::common::sql;

#[test]
fn nothing_is_answered_or_visible_before_commit() {
    // On SQLite both changes are of one batch; on Postgres each has its own COMMIT.
    for (backend, visible) in [(Backend::Sqlite, &[][..]), (Backend::Postgres, &["first"])] {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let held = hold(&database);
        let first = queue_mark(&database, "first");
        let (made, making) = channel();
        let (release, released) = channel::<()>();
        let last = queue(&database, move |connection| {
            leave_mark(connection, "last")?;
            made.send(()).unwrap();
            let _released = released.recv();
            Ok(())
        });
        drop(held);
        making.recv().unwrap();
        assert_eq!(marks(&scratch), visible, "{backend:?}");
        assert_eq!(first.try_recv().is_ok(), visible.contains(&"first"));
        assert_eq!(last.try_recv().err(), Some(TryRecvError::Empty));
        drop(release);
        assert!(last.recv().unwrap().is_ok());
        assert_eq!(marks(&scratch), ["first", "last"], "{backend:?}");
    }
}

#[test]
fn a_refused_change_is_undone_alone() {
    let refuse: Then = |_| Err(Denied::Rule("not for you"));
    for backend in Backend::ALL {
        let steps = [
            kept("anna"),
            step("bert", refuse, "refused: not for you"),
            kept("carl"),
            step("dora", refuse, "refused: not for you"),
        ];
        // Once each: a refusal does not break the batch up.
        assert_eq!(check(backend, NONE, &steps), [1, 1, 1, 1], "{backend:?}");
    }
}

#[test]
fn a_change_that_breaks_a_constraint_is_undone_alone() {
    let constraints: [(Then, &str); 4] = [
        (|c| Ok(leave_mark(c, "taken")?), "UniqueViolation"),
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
        for (then, answer) in constraints {
            let steps = [kept("anna"), step("bert", then, answer), kept("carl")];
            assert_eq!(check(backend, NONE, &steps), [1, 1, 1], "{backend:?}");
        }
    }
}

#[test]
fn a_panic_ends_its_change_alone() {
    let panics: [(Then, &str); 2] = [
        (|_| panic!("its words"), "a change panicked: its words"),
        (
            |_| std::panic::panic_any(7),
            "a change panicked: without words",
        ),
    ];
    for backend in Backend::ALL {
        for (then, answer) in panics {
            let steps = [kept("anna"), step("bert", then, answer), kept("carl")];
            assert_eq!(check(backend, NONE, &steps), [1, 1, 1], "{backend:?}");
        }
    }
}

#[test]
fn the_others_survive_an_error_that_ended_the_transaction() {
    // A trigger whose refusal rolls back, as SQLite does by itself when the disk is full.
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
            "refused: too late",
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
        (trigger, |c| Ok(leave_mark(c, "cat")?), "Unknown"),
        // Nothing was rolled back here, but the writer does not know the error.
        (
            NONE,
            |_| Err(Error::Corrupt("a strange row".into()).into()),
            "a strange row",
        ),
        (NONE, full, "Unknown"),
    ];
    for (preparation, then, answer) in cases {
        let steps = [kept("anna"), step("bert", then, answer), kept("carl")];
        let runs = check(Backend::Sqlite, preparation, &steps);
        // Those up to the one that ended it were run in the batch, and all of them alone.
        assert_eq!(runs, [2, 2, 1], "{answer}");
    }
}

#[test]
fn the_others_survive_a_broken_transaction_on_postgres() {
    let cases: [(Then, &str); 3] = [
        (
            |c| {
                sql(c, "ROLLBACK")?;
                Err(Error::Query(Diesel::NotFound).into())
            },
            "NotFound",
        ),
        (
            |c| Ok(sql(c, "DO $$ BEGIN RAISE 'no cats'; END $$")?),
            "Unknown",
        ),
        // The connection is gone too; the next change gets another.
        (
            |c| {
                let error = sql(c, "SELECT pg_terminate_backend(pg_backend_pid())").unwrap_err();
                assert!(error.is_temporary(), "{error}");
                Err(error.into())
            },
            "ClosedConnection",
        ),
    ];
    for (then, answer) in cases {
        let steps = [kept("anna"), step("bert", then, answer), kept("carl")];
        assert_eq!(
            check(Backend::Postgres, NONE, &steps),
            [1, 1, 1],
            "{answer}"
        );
    }
}

#[test]
fn a_change_that_hides_a_failed_statement_is_not_answered_as_kept_when_it_is_not() {
    // SQLite undoes the statement alone; Postgres the transaction, and answers COMMIT with
    // success even so.
    let hide: Then = |c| {
        let _hidden = leave_mark(c, "taken");
        Ok(())
    };
    for backend in Backend::ALL {
        let steps = [
            kept("anna"),
            Step {
                mark: "bert",
                then: hide,
                answers: ["kept", "unknown"],
            },
            kept("carl"),
        ];
        assert_eq!(check(backend, NONE, &steps), [1, 1, 1], "{backend:?}");
    }
}
