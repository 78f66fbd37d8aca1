//! The options of `trivium healthcheck`.

use clap::Args;

use super::trust::Trust;

/// Options of `trivium healthcheck`.
#[derive(Debug, Args)]
pub(crate) struct Healthcheck {
    /// URL of the server
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub(crate) url: String,
    #[command(flatten)]
    pub(crate) trust: Trust,
}
