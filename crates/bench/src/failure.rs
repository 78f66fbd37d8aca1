//! How the measurement fails: in words for the person who runs it.

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Something is missing, or an answer was wrong.
    #[error("{0}")]
    Told(String),
    /// A file, a socket or a process.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The SQLite library.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A failure in these words.
pub(crate) fn told<T>(words: impl Into<String>) -> Result<T> {
    Err(Failure::Told(words.into()))
}
