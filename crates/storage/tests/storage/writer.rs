//! The group-commit writer: what may happen to a change while others wait beside it.
//!
//! A batch is made without waiting for time to pass: the first change holds the writer until
//! the test has queued the others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Barrier};

use diesel::result::Error as Diesel;
use trivium_storage::audit::{self, NewEntry};
use trivium_storage::users::{self, NewUser};
use trivium_storage::{AnyConnection, Database, Error, Options, Refusal, groups, memberships};
use trivium_test_support::{Backend, Scratch};

use crate::common::{group, second, sql, url, user, values};

/// No preparation.
const NONE: &str = "SELECT 1";

/// Why a change was not made.
#[derive(Debug)]
enum Denied {
    Rule(&'static str),
    Store(Error),
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl Refusal for Denied {
    fn storage_error(&self) -> Option<&Error> {
        match self {
            Self::Rule(_) => None,
            Self::Store(error) => Some(error),
        }
    }
}

type Outcome = Result<(), Denied>;

/// What a change does after it has left its mark.
type Then = fn(&mut AnyConnection) -> Outcome;

/// One change of a batch.
struct Step {
    /// A user's login, and the actor of an audit entry: two rows that come and go together.
    mark: &'static str,
    then: Then,
    /// What its caller is told on SQLite and on Postgres, in the words of [`words`].
    answers: [&'static str; 2],
}

const fn step(mark: &'static str, then: Then, answer: &'static str) -> Step {
    Step {
        mark,
        then,
        answers: [answer, answer],
    }
}

const fn kept(mark: &'static str) -> Step {
    step(mark, keep, "kept")
}

fn keep(_: &mut AnyConnection) -> Outcome {
    Ok(())
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Ok(()) => "kept".into(),
        Err(Denied::Rule(words)) => format!("refused: {words}"),
        Err(Denied::Store(Error::Query(Diesel::DatabaseError(kind, _)))) => format!("{kind:?}"),
        Err(Denied::Store(Error::Query(error))) => format!("{error:?}"),
        Err(Denied::Store(Error::OutcomeUnknown(_))) => "unknown".into(),
        Err(Denied::Store(error)) => error.to_string(),
    }
}

fn leave_mark(connection: &mut AnyConnection, mark: &str) -> Result<(), Error> {
    let user = NewUser {
        login: mark.into(),
        ..NewUser::default()
    };
    users::insert(connection, &user)?;
    let entry = NewEntry {
        at: 0,
        group_id: None,
        actor: mark,
        action: "test",
        subject: None,
        reason: None,
        via: "test",
    };
    audit::insert(connection, &entry)
}

/// Every mark that is in the database, once for each time it was made.
fn marks(scratch: &Scratch) -> Vec<String> {
    let mut connection = second(scratch);
    let users = values(
        &mut connection,
        "SELECT login AS value FROM users WHERE login <> 'taken' ORDER BY login",
    );
    let entries = values(
        &mut connection,
        "SELECT actor AS value FROM audit_entries ORDER BY actor",
    );
    assert_eq!(users, entries, "a change was made by half");
    users
}

/// A database whose changes go through one thread on Postgres too, so that they can be held.
fn open(scratch: &Scratch, queue: usize) -> Database {
    let options = Options {
        writers: 1,
        queue,
        ..Options::default()
    };
    let database = Database::open(url(scratch), &options).unwrap();
    user(&mut second(scratch), "taken");
    database
}

/// Queues a change and answers where its outcome will arrive.
fn queue(
    database: &Database,
    change: impl Fn(&mut AnyConnection) -> Outcome + Send + 'static,
) -> Receiver<Outcome> {
    let (sender, outcome) = channel();
    database.change(change, move |result| {
        let _gone = sender.send(result);
    });
    outcome
}

/// Queues a change that leaves its mark and no more.
fn queue_mark(database: &Database, mark: impl Into<String>) -> Receiver<Outcome> {
    let mark = mark.into();
    queue(database, move |connection| {
        Ok(leave_mark(connection, &mark)?)
    })
}

/// Holds the writer with a change of its own until the answer is dropped.
fn hold(database: &Database) -> Sender<()> {
    let (release, held) = channel::<()>();
    let (started, starting) = channel();
    let _outcome = queue(database, move |_| {
        started.send(()).unwrap();
        let _released = held.recv();
        Ok(())
    });
    starting.recv().unwrap();
    release
}

/// The writer still serves, and what it keeps is there.
fn assert_serves(scratch: &Scratch, database: &Database) {
    let outcome = queue_mark(database, "after").recv().unwrap();
    assert_eq!(words(&outcome), "kept");
    assert!(marks(scratch).contains(&"after".to_owned()));
}

/// Runs the changes as one batch (on Postgres one after the other), compares what their callers
/// are told and what is in the database, and answers how often each was run.
fn check(backend: Backend, preparation: &str, steps: &[Step]) -> Vec<usize> {
    let scratch = Scratch::new(backend);
    let database = open(&scratch, 100);
    sql(&mut second(&scratch), preparation).unwrap();
    let held = hold(&database);
    let mut outcomes = Vec::new();
    let mut runs = Vec::new();
    for &Step { mark, then, .. } in steps {
        let count = Arc::new(AtomicUsize::new(0));
        runs.push(Arc::clone(&count));
        outcomes.push(queue(&database, move |connection| {
            count.fetch_add(1, Ordering::Relaxed);
            leave_mark(connection, mark)?;
            then(connection)
        }));
    }
    drop(held);
    let outcomes: Vec<_> = outcomes.iter().map(|o| o.recv().unwrap()).collect();
    let told: Vec<_> = steps
        .iter()
        .zip(&outcomes)
        .map(|(step, outcome)| format!("{}: {}", step.mark, words(outcome)))
        .collect();
    let expected: Vec<_> = steps
        .iter()
        .map(|step| format!("{}: {}", step.mark, step.answers[backend as usize]))
        .collect();
    assert_eq!(told, expected, "{backend:?}");
    let mut kept: Vec<_> = steps
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.is_ok())
        .map(|(step, _)| step.mark)
        .collect();
    kept.sort_unstable();
    assert_eq!(marks(&scratch), kept, "{backend:?}");
    assert_serves(&scratch, &database);
    runs.iter().map(|r| r.load(Ordering::Relaxed)).collect()
}

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
fn a_change_has_the_file_to_itself_from_its_beginning() {
    // Otherwise what it has read could be changed before it writes.
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open(&scratch, 100);
    let held = hold(&database);
    let mut other = second(&scratch);
    sql(&mut other, "PRAGMA busy_timeout = 1").unwrap();
    let refused = sql(&mut other, "BEGIN IMMEDIATE").unwrap_err();
    assert!(refused.is_temporary(), "{refused}");
    drop(held);
    assert_serves(&scratch, &database);
}

#[test]
fn changes_that_find_the_file_locked_are_told_so() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open(&scratch, 100);
    // The usual patience is five seconds.
    let impatient = queue(&database, |c| Ok(sql(c, "PRAGMA busy_timeout = 1")?));
    assert_eq!(words(&impatient.recv().unwrap()), "kept");
    let mut other = second(&scratch);
    sql(&mut other, "BEGIN IMMEDIATE").unwrap();
    let outcomes = [queue_mark(&database, "anna"), queue_mark(&database, "bert")];
    for outcome in outcomes {
        let outcome = outcome.recv().unwrap();
        assert!(
            matches!(&outcome, Err(Denied::Store(error)) if error.is_temporary()),
            "{outcome:?}"
        );
    }
    sql(&mut other, "ROLLBACK").unwrap();
    assert!(marks(&scratch).is_empty());
    assert_serves(&scratch, &database);
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

#[test]
fn a_failed_commit_is_an_unknown_outcome() {
    // The foreign key is looked at when the transaction commits.
    let dangling: Then = |c| {
        if matches!(c, AnyConnection::Sqlite(_)) {
            sql(c, "PRAGMA defer_foreign_keys = ON")?;
        }
        Ok(sql(c, "UPDATE audit_entries SET group_id = 99")?)
    };
    for (backend, preparation) in [
        (Backend::Sqlite, NONE),
        (
            Backend::Postgres,
            "ALTER TABLE audit_entries
                ALTER CONSTRAINT audit_entries_group_id_fkey DEFERRABLE INITIALLY DEFERRED",
        ),
    ] {
        let steps = [
            Step {
                mark: "anna",
                then: keep,
                answers: ["unknown", "kept"],
            },
            step("bert", dangling, "unknown"),
            Step {
                mark: "carl",
                then: keep,
                answers: ["unknown", "kept"],
            },
        ];
        assert_eq!(check(backend, preparation, &steps), [1, 1, 1]);
    }
}

#[test]
fn a_commit_that_fails_alone_is_that_of_its_change_only() {
    // The second change breaks the batch up, so each has a COMMIT of its own.
    let steps = [
        kept("anna"),
        step(
            "bert",
            |_| Err(Error::Corrupt("strange".into()).into()),
            "strange",
        ),
        step(
            "carl",
            |c| {
                sql(c, "PRAGMA defer_foreign_keys = ON")?;
                Ok(sql(c, "UPDATE audit_entries SET group_id = 99")?)
            },
            "unknown",
        ),
        kept("dora"),
    ];
    assert_eq!(check(Backend::Sqlite, NONE, &steps), [2, 2, 1, 1]);
}

#[test]
fn a_refusal_for_what_was_never_committed_is_not_given() {
    // It has seen what another change of its batch did, and that is lost with the COMMIT.
    let refuse_beside_anna: Then = |c| match users::find_by_login(c, "anna")? {
        Some(_) => Err(Denied::Rule("anna is here")),
        None => Ok(()),
    };
    let dangling: Then = |c| {
        sql(c, "PRAGMA defer_foreign_keys = ON")?;
        Ok(sql(c, "UPDATE audit_entries SET group_id = 99")?)
    };
    let steps = [
        step("anna", keep, "unknown"),
        step("bert", refuse_beside_anna, "unknown"),
        step("carl", dangling, "unknown"),
    ];
    assert_eq!(check(Backend::Sqlite, NONE, &steps), [1, 1, 1]);
}

#[test]
fn a_connection_lost_at_commit_is_an_unknown_outcome() {
    let preparation = "
        CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.login = 'bert') EXECUTE FUNCTION hang_up();";
    let steps = [kept("anna"), step("bert", keep, "unknown"), kept("carl")];
    assert_eq!(
        check(Backend::Postgres, preparation, &steps),
        [1, 1, 1],
        "a change whose outcome is unknown is not run again"
    );
}

