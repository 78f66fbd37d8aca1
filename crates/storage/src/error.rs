//! What can go wrong below the rules, and whether trying again may help.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// A failure of the store, never of a rule. Its text is for the log alone.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address of the database cannot be used.
    #[error("{0}")]
    Url(String),
    /// The database could not be opened.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// Another `serve` holds the SQLite file.
    #[error("{0} is served by another trivium: stop it, or serve another file")]
    Served(String),
    /// The tables could not be brought to this version.
    #[error("cannot migrate the database: {0}")]
    Migration(String),
    /// No connection became free in time.
    #[error("no database connection became free: {0}")]
    Pool(#[from] r2d2::Error),
    /// A statement failed.
    #[error("{0}")]
    Query(#[from] Diesel),
    /// COMMIT did not answer: the change may or may not have happened.
    #[error("the outcome of COMMIT is unknown: {0}")]
    OutcomeUnknown(Diesel),
    /// More changes wait than the writer accepts.
    #[error("the writer's queue is full")]
    QueueFull,
    /// The database is being closed.
    #[error("the database is closed")]
    Closed,
    /// The change panicked; nothing of it was kept.
    #[error("a change panicked: {0}")]
    Panicked(String),
    /// Something that cannot be, such as a stored value outside its allowed values.
    #[error("{0}")]
    Corrupt(String),
}

impl Error {
    /// True when the same call may succeed later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Pool(_) | Self::OutcomeUnknown(_) | Self::QueueFull | Self::Closed => true,
            Self::Query(error) => query_is_temporary(error),
            _ => false,
        }
    }

    /// True when a row with the same key exists already.
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }

    /// True when Postgres asks for the same transaction again (40001 and 40P01).
    pub(crate) fn wants_retry(&self) -> bool {
        match self {
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            // Diesel has no kind for 40P01; its message is fixed in Postgres' sources.
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::Unknown, info)) => {
                info.message() == "deadlock detected"
            }
            _ => false,
        }
    }

    /// True when the statement alone was undone, so the transaction goes on.
    pub(crate) fn is_constraint(&self) -> bool {
        use DatabaseErrorKind::{
            CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation,
        };
        matches!(
            self,
            Self::Query(Diesel::DatabaseError(
                UniqueViolation | ForeignKeyViolation | NotNullViolation | CheckViolation,
                _
            ))
        )
    }
}

fn query_is_temporary(error: &Diesel) -> bool {
    use DatabaseErrorKind::{
        ClosedConnection, ReadOnlyTransaction, SerializationFailure, UnableToSendCommand, Unknown,
    };
    match error {
        Diesel::DatabaseError(
            ClosedConnection | ReadOnlyTransaction | SerializationFailure | UnableToSendCommand,
            _,
        )
        | Diesel::BrokenTransactionManager => true,
        // Neither driver gives a code for these, only the engine's own words.
        Diesel::DatabaseError(Unknown, info) => [
            "database is locked",
            "database or disk is full",
            "disk I/O error",
            "attempt to write a readonly database",
            "deadlock detected",
            "the database system is",
            "terminating connection",
            "server closed the connection",
            "no connection to the server",
            "could not write",
            "No space left on device",
        ]
        .iter()
        .any(|words| info.message().contains(words)),
        _ => false,
    }
}

/// The error type of a change: either a rule refused, or the store failed.
pub trait Refusal: From<Error> + Send + 'static {
    /// The store's failure behind this error; `None` when a rule refused.
    fn storage_error(&self) -> Option<&Error>;
}

impl Refusal for Error {
    fn storage_error(&self) -> Option<&Error> {
        Some(self)
    }
}
