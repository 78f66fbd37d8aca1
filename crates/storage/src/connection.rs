//! Opening by URL scheme, and the few places where the two databases differ.
//!
//! `sqlite:PATH` and `postgres://…` are understood, anything else is refused: Diesel's own
//! `establish` would take any text for the name of a new SQLite file.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::result::Error as Diesel;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, QueryResult, RunQueryDsl, SqliteConnection};

use crate::{Error, Result, Seconds};

pub use any::AnyConnection;

mod any {
    use diesel::{PgConnection, SqliteConnection};

    /// A connection to either database.
    #[derive(diesel::MultiConnection)]
    pub enum AnyConnection {
        /// Embedded, the default.
        Sqlite(SqliteConnection),
        /// When one machine is not enough.
        Postgres(PgConnection),
    }
}

/// Runs a query of a hot path on the database's own connection.
///
/// Through [`AnyConnection`] Diesel writes the SQL of a query anew at each run, to find the
/// prepared statement by it; here it finds the statement by the query's type.
macro_rules! directly {
    ($any:expr, |$connection:ident| $query:expr) => {
        match $any {
            $crate::AnyConnection::Sqlite($connection) => $query,
            $crate::AnyConnection::Postgres($connection) => $query,
        }
    };
}
pub(crate) use directly;

/// Where the data lives.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The path of a file, or an SQLite `file:` URI.
    Sqlite(String),
    /// A connection URI as libpq reads it. May hold a password.
    Postgres(String),
}

impl std::str::FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some(("sqlite", path)) => {
                // sqlite:///srv/t.db and sqlite:/srv/t.db are the same file.
                let path = path.strip_prefix("//").unwrap_or(path);
                if names_a_file(path) {
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
                    Err(Error::Url(format!("postgres: {UNREADABLE}")))
                }
            }
            // The text is not repeated: it may hold a password.
            _ => Err(Error::Url(
                "a database is named sqlite:PATH or postgres://USER@HOST/NAME".into(),
            )),
        }
    }
}

/// False for the databases that SQLite keeps in memory, or in a file without a name: each
/// connection would have one of its own.
fn names_a_file(path: &str) -> bool {
    let (file, parameters) = match path.strip_prefix("file:") {
        Some(uri) => uri.split_once('?').unwrap_or((uri, "")),
        None => (path, ""),
    };
    !file.trim_matches('/').is_empty()
        && !path.contains(":memory:")
        && !parameters.contains("mode=memory")
}

const UNREADABLE: &str = "this address cannot be read: in a user name, a password or a parameter, \
                          @ / ? % & = and space are written %40 %2F %3F %25 %26 %3D %20";

/// How libpq's words begin once it has read the address. Before that they repeat what it cannot
/// read, which may be a password.
const ADDRESS_READ: [&str; 3] = [
    "connection to server",
    "could not translate host name",
    "Unix-domain socket path",
];

/// False where libpq might take a part of a password for a host, which would then be shown.
fn is_unambiguous(rest: &str) -> bool {
    match rest.trim_start_matches('/').split_once('@') {
        Some((user, place)) => !user.contains(['/', '?']) && !place.contains('@'),
        None => true,
    }
}

impl fmt::Display for DatabaseUrl {
    /// Of a Postgres database, without user, password and parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{path}"),
            Self::Postgres(url) => {
                let rest = url.split_once("//").map_or("", |(_, rest)| rest);
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                write!(f, "postgres://{}", place.split('?').next().unwrap_or(""))
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
    /// The file of an SQLite database.
    pub fn sqlite_path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(Path::new(
                path.strip_prefix("file:")
                    .unwrap_or(path)
                    .split('?')
                    .next()
                    .unwrap_or(path),
            )),
            Self::Postgres(_) => None,
        }
    }

    /// Opens a connection with the settings that the promises rest on.
    ///
    /// # Errors
    /// [`Error::Open`], with the database's own words.
    pub fn connect(&self) -> Result<AnyConnection> {
        use diesel::Connection as _;
        let open = |error: &dyn fmt::Display| Error::Open(format!("{self}: {error}"));
        match self {
            Self::Sqlite(path) => {
                let mut sqlite = SqliteConnection::establish(path).map_err(|e| open(&e))?;
                // busy_timeout comes first: switching to WAL takes a lock, and connections
                // that open at once would fail with "database is locked".
                sqlite
                    .batch_execute("PRAGMA busy_timeout = 5000")
                    .and_then(|()| switch_to_wal(&mut sqlite))
                    .and_then(|()| {
                        sqlite.batch_execute(
                            "PRAGMA synchronous = FULL;
                             PRAGMA foreign_keys = ON;
                             PRAGMA temp_store = MEMORY;
                             PRAGMA trusted_schema = OFF;
                             PRAGMA cache_size = -8192;",
                        )
                    })
                    .map_err(|e| open(&e))?;
                Ok(AnyConnection::Sqlite(sqlite))
            }
            Self::Postgres(url) => {
                let mut postgres = PgConnection::establish(url).map_err(|error| {
                    let words = error.to_string();
                    if ADDRESS_READ.iter().any(|start| words.starts_with(start)) {
                        open(&words)
                    } else {
                        open(&UNREADABLE)
                    }
                })?;
                postgres
                    .batch_execute(
                        "SET synchronous_commit = on;
                         SET TIME ZONE 'UTC';
                         SET statement_timeout = '30s';
                         SET lock_timeout = '10s';
                         SET idle_in_transaction_session_timeout = '60s';",
                    )
                    .map_err(|e| open(&e))?;
                Ok(AnyConnection::Postgres(postgres))
            }
        }
    }
}