#[test]
fn postgres_gets_a_change_again_when_it_asks_for_it() {
    // A sequence counts through rollbacks: the first `fails` calls are refused.
    let conflict = |code: &str, words: &str, fails: u32| {
        format!(
            "CREATE SEQUENCE calls;
             CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                IF nextval('calls') <= {fails} THEN
                    RAISE SQLSTATE '{code}' USING MESSAGE = '{words}';
                END IF;
                RETURN NULL;
             END $$;"
        )
    };
    let in_the_change = "CREATE TRIGGER conflict AFTER INSERT ON users FOR EACH ROW
                         WHEN (NEW.login = 'bert') EXECUTE FUNCTION conflict();";
    let at_commit = "CREATE CONSTRAINT TRIGGER conflict AFTER INSERT ON users
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                     WHEN (NEW.login = 'bert') EXECUTE FUNCTION conflict();";
    let conflicts = [
        ("40001", "could not serialize access"),
        ("40P01", "deadlock detected"),
    ];
    for (code, message) in conflicts {
        for trigger in [in_the_change, at_commit] {
            let steps = [kept("anna"), kept("bert"), kept("carl")];
            let preparation = conflict(code, message, 3) + trigger;
            let runs = check(Backend::Postgres, &preparation, &steps);
            assert_eq!(runs, [1, 4, 1], "{code}");
        }
    }
    // Not for ever.
    for (trigger, answer) in [
        (in_the_change, "SerializationFailure"),
        (at_commit, "unknown"),
    ] {
        let steps = [kept("anna"), step("bert", keep, answer), kept("carl")];
        let preparation = conflict("40001", "could not serialize access", 1_000) + trigger;
        let runs = check(Backend::Postgres, &preparation, &steps);
        assert_eq!(runs, [1, 9, 1], "{answer}");
    }
}

