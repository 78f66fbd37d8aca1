//! The group-commit writer.
//!
//! On SQLite one thread owns the write connection. It takes the changes that wait, runs each
//! in a savepoint of its own, commits them together, and only then answers their callers: one
//! sync of the disk serves them all, and a change that fails, fails alone. On Postgres a few
//! threads do the same with a transaction for each change, as its commits go together already.
//!
//! What is easy to get wrong, each with a test in `tests/storage/writer/`:
//! - A panic is caught inside the savepoint. Caught outside, the batch would go on as if the
//!   change had been made.
//! - An error that is no rule's refusal (disk full, I/O) may have ended the whole transaction.
//!   The batch is given up and its changes run again, one by one.
//! - A COMMIT that fails is an outcome that nobody knows, and is told so.
//! - Postgres answers COMMIT with success where it keeps nothing, after a failed statement.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use diesel::connection::SimpleConnection;
use r2d2::Pool;

use crate::{AnyConnection, DatabaseUrl, Error, Options, Refusal, Result};

/// Changes that share a COMMIT at the most. More would keep the first ones waiting.
const BATCH: usize = 64;

/// How often Postgres may ask for the same change again.
const RETRIES: usize = 8;

/// The queue of changes and the threads that empty it.
pub struct Writer {
    queue: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the threads for this kind of database.
    ///
    /// # Errors
    /// [`Error::Open`] when SQLite's write connection cannot be opened.
    pub fn start(url: &DatabaseUrl, pool: &Pool<DatabaseUrl>, options: &Options) -> Result<Self> {
        let (queue, jobs) = sync_channel(options.queue);
        let mut threads = Vec::new();
        match url {
            DatabaseUrl::Sqlite(_) => {
                let mut connection = url.connect()?;
                threads.push(spawn(move || commit_together(&mut connection, &jobs))?);
            }
            DatabaseUrl::Postgres(_) => {
                let jobs = Arc::new(Mutex::new(jobs));
                for _ in 0..options.writers {
                    let (pool, jobs) = (pool.clone(), Arc::clone(&jobs));
                    threads.push(spawn(move || commit_each(&pool, &jobs))?);
                }
            }
        }
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            threads: Mutex::new(threads),
        })
    }

    /// Queues a change; see [`Database::change`](crate::Database::change).
    pub fn submit<T, E, C, R>(&self, change: C, reply: R)
    where
        T: Send + 'static,
        E: Refusal,
        C: Fn(&mut AnyConnection) -> Result<T, E> + Send + 'static,
        R: FnOnce(Result<T, E>) + Send + 'static,
    {
        let job: Box<dyn Job> = Box::new(Change {
            change,
            outcome: None,
            reply,
        });
        let queue = match self.queue.lock() {
            Ok(queue) => queue.clone(),
            Err(_) => None,
        };
        let refused = match queue {
            None => Some((job, Error::Closed)),
            Some(queue) => match queue.try_send(job) {
                Ok(()) => None,
                Err(TrySendError::Full(job)) => Some((job, Error::QueueFull)),
                Err(TrySendError::Disconnected(job)) => Some((job, Error::Closed)),
            },
        };
        if let Some((job, error)) = refused {
            job.settle(Err(error));
        }
    }

    /// Runs what is queued, then ends the threads. Later changes are refused.
    pub fn close(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            *queue = None;
        }
        let threads = match self.threads.lock() {
            Ok(mut threads) => std::mem::take(&mut *threads),
            Err(_) => Vec::new(),
        };
        for thread in threads {
            // A change that was the last to hold the database closes it from its own thread.
            let own = thread.thread().id() == std::thread::current().id();
            if !own && thread.join().is_err() {
                tracing::error!("a writer thread had panicked");
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("writer".into())
        .spawn(work)
        .map_err(|e| Error::Open(format!("no thread for the writer: {e}")))
}

/// How one run of a change ended.
enum Attempt {
    /// It wants its COMMIT.
    Made,
    /// It is to be undone, and the transaction can go on.
    Refused,
    /// The store failed under it: the transaction may be gone.
    Broken,
    /// Postgres asks for it again.
    Again,
}

/// A change whose types are forgotten, so that different ones share a queue.
trait Job: Send {
    /// Runs the change and keeps its outcome.
    fn attempt(&mut self, connection: &mut AnyConnection) -> Attempt;
    /// Answers the caller: with the kept outcome, or with what the store did to it.
    fn settle(self: Box<Self>, committed: Result<()>);
}

struct Change<T, E, C, R> {
    change: C,
    outcome: Option<Result<T, E>>,
    reply: R,
}

impl<T, E, C, R> Job for Change<T, E, C, R>
where
    T: Send,
    E: Refusal,
    C: Fn(&mut AnyConnection) -> Result<T, E> + Send,
    R: FnOnce(Result<T, E>) + Send,
{
    fn attempt(&mut self, connection: &mut AnyConnection) -> Attempt {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.change)(connection)))
            .unwrap_or_else(|panic| Err(Error::Panicked(panic_words(&*panic)).into()));
        let attempt = match &outcome {
            Ok(_) => Attempt::Made,
            Err(error) => match error.storage_error() {
                None | Some(Error::Panicked(_)) => Attempt::Refused,
                Some(error) if error.is_constraint() => Attempt::Refused,
                Some(error) if error.wants_retry() => Attempt::Again,
                Some(_) => Attempt::Broken,
            },
        };
        self.outcome = Some(outcome);
        attempt
    }

    fn settle(self: Box<Self>, committed: Result<()>) {
        let Self {
            change,
            outcome,
            reply,
        } = *self;
        // Let go before the answer: whoever waits for it may then be the last to hold what the
        // change held, the database included.
        if catch_unwind(AssertUnwindSafe(|| drop(change))).is_err() {
            tracing::error!("dropping a change panicked");
        }
        let outcome = match committed {
            Ok(()) => outcome.unwrap_or_else(|| Err(Error::Closed.into())),
            // A refusal does not stand either: it may rest on what others of the batch did.
            Err(error) => Err(error.into()),
        };
        // A panic here would be the caller's, and must not end the writer.
        if catch_unwind(AssertUnwindSafe(|| reply(outcome))).is_err() {
            tracing::error!("answering a change panicked");
        }
    }
}

