//! The group-commit writer.
//!
//! On SQLite, one thread owns the write connection. It takes up to 64 waiting changes, runs each
//! in its own savepoint, commits them together, and only then replies to the callers. The batch
//! shares one sync of the disk, and a change that fails does not affect the others. On Postgres,
//! several threads run each change in its own transaction, since Postgres has group commit. A change
//! that has not begun by its deadline is not run.
//!
//! Pitfalls, each with a test in `tests/storage/writer/`:
//! - A panic is caught inside the savepoint. If it were caught outside, the batch would continue
//!   as if the change had succeeded.
//! - An error of the database (disk full, I/O) may have ended the whole transaction. The batch is
//!   rolled back, and its changes run again one by one.
//! - If COMMIT fails, the outcome is unknown, and the callers receive an error that says so.
//! - A COMMIT into a file that was deleted or replaced succeeds. So the files are checked after each
//!   COMMIT and before the replies (`health`).
//! - SQLite ignores a failed checkpoint after a COMMIT. So the checkpoints are made here (`checkpoints`).
//! - After a failed statement, Postgres reports success for COMMIT but rolls back.

mod checkpoints;
mod commit;
mod job;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::Instant;

use crate::health::Health;
use crate::pool::Pool;
use crate::threads::{Priority, ThreadPool};
use crate::url::Settings;
use crate::versions::Versions;
use crate::{Connection, DatabaseUrl, Error, Options, Result, TransactionError};

use checkpoints::Checkpoints;
use commit::{commit_together, run_on_pool};
pub(crate) use job::panic_message;
use job::{Change, Job};

/// The threads that run changes, with their queue.
pub(crate) enum Writer {
    /// One thread, which commits changes together.
    Sqlite(Committer),
    /// Threads that run a change each.
    Postgres {
        /// The threads.
        threads: ThreadPool,
        /// Their connections.
        pool: Arc<Pool>,
        /// The state of the database.
        health: Arc<Health>,
    },
}

/// The queue and the thread of SQLite.
pub(crate) struct Committer {
    queue: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    thread: ThreadId,
    /// Disconnected when the thread ends.
    ended: Mutex<Option<Receiver<()>>>,
}

impl Writer {
    /// Starts the threads for this kind of database.
    ///
    /// # Errors
    /// [`Error::Open`] if SQLite's write connection cannot be opened.
    pub(crate) fn start(
        url: &DatabaseUrl,
        pool: &Arc<Pool>,
        health: &Arc<Health>,
        versions: Option<&Arc<Versions>>,
        options: &Options,
    ) -> Result<Self> {
        match url {
            DatabaseUrl::Sqlite(_) => {
                let settings = Settings {
                    call_timeout: options.call_timeout,
                    ..Settings::default()
                };
                let mut connection = url.connect_with(&settings)?;
                connection.run("PRAGMA wal_autocheckpoint = 0")?;
                // This opens -wal.
                connection.read_a_row()?;
                if let Some(file) = connection.sqlite_file()? {
                    let mut wal = file.as_os_str().to_owned();
                    wal.push("-wal");
                    let names: Vec<_> = url.sqlite_path().into_iter().chain([file]).collect();
                    health.watch(&names, &PathBuf::from(wal))?;
                }
                if let Some(versions) = versions {
                    connection.publish(Arc::clone(versions))?;
                }
                let checkpoints = match options.external_checkpoints {
                    true => None,
                    false => {
                        let own = url.connect_with(&settings)?;
                        Some(Checkpoints::start(own, Arc::clone(health))?)
                    }
                };
                let committer =
                    Committer::start(connection, Arc::clone(health), checkpoints, options.queue)?;
                Ok(Self::Sqlite(committer))
            }
            DatabaseUrl::Postgres(_) => {
                let size = usize::try_from(options.writers).unwrap_or(usize::MAX);
                let stuck = Arc::clone(pool);
                Ok(Self::Postgres {
                    threads: ThreadPool::new(
                        "writer",
                        Priority::Normal,
                        size,
                        options.queue,
                        move || stuck.replace(),
                    ),
                    pool: Arc::clone(pool),
                    health: Arc::clone(health),
                })
            }
        }
    }

    /// Queues a change; see [`Database::change`](crate::Database::change).
    pub(crate) fn submit<T, E, C, R>(&self, deadline: Option<Instant>, change: C, reply: R)
    where
        T: Send + 'static,
        E: TransactionError,
        C: Fn(&mut Connection) -> Result<T, E> + Send + 'static,
        R: FnOnce(Result<T, E>) + Send + 'static,
    {
        let job: Box<dyn Job> = Box::new(Change {
            deadline,
            change,
            outcome: None,
            reply,
        });
        match self {
            Self::Sqlite(committer) => committer.submit(job),
            Self::Postgres {
                threads,
                pool,
                health,
            } => {
                let (pool, health) = (Arc::clone(pool), Arc::clone(health));
                threads.submit(deadline, move |turn| match turn {
                    Ok(()) => run_on_pool(&pool, job, &health),
                    Err(error) => job.settle(Err(error)),
                });
            }
        }
    }

    /// Runs the queued changes, then ends the threads, but does not wait any longer than until `by`. Later
    /// changes are rejected.
    pub(crate) fn close(&self, by: Option<Instant>) {
        match self {
            Self::Sqlite(committer) => committer.close(by),
            Self::Postgres { threads, .. } => threads.close(by),
        }
    }
}

impl Committer {
    fn start(
        connection: Connection,
        health: Arc<Health>,
        checkpoints: Option<Checkpoints>,
        queue: usize,
    ) -> Result<Self> {
        let (queue, jobs) = sync_channel(queue);
        let (running, ended) = sync_channel(0);
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || {
                let _running: SyncSender<()> = running;
                commit_together(connection, &jobs, &health, checkpoints);
            })
            .map_err(|e| Error::Open(format!("cannot start a writer thread: {e}")))?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            thread: thread.thread().id(),
            ended: Mutex::new(Some(ended)),
        })
    }

    fn submit(&self, job: Box<dyn Job>) {
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

    fn close(&self, by: Option<Instant>) {
        if let Ok(mut queue) = self.queue.lock() {
            *queue = None;
        }
        let ended = match self.ended.lock() {
            Ok(mut ended) => ended.take(),
            Err(_) => None,
        };
        // A change that owned the last reference to the database runs this on the writer's own thread,
        // which cannot wait for itself.
        if let Some(ended) = ended
            && self.thread != std::thread::current().id()
        {
            let left = by.map(|by| by.saturating_duration_since(Instant::now()));
            let end = match left {
                Some(left) => ended.recv_timeout(left),
                None => ended.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            if end == Err(RecvTimeoutError::Timeout) {
                tracing::error!("the writer did not end in time");
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close(None);
    }
}
