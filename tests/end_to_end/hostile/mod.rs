//! What must not hurt: broken documents, floods, broken framing, stalls, chance.
//!
//! - [`documents`] has XML and JSON that is none, or means harm; [`budget`] what is too much.
//! - [`framing`] has requests that are none, and paths and methods that nothing serves.
//! - [`stalls`] has clients that keep a connection and say nothing; [`chance`] breaks good
//!   requests at random.

mod budget;
mod chance;
mod documents;
mod framing;
mod stalls;

use crate::harness::{Response, Served, check, form, outcome};

/// Sent as tokens and passwords: no log may have it.
const SECRET: &str = "sesame-0a1b2c3d4e5f";

/// A demonstration under attack.
struct Attacked(Served);

impl Attacked {
    fn start() -> Self {
        Self(Served::demonstration(&[]))
    }

    /// Holds the outcome of a request; then nothing of it was quoted at length, and the next
    /// call is answered.
    #[track_caller]
    fn check(&self, request: impl Into<Vec<u8>>, expect: &str) -> Response {
        let request = request.into();
        let response = check(&self.0, request.as_slice(), expect);
        self.holds(&request, &response);
        response
    }

    /// Holds what is true of every response to a request that failed.
    #[track_caller]
    fn holds(&self, request: &[u8], response: &Response) {
        assert!(response.status < 500, "{response:?}");
        let told = outcome(response);
        if !told.contains(" {") {
            assert_eq!(quoted(request, &told), None);
        }
        self.answers();
    }

    /// A good call is answered.
    #[track_caller]
    fn answers(&self) {
        let call = form("json/echoPost", "echoText=good");
        check(&self.0, call, r#"200 {"echoText":"good"}"#);
    }

    /// Nothing broke, and nothing was told to the log that it must not know.
    #[track_caller]
    fn ends_unharmed(self) {
        self.answers();
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

/// 65 characters of the request that stand in what was told of it.
fn quoted(request: &[u8], told: &str) -> Option<String> {
    // Long requests have the same from end to end.
    let request = String::from_utf8_lossy(&request[..request.len().min(10_000)]);
    let told: Vec<char> = told.chars().collect();
    told.windows(65)
        .map(|window| window.iter().collect::<String>())
        .find(|window| request.contains(window))
}
