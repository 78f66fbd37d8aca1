//! The options of `trivium backup`, `trivium restore` and `trivium export`.

use std::path::PathBuf;

use clap::Args;

/// Options of `trivium backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The copy
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// Options of `trivium restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The copy, which `trivium backup` made
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// End all tokens: those that were revoked after the copy was made would be valid again
    #[arg(long)]
    pub(crate) end_tokens: bool,
}

/// Options of `trivium export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The file, which has hashes of passwords and tokens
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
}
