//! Processes: CPU pinning, the measured server, and statistics from /proc.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result, fail};
use crate::load;

/// Ticks per second of the times in /proc: Linux reports 100 on every machine.
const TICKS: f64 = 100.0;

/// The cores that a process runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cores {
    /// The one of the server, which the driver does not use.
    Server,
    /// All that this program was started with.
    All,
}

/// The assignment of cores.
pub(crate) struct Pinning {
    all: String,
    server: Option<String>,
    driver: Option<String>,
}

impl Pinning {
    /// Assigns the first allowed core to the server, and the second one to this program.
    pub(crate) fn begin() -> Self {
        let all = status_of(std::process::id(), "Cpus_allowed_list").unwrap_or_default();
        let mut cores = cores(&all).into_iter();
        let mut pinning = Self {
            server: None,
            driver: None,
            all,
        };
        let (Some(server), Some(driver)) = (cores.next(), cores.next()) else {
            return pinning;
        };
        if move_to(&driver) {
            pinning.server = Some(server);
            pinning.driver = Some(driver);
        }
        pinning
    }

    /// Runs something while this program, and what it starts, may use all cores.
    pub(crate) fn unpinned<T>(&self, run: impl FnOnce() -> T) -> T {
        let Some(driver) = &self.driver else {
            return run();
        };
        move_to(&self.all);
        let outcome = run();
        move_to(driver);
        outcome
    }

    /// Returns a command that runs on these cores.
    pub(crate) fn on(&self, cores: Cores, program: &Path) -> Command {
        let list = match (cores, &self.server) {
            (_, None) => return Command::new(program),
            (Cores::Server, Some(core)) => core,
            (Cores::All, _) => &self.all,
        };
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", list]).arg(program);
        command
    }

    /// Returns a description for the report.
    pub(crate) fn description(&self) -> String {
        match (&self.server, &self.driver) {
            (Some(server), Some(driver)) => {
                format!(
                    "the server and the bare loop on core {server}, the driver on core {driver}"
                )
            }
            _ => "nothing, which needs two cores and taskset".into(),
        }
    }
}

/// Moves all threads of this program to these cores; false if that is not possible.
fn move_to(cores: &str) -> bool {
    let moved = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", cores])
        .arg(std::process::id().to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    moved.is_ok_and(|status| status.success())
}

/// Returns the cores in a list such as `0-3,8`.
fn cores(list: &str) -> Vec<String> {
    list.split(',')
        .filter_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some(first.parse::<u32>().ok()?..=last.parse::<u32>().ok()?)
        })
        .flatten()
        .map(|core| core.to_string())
        .collect()
}

/// Returns a field of /proc/PID/status.
fn status_of(process: u32, name: &str) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(|value| value.trim().to_owned())
}

/// Returns the resident memory of a process, in KiB.
pub(crate) fn resident(process: u32) -> Result<f64> {
    status_of(process, "VmRSS")
        .and_then(|value| value.split(' ').next()?.parse().ok())
        .ok_or_else(|| Failure::Message(format!("no VmRSS in /proc/{process}/status")))
}

/// Returns the CPU time of a process with all its threads.
pub(crate) fn cpu_time(process: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may contain spaces; user and system time are the 12th and 13th
    // fields after it.
    let ticks = stat.rsplit_once(')').map_or(0.0, |(_, rest)| {
        rest.split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<f64>().ok())
            .sum()
    });
    Ok(Duration::from_secs_f64(ticks / TICKS))
}

/// Returns the path of this program, to start it again as a worker.
pub(crate) fn own_program() -> Result<PathBuf> {
    Ok(std::env::current_exe()?)
}

