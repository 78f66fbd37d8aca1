//! The group-commit writer.
//!
//! On SQLite, one thread owns the write connection. It takes up to 64 waiting changes, runs each
//! in its own savepoint, commits them together, and only then replies to the callers. The batch
//! shares one sync of the disk, and a change that fails does not affect the others. On Postgres,
//! several threads run each change in its own transaction, since Postgres has group commit.
//!
//! Pitfalls, each with a test in `tests/storage/writer/`:
//! - A panic is caught inside the savepoint. If it were caught outside, the batch would continue
//!   as if the change had succeeded.
//! - An error of the database (disk full, I/O) may have ended the whole transaction. The batch is
//!   rolled back, and its changes run again one by one.
//! - If COMMIT fails, the outcome is unknown, and the callers receive an error that says so.
//! - A COMMIT into a file that was deleted or replaced succeeds. So the files are checked after each
//!   COMMIT and before the replies (`health`).
//! - SQLite ignores a failed checkpoint after a COMMIT. So the writer runs the checkpoints itself.
//! - After a failed statement, Postgres reports success for COMMIT but rolls back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use r2d2::Pool;

use crate::database::Connections;
use crate::health::Health;
use crate::{AnyConnection, DatabaseUrl, Error, Options, Result, TransactionError, locks};

/// Maximum number of changes that share a COMMIT. A larger batch would delay its first changes.
const MAX_BATCH: usize = 64;

/// Time between attempts to write while no change succeeds, such as on a full disk.
const PROBE_INTERVAL: Duration = Duration::from_millis(500);

/// Maximum number of retries of a change, after a conflict on Postgres or as `Outdated`.
const MAX_RETRIES: usize = 8;

/// Time after which a change is not retried. A statement that ran into a timeout has used it up.
const RETRY_TIME: Duration = Duration::from_secs(5);