#[test]
fn changes_in_a_deadlock_are_both_made() {
    let scratch = Scratch::new(Backend::Postgres);
    let database = Database::open(url(&scratch), &Options::default()).unwrap();
    let mut connection = second(&scratch);
    let owner = user(&mut connection, "owner");
    let (a, b) = (
        group(&mut connection, owner, "a"),
        group(&mut connection, owner, "b"),
    );
    let both_hold_one = Arc::new(Barrier::new(2));
    let outcomes: Vec<_> = [(a, b), (b, a)]
        .into_iter()
        .map(|(one, other)| {
            let both_hold_one = Arc::clone(&both_hold_one);
            let runs = AtomicUsize::new(0);
            queue(&database, move |connection| {
                // Postgres looks for a deadlock after a second otherwise.
                sql(connection, "SET LOCAL deadlock_timeout = '10ms'")?;
                groups::add_members(connection, one, 1)?;
                if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                    both_hold_one.wait();
                }
                Ok(groups::add_members(connection, other, 1)?)
            })
        })
        .collect();
    for outcome in outcomes {
        assert_eq!(words(&outcome.recv().unwrap()), "kept");
    }
    for id in [a, b] {
        let group = groups::find(&mut connection, id).unwrap().unwrap();
        assert_eq!(group.member_count, 2);
    }
}

