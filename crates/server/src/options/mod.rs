//! The command line and the configuration: every option is declared once, here.
//!
//! A flag wins over its environment variable, that over `trivium.toml`, that over the default:
//! the file's values are handed to clap as defaults before it reads the command line.

mod call;
mod conform;
mod data;
mod describe;
mod prefix;
mod serve;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use call::{Call, Source, ViaOption};
pub(crate) use conform::Conform;
pub(crate) use data::{Category, Group, Import, Invite, Key, Member, Request, Token, User};
pub(crate) use describe::{Docs, Openapi, Xsd};
pub(crate) use prefix::overlap;
pub(crate) use serve::{DirectoryOption, LogFormat, Serve, StatusOption};

use trivium_core::types::Password;
use trivium_rpc::text::is_portable;

use crate::failure::Failure;

/// One group service for XML-RPC, REST (XML) and REST (JSON) clients alike.
#[derive(Debug, Parser)]
#[command(
    name = "trivium",
    version,
    max_term_width = 100,
    after_help = "Examples:
  trivium serve --demo
  trivium user add marc --password-stdin
  trivium group add 'Three Ways' --owner marc --registration moderated
  trivium import upcoming groups.json --member marc

Every option can also be set in the environment (TRIVIUM_LISTEN for --listen) or in trivium.toml
(listen = \"…\"); the command line wins over the environment, the environment over the file."
)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
    /// What newUser, editUser and deleteUser ask for.
    #[arg(skip)]
    pub(crate) admin_password: Option<Password>,
}

/// What every command understands, also after its arguments.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Where the data is: sqlite:PATH, or postgres://USER@HOST/NAME
    #[arg(long, global = true, env = "TRIVIUM_DATABASE", hide_env_values = true)]
    #[arg(default_value = "sqlite:trivium.db", value_name = "URL")]
    pub(crate) database: String,
    /// The configuration file; trivium.toml in this folder is read when it exists
    #[arg(long, global = true, env = "TRIVIUM_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print data as JSON, for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the gateway
    Serve(Serve),
    /// People and their tokens
    #[command(
        subcommand,
        after_help = "Examples:\n  trivium user add marc --password-stdin\n  trivium user token marc --ttl 12h"
    )]
    User(User),
    /// A person's tokens
    #[command(subcommand, after_help = "Example:\n  trivium token list marc")]
    Token(Token),
    /// The applications of the Upcoming dialect
    #[command(
        subcommand,
        after_help = "Example:\n  trivium key create 'My calendar' --callback https://example.org/back"
    )]
    Key(Key),
    /// Groups
    #[command(
        subcommand,
        after_help = "Examples:\n  trivium group add 'Three Ways' --owner marc\n  trivium group list --json"
    )]
    Group(Group),
    /// The members of a group
    #[command(subcommand, after_help = "Example:\n  trivium member add group:7 marc")]
    Member(Member),
    /// The requests to join a group
    #[command(subcommand, after_help = "Example:\n  trivium request list group:7")]
    Request(Request),
    /// The invitations to a group
    #[command(
        subcommand,
        after_help = "Example:\n  trivium invite create group:7 --uses 5 --ttl 7d"
    )]
    Invite(Invite),
    /// The categories that groups are in
    #[command(subcommand, after_help = "Example:\n  trivium category add Music")]
    Category(Category),
    /// Bring in data from elsewhere
    #[command(subcommand, after_help = data::IMPORTS)]
    Import(Import),
    /// Call an operation of a server
    Call(Call),
    /// Print the OpenAPI document that a server has at /openapi.json
    #[command(after_help = "Example:\n  trivium openapi > openapi.json")]
    Openapi(Openapi),
    /// Print the XML Schema that a server has at /api/xml
    #[command(after_help = "Examples:\n  trivium xsd > schema.xsd\n  trivium xsd joinGroup")]
    Xsd(Xsd),
    /// Write the documentation that a server has at /docs into files
    #[command(after_help = "Example:\n  trivium docs public --url https://groups.example")]
    Docs(Docs),
    /// Hold a running server against what is declared
    Conform(Conform),
}

/// Reads command line, environment and file.
///
/// # Errors
/// [`Failure::Usage`], which also tells help and version; [`Failure::Configuration`].
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Options, Failure> {
    let arguments: Vec<OsString> = arguments.collect();
    let mut command = Options::command();
    // What cannot come out again as XML does not get in.
    if let Some(odd) = arguments
        .iter()
        .find(|word| !is_portable(&word.to_string_lossy()))
    {
        return Err(Failure::Usage(command.error(
            ErrorKind::InvalidValue,
            format!("{odd:?} has a character that XML cannot carry"),
        )));
    }
    let mut admin_password = None;
    let file = configuration_file(&arguments)?;
    let path = file.as_ref().map(|(path, _)| path.clone());
    if let Some((path, file)) = file {
        for (name, value) in flatten(&path, file)? {
            if name == ADMIN_PASSWORD {
                admin_password = Some(value);
                continue;
            }
            command = with_default(command, &name, value).ok_or_else(|| {
                Failure::Configuration(format!("{}: there is no option '{name}'", path.display()))
            })?;
        }
    }
    if let Some(url) = secret_file("TRIVIUM_DATABASE_FILE")? {
        command = command.mut_arg("database", |a| set(a, url));
    }
    let matches = command
        .try_get_matches_from(&arguments)
        .map_err(|error| where_it_stands(error, &arguments, path.as_deref()))?;
    let mut options = Options::from_arg_matches(&matches)?;
    options.admin_password = std::env::var("TRIVIUM_ADMIN_PASSWORD")
        .ok()
        .or(secret_file("TRIVIUM_ADMIN_PASSWORD_FILE")?)
        .or(admin_password)
        .filter(|password| !password.is_empty())
        .map(Password);
    Ok(options)
}

