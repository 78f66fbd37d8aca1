//! How a command fails: in words that say what to do, and with an exit code that programs read.

use std::process::ExitCode;

use trivium_core::import::InvalidData;

/// Why a command ended without success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It was refused, or something broke: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// The command line is wrong: exit code 2. Help is also told this way, with 0.
    #[error(transparent)]
    Usage(#[from] clap::Error),
    /// The configuration is wrong: exit code 4.
    #[error("{0}")]
    Configuration(String),
    /// The data of a file is wrong: exit code 5.
    #[error("{0}")]
    Data(String),
}

impl Failure {
    /// Tells the person, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let code = match &self {
            Self::Usage(error) => {
                // A closed pipe is the reader's wish.
                let _told = error.print();
                return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
            }
            Self::Failed(_) => 1,
            Self::Configuration(_) => 4,
            Self::Data(_) => 5,
        };
        eprintln!("trivium: {self}");
        ExitCode::from(code)
    }
}

impl From<trivium_core::Error> for Failure {
    fn from(error: trivium_core::Error) -> Self {
        // At the command line the cause is the administrator's to know.
        match error.cause() {
            Some(cause) => Self::Failed(cause.to_string()),
            None if error.detail::<InvalidData>().is_some() => {
                Self::Data(error.message().to_owned())
            }
            None => Self::Failed(format!("{} ({})", error.message(), error.code().name)),
        }
    }
}

impl From<trivium_storage::Error> for Failure {
    fn from(error: trivium_storage::Error) -> Self {
        match error {
            trivium_storage::Error::Url(words) => Self::Configuration(words),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
