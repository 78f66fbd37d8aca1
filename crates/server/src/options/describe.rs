//! The options of the commands that print descriptions of the service.

use std::path::PathBuf;

use clap::Args;

use super::prefix::Prefix;
use super::serve::{ProfileOption, StatusOption};

/// The settings of the server that is described.
#[derive(Debug, Args)]
pub(crate) struct Described {
    /// Response format of the server
    #[arg(long, value_enum, default_value = "documented")]
    pub(crate) profile: ProfileOption,
    /// HTTP status of its errors over REST
    #[arg(long, value_enum, default_value = "ok")]
    pub(crate) status: StatusOption,
    /// Path prefix of the Upcoming dialect, or off
    #[arg(long, default_value = trivium_upcoming::PREFIX, value_name = "PREFIX")]
    pub(crate) upcoming: Prefix,
    /// Path prefix of the Onezone dialect, or off
    #[arg(long, default_value = trivium_onezone::PREFIX, value_name = "PREFIX")]
    pub(crate) onezone: Prefix,
}

/// Options of `trivium docs`.
#[derive(Debug, Args)]
pub(crate) struct Docs {
    /// Output folder, created if missing
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// URL of the server in the examples
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub(crate) url: String,
    #[command(flatten)]
    pub(crate) server: Described,
}

/// Options of `trivium openapi`.
#[derive(Debug, Args)]
pub(crate) struct Openapi {
    /// Document: json, xml, upcoming or onezone
    #[arg(default_value = "json")]
    pub(crate) document: String,
    #[command(flatten)]
    pub(crate) server: Described,
}

/// Options of `trivium xsd`.
#[derive(Debug, Args)]
pub(crate) struct Xsd {
    /// Operation whose responses it describes exactly [default: all responses, loosely]
    #[arg(value_name = "OPERATION")]
    pub(crate) operation: Option<String>,
    /// Response format of the server
    #[arg(long, value_enum, default_value = "documented")]
    pub(crate) profile: ProfileOption,
}
