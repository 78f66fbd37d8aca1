//! The command line and the configuration: every option is declared once, here.
//!
//! Flags take precedence over environment variables, those over `trivium.toml`, and that over the
//! defaults. Values of the file become clap's defaults before it parses the command line.

mod backup;
mod call;
mod conform;
mod data;
mod describe;
mod healthcheck;
mod prefix;
mod quotas;
mod serve;
mod suggest;
mod units;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use backup::{Backup, Export, Restore};
pub(crate) use call::{Call, Source, ViaOption};
pub(crate) use conform::Conform;
pub(crate) use data::{
    Category, Group, Import, ImportFrom, Invite, Key, Member, Request, Token, User,
};
pub(crate) use describe::{Described, Docs, Openapi, Xsd};
pub(crate) use healthcheck::Healthcheck;
pub(crate) use prefix::overlap;
pub(crate) use quotas::Quotas;
pub(crate) use serve::{DirectoryOption, LogFormat, Serve};
pub(crate) use suggest::did_you_mean;

use trivium_core::types::Password;
use trivium_rpc::text::is_portable;

use crate::failure::Failure;

/// A group service for XML-RPC, REST (XML) and REST (JSON) clients.
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

Options can also be set in the environment (TRIVIUM_LISTEN for --listen) or in trivium.toml
(listen = \"…\"). Flags take precedence over the environment, the environment over the file."
)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
    /// The password that newUser, editUser and deleteUser require.
    #[arg(skip)]
    pub(crate) admin_password: Option<Password>,
}

/// Options of every command, also accepted after its arguments.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Database URL: sqlite:PATH or postgres://USER@HOST/NAME
    #[arg(long, global = true, env = "TRIVIUM_DATABASE", hide_env_values = true)]
    #[arg(default_value = "sqlite:trivium.db", value_name = "URL")]
    pub(crate) database: String,
    /// Configuration file; trivium.toml in the current folder is read if it exists
    #[arg(long, global = true, env = "TRIVIUM_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print data as JSON; errors stay text, on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the server
    Serve(Box<Serve>),
    /// Manage users and issue tokens
    #[command(
        subcommand,
        after_help = "Examples:\n  trivium user add marc --password-stdin\n  trivium user token marc --ttl 12h"
    )]
    User(User),
    /// List and revoke tokens
    #[command(subcommand, after_help = "Example:\n  trivium token list marc")]
    Token(Token),
    /// Manage the API keys of the Upcoming dialect
    #[command(
        subcommand,
        after_help = "Example:\n  trivium key create 'My calendar' --callback https://example.org/back"
    )]
    Key(Key),
    /// Manage groups
    #[command(
        subcommand,
        after_help = "Examples:\n  trivium group add 'Three Ways' --owner marc\n  trivium group list --json"
    )]
    Group(Group),
    /// Manage the members of a group
    #[command(subcommand, after_help = "Example:\n  trivium member add group:7 marc")]
    Member(Member),
    /// Manage the requests to join a group
    #[command(subcommand, after_help = "Example:\n  trivium request list group:7")]
    Request(Request),
    /// Manage the invitations to a group
    #[command(
        subcommand,
        after_help = "Example:\n  trivium invite create group:7 --uses 5 --ttl 7d"
    )]
    Invite(Invite),
    /// Manage the categories of groups
    #[command(subcommand, after_help = "Example:\n  trivium category add Music")]
    Category(Category),
    /// Import an export, or data of other services
    #[command(after_help = data::IMPORTS)]
    Import(Import),
    /// Write everything to a file of JSON lines, for another database
    #[command(
        after_help = "Example:\n  trivium export trivium.jsonl\n  trivium import trivium.jsonl --database postgres://trivium@db/trivium"
    )]
    Export(Export),
    /// Show the quotas of the service, and how near the fullest user or group is to each
    #[command(after_help = "Examples:\n  trivium limits\n  trivium limits --json")]
    Limits(Quotas),
    /// Copy an SQLite database to a file, also while a server runs
    #[command(
        after_help = "Examples:\n  trivium backup monday.db\n  trivium backup /srv/copies/trivium.db --force"
    )]
    Backup(Backup),
    /// Put a copy in the place of an SQLite database that no server serves
    #[command(
        after_help = "Examples:\n  trivium restore monday.db\n  trivium restore monday.db --end-tokens"
    )]
    Restore(Restore),
    /// Check that a server accepts calls: the exit code is 0, or 1 if it does not
    #[command(after_help = "Example:\n  trivium healthcheck --url http://127.0.0.1:8080")]
    Healthcheck(Healthcheck),
    /// Call an operation of a server
    Call(Call),
    /// Print the OpenAPI document, which a server has at /openapi.json
    #[command(
        after_help = "Examples:\n  trivium openapi > openapi.json\n  trivium openapi onezone"
    )]
    Openapi(Openapi),
    /// Print the XML Schema, which a server has at /api/xml/schema.xsd
    #[command(after_help = "Examples:\n  trivium xsd > schema.xsd\n  trivium xsd joinGroup")]
    Xsd(Xsd),
    /// Write the documentation, which a server has at /docs, to files
    #[command(after_help = "Example:\n  trivium docs public --url https://groups.example")]
    Docs(Docs),
    /// Check that a running server conforms to its declarations
    Conform(Conform),
}