/// What a panic said.
pub(crate) fn panic_words(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without words".into())
}

// SQLite: one thread, many changes to a COMMIT.

fn commit_together(connection: &mut AnyConnection, jobs: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH {
            match jobs.try_recv() {
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        run_batch(connection, batch);
    }
}

fn run_batch(connection: &mut AnyConnection, mut batch: Vec<Box<dyn Job>>) {
    if let Err(error) = connection.begin_change() {
        let words = error.to_string();
        tracing::error!(error = words, "a transaction could not begin");
        for job in batch {
            job.settle(Err(Error::Query(copy(&error, &words))));
        }
        return;
    }
    let whole = batch
        .iter_mut()
        .all(|job| attempt_in_savepoint(connection, &mut **job));
    if !whole {
        roll_back(connection);
        for job in batch {
            run_alone(connection, job);
        }
        return;
    }
    match connection.commit_change() {
        Ok(()) => batch.into_iter().for_each(|job| job.settle(Ok(()))),
        Err(error) => {
            let words = error.to_string();
            tracing::error!(error = words, changes = batch.len(), "COMMIT failed");
            roll_back(connection);
            for job in batch {
                job.settle(Err(Error::OutcomeUnknown(copy(&error, &words))));
            }
        }
    }
}

/// Runs one change of a batch. False when the transaction cannot go on.
fn attempt_in_savepoint(connection: &mut AnyConnection, job: &mut dyn Job) -> bool {
    if connection.batch_execute("SAVEPOINT change").is_err() {
        return false;
    }
    let end = match job.attempt(connection) {
        Attempt::Made => "RELEASE change",
        Attempt::Refused => "ROLLBACK TO change; RELEASE change",
        Attempt::Broken | Attempt::Again => return false,
    };
    connection.batch_execute(end).is_ok()
}

/// Runs a change in a transaction of its own, answers its caller, and tells how it went.
fn run_alone(connection: &mut AnyConnection, mut job: Box<dyn Job>) {
    for retry in 0.. {
        if let Err(error) = connection.begin_change() {
            return job.settle(Err(Error::Query(error)));
        }
        match job.attempt(connection) {
            Attempt::Made => {
                let committed = connection.commit_change();
                if committed.is_err() {
                    roll_back(connection);
                }
                return match committed.map_err(Error::Query) {
                    // A COMMIT that Postgres refused for a conflict was not made.
                    Err(error) if error.wants_retry() && retry < RETRIES => continue,
                    Err(Error::Query(error)) => job.settle(Err(Error::OutcomeUnknown(error))),
                    other => job.settle(other),
                };
            }
            Attempt::Again if retry < RETRIES => roll_back(connection),
            Attempt::Refused | Attempt::Broken | Attempt::Again => {
                roll_back(connection);
                return job.settle(Ok(()));
            }
        }
    }
}

/// Ends a transaction that may have ended by itself already, so its error says nothing new.
fn roll_back(connection: &mut AnyConnection) {
    if let Err(error) = connection.batch_execute("ROLLBACK") {
        tracing::debug!(%error, "nothing to roll back");
    }
}

/// Diesel's errors cannot be copied; each waiting caller gets one of the same kind.
fn copy(error: &diesel::result::Error, words: &str) -> diesel::result::Error {
    use diesel::result::{DatabaseErrorKind, Error as Diesel};
    let kind = match error {
        Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
            DatabaseErrorKind::ClosedConnection
        }
        _ => DatabaseErrorKind::Unknown,
    };
    Diesel::DatabaseError(kind, Box::new(words.to_owned()))
}

// Postgres: a transaction for each change, several threads.

fn commit_each(pool: &Pool<DatabaseUrl>, jobs: &Mutex<Receiver<Box<dyn Job>>>) {
    loop {
        let job = match jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => return,
        };
        let Ok(job) = job else { return };
        // The pool looks whether a connection still lives before it hands it out, so a
        // restarted server costs no change.
        match pool.get() {
            Ok(mut connection) => run_alone(&mut connection, job),
            Err(error) => job.settle(Err(Error::Pool(error))),
        }
    }
}
