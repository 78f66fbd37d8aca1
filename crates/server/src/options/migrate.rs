//! The options of `trivium migrate`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Migrate {
    /// Show the version of the tables, and the migrations that this program would run
    #[command(after_help = "Examples:\n  trivium migrate status\n  trivium migrate status --json")]
    Status,
    /// Migrate the tables to the version of this program; an SQLite file is copied before
    #[command(
        after_help = "Example:\n  trivium migrate up --database postgres://trivium@db/trivium"
    )]
    Up,
}
