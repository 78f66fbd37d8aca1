//! Tests of the group-commit writer: what may happen to a change in a batch.
//!
//! The tests form batches without sleeping: a first change blocks the writer until the test has
//! queued the others.

mod batch;
mod caller;
mod commit;
mod conflict;
mod order;
mod stop;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use diesel::result::Error as Diesel;
use trivium_storage::audit::{self, NewEntry};
use trivium_storage::users::{self, NewUser};
use trivium_storage::{Connection, Database, Error, Options, TransactionError};
use trivium_test_support::{Backend, Scratch};

use crate::common::{options, second, sql, url, user, values};

/// An empty preparation.
const NONE: &str = "SELECT 1";

/// The error of a change.
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

impl TransactionError for Denied {
    fn storage_error(&self) -> Option<&Error> {
        match self {
            Self::Rule(_) => None,
            Self::Store(error) => Some(error),
        }
    }
}

type Outcome = Result<(), Denied>;

/// What a change does after it has inserted its mark.
type Then = fn(&mut Connection) -> Outcome;

/// One change of a batch.
struct Step {
    /// A user's login, and the actor of an audit entry: two rows that must appear together.
    mark: &'static str,
    then: Then,
    /// The outcome on SQLite and on Postgres, as [`describe`] formats it.
    outcomes: [&'static str; 2],
}

const fn step(mark: &'static str, then: Then, outcome: &'static str) -> Step {
    Step {
        mark,
        then,
        outcomes: [outcome, outcome],
    }
}

const fn ok(mark: &'static str) -> Step {
    step(mark, succeed, "ok")
}

fn succeed(_: &mut Connection) -> Outcome {
    Ok(())
}

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Ok(()) => "ok".into(),
        Err(Denied::Rule(message)) => format!("rejected: {message}"),
        Err(Denied::Store(Error::Query(Diesel::DatabaseError(kind, _)))) => format!("{kind:?}"),
        Err(Denied::Store(Error::Query(error))) => format!("{error:?}"),
        Err(Denied::Store(Error::OutcomeUnknown(_))) => "unknown".into(),
        Err(Denied::Store(error)) => error.to_string(),
    }
}

fn insert_mark(connection: &mut Connection, mark: &str) -> Result<(), Error> {
    let user = NewUser {
        login: mark.into(),
        ..NewUser::default()
    };
    users::insert(connection, &user)?;
    let entry = NewEntry {
        actor: mark,
        action: "test",
        via: "test",
        ..NewEntry::default()
    };
    audit::insert(connection, &entry)
}

/// Returns the marks in the database, one for each change that was committed.
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
    assert_eq!(users, entries, "a change was not atomic");
    users
}

/// Opens a database with one writer thread on Postgres too, so that a change can block it.
fn open(scratch: &Scratch, queue: usize) -> Database {
    let options = Options {
        writers: 1,
        queue,
        ..options()
    };
    let database = Database::open(url(scratch), &options).unwrap();
    user(&mut second(scratch), "taken");
    database
}

/// Queues a change and returns a channel for its outcome.
fn queue(
    database: &Database,
    change: impl Fn(&mut Connection) -> Outcome + Send + 'static,
) -> Receiver<Outcome> {
    let (sender, outcome) = channel();
    database.change(None, change, move |result| {
        let _gone = sender.send(result);
    });
    outcome
}

/// Queues a change that only inserts its mark.
fn queue_mark(database: &Database, mark: impl Into<String>) -> Receiver<Outcome> {
    let mark = mark.into();
    queue(database, move |connection| {
        Ok(insert_mark(connection, &mark)?)
    })
}

/// Blocks the writer with a change that runs until the returned sender is dropped.
fn block(database: &Database) -> Sender<()> {
    let (release, blocked) = channel::<()>();
    let (started, starting) = channel();
    let _outcome = queue(database, move |_| {
        started.send(()).unwrap();
        let _released = blocked.recv();
        Ok(())
    });
    starting.recv().unwrap();
    release
}

/// Asserts that the writer still commits changes.
fn assert_still_commits(scratch: &Scratch, database: &Database) {
    let outcome = queue_mark(database, "after").recv().unwrap();
    assert_eq!(describe(&outcome), "ok");
    assert!(marks(scratch).contains(&"after".to_owned()));
}

/// Runs the changes as one batch (on Postgres in sequence), checks their outcomes and the rows in
/// the database, and returns how often each change ran.
fn check(backend: Backend, preparation: &str, steps: &[Step]) -> Vec<usize> {
    let scratch = Scratch::new(backend);
    let database = open(&scratch, 100);
    sql(&mut second(&scratch), preparation).unwrap();
    let release = block(&database);
    let mut outcomes = Vec::new();
    let mut runs = Vec::new();
    for &Step { mark, then, .. } in steps {
        let count = Arc::new(AtomicUsize::new(0));
        runs.push(Arc::clone(&count));
        outcomes.push(queue(&database, move |connection| {
            count.fetch_add(1, Ordering::Relaxed);
            insert_mark(connection, mark)?;
            then(connection)
        }));
    }
    drop(release);
    let outcomes: Vec<_> = outcomes.iter().map(|o| o.recv().unwrap()).collect();
    let actual: Vec<_> = steps
        .iter()
        .zip(&outcomes)
        .map(|(step, outcome)| format!("{}: {}", step.mark, describe(outcome)))
        .collect();
    let expected: Vec<_> = steps
        .iter()
        .map(|step| format!("{}: {}", step.mark, step.outcomes[backend as usize]))
        .collect();
    assert_eq!(actual, expected, "{backend:?}");
    let mut committed: Vec<_> = steps
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.is_ok())
        .map(|(step, _)| step.mark)
        .collect();
    committed.sort_unstable();
    assert_eq!(marks(&scratch), committed, "{backend:?}");
    assert_still_commits(&scratch, &database);
    runs.iter().map(|r| r.load(Ordering::Relaxed)).collect()
}