/// A server process, killed on drop.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Where its metrics are, if it has any.
    metrics: Option<SocketAddr>,
    /// Kept open: a server that prints to a closed pipe would end.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a server and waits for the line with its address.
    pub(crate) fn start(command: Command) -> Result<Self> {
        Self::start_with(command, false)
    }

    /// Starts a server and waits for the lines with its address, and with that of its metrics if it has any.
    fn start_with(mut command: Command, has_metrics: bool) -> Result<Self> {
        // The server logs every request, as usual. The log is discarded, because a file on the
        // same disk would affect the measurement.
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let Some(stdout) = child.stdout.take() else {
            return fail("cannot open the standard output of a server");
        };
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let mut found = None;
        while stdout.read_line(&mut line)? > 0 {
            match (address(&line), found) {
                (Some(address), None) if has_metrics => found = Some(address),
                (Some(last), found) => {
                    return Ok(Self {
                        child,
                        address: found.unwrap_or(last),
                        metrics: found.map(|_| last),
                        _stdout: stdout,
                    });
                }
                (None, _) => {}
            }
            line.clear();
        }
        fail(format!(
            "a server ended with {} before it printed its address: {command:?}",
            child.wait()?
        ))
    }

    /// Returns how many responses were found in the cache so far, and how many were not, if it has metrics.
    pub(crate) fn cache_lookups(&self) -> Result<Option<[f64; 2]>> {
        let Some(address) = self.metrics else {
            return Ok(None);
        };
        let response = load::send(address, b"GET /metrics HTTP/1.1\r\nHost: trivium\r\n\r\n")?;
        let text = String::from_utf8_lossy(&response.body).into_owned();
        let count = |result: &str| {
            let name = format!("trivium_response_cache_lookups_total{{result=\"{result}\"}} ");
            let value = text.lines().find_map(|line| line.strip_prefix(&*name));
            value.and_then(|value| value.parse().ok())
        };
        match [count("hit"), count("miss")] {
            [Some(hits), Some(misses)] => Ok(Some([hits, misses])),
            _ => fail("the metrics do not have the lookups in the cache"),
        }
    }

    /// Returns the process ID.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the server, so that it cannot write anything more: acknowledged joins must be on
    /// disk.
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

/// Parses the address at the end of a line such as `Trivium serves … on http://127.0.0.1:8080`.
fn address(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.rsplit_once("http://")?;
    rest.trim().trim_end_matches("/metrics").parse().ok()
}

/// Returns the URL of a database in a file.
pub(crate) fn sqlite(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// The settings of a measured server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Serving {
    /// The size of its cache of responses.
    pub(crate) cache: &'static str,
    pub(crate) workers: u8,
    pub(crate) cores: Cores,
    pub(crate) checkpoints: &'static str,
    /// The time limit of a call.
    pub(crate) call_timeout: &'static str,
    /// Whether it has a listener for its metrics.
    pub(crate) has_metrics: bool,
}

impl Serving {
    /// One thread on its core, which reads the database for each response.
    pub(crate) const PINNED: Self = Self {
        cache: "0",
        workers: 1,
        cores: Cores::Server,
        checkpoints: "automatic",
        call_timeout: "10s",
        has_metrics: false,
    };
}

/// The measured binary.
pub(crate) struct Trivium<'a> {
    pub(crate) program: &'a Path,
    pub(crate) pinning: &'a Pinning,
    /// The working directory, which has no configuration file.
    pub(crate) folder: &'a Path,
}

impl Trivium<'_> {
    fn command(&self, cores: Cores, database: &str, arguments: &[&str]) -> Command {
        let mut command = self.pinning.on(cores, self.program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TRIVIUM_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(self.folder)
            .args(arguments)
            .args(["--database", database]);
        command
    }

    /// Creates a database with its tables.
    pub(crate) fn create(&self, database: &str) -> Result<()> {
        // A command that changes something creates the database; this one finds nothing to change.
        self.run(database, &["token", "revoke", "--all"])
    }

    /// Runs a command on a database.
    pub(crate) fn run(&self, database: &str, arguments: &[&str]) -> Result<()> {
        let output = self.command(Cores::Server, database, arguments).output()?;
        if output.status.success() {
            return Ok(());
        }
        fail(format!(
            "trivium {} failed: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        ))
    }

    /// Starts a server on a database.
    pub(crate) fn serve(&self, database: &str, settings: Serving) -> Result<Server> {
        let arguments = ["serve", "--listen", "127.0.0.1:0"];
        let mut command = self.command(settings.cores, database, &arguments);
        command
            .env("TRIVIUM_WORKERS", settings.workers.to_string())
            .env("TRIVIUM_RESPONSE_CACHE", settings.cache)
            .env("TRIVIUM_CHECKPOINTS", settings.checkpoints)
            .env("TRIVIUM_CALL_TIMEOUT", settings.call_timeout);
        if settings.has_metrics {
            command.env("TRIVIUM_MANAGEMENT_LISTEN", "127.0.0.1:0");
        }
        Server::start_with(command, settings.has_metrics)
    }

    /// Starts a server and measures the time until `await_ready` returns.
    pub(crate) fn cold_start(
        &self,
        database: &str,
        settings: Serving,
        await_ready: impl FnOnce(SocketAddr) -> Result<()>,
    ) -> Result<(Duration, Server)> {
        let started = Instant::now();
        let server = self.serve(database, settings)?;
        await_ready(server.address)?;
        Ok((started.elapsed(), server))
    }
}

/// Returns a description of the machine.
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
    fn address_is_the_last_word_of_a_line() {
        let line = "Trivium serves sqlite:/a/http://b.db on http://127.0.0.1:4711\n";
        assert_eq!(address(line), "127.0.0.1:4711".parse().ok());
        assert_eq!(address("nothing to see"), None);
    }
}
