//! Opens connections by URL scheme, hides the few differences between the databases, and notes what is read and
//! written through a connection.
//!
//! `sqlite:PATH` and `postgres://…` are accepted, anything else is rejected: Diesel's own
//! `establish` would take any text for the name of a new SQLite file.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};

use crate::versions::{Dependencies, Key, Publisher, Record, Versions};
use crate::{Error, Result, Seconds, TransactionError};

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
}

impl From<AnyConnection> for Connection {
    fn from(any: AnyConnection) -> Self {
        Self {
            any,
            record: Record::None,
            publisher: None,
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

/// The URL of a database.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The path of a file, or an SQLite `file:` URI.
    Sqlite(String),
    /// A connection URI as libpq parses it. It may contain a password.
    Postgres(String),
}

impl std::str::FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some(("sqlite", path)) => {
                // sqlite:///srv/t.db and sqlite:/srv/t.db are the same file.
                let path = path.strip_prefix("//").unwrap_or(path);
                if is_file(path) {
                    Ok(Self::Sqlite(path.to_owned()))
                } else {
                    Err(Error::Url(
                        "sqlite: needs the path of a file, such as sqlite:trivium.db".into(),
                    ))
                }
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                if is_unambiguous(rest) {
                    Ok(Self::Postgres(text.to_owned()))
                } else {
                    Err(Error::Url(format!("postgres: {MALFORMED_URL}")))
                }
            }
            // The message does not repeat the text, which may contain a password.
            _ => Err(Error::Url(
                "unsupported database URL; expected sqlite:PATH or postgres://USER@HOST/NAME"
                    .into(),
            )),
        }
    }
}

/// Returns false for in-memory and unnamed temporary databases, of which each connection would
/// have its own.
fn is_file(path: &str) -> bool {
    let (file, parameters) = match path.strip_prefix("file:") {
        Some(uri) => uri.split_once('?').unwrap_or((uri, "")),
        None => (path, ""),
    };
    !file.trim_matches('/').is_empty()
        && !path.contains(":memory:")
        && !parameters.contains("mode=memory")
}

const MALFORMED_URL: &str = "malformed URL: in a user name, a password or a parameter, write \
                             @ / ? % & = and space as %40 %2F %3F %25 %26 %3D %20";

/// Settings of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The time limit of a call; `None` for a command, which has none.
    pub(crate) call_timeout: Option<Duration>,
    /// The memory for pages of an SQLite file, in bytes.
    pub(crate) page_cache: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            call_timeout: None,
            page_cache: 8 * 1024 * 1024,
        }
    }
}

/// Maximum time that SQLite waits for a lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The time limits of libpq: in seconds, and the last in milliseconds.
const LIBPQ_TIMEOUTS: &str = "connect_timeout=2&keepalives_idle=5&keepalives_interval=2\
                              &keepalives_count=3&tcp_user_timeout=10000";

/// How libpq's messages begin once it has parsed the URL. Its earlier messages quote the part
/// that it cannot parse, which may be a password.
const SAFE_MESSAGES: [&str; 3] = [
    "connection to server",
    "could not translate host name",
    "Unix-domain socket path",
];

/// Returns false if libpq might take a part of a password for a host, which is displayed.
fn is_unambiguous(rest: &str) -> bool {
    match rest.trim_start_matches('/').split_once('@') {
        Some((user, host)) => !user.contains(['/', '?']) && !host.contains('@'),
        None => true,
    }
}

impl fmt::Display for DatabaseUrl {
    /// Displays the URL; for Postgres without user, password and parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{path}"),
            Self::Postgres(url) => {
                let rest = url.split_once("//").map_or("", |(_, rest)| rest);
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                write!(f, "postgres://{}", host.split('?').next().unwrap_or(""))
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl DatabaseUrl {
    /// Returns the file of an SQLite database.
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(path) => Some(match path.strip_prefix("file:") {
                Some(uri) => path_of_uri(uri),
                None => PathBuf::from(path),
            }),
            Self::Postgres(_) => None,
        }
    }

    /// Opens a connection with the settings that durability and integrity depend on.
    ///
    /// # Errors
    /// [`Error::Open`] with the message of the database.
    pub fn connect(&self) -> Result<Connection> {
        self.connect_with(&Settings::default())
    }

