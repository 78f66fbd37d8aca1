//! The command line and the configuration: every option is declared once, here.
//!
//! Flags take precedence over environment variables, those over `trivium.toml`, and that over the
//! defaults: see [`sources`].

mod about;
mod audit;
mod backup;
mod call;
mod config;
mod conform;
mod data;
mod describe;
mod doctor;
mod file;
mod healthcheck;
mod listen;
mod migrate;
mod prefix;
mod quotas;
mod serve;
mod sources;
mod suggest;
mod trust;
mod units;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use about::Completions;
pub(crate) use audit::{Audit, kept_head};
pub(crate) use backup::{Backup, Export, Restore};
pub(crate) use call::{Call, Source, Tool, ViaOption};
use config::problems;
pub(crate) use config::{Config, Configuration, example};
pub(crate) use conform::Conform;
pub(crate) use data::{
    Category, Group, Import, ImportFrom, Invite, Key, Member, Request, Token, User,
};
pub(crate) use describe::{Described, Docs, Openapi, Xsd};
pub(crate) use doctor::Doctor;
pub(crate) use healthcheck::Healthcheck;
pub(crate) use listen::Listen;
pub(crate) use migrate::Migrate;
pub(crate) use quotas::Quotas;
pub(crate) use serve::{CheckpointsOption, DirectoryOption, LogFormat, LogLevel, Serve};
use sources::Sources;
pub(crate) use suggest::did_you_mean;
pub(crate) use trust::Trust;

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
    #[arg(skip)]
    pub(crate) configuration: Configuration,
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
    /// Look for what is wrong: the exit code is 0, or 3 if there are errors
    #[command(
        after_help = "Examples:\n  trivium doctor\n  trivium doctor --json\n  trivium doctor --fix"
    )]
    Doctor(Doctor),
    /// Verify that the audit logs were not changed
    #[command(
        subcommand,
        after_help = "Examples:\n  trivium audit verify\n  trivium audit verify group:7"
    )]
    Audit(Audit),
    /// Show the version of the tables, or migrate them to that of this program
    #[command(
        subcommand,
        after_help = "Examples:\n  trivium migrate status\n  trivium migrate up"
    )]
    Migrate(Migrate),
    /// Show and check the settings
    #[command(
        subcommand,
        after_help = "Examples:\n  trivium config show --origin\n  trivium config example > trivium.toml"
    )]
    Config(Config),
    /// Check that a server accepts calls: the exit code is 0, or 3 if it does not
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
    /// Print what completes commands and options in a shell
    #[command(
        after_help = "Examples:\n  trivium completions bash > /etc/bash_completion.d/trivium\n  trivium completions fish > ~/.config/fish/completions/trivium.fish"
    )]
    Completions(Completions),
    /// Print the manual page
    #[command(after_help = "Example:\n  trivium man > /usr/local/share/man/man1/trivium.1")]
    Man,
    /// Print the version; with --json also that of the tables and what is built in
    #[command(after_help = "Example:\n  trivium version --json")]
    Version,
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
    let sources = Sources::read(&command, &arguments);
    let parsed = sources
        .apply(command.clone())
        .try_get_matches_from(&arguments);
    let examines = parsed
        .as_ref()
        .is_ok_and(|matches| matches!(matches.subcommand_name(), Some("config" | "doctor")));
    if let Some(problem) = sources.problems.first()
        && !examines
    {
        return Err(Failure::Configuration(problem.clone()));
    }
    let matches = parsed.map_err(|error| match error.kind() {
        // clap reports every value as if it were on the command line.
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let invalid = sources.invalid_values(&command).into_iter().next();
            invalid.map_or(Failure::Usage(error), Failure::Configuration)
        }
        _ => Failure::Usage(error),
    })?;
    if let Some(serve) = matches.subcommand_matches("serve") {
        check_flags(&command, serve)?;
    }
    let mut options = Options::from_arg_matches(&matches)?;
    options.configuration = Configuration {
        settings: sources.settle(&command, &matches),
        problems: if examines {
            problems(&sources, &command)
        } else {
            Vec::new()
        },
        file: sources.file,
        unknown_variables: sources.unknown_variables,
    };
    Ok(options)
}

/// Rejects flags that cannot be used.
fn check_flags(command: &clap::Command, serve: &ArgMatches) -> Result<(), Failure> {
    let is_flag = |name| serve.value_source(name) == Some(ValueSource::CommandLine);
    let message = if serve.get_flag("demo") && is_flag("database") {
        "--demo serves a temporary database: it cannot be used with --database"
    } else if is_flag("admin_password") {
        "other users can read the command line: set TRIVIUM_ADMIN_PASSWORD, or \
         TRIVIUM_ADMIN_PASSWORD_FILE to the path of a file, or admin_password in trivium.toml"
    } else {
        return Ok(());
    };
    let mut command = command.clone();
    Err(Failure::Usage(
        command.error(ErrorKind::ArgumentConflict, message),
    ))
}
