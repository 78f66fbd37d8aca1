//! Starts `trivium serve` for a test, and runs commands beside it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use trivium_front::Profile;
use trivium_test_support::{Backend, Scratch};

use super::answers;
use super::http::{Response, exchange};

/// The binary under test. Cargo builds it before these tests.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_trivium");

/// Runs a command and waits for it.
pub(crate) fn trivium(arguments: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(BINARY)
        .args(arguments)
        .env_remove("TRIVIUM_DATABASE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("trivium");
    let mut input = child.stdin.take().expect("its input");
    // A command that reads no input may close it.
    let _closed = input.write_all(stdin.as_bytes());
    drop(input);
    child.wait_with_output().expect("its output")
}

/// A running server. It is killed when this value is dropped.
pub(crate) struct Served {
    child: Child,
    /// `127.0.0.1:PORT`, or `unix:PATH`.
    pub(crate) address: String,
    /// Its standard output before it served.
    pub(crate) announcement: String,
    log: PathBuf,
    /// The folder of the log, if this value owns it.
    folder: Option<tempfile::TempDir>,
}

impl Served {
    /// Starts `trivium serve --demo` with these options on a free port.
    pub(crate) fn demonstration(options: &[&str]) -> Self {
        Self::demonstration_with(options, &[])
    }

    /// Starts `trivium serve --demo`, which logs into `stderr`.
    pub(crate) fn demonstration_logging_to(stderr: impl Into<Stdio>) -> Self {
        Self::spawn(&["--demo"], &[], stderr.into(), PathBuf::new())
    }

    /// Starts `trivium serve --demo` with these options and this environment.
    pub(crate) fn demonstration_with(options: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("log");
        let mut served = Self::start(&[options, &["--demo"]].concat(), environment, log);
        served.folder = Some(folder);
        served
    }

    /// Starts `trivium serve` with these options on a free port.
    pub(crate) fn start(options: &[&str], environment: &[(&str, &str)], log: PathBuf) -> Self {
        let stderr = std::fs::File::create(&log).expect("a log file");
        Self::spawn(options, environment, stderr.into(), log)
    }

    fn spawn(options: &[&str], environment: &[(&str, &str)], stderr: Stdio, log: PathBuf) -> Self {
        let listen: &[&str] = match options.contains(&"--listen") {
            true => &[],
            false => &["--listen", "127.0.0.1:0"],
        };
        let mut child = Command::new(BINARY)
            .args(["serve", "--workers", "2"])
            .args([listen, options].concat())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .expect("trivium serve");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut first = String::new();
        output.read_line(&mut first).expect("its first line");
        let address = first
            .trim()
            .rsplit_once(" on ")
            .map(|(_, base)| base.rsplit("://").next().unwrap_or(base).to_owned())
            .unwrap_or_else(|| panic!("it printed {first:?} and logged {}", read(&log)));
        let mut announcement = first;
        if options.contains(&"--demo") {
            while !announcement.contains("/api/xmlrpc\n") {
                output
                    .read_line(&mut announcement)
                    .expect("its announcement");
            }
        }
        if options.contains(&"--management-listen") {
            output.read_line(&mut announcement).expect("a second line");
        }
        answers::begin(&address, profile(options, environment));
        // Later output is discarded, but the pipe stays open.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Self {
            child,
            address,
            announcement,
            log,
            folder: None,
        }
    }

    /// Its log so far. A server writes it on a thread of its own, and each line after those before it: so one
    /// more request is logged, if the server runs.
    pub(crate) fn log(&self) -> String {
        static MARKS: AtomicU32 = AtomicU32::new(0);
        let path = format!("/mark-{}", MARKS.fetch_add(1, Ordering::Relaxed));
        match self.mark(&path) {
            Ok(_) => self.log_with(&path),
            Err(_) => read(&self.log),
        }
    }

    fn mark(&self, path: &str) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        )?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response)?;
        Ok(response)
    }

    /// Waits until its log contains a text, and returns the log.
    pub(crate) fn log_with(&self, text: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let log = read(&self.log);
            if log.contains(text) {
                return log;
            }
            assert!(Instant::now() < deadline, "no {text:?} in {log}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The address of its management listener, if it has one.
    pub(crate) fn management(&self) -> String {
        let (_, rest) = self
            .announcement
            .split_once("Metrics: http://")
            .expect("it");
        rest.split('/').next().expect("an address").to_owned()
    }

    /// Does not record its responses: there are too many.
    pub(crate) fn unrecorded(self) -> Self {
        answers::forget(&self.address);
        self
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, by its name for `kill`.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .expect("kill");
        assert!(status.success());
    }

    /// Waits for it to end and returns its exit code.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("its end").code()
    }

    /// Stops it, as an administrator would.
    pub(crate) fn stop(&mut self) {
        self.signal("TERM");
        assert_eq!(self.wait(), Some(0), "{}", self.log());
    }

    /// Sends a request and reads the response.
    pub(crate) fn send(&self, request: &[u8]) -> Response {
        exchange(&self.address, request)
    }

    /// Sends GET over a new connection.
    pub(crate) fn get(&self, path: &str) -> Response {
        self.send(
            format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").as_bytes(),
        )
    }

    /// Sends POST over a new connection.
    pub(crate) fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Response {
        self.post_with(path, &[("Content-Type", content_type)], body)
    }

    /// Sends POST with these headers over a new connection.
    pub(crate) fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        self.send(&[request.as_bytes(), body].concat())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
        if !std::thread::panicking() {
            answers::examine(&self.address);
        }
    }
}

/// The profile that these options and this environment select.
fn profile(options: &[&str], environment: &[(&str, &str)]) -> Profile {
    let option = options
        .windows(2)
        .find(|pair| pair[0] == "--peopleaggregator-profile");
    let variable = environment
        .iter()
        .find(|(name, _)| *name == "TRIVIUM_PEOPLEAGGREGATOR_PROFILE");
    match option.map(|pair| pair[1]).or(variable.map(|pair| pair.1)) {
        Some("original") => Profile::Original,
        _ => Profile::Documented,
    }
}

fn read(path: &PathBuf) -> String {
    let mut text = String::new();
    if let Ok(mut file) = std::fs::File::open(path) {
        let _read = file.read_to_string(&mut text);
    }
    text
}

/// A server over an empty database, and commands on that database.
pub(crate) struct Gateway {
    /// The server.
    pub(crate) served: Served,
    /// Its database.
    pub(crate) scratch: Scratch,
}

impl Gateway {
    /// Starts a server with these options.
    pub(crate) fn start(backend: Backend, options: &[&str]) -> Self {
        Self::start_with(backend, options, &[])
    }

    /// Starts a server with these options and this environment.
    pub(crate) fn start_with(
        backend: Backend,
        options: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        Self::start_on(Scratch::new(backend), options, environment)
    }

    /// Starts a server on this database.
    pub(crate) fn start_on(
        scratch: Scratch,
        options: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let options = [options, &["--database", &scratch.url]].concat();
        let log = scratch.folder.path().join("log");
        let served = Served::start(&options, environment, log);
        Self { served, scratch }
    }

    /// Runs a command on the database and returns its output.
    pub(crate) fn command(&self, arguments: &[&str], stdin: &str) -> String {
        let arguments = [arguments, &["--database", &self.scratch.url]].concat();
        let output = trivium(&arguments, stdin);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }
}
