//! The options of `trivium config`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Show the value of every setting; secrets are hidden
    #[command(
        after_help = "Examples:\n  trivium config show\n  trivium config show --origin --json"
    )]
    Show {
        /// Show where each value is from, too
        #[arg(long)]
        origin: bool,
    },
    /// Report everything that is wrong with the settings: the exit code is 0, or 4
    #[command(after_help = "Example:\n  trivium config check --config /etc/trivium.toml")]
    Check,
    /// Print a configuration file with every setting and its default
    #[command(after_help = "Example:\n  trivium config example > trivium.toml")]
    Example,
}
