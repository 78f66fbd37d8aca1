//! A connection to either database: it hides the few differences between them, and notes what is read and written
//! through it.

use std::path::PathBuf;
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, QueryableByName, RunQueryDsl};

use crate::versions::{Dependencies, Key, Publisher, Record, Versions};
use crate::{Error, Result, Seconds, TransactionError, locks};

pub use any::AnyConnection;

mod any {
    use diesel::{PgConnection, SqliteConnection};

    /// A connection to either database.
    #[derive(diesel::MultiConnection)]
    pub enum AnyConnection {
        /// The embedded database, the default.
        Sqlite(SqliteConnection),
        /// For deployments that need more than one machine.
        Postgres(PgConnection),
    }
}

/// A connection, which notes what the transaction reads and writes.
///
/// A query gets the connection only by saying what it reads or writes, so that none is forgotten.
pub struct Connection {
    any: AnyConnection,
    record: Record,
    publisher: Option<Publisher>,
    time: Seconds,
}

impl From<AnyConnection> for Connection {
    fn from(any: AnyConnection) -> Self {
        Self {
            any,
            record: Record::None,
            publisher: None,
            time: now(),
        }
    }
}

impl Connection {
    /// For a query of the rows of these keys. [`found`](Self::found) adds the keys of what it finds.
    pub(crate) fn reads(&mut self, keys: impl IntoIterator<Item = Key>) -> &mut AnyConnection {
        self.found(keys);
        &mut self.any
    }

    /// Notes the keys of rows that a query found.
    pub(crate) fn found(&mut self, keys: impl IntoIterator<Item = Key>) {
        self.record.reads(keys);
    }

    /// For a query of rows without a key: the result of the read is not kept.
    pub(crate) fn reads_more(&mut self) -> &mut AnyConnection {
        self.record.reads_more();
        &mut self.any
    }

    /// For a statement that writes rows of these keys.
    pub(crate) fn writes(&mut self, keys: impl IntoIterator<Item = Key>) -> &mut AnyConnection {
        self.record.writes(keys);
        &mut self.any
    }

    /// For a statement that writes rows of more keys than it knows.
    pub(crate) fn writes_more(&mut self) -> &mut AnyConnection {
        self.record.writes_more();
        &mut self.any
    }

    /// For a statement that writes rows which are read without a key only, and for one that neither reads nor
    /// writes a row.
    pub(crate) const fn unrecorded(&mut self) -> &mut AnyConnection {
        &mut self.any
    }

    /// The connection, to find out which database it is.
    pub(crate) const fn kind(&self) -> &AnyConnection {
        &self.any
    }

    /// For any statement: a read is not kept, and a change outdates all that were.
    pub fn any(&mut self) -> &mut AnyConnection {
        self.record.reads_more();
        self.writes_more()
    }

    /// Notes that the result of this read is another from this time on.
    pub fn reads_until(&mut self, end: Seconds) {
        self.record.reads_until(end);
    }

    /// The time of the read or change that is running: what has ended by then is not read.
    pub const fn time(&self) -> Seconds {
        self.time
    }

    /// Begins a read or change at this time.
    pub(crate) fn begin_now(&mut self) {
        self.time = now();
    }

    /// Returns whether what is read is noted, so that the result can be kept.
    pub(crate) const fn is_noted(&self) -> bool {
        matches!(self.record, Record::Read(_))
    }

    /// Begins to note what a read depends on.
    pub(crate) fn note(&mut self, dependencies: Option<Dependencies>) {
        self.record = dependencies.map_or(Record::None, Record::Read);
    }

    /// Returns what was noted, if it is all that the read depends on.
    pub(crate) fn noted(&mut self) -> Option<Dependencies> {
        match std::mem::take(&mut self.record) {
            Record::Read(dependencies) if dependencies.is_complete() => Some(dependencies),
            _ => None,
        }
    }

    /// Runs statements that neither read nor write rows.
    pub(crate) fn run(&mut self, statements: &str) -> QueryResult<()> {
        self.any.batch_execute(statements)
    }
}

/// Runs a query of a hot path on the connection of the database's own type.
///
/// Through [`AnyConnection`], Diesel generates the SQL of a query at each run to look up the
/// prepared statement by it. On the native connection it looks it up by the query's type.
macro_rules! on_native {
    ($any:expr, |$connection:ident| $query:expr) => {
        match $any {
            $crate::connection::AnyConnection::Sqlite($connection) => $query,
            $crate::connection::AnyConnection::Postgres($connection) => $query,
        }
    };
}
pub(crate) use on_native;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