#[test]
fn changes_of_one_group_happen_one_after_the_other() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Database::open(url(&scratch), &Options::default()).unwrap();
        let mut connection = second(&scratch);
        let owner = user(&mut connection, "owner");
        let id = group(&mut connection, owner, "chess");
        let outcomes: Vec<_> = (0..40)
            .map(|_| {
                queue(&database, move |connection| {
                    connection.lock_group(id)?;
                    let count = groups::find(connection, id)?.unwrap().member_count;
                    let set = format!("UPDATE groups SET member_count = {} + 1", count);
                    Ok(sql(connection, &set)?)
                })
            })
            .collect();
        for outcome in outcomes {
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        let group = groups::find(&mut connection, id).unwrap().unwrap();
        assert_eq!(group.member_count, 40, "{backend:?}");
    }
}

#[test]
fn joins_at_once_make_one_membership() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Database::open(url(&scratch), &Options::default()).unwrap();
        let mut connection = second(&scratch);
        let owner = user(&mut connection, "owner");
        let id = group(&mut connection, owner, "chess");
        let outcomes: Vec<_> = (0..64)
            .map(|_| {
                queue(&database, move |connection| {
                    let membership = memberships::Membership {
                        group_id: id,
                        user_id: owner,
                        state: "member".into(),
                        since: 0,
                        note: String::new(),
                        until: None,
                    };
                    memberships::insert(connection, &membership)?;
                    Ok(groups::add_members(connection, id, 1)?)
                })
            })
            .collect();
        let mut told: Vec<_> = outcomes
            .iter()
            .map(|outcome| words(&outcome.recv().unwrap()))
            .collect();
        told.sort();
        let mut expected = vec!["UniqueViolation"; 63];
        expected.push("kept");
        assert_eq!(told, expected, "{backend:?}");
        let group = groups::find(&mut connection, id).unwrap().unwrap();
        assert_eq!(group.member_count, 1, "{backend:?}");
    }
}

#[test]
fn a_change_is_made_when_its_caller_is_gone() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let held = hold(&database);
        drop(queue_mark(&database, "anna"));
        let bert = queue_mark(&database, "bert");
        drop(held);
        assert_eq!(words(&bert.recv().unwrap()), "kept", "{backend:?}");
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
        assert_serves(&scratch, &database);
    }
}

#[test]
fn a_panic_while_answering_does_not_end_the_writer() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let held = hold(&database);
        let anna = queue_mark(&database, "anna");
        database.change(
            |connection| leave_mark(connection, "bert"),
            |_| panic!("the caller's own"),
        );
        let carl = queue_mark(&database, "carl");
        drop(held);
        for outcome in [anna, carl] {
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert", "carl"], "{backend:?}");
        assert_serves(&scratch, &database);
    }
}

/// Panics when it is dropped.
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn a_panic_while_a_change_is_dropped_does_not_end_the_writer() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let held = hold(&database);
        let fragile = Fragile;
        let anna = queue(&database, move |connection| {
            let _held = &fragile;
            Ok(leave_mark(connection, "anna")?)
        });
        let bert = queue_mark(&database, "bert");
        drop(held);
        for outcome in [anna, bert] {
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
        assert_serves(&scratch, &database);
    }
}

