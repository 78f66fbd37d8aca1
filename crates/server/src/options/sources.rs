//! The sources of settings. A setting is an option that the environment and `trivium.toml` may set, too.
//!
//! clap declares the options, reads flags and variables, and records which of them gave a value. This adds what clap
//! does not have: the file, the files of secrets, and errors that name the source and not the value.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use trivium_storage::DatabaseUrl;

use super::file::{self, Place};
use super::suggest::did_you_mean;

/// Where the value of a setting is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(Place),
    /// A variable, or for a secret the variable that names its file.
    Variable(String),
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(place) => place.fmt(f),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A setting and its value.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// As in `trivium.toml`.
    pub(crate) key: String,
    /// The value; empty if it has none. The values of secrets are masked.
    pub(crate) value: String,
    pub(crate) origin: Origin,
    /// Whether a running server applies it again on SIGHUP.
    pub(crate) is_reloaded: bool,
}

/// The values that variables and files give to settings.
pub(super) struct Sources {
    values: BTreeMap<String, (String, Origin)>,
    /// What is wrong with the file and with files of secrets, whatever the command.
    pub(super) problems: Vec<String>,
    /// The path of the file, if there is one.
    pub(super) file: Option<PathBuf>,
    /// Variables with the prefix of this program that it does not know.
    pub(super) unknown_variables: Vec<String>,
}

/// The prefix of variables.
const PREFIX: &str = "TRIVIUM_";

/// The default path of the configuration file.
const FILE: &str = "trivium.toml";

impl Sources {
    /// Reads the sources: the variables, and the file that `--config` or `TRIVIUM_CONFIG` names, or else
    /// `trivium.toml` if it exists.
    pub(super) fn read(command: &Command, arguments: &[OsString]) -> Self {
        let mut sources = Self {
            values: BTreeMap::new(),
            problems: Vec::new(),
            file: None,
            unknown_variables: unknown_variables(command),
        };
        sources.read_file(command, arguments);
        for setting in settings(command) {
            let name = setting.get_id().to_string();
            let variable = variable(setting);
            let text = match std::env::var_os(&variable) {
                Some(text) => Some((text.to_string_lossy().into_owned(), variable)),
                None if is_secret(setting) => sources.secret(&format!("{variable}_FILE")),
                None => None,
            };
            if let Some((text, variable)) = text {
                sources
                    .values
                    .insert(name, (text, Origin::Variable(variable)));
            }
        }
        sources
    }

    fn read_file(&mut self, command: &Command, arguments: &[OsString]) {
        let named = named_file(arguments);
        let find = |name: &str| settings(command).find(|it| it.get_id() == name);
        let is_setting = |name: &str| find(name).is_some();
        let path = named.clone().unwrap_or_else(|| FILE.into());
        let entries = match file::read(&path, &is_setting) {
            Ok(Some(entries)) => entries,
            Ok(None) if named.is_none() => return,
            Ok(None) => {
                let path = path.display();
                return self.problems.push(format!(
                    "{path}: there is no such file\n  write one: trivium config example > {path}"
                ));
            }
            Err(problem) => return self.problems.push(problem),
        };
        self.file = Some(path);
        for entry in entries {
            let place = entry.place;
            let name = &entry.key;
            let Some(setting) = find(&entry.name) else {
                let known: Vec<String> = settings(command).map(key).collect();
                let hint = did_you_mean(name, known.iter().map(String::as_str));
                let problem = format!("{place}: there is no setting '{name}'{hint}");
                self.problems.push(problem);
                continue;
            };
            let takes_list = setting.get_value_delimiter().is_some();
            match entry.value {
                Some(value) if takes_list || !entry.is_list => {
                    self.values.insert(entry.name, (value, Origin::File(place)));
                }
                _ => {
                    let list = if takes_list { " or a list of them" } else { "" };
                    self.problems.push(format!(
                        "{place}: '{name}' must be a string, an integer or a boolean{list}"
                    ));
                }
            }
        }
    }

    /// Reads the secret from the file that a variable names.
    fn secret(&mut self, variable: &str) -> Option<(String, String)> {
        let path = std::env::var_os(variable)?;
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let text = text.trim_end_matches(['\r', '\n']);
                Some((text.to_owned(), variable.to_owned()))
            }
            Err(error) => {
                let path = path.to_string_lossy();
                self.problems.push(format!("{variable}: {path}: {error}"));
                None
            }
        }
    }

    /// Makes the values of files the defaults of the options. clap reads the variables.
    pub(super) fn apply(&self, command: Command) -> Command {
        let mut command = command;
        for (name, (text, _)) in &self.values {
            let has = |command: &Command| command.get_arguments().any(|it| it.get_id() == name);
            if has(&command) {
                command = command.mut_arg(name, |option| with_value(option, text));
            }
            let below: Vec<String> = command
                .get_subcommands()
                .filter(|below| has(below))
                .map(|below| below.get_name().to_owned())
                .collect();
            for below in below {
                let set = |it: Command| it.mut_arg(name, |option| with_value(option, text));
                command = command.mut_subcommand(below, set);
            }
        }
        command
    }

    /// What is wrong with the values, each on its own.
    pub(super) fn invalid_values(&self, command: &Command) -> Vec<String> {
        let values = self.values.iter();
        let checked = values.filter_map(|(name, (text, origin))| {
            let setting = settings(command).find(|it| it.get_id() == name)?;
            let problem = invalid(setting, text)?;
            Some(format!("{origin}: {}: {problem}", key(setting)))
        });
        checked.collect()
    }

    /// The settings with their values and origins, where the flags take precedence.
    pub(super) fn settle(&self, command: &Command, matches: &ArgMatches) -> Vec<Setting> {
        let mut matches = matches;
        while let Some((_, below)) = matches.subcommand() {
            matches = below;
        }
        let settle = |setting: &Arg| {
            let id = setting.get_id().as_str();
            let is_option = matches.try_contains_id(id).is_ok();
            let flag = is_option && matches.value_source(id) == Some(ValueSource::CommandLine);
            let (text, origin) = match (flag, self.values.get(id)) {
                (true, _) => {
                    let values = matches.get_raw(id).into_iter().flatten();
                    (
                        joined(values),
                        Origin::Flag(format!("--{}", id.replace('_', "-"))),
                    )
                }
                (false, Some((text, origin))) => (text.clone(), origin.clone()),
                (false, None) => (default(setting), Origin::Default),
            };
            Setting {
                key: key(setting),
                value: shown(setting, text),
                origin,
                is_reloaded: is_reloaded(setting),
            }
        };
        settings(command).map(settle).collect()
    }
}