/// `PRAGMA data_version`, as a query that is prepared once.
#[derive(QueryId)]
struct DataVersion;

impl Query for DataVersion {
    type SqlType = Integer;
}

impl QueryFragment<Sqlite> for DataVersion {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("PRAGMA data_version");
        Ok(())
    }
}

impl<C> RunQueryDsl<C> for DataVersion {}

/// The row of `PRAGMA wal_checkpoint`.
#[derive(QueryableByName)]
struct Checkpoint {
    /// Number of frames in the WAL.
    #[diesel(sql_type = Integer)]
    log: i32,
    /// Number of these that are in the database file.
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

/// The state of the WAL.
pub(crate) struct Wal {
    /// Number of its frames.
    pub(crate) frames: i32,
    /// Number of these that are not yet in the database file.
    pub(crate) waiting: i32,
}

impl Connection {
    /// Publishes from now on what the transactions of this connection have written.
    pub(crate) fn publish(&mut self, versions: Arc<Versions>) -> QueryResult<()> {
        let seen = self.data_version()?;
        self.publisher = Some(Publisher::new(versions, seen));
        Ok(())
    }

    /// Begins a write transaction.
    pub(crate) fn begin_change(&mut self) -> QueryResult<()> {
        self.run(match &self.any {
            AnyConnection::Sqlite(_) => "BEGIN IMMEDIATE",
            AnyConnection::Postgres(_) => "BEGIN",
        })?;
        if let Some(publisher) = &mut self.publisher {
            self.record = publisher.begin();
        }
        Ok(())
    }

    /// The size of a Postgres database in bytes; 0 for SQLite, whose files have theirs.
    pub(crate) fn postgres_size(&mut self) -> Result<u64> {
        let AnyConnection::Postgres(postgres) = self.unrecorded() else {
            return Ok(0);
        };
        let size = diesel::dsl::sql::<diesel::sql_types::BigInt>(
            "SELECT pg_database_size(current_database())",
        );
        let bytes: i64 = size.get_result(postgres)?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }

    /// Begins a savepoint in a transaction of SQLite. Savepoints nest.
    pub fn begin_savepoint(&mut self) -> Result<()> {
        locks::begin();
        Ok(self.run("SAVEPOINT change")?)
    }

    /// Ends the last savepoint, and keeps what was changed since.
    pub(crate) fn end_savepoint(&mut self) -> Result<()> {
        Ok(self.run("RELEASE change")?)
    }

    /// Ends the last savepoint, and undoes what was changed since.
    pub fn undo_savepoint(&mut self) -> Result<()> {
        Ok(self.run("ROLLBACK TO change; RELEASE change")?)
    }

    /// Commits a transaction begun with [`begin_change`](Self::begin_change). If that fails, it must be rolled back.
    pub(crate) fn commit_change(&mut self) -> QueryResult<()> {
        if let Some(publisher) = &self.publisher {
            publisher.outdate(&self.record);
        }
        self.run(match &self.any {
            AnyConnection::Sqlite(_) => "COMMIT",
            // After a failed statement, Postgres reports success for COMMIT but rolls back. Any
            // other statement fails then, and the statements after it are not run.
            AnyConnection::Postgres(_) => "SELECT 1; COMMIT",
        })?;
        self.publish_end();
        Ok(())
    }

    /// Rolls a transaction back.
    pub(crate) fn roll_back(&mut self) -> QueryResult<()> {
        let rolled_back = self.run("ROLLBACK");
        self.publish_end();
        rolled_back
    }

    /// Publishes the end of a write transaction.
    fn publish_end(&mut self) {
        if let Some(mut publisher) = self.publisher.take() {
            publisher.end(|| self.data_version());
            self.publisher = Some(publisher);
        }
    }