    /// As [`connect`](Self::connect), with these settings.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn connect_with(&self, settings: &Settings) -> Result<Connection> {
        use diesel::Connection as _;
        let open = |error: &dyn fmt::Display| Error::Open(format!("{self}: {error}"));
        match self {
            Self::Sqlite(path) => {
                if let Some(file) = self.sqlite_path() {
                    create(&file).map_err(|e| open(&e))?;
                }
                let mut sqlite = SqliteConnection::establish(path).map_err(|e| open(&e))?;
                // busy_timeout comes first: switching to WAL takes a lock, so connections that
                // open concurrently would fail with "database is locked".
                let busy = settings
                    .call_timeout
                    .map_or(BUSY_TIMEOUT, |limit| (limit / 2).min(BUSY_TIMEOUT));
                sqlite
                    .batch_execute(&format!("PRAGMA busy_timeout = {}", busy.as_millis()))
                    .and_then(|()| switch_to_wal(&mut sqlite))
                    .and_then(|()| {
                        sqlite.batch_execute(&format!(
                            "PRAGMA synchronous = FULL;
                             PRAGMA foreign_keys = ON;
                             PRAGMA temp_store = MEMORY;
                             PRAGMA trusted_schema = OFF;
                             PRAGMA cache_size = -{};",
                            // A negative number is in KiB.
                            (settings.page_cache / 1024).max(1)
                        ))
                    })
                    .map_err(|e| open(&e))?;
                Ok(AnyConnection::Sqlite(sqlite).into())
            }
            Self::Postgres(url) => {
                let mut postgres =
                    PgConnection::establish(&with_timeouts(url)).map_err(|error| {
                        let message = error.to_string();
                        if SAFE_MESSAGES.iter().any(|start| message.starts_with(start)) {
                            open(&message)
                        } else {
                            open(&MALFORMED_URL)
                        }
                    })?;
                let limit = |default: u64| {
                    let default = Duration::from_secs(default);
                    settings.call_timeout.unwrap_or(default).as_millis()
                };
                postgres
                    .batch_execute(&format!(
                        "SET synchronous_commit = on;
                         SET TIME ZONE 'UTC';
                         SET statement_timeout = {};
                         SET lock_timeout = {};
                         SET idle_in_transaction_session_timeout = {};",
                        limit(30),
                        limit(10),
                        limit(60),
                    ))
                    .map_err(|e| open(&e))?;
                Ok(AnyConnection::Postgres(postgres).into())
            }
        }
    }
}

/// Adds the time limits of libpq, by which it notices a host that is gone. Those of the URL come last, which
/// take precedence.
fn with_timeouts(url: &str) -> String {
    let (base, parameters) = url.split_once('?').unwrap_or((url, ""));
    format!("{base}?{LIBPQ_TIMEOUTS}&{parameters}")
}

/// Creates an empty file that only its owner may open, unless the file exists: SQLite would permit
/// others to read it. SQLite gives `-wal` and `-shm` the mode of the file.
fn create(file: &Path) -> io::Result<()> {
    // Closing the file would drop the locks that another thread's SQLite holds on it. That cannot
    // have opened it before it was created, or while this is held.
    static CREATING: Mutex<()> = Mutex::new(());
    let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    let created = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    match created {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Returns the path of a URI as SQLite reads it: without host, parameters and fragment, and with `%20`
/// for a space.
fn path_of_uri(uri: &str) -> PathBuf {
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    let path = match path.strip_prefix("//") {
        // SQLite rejects hosts other than localhost.
        Some(rest) => rest.find('/').and_then(|slash| rest.get(slash..)),
        None => None,
    }
    .unwrap_or(path);
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|digits| str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    PathBuf::from(OsString::from_vec(bytes))
}

/// Number of frames in the WAL from which on the writer moves them to the database file: 40 MB. SQLite's own default
/// is 1,000, but a page that many changes rewrite is moved only once.
const CHECKPOINT_FRAMES: i32 = 10_000;

/// Switches the file to WAL, and retries for up to 5 s while it is locked.
///
/// Connections that switch a new file concurrently may deadlock. SQLite then fails at once with
/// "database is locked", regardless of busy_timeout.
fn switch_to_wal(sqlite: &mut SqliteConnection) -> QueryResult<()> {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        match sqlite.batch_execute("PRAGMA journal_mode = WAL") {
            Err(Diesel::DatabaseError(_, info))
                if info.message().contains("locked") && Instant::now() < deadline =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

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

    /// Returns whether enough frames wait in the WAL for a checkpoint.
    pub(crate) fn wants_checkpoint(&mut self) -> QueryResult<bool> {
        let AnyConnection::Sqlite(sqlite) = &mut self.any else {
            return Ok(false);
        };
        let Checkpoint { log, checkpointed } =
            diesel::sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(sqlite)?;
        Ok(log - checkpointed >= CHECKPOINT_FRAMES)
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