/// Parses the command line, the environment and the configuration file.
///
/// # Errors
/// [`Failure::Usage`], also for help and version; [`Failure::Configuration`].
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Options, Failure> {
    let arguments: Vec<OsString> = arguments.collect();
    let mut command = Options::command();
    // Reject text that could not be returned as XML.
    if let Some(unportable) = arguments
        .iter()
        .find(|word| !is_portable(&word.to_string_lossy()))
    {
        return Err(Failure::Usage(command.error(
            ErrorKind::InvalidValue,
            format!("{unportable:?} contains a character that XML cannot represent"),
        )));
    }
    let mut admin_password = None;
    let file = configuration_file(&arguments, &command)?;
    let path = file.as_ref().map(|(path, _)| path.clone());
    if let Some((path, file)) = file {
        let settings = settings(&command);
        for (name, value) in flatten(&path, file, &command)? {
            if name == ADMIN_PASSWORD {
                admin_password = Some(value);
                continue;
            }
            command = with_default(command, &name, value).ok_or_else(|| {
                let hint = did_you_mean(&name, settings.iter().map(String::as_str));
                let path = path.display();
                Failure::Configuration(format!("{path}: there is no option '{name}'{hint}"))
            })?;
        }
    }
    if let Some(url) = secret_file("TRIVIUM_DATABASE_FILE")? {
        command = command.mut_arg("database", |a| set(a, url));
    }
    let matches = command
        .try_get_matches_from(&arguments)
        .map_err(|error| attribute(error, &arguments, path.as_deref()))?;
    if let Some(serve) = matches.subcommand_matches("serve")
        && serve.get_flag("demo")
        && serve.value_source("database") == Some(ValueSource::CommandLine)
    {
        return Err(Failure::Usage(Options::command().error(
            ErrorKind::ArgumentConflict,
            "--demo serves a temporary database: it cannot be used with --database",
        )));
    }
    let mut options = Options::from_arg_matches(&matches)?;
    options.admin_password = std::env::var("TRIVIUM_ADMIN_PASSWORD")
        .ok()
        .or(secret_file("TRIVIUM_ADMIN_PASSWORD_FILE")?)
        .or(admin_password)
        .filter(|password| !password.is_empty())
        .map(Password);
    Ok(options)
}

/// The key of the only option without a flag: other processes can read arguments.
const ADMIN_PASSWORD: &str = "admin_password";

/// Reads the secret from the file that a variable names.
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

/// Reads the file that `--config` or `TRIVIUM_CONFIG` names, or `trivium.toml` if it exists.
fn configuration_file(
    arguments: &[OsString],
    command: &clap::Command,
) -> Result<Option<(PathBuf, toml::Table)>, Failure> {
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
    let invalid =
        |message: String| Failure::Configuration(format!("{}: {message}", path.display()));
    match std::fs::read_to_string(&path) {
        Ok(text) => match text.parse() {
            Ok(table) => Ok(Some((path, table))),
            Err(error) => Err(invalid(malformed(&text, &error, command))),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) => Err(invalid(error.to_string())),
    }
}

/// Describes where a file is malformed: by line, column and option. Nothing else of the file is shown, because
/// any part of it may be a secret.
fn malformed(text: &str, error: &toml::de::Error, command: &clap::Command) -> String {
    let place = error.span().map_or(0, |span| span.start);
    let before = text.get(..place).unwrap_or(text);
    let (lines, start) = match before.rsplit_once('\n') {
        Some((lines, start)) => (lines.split('\n').count(), start),
        None => (0, before),
    };
    let row = lines + 1;
    let column = start.chars().count() + 1;
    let line = text.lines().nth(lines).unwrap_or_default();
    let key = line.split('=').next().unwrap_or_default().trim();
    // Text that is no option may be a part of a secret with several lines.
    match is_option(command, key) {
        true => format!("malformed TOML at line {row}, column {column}, in the option '{key}'"),
        false => format!("malformed TOML at line {row}, column {column}"),
    }
}

/// True for an option that the file may set.
fn is_option(command: &clap::Command, name: &str) -> bool {
    name == ADMIN_PASSWORD || with_default(command.clone(), name, String::new()).is_some()
}

