//! The options of `trivium config`, and what it shows: the settings and what is wrong with them.

use std::path::PathBuf;

use clap::{ArgAction, CommandFactory, FromArgMatches, Subcommand};

use super::sources::{Origin, Setting, Sources, default, is_reloaded, key, settings};
use super::{Command, Options};

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

/// The settings and what is wrong with them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Configuration {
    /// Every setting, with its value and where that is from.
    pub(crate) settings: Vec<Setting>,
    /// Everything that is wrong. Only a command that examines the configuration runs in spite of that.
    pub(crate) problems: Vec<String>,
    /// The file, if there is one.
    pub(crate) file: Option<PathBuf>,
    /// Variables that look like settings.
    pub(crate) unknown_variables: Vec<String>,
}

impl Configuration {
    /// Whether the file may contain a password.
    pub(crate) fn has_secrets(&self) -> bool {
        let is_secret =
            |it: &Setting| it.key == "admin_password" || it.value.starts_with("postgres");
        let mut settings = self.settings.iter();
        settings.any(|it| is_secret(it) && matches!(it.origin, Origin::File(_)))
    }

    /// The value of a setting.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        let setting = self.settings.iter().find(|setting| setting.key == key)?;
        Some(&setting.value)
    }
}

/// Everything that is wrong with the sources: each value, or if those are valid, their combination in a server.
pub(super) fn problems(sources: &Sources, command: &clap::Command) -> Vec<String> {
    let mut problems = sources.problems.clone();
    problems.extend(sources.invalid_values(command));
    problems.extend(sources.unknown_variables.iter().cloned());
    if problems.is_empty() {
        let serve = sources
            .apply(command.clone())
            .try_get_matches_from(["trivium", "serve"])
            .and_then(|matches| Options::from_arg_matches(&matches));
        match serve.map(|options| options.command) {
            Ok(Command::Serve(serve)) => problems.extend(serve.check().err()),
            Ok(_) => {}
            Err(error) => problems.push(error.to_string()),
        }
    }
    problems
}

/// The text of a `trivium.toml` in which every setting has its default, as a comment.
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# The settings of trivium, with their defaults. Remove the # in front of a setting to change it.\n\
         # Sizes are written 128MiB, durations 30d, lists with commas or as [\"a\", \"b\"].\n",
    );
    for setting in settings(&Options::command()) {
        let help = setting.get_help().map(ToString::to_string);
        let help = help.unwrap_or_default();
        let (sentence, _) = help.split_once(" [").unwrap_or((&help, ""));
        let note = |name: &str| Some(help.split_once(name)?.1.split_once(']')?.0.to_owned());
        let reloaded = match is_reloaded(setting) {
            true => "; applied again on SIGHUP",
            false => "",
        };
        let example = note("[example: ");
        let by_default = match note("[default: ") {
            Some(default) => format!(" Default: {default}."),
            None if example.is_some() => " Default: none.".to_owned(),
            None => String::new(),
        };
        let value = example.unwrap_or_else(|| default(setting));
        let value = match value.parse::<u64>() {
            Ok(number) => number.to_string(),
            Err(_) if matches!(setting.get_action(), ArgAction::SetTrue) => "false".to_owned(),
            Err(_) => format!("{value:?}"),
        };
        text.push_str(&format!(
            "\n# {sentence}{reloaded}.{by_default}\n# {} = {value}\n",
            key(setting)
        ));
    }
    text
}
