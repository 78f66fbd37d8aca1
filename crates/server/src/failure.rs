//! Errors of commands: a message for the user, and an exit code for programs.

use std::io::Write;
use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::ErrorKind;
use trivium_core::import::InvalidData;

use crate::cures;
use crate::options::Options;

/// The reason why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command was rejected or failed: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// The command line is invalid: exit code 2. Also a request for help, with exit code 0.
    #[error(transparent)]
    Usage(#[from] clap::Error),
    /// A server is not healthy: exit code 3.
    #[error("{0}")]
    Unhealthy(String),
    /// The configuration is invalid: exit code 4.
    #[error("{0}")]
    Configuration(String),
    /// The data of a file is invalid: exit code 5.
    #[error("{0}")]
    Data(String),
}

impl Failure {
    /// A command line that clap accepts, but that is invalid nevertheless.
    pub(crate) fn usage(message: &str) -> Self {
        let mut command = Options::command();
        Self::Usage(command.error(ErrorKind::ValueValidation, message))
    }

    /// Prints the message and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let code = match &self {
            Self::Usage(error) => {
                // Standard output may be closed, e.g. by `head`.
                let _printed = error.print();
                return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
            }
            Self::Failed(_) => 1,
            Self::Unhealthy(_) => 3,
            Self::Configuration(_) => 4,
            Self::Data(_) => 5,
        };
        // If nobody can read it, the exit code remains.
        let _unread = writeln!(std::io::stderr(), "trivium: {self}");
        ExitCode::from(code)
    }
}

impl From<trivium_core::Error> for Failure {
    fn from(error: trivium_core::Error) -> Self {
        // The user of the command line is the administrator, who may see the cause.
        match error.cause() {
            Some(cause) => Self::Failed(cause.to_string()),
            None if error.detail::<InvalidData>().is_some() => {
                Self::Data(error.message().to_owned())
            }
            None => {
                let code = error.code().name;
                let cure = cures::command(code).map(|cure| format!("\n  {cure}"));
                let cure = cure.unwrap_or_default();
                Self::Failed(format!("{} ({code}){cure}", error.message()))
            }
        }
    }
}

impl From<trivium_storage::Error> for Failure {
    fn from(error: trivium_storage::Error) -> Self {
        match error {
            trivium_storage::Error::Url(message) => Self::Configuration(message),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
