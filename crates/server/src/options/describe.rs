//! The options of the commands that describe the service without a server.

use std::path::PathBuf;

use clap::Args;

use super::prefix::Prefix;
use super::serve::ProfileOption;

/// Where to, and of which server.
#[derive(Debug, Args)]
pub(crate) struct Docs {
    /// The folder, which is made where it is missing
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Where the server is that the examples call
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub(crate) url: String,
    /// Which bytes the server sends
    #[arg(long, value_enum, default_value = "documented")]
    pub(crate) profile: ProfileOption,
    /// Below which path it serves Upcoming's clients, or off
    #[arg(long, default_value = trivium_upcoming::PREFIX, value_name = "PREFIX")]
    pub(crate) upcoming: Prefix,
    /// Below which path it serves Onezone's clients, or off
    #[arg(long, default_value = trivium_onezone::PREFIX, value_name = "PREFIX")]
    pub(crate) onezone: Prefix,
}

/// Of which profile a description is.
#[derive(Debug, Args)]
pub(crate) struct Openapi {
    /// Which bytes the server sends
    #[arg(long, value_enum, default_value = "documented")]
    pub(crate) profile: ProfileOption,
}

/// Of what, and of which profile.
#[derive(Debug, Args)]
pub(crate) struct Xsd {
    /// The operation whose answers it describes exactly [default: all answers, loosely]
    #[arg(value_name = "OPERATION")]
    pub(crate) operation: Option<String>,
    /// Which bytes the server sends
    #[arg(long, value_enum, default_value = "documented")]
    pub(crate) profile: ProfileOption,
}
