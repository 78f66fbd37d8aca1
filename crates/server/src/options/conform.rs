//! The command that examines a running server.

use std::path::PathBuf;

use clap::Args;

/// Examines a running server: calls every operation in every format, with right and wrong
/// arguments, and reports where the answers differ from what is declared, or from each other.
/// Exit code 1 where there are differences.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trivium conform http://127.0.0.1:8080
  trivium conform http://127.0.0.1:8080 --token-file token

Without a token it only looks, and asks for what must be refused. With one it makes three
groups named 'trivium conform …', works in them, and deletes them at the end. A second token,
of somebody else, lets it also join them, and be let in, sent away and banned.")]
pub(crate) struct Conform {
    /// Where the server is: http://HOST:PORT
    pub(crate) url: String,
    /// A file with a token, or with two of two people, each on its line
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}
