//! The options of `trivium completions`.

use clap::Args;
use clap_complete::Shell;

/// Options of `trivium completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}