/// Where connections switch a new file at once, each may hold what the other waits for. SQLite
/// then answers "database is locked" without waiting, whatever busy_timeout says.
fn switch_to_wal(sqlite: &mut SqliteConnection) -> QueryResult<()> {
    let patience = Instant::now() + Duration::from_secs(5);
    loop {
        match sqlite.batch_execute("PRAGMA journal_mode = WAL") {
            Err(Diesel::DatabaseError(_, info))
                if info.message().contains("locked") && Instant::now() < patience =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

impl r2d2::ManageConnection for DatabaseUrl {
    type Connection = AnyConnection;
    type Error = Error;

    fn connect(&self) -> Result<AnyConnection> {
        self.connect()
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<()> {
        Ok(connection.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        use diesel::r2d2::R2D2Connection;
        match connection {
            AnyConnection::Sqlite(sqlite) => sqlite.is_broken(),
            AnyConnection::Postgres(postgres) => postgres.is_broken(),
        }
    }
}

impl AnyConnection {
    /// Begins a transaction that will write.
    pub(crate) fn begin_change(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(sqlite) => sqlite.batch_execute("BEGIN IMMEDIATE"),
            Self::Postgres(postgres) => postgres.batch_execute("BEGIN"),
        }
    }

    /// Commits what was begun with [`begin_change`](Self::begin_change).
    pub(crate) fn commit_change(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(sqlite) => sqlite.batch_execute("COMMIT"),
            // After a failed statement Postgres answers COMMIT with success and keeps nothing.
            // Any other statement fails then, and what follows it is not run.
            Self::Postgres(postgres) => postgres.batch_execute("SELECT 1; COMMIT"),
        }
    }

    /// Begins a transaction that sees one state of the database and writes nothing.
    pub(crate) fn begin_read(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(sqlite) => sqlite.batch_execute("BEGIN DEFERRED"),
            Self::Postgres(postgres) => {
                postgres.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        }
    }

    /// Locks a group until the transaction ends, so that changes of one group happen one
    /// after the other. On SQLite every change does already.
    ///
    /// # Errors
    /// The store's failure.
    pub fn lock_group(&mut self, group: i64) -> Result<()> {
        self.lock("SELECT id FROM groups WHERE id = $1 FOR UPDATE", group)?;
        Ok(())
    }

    /// Locks a user until the transaction ends. Locked before any group: one order, no deadlock.
    ///
    /// # Errors
    /// The store's failure.
    pub fn lock_user(&mut self, user: i64) -> Result<()> {
        self.lock("SELECT id FROM users WHERE id = $1 FOR UPDATE", user)?;
        Ok(())
    }

    /// Holds a user against disabling and deletion until the transaction ends. False when
    /// either was first.
    ///
    /// # Errors
    /// The store's failure.
    pub fn hold_user(&mut self, user: i64) -> Result<bool> {
        self.lock(
            "SELECT id FROM users WHERE id = $1 AND disabled_at IS NULL AND deleted_at IS NULL FOR SHARE",
            user,
        )
    }

    /// True when the row was there to be locked. On SQLite a change has the database to
    /// itself, and what it read before is still so.
    fn lock(&mut self, statement: &str, id: i64) -> Result<bool> {
        match self {
            Self::Sqlite(_) => Ok(true),
            Self::Postgres(postgres) => Ok(diesel::sql_query(statement)
                .bind::<BigInt, _>(id)
                .execute(postgres)?
                > 0),
        }
    }

    /// Makes the numbers of new rows continue past those that an import brought.
    ///
    /// SQLite does so by itself.
    pub fn continue_numbers(&mut self) -> Result<()> {
        if let Self::Postgres(postgres) = self {
            for table in ["users", "groups", "categories"] {
                // Only forward: a number that was given is not given again.
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

/// Now, in whole seconds.
pub fn now() -> Seconds {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| {
            Seconds::try_from(d.as_secs()).unwrap_or(Seconds::MAX)
        })
}
