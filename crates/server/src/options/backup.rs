//! The options of `trivium backup` and `trivium restore`.

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
