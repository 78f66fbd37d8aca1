//! Errors of the benchmark, with messages for the user who runs it.

/// The reason why the benchmark failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A prerequisite is missing, or a response was wrong.
    #[error("{0}")]
    Message(String),
    /// A program is not installed. Its rows are left out, and count as missed.
    #[error("{0}")]
    Missing(String),
    /// An error of a file, a socket or a process.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// An error of the SQLite library.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// An error of the storage of the service.
    #[error(transparent)]
    Storage(#[from] trivium_storage::Error),
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Returns an error with this message.
pub(crate) fn fail<T>(message: impl Into<String>) -> Result<T> {
    Err(Failure::Message(message.into()))
}