/// The queue of changes and the threads that run them.
pub struct Writer {
    queue: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the threads for this kind of database.
    ///
    /// # Errors
    /// [`Error::Open`] if SQLite's write connection cannot be opened.
    pub(crate) fn start(
        url: &DatabaseUrl,
        pool: &Pool<Connections>,
        health: &Arc<Health>,
        options: &Options,
    ) -> Result<Self> {
        let (queue, jobs) = sync_channel(options.queue);
        let mut threads = Vec::new();
        match url {
            DatabaseUrl::Sqlite(_) => {
                let mut connection = url.connect()?;
                connection.batch_execute("PRAGMA wal_autocheckpoint = 0")?;
                // This opens -wal.
                connection.read_a_row()?;
                if let Some(file) = connection.sqlite_file()? {
                    let mut wal = file.as_os_str().to_owned();
                    wal.push("-wal");
                    let names: Vec<_> = url.sqlite_path().into_iter().chain([file]).collect();
                    health.watch(&names, &PathBuf::from(wal))?;
                }
                let health = Arc::clone(health);
                threads.push(spawn(move || commit_together(connection, &jobs, &health))?);
            }
            DatabaseUrl::Postgres(_) => {
                let jobs = Arc::new(Mutex::new(jobs));
                for _ in 0..options.writers {
                    let (pool, jobs) = (pool.clone(), Arc::clone(&jobs));
                    let health = Arc::clone(health);
                    threads.push(spawn(move || commit_each(&pool, &jobs, &health))?);
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
        E: TransactionError,
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
        let rejected = match queue {
            None => Some((job, Error::Closed)),
            Some(queue) => match queue.try_send(job) {
                Ok(()) => None,
                Err(TrySendError::Full(job)) => Some((job, Error::QueueFull)),
                Err(TrySendError::Disconnected(job)) => Some((job, Error::Closed)),
            },
        };
        if let Some((job, error)) = rejected {
            job.settle(Err(error));
        }
    }

    /// Runs the queued changes, then ends the threads. Later changes are rejected.
    pub fn close(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            *queue = None;
        }
        let threads = match self.threads.lock() {
            Ok(mut threads) => std::mem::take(&mut *threads),
            Err(_) => Vec::new(),
        };
        for thread in threads {
            // A change that owned the last reference to the database runs this on its own
            // writer thread, which cannot join itself.
            let own = thread.thread().id() == std::thread::current().id();
            if !own && thread.join().is_err() {
                tracing::error!("a writer thread panicked");
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
        .map_err(|e| Error::Open(format!("cannot start a writer thread: {e}")))
}

/// The result of one run of a change.
enum Attempt {
    /// The change is ready for COMMIT.
    Succeeded,
    /// The change must be rolled back; the transaction can continue.
    Rejected,
    /// The database failed; the transaction may have ended.
    Broken,
    /// The change may succeed if it runs again.
    Retry,
}

/// A type-erased change, so that changes of different types share a queue.
trait Job: Send {
    /// Runs the change and stores its outcome.
    fn attempt(&mut self, connection: &mut AnyConnection) -> Attempt;
    /// Returns the failure of the database in the stored outcome.
    fn storage_error(&self) -> Option<&Error>;
    /// Replies to the caller with the stored outcome, or with the error in `committed`.
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
    E: TransactionError,
    C: Fn(&mut AnyConnection) -> Result<T, E> + Send,
    R: FnOnce(Result<T, E>) + Send,
{
    fn attempt(&mut self, connection: &mut AnyConnection) -> Attempt {
        locks::begin();
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.change)(connection)))
            .unwrap_or_else(|panic| Err(Error::Panicked(panic_message(&*panic)).into()))
            .map_err(|error| connection.explain(error));
        let attempt = match &outcome {
            Ok(_) => Attempt::Succeeded,
            Err(error) => match error.storage_error() {
                None | Some(Error::Panicked(_)) => Attempt::Rejected,
                Some(error) if error.is_constraint() => Attempt::Rejected,
                Some(error) if error.wants_retry() => Attempt::Retry,
                Some(_) => Attempt::Broken,
            },
        };
        self.outcome = Some(outcome);
        attempt
    }

    fn storage_error(&self) -> Option<&Error> {
        match &self.outcome {
            Some(Err(error)) => error.storage_error(),
            _ => None,
        }
    }

    fn settle(self: Box<Self>, committed: Result<()>) {
        let Self {
            change,
            outcome,
            reply,
        } = *self;
        // Drop the change before the reply: the caller may rely on owning the last reference to
        // what the change owned, such as the database.
        if catch_unwind(AssertUnwindSafe(|| drop(change))).is_err() {
            tracing::error!("dropping a change panicked");
        }
        let outcome = match committed {
            Ok(()) => outcome.unwrap_or_else(|| Err(Error::Closed.into())),
            // This replaces a rejection too: it may depend on other changes of the batch.
            Err(error) => Err(error.into()),
        };
        // A panic in the caller's callback must not end the writer.
        if catch_unwind(AssertUnwindSafe(|| reply(outcome))).is_err() {
            tracing::error!("the reply to a change panicked");
        }
    }
}

/// Returns the message of a panic.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}

// SQLite: one thread, up to MAX_BATCH changes per COMMIT.

fn commit_together(mut connection: AnyConnection, jobs: &Receiver<Box<dyn Job>>, health: &Health) {
    loop {
        let first = if health.is_failing() {
            jobs.recv_timeout(PROBE_INTERVAL)
        } else {
            jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        let mut batch = match first {
            Ok(first) => vec![first],
            Err(RecvTimeoutError::Timeout) => {
                probe(&mut connection, health);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        while batch.len() < MAX_BATCH {
            match jobs.try_recv() {
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        run_batch(&mut connection, batch, health);
        if health.running().is_ok() {
            checkpoint(&mut connection, health);
        }
    }
    if health.verify().is_err() {
        // It stays open until the process ends, see `health`.
        std::mem::forget(connection);
    }
}

/// Finds out whether changes succeed again.
fn probe(connection: &mut AnyConnection, health: &Health) {
    let written = match health.verify() {
        Ok(()) => connection.rewrite_a_page(),
        Err(_) => return,
    };
    match written {
        Ok(()) => {
            if health.verify().is_ok() {
                health.recover();
            }
        }
        Err(error) => {
            roll_back(connection);
            commit_failed(health, &error);
        }
    }
}

/// Moves the WAL to the database file when it has grown.
fn checkpoint(connection: &mut AnyConnection, health: &Health) {
    match connection.wants_checkpoint() {
        Ok(true) if health.verify().is_ok() => {
            if let Err(error) = connection.checkpoint() {
                commit_failed(health, &Error::Query(error));
            }
        }
        Ok(_) => {}
        Err(error) => change_failed(health, &Error::Query(error)),
    }
}

/// Draws the consequence of a failed COMMIT or checkpoint, which includes a sync. What a failed sync
/// has left on the disk is unknown, even if the next one succeeds.
fn commit_failed(health: &Health, error: &Error) {
    if error.is_io_error() {
        health.stop(format!("a write or a sync failed: {}", error.message()));
    } else {
        change_failed(health, error);
    }
}

/// Draws the consequence of an error of the database. A change that was outdated once too often met
/// other changes, not an obstacle.
fn change_failed(health: &Health, error: &Error) {
    if matches!(error, Error::Outdated) {
        return;
    }
    if health.examined(error).is_ok() && error.is_temporary() && health.verify().is_ok() {
        health.fail(&error.to_string());
    }
}

fn run_batch(connection: &mut AnyConnection, mut batch: Vec<Box<dyn Job>>, health: &Health) {
    if health.running().is_err() {
        settle_all(batch, || health.running());
        return;
    }
    if let Err(error) = connection.begin_change() {
        let error = Error::Query(error);
        tracing::error!(%error, "BEGIN failed");
        change_failed(health, &error);
        settle_all(batch, || {
            health.running()?;
            Err(error.duplicate())
        });
        return;
    }
    let complete = batch
        .iter_mut()
        .all(|job| attempt_in_savepoint(connection, &mut **job));
    if !complete {
        roll_back(connection);
        for job in batch {
            run_alone(connection, job, health);
        }
        return;
    }
    match connection.commit_change() {
        Ok(()) => {
            let stored = health.verify();
            settle_all(batch, || match &stored {
                Ok(()) => Ok(()),
                Err(error) => Err(error.duplicate()),
            });
            if stored.is_ok() && health.is_failing() {
                probe(connection, health);
            }
        }
        Err(error) => {
            tracing::error!(%error, changes = batch.len(), "COMMIT failed");
            roll_back(connection);
            let error = Error::OutcomeUnknown(error);
            commit_failed(health, &error);
            settle_all(batch, || Err(error.duplicate()));
        }
    }
}

fn settle_all(batch: Vec<Box<dyn Job>>, committed: impl Fn() -> Result<()>) {
    for job in batch {
        job.settle(committed());
    }
}

/// Runs one change of a batch; false if the transaction cannot continue.
fn attempt_in_savepoint(connection: &mut AnyConnection, job: &mut dyn Job) -> bool {
    if connection.batch_execute("SAVEPOINT change").is_err() {
        return false;
    }
    let end = match job.attempt(connection) {
        Attempt::Succeeded => "RELEASE change",
        Attempt::Rejected => "ROLLBACK TO change; RELEASE change",
        Attempt::Broken | Attempt::Retry => return false,
    };
    connection.batch_execute(end).is_ok()
}

/// Runs a change in its own transaction and replies to its caller.
fn run_alone(connection: &mut AnyConnection, mut job: Box<dyn Job>, health: &Health) {
    let began = Instant::now();
    for retry in 0_usize.. {
        if retry > 0 {
            // The other transactions of a conflict get the time to end.
            std::thread::sleep(Duration::from_millis(1 << retry.min(6)));
        }
        let may_retry = retry < MAX_RETRIES && began.elapsed() < RETRY_TIME;
        if let Err(error) = health.running() {
            return job.settle(Err(error));
        }
        if let Err(error) = connection.begin_change() {
            let error = connection.explain(Error::Query(error));
            change_failed(health, &error);
            return job.settle(Err(error));
        }
        match job.attempt(connection) {
            Attempt::Succeeded => {
                let Err(error) = connection.commit_change() else {
                    return job.settle(health.verify());
                };
                let wants_retry = connection.wants_retry(&error);
                let unknown = Error::OutcomeUnknown(error);
                // Postgres has rolled back if it reports an error at COMMIT and the connection
                // remains usable. If the connection has ended, it may have committed before.
                if roll_back(connection) && wants_retry && may_retry {
                    continue;
                }
                commit_failed(health, &unknown);
                return job.settle(Err(unknown));
            }
            Attempt::Retry if may_retry => {
                roll_back(connection);
            }
            Attempt::Rejected | Attempt::Broken | Attempt::Retry => {
                roll_back(connection);
                if let Some(error) = job.storage_error() {
                    change_failed(health, error);
                }
                return job.settle(health.running());
            }
        }
    }
}

/// Ends a transaction; false if that fails. It may have ended by itself already, so errors are logged at
/// debug level.
fn roll_back(connection: &mut AnyConnection) -> bool {
    match connection.batch_execute("ROLLBACK") {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(%error, "ROLLBACK failed");
            false
        }
    }
}

// Postgres: several threads, one transaction per change.

fn commit_each(pool: &Pool<Connections>, jobs: &Mutex<Receiver<Box<dyn Job>>>, health: &Health) {
    loop {
        let job = match jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => return,
        };
        let Ok(job) = job else { return };
        // The pool tests a connection before it hands it out, so no change fails because
        // Postgres was restarted.
        match pool.get() {
            Ok(mut connection) => run_alone(&mut connection, job, health),
            Err(error) => job.settle(Err(Error::Pool(error))),
        }
    }
}
