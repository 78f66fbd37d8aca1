//! Failures of the database, and whether a retry may help.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

use crate::DatabaseUrl;

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
    /// The tables have a version that this program cannot use, or could not be migrated.
    #[error("cannot use the database: {0}")]
    Migration(String),
    /// A copy could not be made or put in place.
    #[error("{0}")]
    Backup(String),
    /// No connection of the pool became available in time.
    #[error("no database connection available: {0}")]
    Pool(#[from] r2d2::Error),
    /// A statement failed.
    #[error("{0}")]
    Query(#[from] Diesel),
    /// Postgres ended a statement for a cause that Diesel does not tell apart: a deadlock, a timeout, a
    /// cancellation, a server that stops.
    #[error("Postgres ended the statement: {0}")]
    Interrupted(String),
    /// COMMIT failed: the change may or may not have taken effect.
    #[error("the outcome of COMMIT is unknown: {0}")]
    OutcomeUnknown(Diesel),
    /// Nothing is read or written until a restart: a file of the database was deleted, replaced or
    /// damaged, or a sync failed.
    #[error("the database has stopped: {0}")]
    Stopped(String),
    /// The last change failed for a cause that may end, such as a full disk.
    #[error("the database accepts no changes at present: {0}")]
    Failing(String),
    /// The writer's queue is full.
    #[error("the writer's queue is full")]
    QueueFull,
    /// The deadline of the call passed before it began. It has no effect.
    #[error("the deadline of the call passed before it began")]
    Expired,
    /// All threads wait for a database that does not respond.
    #[error("the database does not respond")]
    Stuck,
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
    /// The error of a database that does not exist.
    pub fn missing(url: &DatabaseUrl) -> Self {
        Self::Open(format!("{url}: there is no such database"))
    }

    /// Returns whether a retry may succeed.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Pool(_)
            | Self::Interrupted(_)
            | Self::OutcomeUnknown(_)
            | Self::Stopped(_)
            | Self::Failing(_)
            | Self::QueueFull
            | Self::Expired
            | Self::Stuck
            | Self::Outdated
            | Self::Closed => true,
            Self::Query(error) => query_is_temporary(error),
            _ => false,
        }
    }

    /// Returns SQLite's message if the file is damaged. It has one for each of its error codes, in
    /// English always.
    pub(crate) fn damage(&self) -> Option<&str> {
        ["database disk image is malformed", "file is not a database"]
            .into_iter()
            .find(|message| self.message().starts_with(message))
    }

    /// Returns whether SQLite could not read, write or sync. A full disk is another error.
    pub(crate) fn is_io_error(&self) -> bool {
        self.message() == "disk I/O error"
    }

    /// Returns the message of the database, for an error of which Diesel has no kind.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Query(Diesel::DatabaseError(DatabaseErrorKind::Unknown, info))
            | Self::OutcomeUnknown(Diesel::DatabaseError(DatabaseErrorKind::Unknown, info)) => {
                info.message()
            }
            _ => "",
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

    /// Makes the same error for another caller: Diesel's errors cannot be cloned.
    pub(crate) fn duplicate(&self) -> Self {
        let copy = |error: &Diesel| {
            let kind = match error {
                Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
                    DatabaseErrorKind::ClosedConnection
                }
                _ => DatabaseErrorKind::Unknown,
            };
            Diesel::DatabaseError(kind, Box::new(error.to_string()))
        };
        match self {
            Self::Stopped(reason) => Self::Stopped(reason.clone()),
            Self::Failing(reason) => Self::Failing(reason.clone()),
            Self::Query(error) => Self::Query(copy(error)),
            Self::Interrupted(message) => Self::Interrupted(message.clone()),
            Self::OutcomeUnknown(error) => Self::OutcomeUnknown(copy(error)),
            other => Self::Corrupt(other.to_string()),
        }
    }

    /// Returns whether the transaction may succeed if it runs again.
    pub(crate) fn wants_retry(&self) -> bool {
        matches!(
            self,
            Self::Outdated
                | Self::Interrupted(_)
                | Self::Query(Diesel::DatabaseError(
                    DatabaseErrorKind::SerializationFailure,
                    _
                ))
        )
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
        // Diesel has no kinds for these errors of SQLite, whose messages are constants. Those of
        // Postgres depend on its language, so none is compared: see `Connection::explain`.
        Diesel::DatabaseError(Unknown, info) => [
            "database is locked",
            "database or disk is full",
            "disk I/O error",
            "attempt to write a readonly database",
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
