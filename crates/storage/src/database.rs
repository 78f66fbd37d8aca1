//! A migrated database with its connection pool and its writer.

use std::fs::{File, TryLockError};
use std::mem::ManuallyDrop;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::health::Health;
use crate::measures::{Measures, PoolState};
use crate::pool::{Connections, Pool};
use crate::threads::{Priority, ThreadPool};
use crate::url::Settings;
use crate::versions::{Dependencies, Versions};
use crate::writer::Writer;
use crate::{Connection, DatabaseUrl, Error, Result, TransactionError, migrations};

/// What a process opens a database for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// A command, beside which a server may run. It creates the tables of a new database.
    #[default]
    Command,
    /// A command that only reads. The database must exist.
    Read,
    /// A command that also migrates the tables of an earlier version.
    Migrate,
    /// A server, of which an SQLite file has one. It migrates the tables, too.
    Serve,
}

/// Sizes and timeouts of the connection pool and the writer.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the database is opened for.
    pub access: Access,
    /// Number of threads that read, each with a connection.
    pub readers: u32,
    /// Number of concurrent changes on Postgres. SQLite has one writer.
    pub writers: u32,
    /// Maximum time that a read waits for a connection of the pool before it fails.
    pub pool_timeout: Duration,
    /// Number of changes that may wait; further ones are rejected.
    pub queue: usize,
    /// The memory for pages of an SQLite file, for each connection of the pool, in bytes.
    pub page_cache: usize,
    /// True to find out whether the result of a read is [still current](Database::is_current). On SQLite only.
    pub tracks_changes: bool,
    /// True if another program, such as Litestream, moves what is in the WAL of an SQLite file to the file.
    pub external_checkpoints: bool,
    /// Time limit of a call, from which those of the database follow. `None` for a command, which has none.
    pub call_timeout: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access: Access::default(),
            readers: 4,
            writers: 8,
            pool_timeout: Duration::from_secs(2),
            queue: 4096,
            page_cache: Settings::default().page_cache,
            tracks_changes: false,
            external_checkpoints: false,
            call_timeout: None,
        }
    }
}

/// A migrated database with its connection pool and its writer.
pub struct Database {
    pool: Arc<Pool>,
    writer: Writer,
    health: Arc<Health>,
    versions: Option<Arc<Versions>>,
    /// True if the last server of the file was killed.
    was_killed: bool,
    _lock: Option<ServingLock>,
}

impl Database {
    /// Opens the database, after creating and migrating it where that is [permitted](Access).
    ///
    /// # Errors
    /// [`Error::Open`], [`Error::AlreadyServed`] and [`Error::Migration`], with messages for the
    /// administrator.
    pub fn open(url: DatabaseUrl, options: &Options) -> Result<Self> {
        let path = url.sqlite_path();
        if options.access == Access::Read && path.as_ref().is_some_and(|path| !path.exists()) {
            return Err(Error::missing(&url));
        }
        // The lock comes first, so that no server migrates the tables of another.
        let lock = match options.access {
            Access::Serve => ServingLock::acquire(&url)?,
            Access::Command | Access::Read | Access::Migrate => None,
        };
        // SQLite removes -wal when it closes the last connection.
        let was_killed = lock.is_some() && path.as_deref().is_some_and(has_wal);
        migrations::run(&url, options.access)?;
        let health = Arc::new(Health::new(url.clone())?);
        let size = match url {
            // A thread that is stuck keeps its connection.
            DatabaseUrl::Sqlite(_) => 2 * options.readers,
            // The writers take their connections from the same pool, which is replaced if they get stuck.
            DatabaseUrl::Postgres(_) => options.readers + options.writers,
        };
        let timeout = options.call_timeout.unwrap_or(Duration::MAX);
        let timeout = timeout.min(options.pool_timeout);
        let settings = Settings {
            call_timeout: options.call_timeout,
            page_cache: options.page_cache,
            is_server: options.access == Access::Serve,
        };
        let connections = Connections::new(url.clone(), Arc::clone(&health), settings);
        let pool = Arc::new(Pool::open(connections, size, timeout)?);
        if options.access == Access::Serve && lock.is_none() {
            // Postgres: a migration that did not see this server may have run before its first connection.
            migrations::run(&url, Access::Command)?;
        }
        let versions = match options.tracks_changes {
            true => open_versions(&pool)?,
            false => None,
        };
        let writer = Writer::start(&url, &pool, &health, versions.as_ref(), options)?;
        if let Some(lock) = &lock {
            health.is_open(&lock.0)?;
            warn_of_wide_mode(&url, &lock.0);
        }
        Ok(Self {
            pool,
            writer,
            health,
            versions,
            was_killed,
            _lock: lock,
        })
    }

