//! What a server or a command holds: one migrated database, its readers and its writer.

use std::fs::File;
use std::sync::Mutex;
use std::time::Duration;

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::writer::Writer;
use crate::{AnyConnection, DatabaseUrl, Error, Refusal, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// How many connections to keep.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections that serve reads.
    pub readers: u32,
    /// Changes that may be under way at once on Postgres. SQLite has one writer.
    pub writers: u32,
    /// How long a read waits for a connection before it is refused.
    pub patience: Duration,
    /// Changes that may wait before further ones are refused.
    pub queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            writers: 8,
            patience: Duration::from_secs(2),
            queue: 4096,
        }
    }
}

/// A migrated database with its readers and its writer.
pub struct Database {
    pool: r2d2::Pool<DatabaseUrl>,
    writer: Writer,
    /// Held by `serve` for as long as it runs.
    lock: Mutex<Option<File>>,
    url: DatabaseUrl,
}

impl Database {
    /// Opens the database, creating it and bringing its tables to this version first.
    ///
    /// # Errors
    /// [`Error::Open`] and [`Error::Migration`], in words for the person who starts it.
    pub fn open(url: DatabaseUrl, options: &Options) -> Result<Self> {
        migrate(&url)?;
        let size = match url {
            DatabaseUrl::Sqlite(_) => options.readers,
            // There the writers take their connections from the same pool.
            DatabaseUrl::Postgres(_) => options.readers + options.writers,
        };
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(options.patience)
            .test_on_check_out(matches!(url, DatabaseUrl::Postgres(_)))
            .error_handler(Box::new(LogPoolErrors))
            .build(url.clone())?;
        let writer = Writer::start(&url, &pool, options)?;
        Ok(Self {
            pool,
            writer,
            lock: Mutex::new(None),
            url,
        })
    }

    /// Takes the right to serve this database: one `serve` for an SQLite file.
    ///
    /// # Errors
    /// [`Error::Served`] when another process has it.
    pub fn lock_for_serving(&self) -> Result<()> {
        let Some(path) = self.url.sqlite_path() else {
            return Ok(());
        };
        let mut name = path.as_os_str().to_owned();
        name.push("-serve");
        let open = |e: std::io::Error| Error::Open(format!("{}: {e}", self.url));
        let file = File::create(&name).map_err(open)?;
        match file.try_lock() {
            Ok(()) => {
                if let Ok(mut lock) = self.lock.lock() {
                    *lock = Some(file);
                }
                Ok(())
            }
            Err(std::fs::TryLockError::WouldBlock) => Err(Error::Served(self.url.to_string())),
            Err(std::fs::TryLockError::Error(e)) => Err(open(e)),
        }
    }

    /// Runs `read` on a pooled connection, against one state of the database.
    ///
    /// # Errors
    /// What `read` answers, or the store's failure.
    pub fn read<T, E: Refusal>(
        &self,
        read: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.pool.get().map_err(Error::from)?;
        connection.begin_read().map_err(Error::from)?;
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read(&mut connection)))
                .unwrap_or_else(|panic| {
                    Err(Error::Panicked(crate::writer::panic_words(&*panic)).into())
                });
        // There is nothing to commit; a connection that cannot end its transaction is broken,
        // and the next check-out finds that out.
        let ended = connection.batch_execute("ROLLBACK");
        let value = outcome?;
        ended.map_err(Error::from)?;
        Ok(value)
    }

    /// Hands `change` to the writer; `reply` is called after its COMMIT, or with why not.
    ///
    /// The change may run more than once, each time from a clean state. When it answers an
    /// error, nothing of it is kept.
    pub fn change<T, E, C, R>(&self, change: C, reply: R)
    where
        T: Send + 'static,
        E: Refusal,
        C: Fn(&mut AnyConnection) -> Result<T, E> + Send + 'static,
        R: FnOnce(Result<T, E>) + Send + 'static,
    {
        self.writer.submit(change, reply);
    }

    /// [`change`](Self::change), waiting for its outcome.
    ///
    /// # Errors
    /// What `change` answers, or the store's failure.
    pub fn change_and_wait<T, E, C>(&self, change: C) -> Result<T, E>
    where
        T: Send + 'static,
        E: Refusal,
        C: Fn(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    {
        let (sender, outcome) = std::sync::mpsc::sync_channel(1);
        self.change(change, move |result| {
            let _gone = sender.send(result);
        });
        outcome.recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Finishes what waits, then refuses every further change.
    pub fn close(&self) {
        self.writer.close();
    }
}

/// Brings the tables to this version. Processes that start at once do it one after the other.
fn migrate(url: &DatabaseUrl) -> Result<()> {
    match url.connect()? {
        AnyConnection::Sqlite(mut sqlite) => {
            // SQLite has no lock that spans several migrations. One that another process has
            // just run fails here as a whole and is no longer pending; the rest remains.
            loop {
                let pending = count_pending(&mut sqlite)?;
                match run_pending(&mut sqlite, SQLITE) {
                    Err(_) if count_pending(&mut sqlite)? < pending => {}
                    outcome => return outcome,
                }
            }
        }
        AnyConnection::Postgres(mut postgres) => {
            // Any number serves: all processes of this program use the same. The lock goes
            // with the connection.
            postgres.batch_execute("SELECT pg_advisory_lock(7237180)")?;
            run_pending(&mut postgres, POSTGRES)
        }
    }
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Migration(error.to_string())
}

fn count_pending(sqlite: &mut SqliteConnection) -> Result<usize> {
    Ok(sqlite.pending_migrations(SQLITE).map_err(failed)?.len())
}

fn run_pending<DB, C>(connection: &mut C, migrations: EmbeddedMigrations) -> Result<()>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let known: Vec<String> = MigrationSource::<DB>::migrations(&migrations)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = connection.applied_migrations().map_err(failed)?;
    if let Some(newer) = applied
        .iter()
        .map(ToString::to_string)
        .find(|v| !known.contains(v))
    {
        return Err(Error::Migration(format!(
            "a newer trivium wrote it (schema {newer} is not known here): use that version"
        )));
    }
    connection
        .run_pending_migrations(migrations)
        .map_err(failed)?;
    Ok(())
}

#[derive(Debug)]
struct LogPoolErrors;

impl r2d2::HandleError<Error> for LogPoolErrors {
    fn handle_error(&self, error: Error) {
        tracing::warn!(%error, "a database connection failed");
    }
}
