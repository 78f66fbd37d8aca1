//! The command line.
//!
//! - [`data`] tests the commands on users, groups and imports, with and without a running server.
//! - [`calling`] tests `trivium call`, [`configuration`] the settings, [`help`] the help texts.
//! - [`doctor`] damages databases and corrects them.
//! - [`mistakes`] tests what common mistakes lead to.
//! - [`serving`] tests start and stop of servers, [`logs`] their logs, [`reload`] new settings on SIGHUP.

mod calling;
mod configuration;
mod data;
mod doctor;
mod help;
mod logs;
mod mistakes;
mod reload;
mod serving;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::harness::BINARY;

/// The result of a command.
#[derive(Debug)]
struct CommandResult {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A command in this folder with only this environment. It is stopped after a minute, in case it
/// serves where it should fail.
fn command(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new("timeout");
    command.arg("60").arg(BINARY).args(arguments);
    let known = |name: &str| name.starts_with("TRIVIUM_") || matches!(name, "COLUMNS" | "LINES");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(known) {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a command and waits for it.
fn run(
    folder: &Path,
    environment: &[(&str, &str)],
    arguments: &[&str],
    stdin: &str,
) -> CommandResult {
    let mut child = command(folder, environment, arguments)
        .spawn()
        .expect("trivium");
    let mut input = child.stdin.take().expect("its input");
    // A command that reads no input may close it.
    let _closed = input.write_all(stdin.as_bytes());
    drop(input);
    child.wait_with_output().expect("its output").into()
}

impl From<Output> for CommandResult {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .expect("text")
                .trim_end()
                .to_owned()
        };
        Self {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl CommandResult {
    /// Asserts that it succeeded, printed this, and reported no errors.
    #[track_caller]
    fn is(&self, out: &str) {
        let result = (self.code, self.out.as_str(), self.err.as_str());
        assert_eq!(result, (Some(0), out, ""));
    }

    /// Asserts that it succeeded, and parses its output as JSON.
    #[track_caller]
    fn json(&self) -> serde_json::Value {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Asserts that it failed with this code, printed nothing, and reported an error that starts with
    /// this text.
    #[track_caller]
    fn fails(&self, code: i32, error: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert!(self.err.starts_with(error), "{self:?}");
    }
}