/// The key of the one option that is never a flag: arguments are seen by other processes.
const ADMIN_PASSWORD: &str = "admin_password";

/// The secret in the file that a variable names.
fn secret_file(variable: &str) -> Result<Option<String>, Failure> {
    let Some(path) = std::env::var_os(variable) else {
        return Ok(None);
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
        Err(error) => Err(Failure::Configuration(format!(
            "{variable}: {}: {error}",
            path.to_string_lossy()
        ))),
    }
}

/// The file that `--config` or `TRIVIUM_CONFIG` names, or `trivium.toml` where there is one.
fn configuration_file(arguments: &[OsString]) -> Result<Option<(PathBuf, toml::Table)>, Failure> {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    let mut named = None;
    while let Some(word) = words.next() {
        match word.strip_prefix("--config") {
            Some("") => named = words.next().map(PathBuf::from),
            Some(rest) if rest.starts_with('=') => named = rest.get(1..).map(PathBuf::from),
            _ => {}
        }
    }
    let named = named.or_else(|| std::env::var_os("TRIVIUM_CONFIG").map(PathBuf::from));
    let path = named.clone().unwrap_or_else(|| "trivium.toml".into());
    let complain = |words: String| Failure::Configuration(format!("{}: {words}", path.display()));
    match std::fs::read_to_string(&path) {
        Ok(text) => match text.parse() {
            Ok(table) => Ok(Some((path, table))),
            Err(error) => Err(complain(toml::de::Error::to_string(&error))),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) => Err(complain(error.to_string())),
    }
}

/// `[peopleaggregator] profile = "original"` as `peopleaggregator_profile`, `original`.
fn flatten(path: &Path, table: toml::Table) -> Result<Vec<(String, String)>, Failure> {
    let mut flat = Vec::new();
    for (name, value) in table {
        match value {
            toml::Value::Table(inner) => {
                let inner = flatten(path, inner)?;
                flat.extend(
                    inner
                        .into_iter()
                        .map(|(rest, v)| (format!("{name}_{rest}"), v)),
                );
            }
            toml::Value::String(text) => flat.push((name, text)),
            toml::Value::Integer(number) => flat.push((name, number.to_string())),
            toml::Value::Boolean(truth) => flat.push((name, truth.to_string())),
            _ => {
                return Err(Failure::Configuration(format!(
                    "{}: '{name}' must be a text, a number, true or false",
                    path.display()
                )));
            }
        }
    }
    Ok(flat)
}

/// The command with this default for the option of this name; `None` when there is no such.
fn with_default(command: clap::Command, name: &str, value: String) -> Option<clap::Command> {
    // A demonstration is asked for by hand, never by a file.
    let settable = |a: &clap::Arg| a.get_id() == name && a.get_env().is_some() && name != "config";
    if command.get_arguments().any(settable) {
        return Some(command.mut_arg(name, |a| set(a, value)));
    }
    let of_serve = command
        .find_subcommand("serve")
        .is_some_and(|serve| serve.get_arguments().any(settable));
    of_serve
        .then(|| command.mut_subcommand("serve", |serve| serve.mut_arg(name, |a| set(a, value))))
}

/// The option with this value, unless the environment or the command line knows better. What
/// may hold a secret is not shown by `--help`.
fn set(option: clap::Arg, value: String) -> clap::Arg {
    let secret = option.is_hide_env_values_set();
    option.default_value(value).hide_default_value(secret)
}

/// clap complains of every value as if it stood on the command line. One that came from the
/// environment or the file is told with its place, and is no wrong usage.
fn where_it_stands(error: clap::Error, arguments: &[OsString], file: Option<&Path>) -> Failure {
    let option = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (
            ErrorKind::InvalidValue | ErrorKind::ValueValidation,
            Some(ContextValue::String(usage)),
        ) => usage.split(' ').next().unwrap_or_default().to_owned(),
        _ => return Failure::Usage(error),
    };
    let given = |word: &OsString| word.to_str().is_some_and(|word| word.starts_with(&option));
    if !option.starts_with("--") || arguments.iter().any(given) {
        return Failure::Usage(error);
    }
    let variable = option.replacen("--", "TRIVIUM_", 1).replace('-', "_");
    let variable = variable.to_ascii_uppercase();
    let place = match file {
        Some(file) if std::env::var_os(&variable).is_none() => file.display().to_string(),
        _ => variable,
    };
    let words = error.to_string();
    let words = words.strip_prefix("error: ").unwrap_or(&words);
    let words = words.split("\n\n").next().unwrap_or_default();
    Failure::Configuration(format!("{place}: {words}"))
}