    /// Begins a read-only transaction on a snapshot of the database.
    pub(crate) fn begin_read(&mut self) -> QueryResult<()> {
        self.begin_now();
        match &mut self.any {
            AnyConnection::Sqlite(sqlite) => sqlite.batch_execute("BEGIN DEFERRED"),
            AnyConnection::Postgres(postgres) => {
                postgres.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        }
    }

    /// Turns an error of Postgres for which Diesel has no kind into [`Error::Interrupted`]. Diesel does
    /// not expose SQLSTATE, and Postgres' messages are in the language of its configuration.
    pub(crate) fn explain<E: TransactionError>(&self, error: E) -> E {
        match (&self.any, error.storage_error()) {
            (
                AnyConnection::Postgres(_),
                Some(Error::Query(Diesel::DatabaseError(DatabaseErrorKind::Unknown, info))),
            ) => Error::Interrupted(info.message().to_owned()).into(),
            _ => error,
        }
    }

    /// Returns whether a transaction that ended with this error may succeed if it runs again. SQLite
    /// retries by itself.
    pub(crate) fn wants_retry(&self, error: &Diesel) -> bool {
        matches!(&self.any, AnyConnection::Postgres(_))
            && matches!(
                error,
                Diesel::DatabaseError(
                    DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::Unknown,
                    _
                )
            )
    }

    /// Returns a number that moves when another connection changes the SQLite file, and only then.
    pub(crate) fn data_version(&mut self) -> QueryResult<i32> {
        match &mut self.any {
            AnyConnection::Sqlite(sqlite) => DataVersion.get_result(sqlite),
            AnyConnection::Postgres(_) => Ok(0),
        }
    }

    /// Reads a row that every migrated database has.
    pub(crate) fn read_a_row(&mut self) -> Result<()> {
        let query = "SELECT version AS value FROM __diesel_schema_migrations LIMIT 1";
        if self.values(query)?.is_empty() {
            return Err(Error::Corrupt("the database has no tables".into()));
        }
        Ok(())
    }

    /// Checks the structure of an SQLite file.
    pub(crate) fn quick_check(&mut self) -> Result<()> {
        if !matches!(&self.any, AnyConnection::Sqlite(_)) {
            return Ok(());
        }
        self.read_a_row()?;
        let found = self.values("SELECT quick_check AS value FROM pragma_quick_check LIMIT 1")?;
        match found.first().map(String::as_str) {
            Some("ok") => Ok(()),
            other => Err(Error::Corrupt(format!(
                "quick_check: {}",
                other.unwrap_or_default()
            ))),
        }
    }

    /// Returns the database file as SQLite has resolved its name; `None` on Postgres.
    pub(crate) fn sqlite_file(&mut self) -> Result<Option<PathBuf>> {
        if !matches!(&self.any, AnyConnection::Sqlite(_)) {
            return Ok(None);
        }
        let files =
            self.values("SELECT file AS value FROM pragma_database_list WHERE name = 'main'")?;
        Ok(files.into_iter().next().map(PathBuf::from))
    }

    /// Commits a change of no rows: a page with the value that it has.
    pub(crate) fn rewrite_a_page(&mut self) -> Result<()> {
        let version =
            self.values("SELECT CAST(user_version AS TEXT) AS value FROM pragma_user_version")?;
        let version = version.first().map_or("0", String::as_str);
        let statements = format!("BEGIN IMMEDIATE; PRAGMA user_version = {version}; COMMIT");
        Ok(self.run(&statements)?)
    }

    /// Returns the state of the WAL of an SQLite file.
    pub(crate) fn wal(&mut self) -> QueryResult<Wal> {
        let query = diesel::sql_query("PRAGMA wal_checkpoint(NOOP)");
        let Checkpoint { log, checkpointed } = query.get_result(&mut self.any)?;
        Ok(Wal {
            frames: log,
            waiting: log - checkpointed,
        })
    }

    /// Moves frames of the WAL to the database file, as far as no reader needs them.
    pub(crate) fn checkpoint(&mut self) -> QueryResult<()> {
        self.run("PRAGMA wal_checkpoint(PASSIVE)")
    }

    fn values(&mut self, query: &str) -> Result<Vec<String>> {
        let rows: Vec<Row> = match &mut self.any {
            AnyConnection::Sqlite(sqlite) => diesel::sql_query(query).load(sqlite),
            AnyConnection::Postgres(postgres) => diesel::sql_query(query).load(postgres),
        }?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }

    /// Advances the sequences of the IDs past the IDs that an import has set.
    ///
    /// SQLite does this by itself.
    pub fn advance_id_sequences(&mut self) -> Result<()> {
        if let AnyConnection::Postgres(postgres) = &mut self.any {
            for table in ["users", "groups", "categories"] {
                // Sequences only move forward: an ID is never reused.
                diesel::sql_query(format!(
                    "SELECT setval('{table}_id_seq', max(id)) FROM {table}
                     HAVING max(id) >= (SELECT last_value FROM {table}_id_seq)"
                ))
                .execute(postgres)?;
            }
        }
        Ok(())
    }
}

/// Returns the current time in whole seconds.
pub fn now() -> Seconds {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| {
            Seconds::try_from(d.as_secs()).unwrap_or(Seconds::MAX)
        })
}
