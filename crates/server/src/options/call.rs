//! The options of `trivium call`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::trust::Trust;

/// Options of `trivium call`, which calls an operation of a server and prints the response.
///
/// The exit code is 0 if the call succeeded, and 1 if it failed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trivium call getCategories
  trivium call joinGroup id=group:1234 --token-file token --via xml-rpc
  trivium call login login=marc password@- --url https://groups.example
  trivium call joinGroup id=group:1234 --token-file token --as curl

Secrets are read from files: password@FILE reads the value of password from FILE, where - is standard
input. The token in --token-file is sent in the Authorization header.")]
pub(crate) struct Call {
    /// The operation, with or without the prefix peopleaggregator.
    #[arg(value_name = "METHOD")]
    pub(crate) method: String,
    /// An argument: NAME=VALUE, or NAME@FILE
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) arguments: Vec<Argument>,
    /// The protocol
    #[arg(long, value_enum, default_value = "json")]
    pub(crate) via: ViaOption,
    /// URL of the server
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub(crate) url: String,
    /// File with the caller's token, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// Print the call for another tool instead of making it; it reads secrets from their files, too
    #[arg(long = "as", value_enum, value_name = "TOOL")]
    pub(crate) written_as: Option<Tool>,
    /// Print the request and the response on standard error
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// The protocol of a call.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ViaOption {
    Json,
    Xml,
    XmlRpc,
}

/// A tool that makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tool {
    /// A line for a shell
    Curl,
    /// A program for Python 3
    Python,
    /// A methodCall, with its secrets
    XmlRpc,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) value: Source,
}

/// The source of an argument's value.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Here(String),
    File(PathBuf),
}

impl FromStr for Argument {
    type Err = &'static str;

    /// Parses `NAME=VALUE` or `NAME@FILE`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = match text.find(['=', '@']) {
            Some(end) if end > 0 => text.split_at(end),
            _ => return Err("expected NAME=VALUE or NAME@FILE, such as id=group:1234"),
        };
        let value = match value.strip_prefix('@') {
            Some(file) => Source::File(file.into()),
            None => Source::Here(value.strip_prefix('=').unwrap_or_default().to_owned()),
        };
        let name = name.to_owned();
        Ok(Self { name, value })
    }
}