    /// Checks the structure of a file whose last server was killed, on a thread of its own; damage stops the
    /// database. A server calls this when it is ready to report that.
    ///
    /// # Errors
    /// [`Error::Open`] if the thread cannot start.
    pub fn check_after_kill(&self) -> Result<()> {
        match self.was_killed {
            true => check_in_background(&self.health),
            false => Ok(()),
        }
    }

    /// Runs `read` on a pooled connection, on a snapshot of the database.
    ///
    /// # Errors
    /// The error of `read`, or a failure of the database.
    pub fn read<T, E: TransactionError>(
        &self,
        read: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.read_noting(read).map(|(result, _)| result)
    }

    /// As [`read`](Self::read), and returns what the result depends on, for [`is_current`](Self::is_current). `None`
    /// if that is unknown.
    ///
    /// # Errors
    /// As there.
    pub fn read_noting<T, E: TransactionError>(
        &self,
        read: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<(T, Option<Dependencies>), E> {
        self.health.running()?;
        // Before the snapshot: what is committed meanwhile counts as later.
        let record = self.versions.as_ref().map(|versions| versions.begin_read());
        let mut connection = self.pool.begin(Connection::begin_read)?;
        connection.note(record);
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read(&mut connection)))
                .unwrap_or_else(|panic| {
                    Err(Error::Panicked(crate::writer::panic_message(&*panic)).into())
                });
        // There is nothing to commit.
        let ended = connection.run("ROLLBACK");
        let dependencies = connection.noted();
        connection.is_suspect = ended.is_err();
        if let Err(Some(error)) = outcome.as_ref().map_err(TransactionError::storage_error) {
            self.health.examined(error)?;
        }
        let value = outcome.map_err(|error| connection.explain(error))?;
        if let Err(error) = ended {
            return Err(connection.explain(Error::Query(error)).into());
        }
        // The connection may have read a file that was replaced since it was opened.
        self.health.verify()?;
        let is_current = |found: &Dependencies| {
            let versions = self.versions.as_ref();
            versions.is_some_and(|versions| versions.is_unchanged(found))
        };
        Ok((value, dependencies.filter(is_current)))
    }

    /// Returns whether a read with these dependencies would have the same result now.
    ///
    /// # Errors
    /// If the database has stopped.
    pub fn is_current(&self, dependencies: &Dependencies) -> Result<bool> {
        let versions = self.versions.as_ref();
        let is_current = versions.is_some_and(|versions| versions.is_current(dependencies));
        self.health.verify_lately()?;
        Ok(is_current)
    }

    /// Checks that the database can be read, and that it accepted the last change.
    ///
    /// # Errors
    /// The reason why not.
    pub fn ready(&self) -> Result<()> {
        self.health.accepts_changes()?;
        self.read(Connection::read_a_row)
    }

    /// What the writer does, for monitoring.
    pub fn measures(&self) -> &Measures {
        &self.health.measures
    }

    /// The connections that are open.
    pub fn pool_state(&self) -> PoolState {
        self.pool.state()
    }

    /// The size of the database in bytes; with `-wal` on SQLite.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn size(&self) -> Result<u64> {
        match self.health.file_sizes() {
            Some(bytes) => Ok(bytes),
            None => self.read(Connection::postgres_size),
        }
    }

    /// Creates threads on which to read. If they get stuck on Postgres, the connections are replaced.
    pub fn threads(
        &self,
        name: &'static str,
        priority: Priority,
        size: usize,
        capacity: usize,
    ) -> ThreadPool {
        let pool = Arc::clone(&self.pool);
        ThreadPool::new(name, priority, size, capacity, move || pool.replace())
    }

    /// Queues `change` for the writer, which calls `reply` with the result after COMMIT. It is not run if the
    /// deadline passes before it begins.
    ///
    /// The change may run more than once, each time from a clean state. If it returns an error,
    /// it is rolled back.
    pub fn change<T, E, C, R>(&self, deadline: Option<Instant>, change: C, reply: R)
    where
        T: Send + 'static,
        E: TransactionError,
        C: Fn(&mut Connection) -> Result<T, E> + Send + 'static,
        R: FnOnce(Result<T, E>) + Send + 'static,
    {
        let in_progress = self.health.measures.in_progress.clone();
        in_progress.inc();
        let reply = move |outcome| {
            in_progress.dec();
            reply(outcome);
        };
        self.writer.submit(deadline, change, reply);
    }

    /// Runs a [`change`](Self::change) and waits for its result.
    ///
    /// # Errors
    /// The error of `change`, or a failure of the database.
    pub fn change_and_wait<T, E, C>(&self, change: C) -> Result<T, E>
    where
        T: Send + 'static,
        E: TransactionError,
        C: Fn(&mut Connection) -> Result<T, E> + Send + 'static,
    {
        let (sender, outcome) = std::sync::mpsc::sync_channel(1);
        self.change(None, change, move |result| {
            let _gone = sender.send(result);
        });
        outcome.recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Stops accepting changes and runs those already queued.
    pub fn close(&self) {
        self.writer.close(None);
    }

    /// As [`close`](Self::close), but does not wait any longer than until `by`.
    pub fn close_by(&self, by: Instant) {
        self.writer.close(Some(by));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.close();
        if self.health.verify().is_err() {
            // Its connections stay open until the process ends, see `health`.
            self.pool.leak();
        }
    }
}