/// Flattens tables: `[peopleaggregator] profile = "original"` becomes
/// `peopleaggregator_profile`, `original`.
fn flatten(
    path: &Path,
    table: toml::Table,
    command: &clap::Command,
) -> Result<Vec<(String, String)>, Failure> {
    let mut flat = Vec::new();
    for (name, value) in table {
        match value {
            // A table in place of a secret would have its parts for names, which errors show.
            toml::Value::Table(inner) if !is_option(command, &name) => {
                let inner = flatten(path, inner, command)?;
                flat.extend(
                    inner
                        .into_iter()
                        .map(|(rest, v)| (format!("{name}_{rest}"), v)),
                );
            }
            toml::Value::String(text) => flat.push((name, text)),
            toml::Value::Integer(number) => flat.push((name, number.to_string())),
            toml::Value::Boolean(value) => flat.push((name, value.to_string())),
            _ => {
                return Err(Failure::Configuration(format!(
                    "{}: '{name}' must be a string, an integer or a boolean",
                    path.display()
                )));
            }
        }
    }
    Ok(flat)
}

/// The commands whose options the file may set.
const CONFIGURED: [&str; 2] = ["serve", "limits"];

/// The names of the options that the file may set.
fn settings(command: &clap::Command) -> Vec<String> {
    let of_commands = CONFIGURED
        .iter()
        .filter_map(|name| command.find_subcommand(name));
    let options = command
        .get_arguments()
        .chain(of_commands.flat_map(clap::Command::get_arguments));
    let names = options.map(|option| option.get_id().to_string());
    names
        .filter(|name| is_option(command, name))
        .chain([ADMIN_PASSWORD.to_owned()])
        .collect()
}

/// Sets the default of the option with this name; `None` if there is no such option.
fn with_default(command: clap::Command, name: &str, value: String) -> Option<clap::Command> {
    // Options without a variable, such as --demo, cannot be set in the file either.
    let settable = |a: &clap::Arg| a.get_id() == name && a.get_env().is_some() && name != "config";
    if command.get_arguments().any(settable) {
        return Some(command.mut_arg(name, |a| set(a, value)));
    }
    let has_it = |it: &&str| {
        let found = command.find_subcommand(it);
        found.is_some_and(|it| it.get_arguments().any(settable))
    };
    let having: Vec<_> = CONFIGURED.into_iter().filter(|it| has_it(it)).collect();
    (!having.is_empty()).then(|| {
        having.into_iter().fold(command, |command, it| {
            command.mut_subcommand(it, |it| it.mut_arg(name, |a| set(a, value.clone())))
        })
    })
}

/// Sets the default of an option. If it may contain a secret, `--help` does not show it.
fn set(option: clap::Arg, value: String) -> clap::Arg {
    let secret = option.is_hide_env_values_set();
    option.default_value(value).hide_default_value(secret)
}

/// Attributes an invalid value to its source. clap reports every value as if it were on the
/// command line; a value of the environment or the file is a configuration error instead.
fn attribute(error: clap::Error, arguments: &[OsString], file: Option<&Path>) -> Failure {
    let option = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (
            ErrorKind::InvalidValue | ErrorKind::ValueValidation,
            Some(ContextValue::String(usage)),
        ) => usage.split(' ').next().unwrap_or_default().to_owned(),
        _ => return Failure::Usage(error),
    };
    let on_command_line =
        |word: &OsString| word.to_str().is_some_and(|word| word.starts_with(&option));
    if !option.starts_with("--") || arguments.iter().any(on_command_line) {
        return Failure::Usage(error);
    }
    let variable = option.replacen("--", "TRIVIUM_", 1).replace('-', "_");
    let variable = variable.to_ascii_uppercase();
    let source = match file {
        Some(file) if std::env::var_os(&variable).is_none() => file.display().to_string(),
        _ => variable,
    };
    Failure::Configuration(format!("{source}: {}", without_value(&error)))
}

/// The message of an invalid value, without the value: it may be a secret in the wrong place.
fn without_value(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let value = text(ContextKind::InvalidValue);
    let mut message = format!("invalid value for '{}'", text(ContextKind::InvalidArg));
    if let Some(ContextValue::Strings(choices)) = error.get(ContextKind::ValidValue)
        && !choices.is_empty()
    {
        message.push_str(&format!("; expected one of {}", choices.join(", ")));
    } else if let Some(cause) = std::error::Error::source(error) {
        let cause = cause.to_string();
        match cause.strip_prefix(value) {
            Some(rest) if !value.is_empty() && rest.starts_with(' ') => {
                message.push_str(&format!(": the value{rest}"));
            }
            _ if !cause.contains(value) => message.push_str(&format!(": {cause}")),
            _ => {}
        }
    }
    message
}
