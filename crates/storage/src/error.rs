//! Failures of the database, and whether a retry may help.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// A failure of the database, not a violated rule of the service. Its message is for the log
/// only.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL of the database is invalid.
    #[error("{0}")]
    Url(String),
    /// The database could not be opened.
    #[error("cannot open the database: {0}")]
    Open(String),
    /// Another `serve` holds the lock of the SQLite file.
    #[error("{0} is served by another trivium process; stop it or serve another file")]
    AlreadyServed(String),
    /// The tables could not be migrated to this version.
    #[error("cannot migrate the database: {0}")]
    Migration(String),
    /// No connection of the pool became available in time.
    #[error("no database connection available: {0}")]
    Pool(#[from] r2d2::Error),
    /// A statement failed.
    #[error("{0}")]
    Query(#[from] Diesel),
    /// COMMIT failed: the change may or may not have taken effect.
    #[error("the outcome of COMMIT is unknown: {0}")]
    OutcomeUnknown(Diesel),
    /// The writer's queue is full.
    #[error("the writer's queue is full")]
    QueueFull,
    /// What a change read to choose its locks was changed before it had them.
    #[error("what was read before a lock has changed")]
    Outdated,
    /// The database is being closed.
    #[error("the database is closed")]
    Closed,
    /// The change panicked and was rolled back.
    #[error("a change panicked: {0}")]
    Panicked(String),
    /// The stored data is inconsistent, such as a value that is not one of the allowed ones.
    #[error("{0}")]
    Corrupt(String),
}

impl Error {
    /// Returns whether a retry may succeed.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Pool(_)
            | Self::OutcomeUnknown(_)
            | Self::QueueFull
            | Self::Outdated
            | Self::Closed => true,
            Self::Query(error) => query_is_temporary(error),
            _ => false,
        }
    }

    /// Returns whether a row with the same key exists already.
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }

    /// Returns whether a unique index is violated: by its name in Postgres, by its columns in SQLite.
    pub(crate) fn violates(&self, index: &str, columns: &str) -> bool {
        match self {
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, information)) => {
                match information.constraint_name() {
                    Some(name) => name == index,
                    None => information.message().ends_with(&format!(": {columns}")),
                }
            }
            _ => false,
        }
    }

    /// Returns whether the transaction is to be repeated. Postgres expects that after 40001 and 40P01.
    pub(crate) fn wants_retry(&self) -> bool {
        match self {
            Self::Outdated => true,
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            // Diesel has no kind for 40P01; its message is fixed in Postgres' sources.
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::Unknown, info)) => {
                info.message() == "deadlock detected"
            }
            _ => false,
        }
    }

    /// Returns whether only the statement was rolled back, so that the transaction can continue.
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
        // For these errors, both drivers return only a message and no code.
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
        .any(|part| info.message().contains(part)),
        _ => false,
    }
}

/// The error of a change or a read: a rejection by a rule, or a failure of the database.
pub trait TransactionError: From<Error> + Send + 'static {
    /// Returns the failure of the database behind this error; `None` if a rule rejected the call.
    fn storage_error(&self) -> Option<&Error>;
}

impl TransactionError for Error {
    fn storage_error(&self) -> Option<&Error> {
        Some(self)
    }
}
