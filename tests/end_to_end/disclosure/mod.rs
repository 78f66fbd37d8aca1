//! To users outside a group by invitation, it does not exist: they get the bytes that they get for a
//! group that does not exist, in every operation, protocol and dialect, and on Postgres the server runs
//! the same statements.
//!
//! - [`operations`] has the operations that take a group; [`dialects`] the methods and calls that do.
//! - [`lists`] has the lists and counts, which do not change when such a group is created.

mod dialects;
mod lists;
mod operations;

use trivium_core::cases::Who;
use trivium_test_support::{Backend, Scratch};

use crate::authorisation::scene::Scene;
use crate::harness::{Gateway, Protocol, Request, StatementLog, Story, get};

/// Users outside the group of a scene that is hidden. A banned user is outside.
const OUTSIDERS: [Who; 3] = [Who::Nobody, Who::Stranger, Who::Banned];

/// What a caller can observe, and the SQL.
#[derive(Debug, PartialEq, Eq)]
struct Observation {
    status: u16,
    /// Sorted, without the time and the ID of the request.
    headers: Vec<(String, String)>,
    body: String,
    /// The statements, on Postgres; without their values.
    statements: Vec<String>,
}

/// Runs a test on both databases.
fn on_both(test: impl Fn(&Gateway, Option<&StatementLog>)) {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let statements = (backend == Backend::Postgres).then(|| StatementLog::of(&scratch));
        let statements = statements.as_ref();
        let gateway = Gateway::start_on(scratch, &[], &[]);
        if statements.is_some() {
            let ready = observe(&gateway, statements, get("/ready"));
            assert!(!ready.statements.is_empty(), "statements are not logged");
        }
        test(&gateway, statements);
        let log = gateway.served.log();
        assert!(!log.contains("ERROR"), "{log}");
    }
}

/// A scene over one protocol.
fn scene(gateway: &Gateway, protocol: Protocol) -> Scene<'_> {
    Scene::new(Story { gateway, protocol })
}

/// Sends a request.
fn observe(gateway: &Gateway, log: Option<&StatementLog>, request: Request) -> Observation {
    let send = || gateway.served.send(&Vec::from(request));
    let (mut response, statements) = match log {
        Some(log) => log.during(send),
        None => (send(), Vec::new()),
    };
    let differs = |name: &str| matches!(name, "date" | "x-request-id");
    response.headers.retain(|(name, _)| !differs(name));
    response.headers.sort();
    Observation {
        status: response.status,
        body: response.text(),
        headers: response.headers,
        statements,
    }
}

impl Observation {
    /// With this name in the place of the group's ID, if the response repeats that.
    fn of(mut self, name: &str, group: &str) -> Self {
        if self.body.contains(group) {
            self.body = self.body.replace(group, name);
            self.headers.retain(|(name, _)| name != "content-length");
        }
        self
    }
}

/// Observations that differ, each in a line.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    /// Compares what is observed of the hidden group with what is observed without it.
    fn compare(&mut self, about: &str, observed: &Observation, absent: &Observation) {
        if observed != absent {
            self.0.push(format!(
                "{about}:\n     got {observed:?}\n  absent {absent:?}"
            ));
        }
    }

    #[track_caller]
    fn assert_none(&self) {
        let all = self.0.join("\n");
        assert!(self.0.is_empty(), "{} differences:\n{all}", self.0.len());
    }
}

/// The number of a group or invitation.
fn number(id: &str) -> &str {
    id.split_once(':').expect("an ID").1
}
