//! The options of `trivium conform`.

use std::path::PathBuf;

use clap::Args;

use super::trust::Trust;

/// Options of `trivium conform`, which calls every operation in every format, with valid and
/// invalid arguments, and reports where the responses differ from the declarations or from each
/// other. The exit code is 1 if there are differences.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trivium conform http://127.0.0.1:8080
  trivium conform http://127.0.0.1:8080 --token-file token

Without a token, it only reads and sends calls that must be rejected. With a token, it creates three
groups named 'trivium conform …', changes them, and deletes them at the end. With a second token, of
another user, it also tests joining, approval, removal and bans.")]
pub(crate) struct Conform {
    /// URL of the server: http://HOST:PORT or https://HOST:PORT
    pub(crate) url: String,
    /// File with one token, or with the tokens of two users on separate lines
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: Trust,
}
