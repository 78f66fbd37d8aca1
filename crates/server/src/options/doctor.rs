//! The options of `trivium doctor`.

use clap::Args;

use super::Quotas;

/// Options of `trivium doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Correct what can be corrected without a loss: counters, modes of files, what is left of deleted rows
    #[arg(long)]
    pub(crate) fix: bool,
    #[command(flatten)]
    pub(crate) quotas: Quotas,
}
