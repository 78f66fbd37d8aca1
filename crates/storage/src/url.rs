//! Opens connections by the scheme of a URL.
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
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::result::Error as Diesel;
use diesel::{PgConnection, QueryResult, SqliteConnection};

use crate::connection::AnyConnection;
use crate::{Connection, Error, Result};

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
    /// True for a connection of a server, which has a name for other processes.
    pub(crate) is_server: bool,
}

/// The name of the connections of a server on Postgres.
pub(crate) const SERVER: &str = "trivium-server";

impl Default for Settings {
    fn default() -> Self {
        Self {
            call_timeout: None,
            page_cache: 8 * 1024 * 1024,
            is_server: false,
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
                let wants_tls = [
                    "sslmode=require",
                    "sslmode=verify-ca",
                    "sslmode=verify-full",
                ];
                if !cfg!(feature = "postgres-tls") && wants_tls.iter().any(|it| url.contains(it)) {
                    return Err(open(
                        &"this build has no TLS to Postgres: use that of cargo build --release",
                    ));
                }
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
                if settings.is_server {
                    let name = format!("SET application_name = '{SERVER}'");
                    postgres.batch_execute(&name).map_err(|e| open(&e))?;
                }
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
