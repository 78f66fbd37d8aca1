//! The option of the commands that call a server over TLS.

use std::path::PathBuf;

use clap::Args;

/// What a client trusts.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// File with the certificates to trust over https, in PEM [default: those of the system]
    #[arg(long, value_name = "FILE")]
    pub(crate) cacert: Option<PathBuf>,
}
