//! Hostile input.
//!
//! - [`budget`] has oversized input; malformed XML and JSON are tested without sockets, in the crates of the
//!   protocols.
//! - [`framing`] has malformed requests, and every method on every path.
//! - [`characters`] has characters that XML cannot carry, in every text.
//! - [`stalls`] has clients that stall; [`chance`] mutates valid requests at random.

mod budget;
mod chance;
mod characters;
mod framing;
mod stalls;

use std::time::Duration;

use crate::harness::{Response, Served, check, form, outcome};

/// Sent as a token and as a password. No log may contain it.
const SECRET: &str = "sesame-0a1b2c3d4e5f";

/// Maximum processor time for a hostile request.
const MAX_PROCESSOR_TIME: Duration = Duration::from_millis(50);

/// A demonstration under attack.
struct Attacked(Served);

impl Attacked {
    fn start() -> Self {
        Self(Served::demonstration(&[]))
    }

    /// Asserts the outcome of a request, that it quotes little of the request, and that the server
    /// still responds.
    #[track_caller]
    fn check(&self, request: impl Into<Vec<u8>>, expect: &str) -> Response {
        let request = request.into();
        let before = self.processor_time();
        let response = check(&self.0, request.as_slice(), expect);
        let spent = self.processor_time() - before;
        assert!(spent <= MAX_PROCESSOR_TIME, "{spent:?}: {response:?}");
        self.assert_failure(&request, &response);
        response
    }

    /// The processor time that the threads of the server have used, which does not depend on other programs.
    fn processor_time(&self) -> Duration {
        let tasks = format!("/proc/{}/task", self.0.id());
        let nanoseconds = std::fs::read_dir(tasks).expect("its threads").map(|task| {
            // A thread may have ended meanwhile.
            let path = task.expect("a thread").path().join("schedstat");
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let spent = text.split_whitespace().next();
            spent.map_or(0, |spent| spent.parse().expect("nanoseconds"))
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// Asserts the properties of every response to a failed request.
    #[track_caller]
    fn assert_failure(&self, request: &[u8], response: &Response) {
        assert!(response.status < 500, "{response:?}");
        let outcome = outcome(response);
        if !outcome.contains(" {") {
            assert_eq!(quoted(request, &outcome), None);
        }
        self.assert_alive();
    }

    /// Asserts that the server responds to a valid call.
    #[track_caller]
    fn assert_alive(&self) {
        let call = form("json/echoPost", "echoText=good");
        check(&self.0, call, r#"200 {"echoText":"good"}"#);
    }

    /// Asserts that the log has no errors and no secrets.
    #[track_caller]
    fn assert_clean_log(self) {
        self.assert_alive();
        let log = self.0.log();
        for word in ["ERROR", "WARN", "panicked", SECRET, "marcspassword"] {
            let line = log.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "{word} in the log");
        }
        let longest = log.lines().map(str::len).max();
        assert!(
            longest < Some(500),
            "a line of {longest:?} bytes in the log"
        );
    }
}

/// Finds 65 characters of the request in its outcome.
fn quoted(request: &[u8], outcome: &str) -> Option<String> {
    // Long requests repeat themselves, so their start is enough.
    let request = String::from_utf8_lossy(&request[..request.len().min(10_000)]);
    let outcome: Vec<char> = outcome.chars().collect();
    outcome
        .windows(65)
        .map(|window| window.iter().collect::<String>())
        .find(|window| request.contains(window))
}