/// The settings: the options with a variable, except for the path of the file itself.
pub(super) fn settings(command: &Command) -> impl Iterator<Item = &Arg> {
    let serve = command.find_subcommand("serve");
    let options = command
        .get_arguments()
        .chain(serve.into_iter().flat_map(Command::get_arguments));
    options.filter(|option| option.get_env().is_some() && option.get_id() != "config")
}

/// The name of a setting in the file.
pub(super) fn key(setting: &Arg) -> String {
    let name = setting.get_id().as_str();
    match name.strip_prefix("peopleaggregator_") {
        Some(rest) => format!("peopleaggregator.{rest}"),
        None => name.to_owned(),
    }
}

/// The default of a setting; empty if it has none.
pub(super) fn default(setting: &Arg) -> String {
    joined(setting.get_default_values().iter().map(|value| &**value))
}

/// Whether the value may contain a secret. Such a setting can also be in a file of its own.
pub(super) fn is_secret(setting: &Arg) -> bool {
    setting.is_hide_env_values_set()
}

/// Whether a running server applies the setting again on SIGHUP.
pub(super) fn is_reloaded(setting: &Arg) -> bool {
    setting.get_help_heading().is_some()
}

fn variable(setting: &Arg) -> String {
    let name = setting.get_env().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn joined<'a>(values: impl Iterator<Item = &'a OsStr>) -> String {
    let values: Vec<_> = values.map(OsStr::to_string_lossy).collect();
    values.join(",")
}

/// The value of a setting without its secrets.
fn shown(setting: &Arg, text: String) -> String {
    match setting.get_id().as_str() {
        "database" => text
            .parse::<DatabaseUrl>()
            .map_or_else(|_| "(hidden)".to_owned(), |url| url.to_string()),
        _ if is_secret(setting) && !text.is_empty() => "(hidden)".to_owned(),
        _ => text,
    }
}

/// Sets the default of an option. If it may contain a secret, `--help` does not show it.
fn with_value(option: Arg, text: &str) -> Arg {
    let secret = is_secret(&option);
    let option = option.default_value(text.to_owned());
    option.hide_default_value(secret)
}

/// Why a value is invalid, without the value: it may be a secret in the wrong place.
fn invalid(setting: &Arg, text: &str) -> Option<String> {
    if setting.get_id() == "database" {
        return text.parse::<DatabaseUrl>().err().map(|e| e.to_string());
    }
    let alone = with_value(setting.clone().env(None::<&str>), text);
    let parsed = Command::new("setting")
        .no_binary_name(true)
        .arg(alone)
        .try_get_matches_from([""; 0]);
    let error = parsed.err()?;
    let choices: Vec<String> = setting
        .get_possible_values()
        .iter()
        .map(|choice| choice.get_name().to_owned())
        .collect();
    Some(match error.source() {
        Some(cause) => cause.to_string(),
        None if matches!(setting.get_action(), ArgAction::SetTrue) => {
            "expected true or false".to_owned()
        }
        None => format!("expected one of {}", choices.join(", ")),
    })
}

/// The path of the file that `--config` or `TRIVIUM_CONFIG` names. clap would have it only once the file is read.
fn named_file(arguments: &[OsString]) -> Option<PathBuf> {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    let mut named = None;
    while let Some(word) = words.next() {
        match word.strip_prefix("--config") {
            Some("") => named = words.next().map(PathBuf::from),
            Some(rest) if rest.starts_with('=') => named = rest.get(1..).map(PathBuf::from),
            _ => {}
        }
    }
    named.or_else(|| std::env::var_os("TRIVIUM_CONFIG").map(PathBuf::from))
}

/// Variables that look like settings, with what they may be meant for.
fn unknown_variables(command: &Command) -> Vec<String> {
    let secrets = settings(command).filter(|it| is_secret(it));
    let secrets = secrets.map(|it| format!("{}_FILE", variable(it)));
    let known: Vec<String> = settings(command)
        .map(variable)
        .chain(secrets)
        .chain(["TRIVIUM_CONFIG".to_owned()])
        .collect();
    let mut names: Vec<String> = std::env::vars_os()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .filter(|name| name.starts_with(PREFIX) && !known.contains(name))
        .collect();
    names.sort();
    let hinted = names.iter().map(|name| {
        let hint = did_you_mean(name, known.iter().map(String::as_str));
        format!("{name}: there is no such setting{hint}")
    });
    hinted.collect()
}
