//! The command line, run as people and scripts run it.
//!
//! - [`data`] has the commands on people, groups and imports, alone and beside a server.
//! - [`calling`] calls a server. [`configuration`] holds where settings come from, and what is
//!   refused; [`help`] what `--help` says.
//! - [`serving`] starts and stops servers; [`logs`] reads what they log.

mod calling;
mod configuration;
mod data;
mod help;
mod logs;
mod serving;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::harness::BINARY;

/// What became of a command.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A command in this folder, knowing of this environment alone. One that should have failed
/// and serves instead is stopped after a minute.
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

/// Runs a command to its end.
fn run(folder: &Path, environment: &[(&str, &str)], arguments: &[&str], stdin: &str) -> Said {
    let mut child = command(folder, environment, arguments)
        .spawn()
        .expect("trivium");
    let mut input = child.stdin.take().expect("its input");
    // A command that reads no input closes it, and that is fine.
    let _closed = input.write_all(stdin.as_bytes());
    drop(input);
    child.wait_with_output().expect("its output").into()
}

impl From<Output> for Said {
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

impl Said {
    /// It succeeded, said this, and complained of nothing.
    #[track_caller]
    fn is(&self, out: &str) {
        let said = (self.code, self.out.as_str(), self.err.as_str());
        assert_eq!(said, (Some(0), out, ""));
    }

    /// It succeeded, and said this as JSON.
    #[track_caller]
    fn json(&self) -> serde_json::Value {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It failed with this code, printed nothing, and complained in words that begin so.
    #[track_caller]
    fn fails(&self, code: i32, complaint: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert!(self.err.starts_with(complaint), "{self:?}");
    }
}
