//! The group-commit writer: what may happen to a change while others wait beside it.
//!
//! A batch is made without waiting for time to pass: the first change holds the writer until
//! the test has queued the others.

mod batch;
mod caller;
mod commit;
mod conflict;
mod stop;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use diesel::result::Error as Diesel;
use trivium_storage::audit::{self, NewEntry};
use trivium_storage::users::{self, NewUser};
use trivium_storage::{AnyConnection, Database, Error, Options, Refusal};
use trivium_test_support::{Backend, Scratch};

use crate::common::{options, second, sql, url, user, values};

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
        ..options()
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
