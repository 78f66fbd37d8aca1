//! Processes: which core they run on, the server under measurement, and what the system tells
//! of them.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result, told};

/// Ticks in a second of the times in /proc: Linux tells programs 100 on every machine.
const TICKS: f64 = 100.0;

/// Which core is whose.
pub(crate) struct Pinning {
    server: Option<String>,
    driver: Option<String>,
}

impl Pinning {
    /// The server gets the first core that may be used, this program the second.
    pub(crate) fn begin() -> Self {
        let mut pinning = Self {
            server: None,
            driver: None,
        };
        let mut cores = allowed_cores().into_iter();
        let (Some(server), Some(driver)) = (cores.next(), cores.next()) else {
            return pinning;
        };
        let moved = Command::new("taskset")
            .args(["--all-tasks", "--cpu-list", "--pid", &driver])
            .arg(std::process::id().to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if moved.is_ok_and(|status| status.success()) {
            pinning.server = Some(server);
            pinning.driver = Some(driver);
        }
        pinning
    }

    /// A command for the server's core.
    pub(crate) fn on_servers_core(&self, program: &Path) -> Command {
        match &self.server {
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", core]).arg(program);
                command
            }
            None => Command::new(program),
        }
    }

    /// How it is, in a sentence.
    pub(crate) fn words(&self) -> String {
        match (&self.server, &self.driver) {
            (Some(server), Some(driver)) => {
                format!(
                    "the server and the bare loop on core {server}, the driver on core {driver}"
                )
            }
            _ => "nothing is pinned: that takes two cores and taskset".into(),
        }
    }
}

/// The numbers of the cores that this process may use, from a list such as `0-3,8`.
fn allowed_cores() -> Vec<String> {
    let list = status_of(std::process::id(), "Cpus_allowed_list").unwrap_or_default();
    list.split(',')
        .filter_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some(first.parse::<u32>().ok()?..=last.parse::<u32>().ok()?)
        })
        .flatten()
        .map(|core| core.to_string())
        .collect()
}

/// A line of /proc/PID/status.
fn status_of(process: u32, name: &str) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(|value| value.trim().to_owned())
}

/// Memory that a process has in use, in KiB.
pub(crate) fn resident(process: u32) -> Result<f64> {
    status_of(process, "VmRSS")
        .and_then(|value| value.split(' ').next()?.parse().ok())
        .ok_or_else(|| Failure::Told(format!("/proc/{process}/status tells no VmRSS")))
}

/// How long a process has computed, all its threads together.
pub(crate) fn computed(process: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may hold spaces; user and system time are 12 and 13 after it.
    let ticks = stat.rsplit_once(')').map_or(0.0, |(_, rest)| {
        rest.split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<f64>().ok())
            .sum()
    });
    Ok(Duration::from_secs_f64(ticks / TICKS))
}

/// This program, to be run again as a process of its own.
pub(crate) fn own_program() -> Result<PathBuf> {
    Ok(std::env::current_exe()?)
}

/// A server process; it ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// A closed pipe would end a server that says more.
    _words: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a server and waits for the line that tells its address.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        // It logs every request, as it does for everybody; a log file on the same disk would
        // be measured with it.
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let Some(stdout) = child.stdout.take() else {
            return told("a server has no standard output");
        };
        let mut words = BufReader::new(stdout);
        let mut line = String::new();
        while words.read_line(&mut line)? > 0 {
            if let Some(address) = address(&line) {
                return Ok(Self {
                    child,
                    address,
                    _words: words,
                });
            }
            line.clear();
        }
        told(format!(
            "a server ended with {} before it told its address: {command:?}",
            child.wait()?
        ))
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it without a chance to write anything more: what it has acknowledged must be there.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

/// The address at the end of a line such as `Trivium serves … on http://127.0.0.1:8080`.
fn address(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.rsplit_once("http://")?;
    rest.trim().parse().ok()
}

/// The binary under measurement.
pub(crate) struct Trivium<'a> {
    pub(crate) program: &'a Path,
    pub(crate) pinning: &'a Pinning,
    /// Where it runs, so that no configuration file is found.
    pub(crate) folder: &'a Path,
}

impl Trivium<'_> {
    fn command(&self, database: &Path, words: &[&str]) -> Command {
        let mut command = self.pinning.on_servers_core(self.program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TRIVIUM_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(self.folder)
            .args(words)
            .arg("--database")
            .arg(format!("sqlite:{}", database.display()));
        command
    }

    /// Makes a database with its tables.
    pub(crate) fn create(&self, database: &Path) -> Result<()> {
        let output = self.command(database, &["user", "list"]).output()?;
        if output.status.success() {
            return Ok(());
        }
        told(format!(
            "trivium user list failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ))
    }

    /// Serves a database.
    pub(crate) fn serve(&self, database: &Path) -> Result<Server> {
        let words = ["serve", "--listen", "127.0.0.1:0", "--workers", "1"];
        Server::start(self.command(database, &words))
    }

    /// How long it takes from nothing to an answer of `/ready`; `ask` waits for that answer.
    pub(crate) fn cold_start(
        &self,
        database: &Path,
        ask: impl FnOnce(SocketAddr) -> Result<()>,
    ) -> Result<(Duration, Server)> {
        let began = Instant::now();
        let server = self.serve(database)?;
        ask(server.address)?;
        Ok((began.elapsed(), server))
    }
}

/// The machine, in a sentence.
pub(crate) fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cores = cpus.lines().filter(|l| l.starts_with("processor")).count();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown", |(_, name)| name.trim());
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{cores} cores, {model}, Linux {}", kernel.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_last_word() {
        let line = "Trivium serves sqlite:/a/http://b.db on http://127.0.0.1:4711\n";
        assert_eq!(address(line), "127.0.0.1:4711".parse().ok());
        assert_eq!(address("nothing to see"), None);
    }
}