/// Opens what decides whether results are still current; `None` on Postgres.
fn open_versions(pool: &Pool) -> Result<Option<Arc<Versions>>> {
    let mut connection = pool.begin(Connection::begin_read)?;
    // This opens the WAL index.
    connection.read_a_row()?;
    let file = connection.sqlite_file()?;
    connection.run("ROLLBACK")?;
    let versions = file.map(|file| Versions::open(&file)).transpose()?;
    Ok(versions.map(Arc::new))
}

/// Returns whether `-wal` has changes, which a process that closed the database would have moved.
fn has_wal(path: &Path) -> bool {
    // SQLite follows links first.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut wal = path.into_os_string();
    wal.push("-wal");
    std::fs::metadata(wal).is_ok_and(|wal| wal.len() > 0)
}

/// Reports a file that other users of the machine can read: it has hashes of passwords and tokens.
fn warn_of_wide_mode(url: &DatabaseUrl, file: &File) {
    if let Ok(metadata) = file.metadata()
        && metadata.mode() & 0o077 != 0
    {
        let mode = format!("{:04o}", metadata.mode() & 0o7777);
        tracing::warn!(
            mode,
            "other users may open {url}: set the mode of the file to 0600"
        );
    }
}

/// Checks the structure of the file on a thread of its own; damage stops the database.
fn check_in_background(health: &Arc<Health>) -> Result<()> {
    let health = Arc::clone(health);
    std::thread::Builder::new()
        .name("quick_check".into())
        .spawn(move || {
            tracing::info!("checking the database, which was not closed");
            match health.quick_check() {
                Ok(()) => tracing::info!("the database is intact"),
                Err(error) => tracing::error!(%error, "the check of the database failed"),
            }
        })
        .map_err(|e| Error::Open(format!("cannot start a thread: {e}")))?;
    Ok(())
}

/// The lock that permits one server for each SQLite file, whatever its name: the lock is on the file
/// itself.
///
/// The file is opened before SQLite opens it, and not closed until the process ends: closing any
/// descriptor of the file would drop the POSIX locks that SQLite holds on it. This lock is `flock`'s,
/// which does not affect those.
pub(crate) struct ServingLock(ManuallyDrop<File>);

impl ServingLock {
    /// Acquires the lock, and creates an empty file where there is none. `None` on Postgres.
    pub(crate) fn acquire(url: &DatabaseUrl) -> Result<Option<Self>> {
        let Some(path) = url.sqlite_path() else {
            return Ok(None);
        };
        let open = |error: std::io::Error| Error::Open(format!("{url}: {error}"));
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(open)?;
        let file = ManuallyDrop::new(file);
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Err(Error::AlreadyServed(url.to_string())),
            Err(TryLockError::Error(error)) => Err(open(error)),
        }
    }
}

impl Drop for ServingLock {
    fn drop(&mut self) {
        // Without this, a process that opens a database twice could not serve it twice.
        if let Err(error) = self.0.unlock() {
            tracing::debug!(%error, "cannot unlock the database file");
        }
    }
}