#[test]
fn a_change_may_be_the_last_to_hold_the_database() {
    // The writer's thread then closes the database, and cannot wait for itself to end.
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Arc::new(open(&scratch, 100));
        let held = hold(&database);
        let own = Arc::clone(&database);
        let anna = queue(&database, move |connection| {
            let _held = &own;
            Ok(leave_mark(connection, "anna")?)
        });
        let bert = queue_mark(&database, "bert");
        drop(database);
        drop(held);
        for outcome in [anna, bert] {
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
    }
}

#[test]
fn what_a_change_holds_is_let_go_before_it_is_answered() {
    // Whoever waits for the answer may then be the last to hold the database, and close it.
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let (sender, holders) = channel();
        let thing = Arc::new(());
        let own = Arc::clone(&thing);
        database.change(
            move |connection| {
                let _held = &own;
                leave_mark(connection, "anna")
            },
            move |_| sender.send(Arc::strong_count(&thing)).unwrap(),
        );
        assert_eq!(holders.recv().unwrap(), 1, "{backend:?}");
    }
}

#[test]
fn a_full_queue_refuses_at_once() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 2);
        let held = hold(&database);
        let waiting = [queue_mark(&database, "anna"), queue_mark(&database, "bert")];
        // Answered while the writer is held.
        let refused = queue_mark(&database, "carl").recv().unwrap();
        assert!(
            matches!(&refused, Err(Denied::Store(error @ Error::QueueFull)) if error.is_temporary()),
            "{backend:?}: {refused:?}"
        );
        drop(held);
        for outcome in waiting {
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
        assert_serves(&scratch, &database);
    }
}

#[test]
fn stopping_finishes_what_waits_and_refuses_the_rest() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Arc::new(open(&scratch, 100));
        let held = hold(&database);
        let mut waiting: Vec<_> = (0..10)
            .map(|n| {
                (
                    format!("early{n}"),
                    queue_mark(&database, format!("early{n}")),
                )
            })
            .collect();
        let closing = std::thread::spawn({
            let database = Arc::clone(&database);
            move || database.close()
        });
        // The first change that is refused shows that the stop has begun; the writer is still
        // held, so all that were taken before it wait.
        for n in 0.. {
            let mark = format!("late{n}");
            let outcome = queue_mark(&database, mark.clone());
            match outcome.try_recv().as_ref().map(words).as_deref() {
                Ok("the database is closed") => break,
                Ok("the writer's queue is full") => std::thread::yield_now(),
                Ok(other) => panic!("{other}"),
                Err(_) => waiting.push((mark, outcome)),
            }
        }
        drop(held);
        closing.join().unwrap();
        let mut kept = Vec::new();
        for (mark, outcome) in waiting {
            // Whoever is answered at all is answered by now.
            assert_eq!(words(&outcome.try_recv().unwrap()), "kept", "{backend:?}");
            kept.push(mark);
        }
        kept.sort();
        assert_eq!(marks(&scratch), kept, "{backend:?}");

        let refused = database.change_and_wait(|c| leave_mark(c, "after"));
        assert!(matches!(&refused, Err(error @ Error::Closed) if error.is_temporary()));
        database.close();
        assert_eq!(marks(&scratch), kept, "{backend:?}");
    }
}

#[test]
fn stopping_under_load_loses_nothing() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Database::open(url(&scratch), &Options::default()).unwrap();
        let (answered, answers) = channel();
        let mut kept: Vec<String> = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..4)
                .map(|caller| {
                    let (database, answered) = (&database, answered.clone());
                    scope.spawn(move || {
                        let mut kept = Vec::new();
                        for n in 0.. {
                            let mark = format!("{caller}-{n}");
                            match queue_mark(database, mark.clone()).recv().unwrap() {
                                Ok(()) => kept.push(mark),
                                Err(Denied::Store(Error::Closed)) => break,
                                other => panic!("{other:?}"),
                            }
                            let _closing = answered.send(());
                        }
                        kept
                    })
                })
                .collect();
            for _ in 0..20 {
                answers.recv().unwrap();
            }
            database.close();
            callers
                .into_iter()
                .flat_map(|caller| caller.join().unwrap())
                .collect()
        });
        kept.sort();
        assert_eq!(marks(&scratch), kept, "{backend:?}");
    }
}

#[test]
fn dropping_the_database_finishes_what_waits() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let held = hold(&database);
        let outcomes = [queue_mark(&database, "anna"), queue_mark(&database, "bert")];
        drop(held);
        drop(database);
        for outcome in outcomes {
            assert_eq!(words(&outcome.try_recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
    }
}
