//! `trivium config`: shows and checks the settings.

use serde_json::json;

use super::print::{line, list};
use crate::failure::Failure;
use crate::options::{Config, Configuration, Global, example};

pub(crate) fn run(
    global: &Global,
    configuration: &Configuration,
    config: &Config,
) -> Result<(), Failure> {
    match config {
        Config::Show { origin } => show(global, configuration, *origin),
        Config::Check => check(configuration),
        Config::Example => line(example().trim_end()),
    }
}

fn show(global: &Global, configuration: &Configuration, origin: bool) -> Result<(), Failure> {
    let rows: Vec<_> = configuration
        .settings
        .iter()
        .map(|setting| {
            json!({
                "setting": setting.key,
                "value": setting.value,
                "origin": setting.origin.to_string(),
            })
        })
        .collect();
    let columns = match origin {
        true => &["setting", "value", "origin"][..],
        false => &["setting", "value"],
    };
    list(global, columns, &rows)
}

fn check(configuration: &Configuration) -> Result<(), Failure> {
    match configuration.problems.as_slice() {
        [] => line("the configuration is valid"),
        [problem] => Err(Failure::Configuration(problem.clone())),
        problems => Err(Failure::Configuration(format!(
            "{} problems:\n  {}",
            problems.len(),
            problems.join("\n  ")
        ))),
    }
}
