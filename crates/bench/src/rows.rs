//! The rows of `make bench`: what each compares, its floor, and how it is measured.

use std::collections::BTreeSet;

use crate::calls::Operation::{self, *};
use crate::calls::Protocol::{self, *};
use crate::figures::{self, Figure};

/// What a rate is measured of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// Calls to a server.
    Calls(Site, Operation, Protocol),
    /// Calls to a server with a constant response of the same size.
    Static(Operation, Protocol),
    /// The SQL of the service on SQLite, without the service.
    Bare(Operation),
    /// The rate of the mix that its two operations have alone, without the cache.
    Predicted,
}

/// A server with a database of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Site {
    /// The service without the cache of responses, as all others of which nothing else is said.
    Plain,
    /// With a cache that has room for all responses.
    Cached,
}

/// What a row says.
#[derive(Clone, Copy)]
pub(crate) enum What {
    /// The ratio of two rates, measured in alternation.
    Rates(Subject, Subject),
    /// The 99th percentile of the times of calls in the cached mix, over their median: of getMyGroups or joinGroup.
    Tail(Operation),
    /// One value.
    Figure(&'static Figure),
}

/// The limit that a row must keep.
#[derive(Clone, Copy)]
pub(crate) enum Floor {
    AtLeast(f64),
    AtMost(f64),
}

/// A row of the table.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) what: What,
    pub(crate) floor: Option<Floor>,
    /// How it is measured.
    pub(crate) method: &'static str,
}

const fn rates(subject: Subject, baseline: Subject, method: &'static str) -> Row {
    Row {
        what: What::Rates(subject, baseline),
        floor: None,
        method,
    }
}

const fn tail(operation: Operation) -> Row {
    Row {
        what: What::Tail(operation),
        floor: Some(Floor::AtMost(5.0)),
        method: "the times of the calls of all rounds of the mix with the cache",
    }
}

const fn figure(figure: &'static Figure) -> Row {
    Row {
        what: What::Figure(figure),
        floor: Some(Floor::AtMost(figure.limit)),
        method: figure.method,
    }
}

impl Row {
    const fn at_least(self, floor: f64) -> Self {
        Self {
            floor: Some(Floor::AtLeast(floor)),
            ..self
        }
    }
}

const fn plain(operation: Operation, protocol: Protocol) -> Subject {
    Subject::Calls(Site::Plain, operation, protocol)
}

const fn cached(operation: Operation, protocol: Protocol) -> Subject {
    Subject::Calls(Site::Cached, operation, protocol)
}

const ANOTHER_FORMAT: &str = "the same calls in another format";
const BOTH_CACHED: &str = "the same calls in another format, both from the cache";
const UPCOMING: &str =
    "the same work over the Upcoming dialect, with an API key and responses in XML";
const CONSTANT: &str = "the same requests to the same HTTP library with the same settings, which responds with a \
    constant body of the same size and media type";
/// All rows, in display order.
pub(crate) const ROWS: &[Row] = &[
    rates(
        plain(JoinGroup, Json),
        Subject::Bare(JoinGroup),
        "form-encoded POSTs, each a new membership of a random user in a random open group, acknowledged after its \
         COMMIT; the baseline is a loop of the same statements with the same pragmas and savepoints, prepared once, \
         on SQLite's own library and a copy of the database",
    )
    .at_least(0.3),
    rates(
        plain(GetMyGroups, Json),
        Subject::Bare(GetMyGroups),
        "GETs by random users, each with a response of 18 groups; the baseline is the same queries, from BEGIN to \
         ROLLBACK, prepared once, reading every column of every row",
    )
    .at_least(0.25),
    rates(
        plain(CheckMemberships, Json),
        Subject::Bare(CheckMemberships),
        "POSTs by random users about 100 users and 100 groups; the baseline is the same queries, from BEGIN to \
         ROLLBACK, prepared once, reading every column of every row",
    )
    .at_least(0.5),
    rates(
        cached(GetMyGroups, Json),
        Subject::Static(GetMyGroups, Json),
        "GETs by random users, whose responses are in the cache; the baseline is the same HTTP library with the \
         same settings, which responds with a constant body of the same size and media type",
    )
    .at_least(0.5),
    rates(cached(GetMyGroups, Xml), cached(GetMyGroups, Json), BOTH_CACHED).at_least(0.7),
    rates(cached(GetMyGroups, XmlRpc), cached(GetMyGroups, Json), BOTH_CACHED).at_least(0.5),
    rates(plain(GetMyGroups, Xml), plain(GetMyGroups, Json), ANOTHER_FORMAT).at_least(0.7),
    rates(plain(GetMyGroups, XmlRpc), plain(GetMyGroups, Json), ANOTHER_FORMAT).at_least(0.5),
    rates(plain(JoinGroup, XmlRpc), plain(JoinGroup, Json), "the same joins as methodCalls").at_least(0.7),
    rates(
        cached(Mixed, Json),
        Subject::Predicted,
        "GETs and joins by random users, with a cache that has room for all responses; the baseline is computed \
         from the rates of getMyGroups and joinGroup in JSON, each alone and without the cache",
    )
    .at_least(1.0),
    rates(cached(Mixed, Json), plain(Mixed, Json), "the same; the baseline has no cache"),
    rates(plain(JoinGroup, Upcoming), plain(JoinGroup, Json), UPCOMING).at_least(0.7),
    rates(plain(GetMyGroups, Upcoming), plain(GetMyGroups, Json), UPCOMING).at_least(0.7),
    rates(
        plain(JoinByInvitation, Onezone),
        plain(JoinByInvitation, Json),
        "each a new membership of a random user by the invitation to a random group, over the Onezone dialect, and \
         as form-encoded POSTs",
    )
    .at_least(0.7),
    rates(plain(JoinGroup, Json), Subject::Static(JoinGroup, Json), CONSTANT),
    rates(plain(JoinGroup, XmlRpc), Subject::Static(JoinGroup, XmlRpc), CONSTANT),
    rates(plain(GetMyGroups, Json), Subject::Static(GetMyGroups, Json), CONSTANT),
    rates(plain(GetMyGroups, XmlRpc), Subject::Static(GetMyGroups, XmlRpc), CONSTANT),
    tail(GetMyGroups),
    tail(JoinGroup),
    figure(&figures::COLD_START),
    figure(&figures::IDLE_MEMORY),
    figure(&figures::BINARY_SIZE),
];

/// Subjects that are measured in alternation, in this order. Reads come before joins, which add to the groups of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Reads,
    Checks,
    Mixes,
    Joins,
    Invitations,
}

impl Subject {
    /// Returns when it is measured; `None` if it is computed.
    pub(crate) const fn phase(self) -> Option<Phase> {
        Some(match self {
            Self::Predicted => return None,
            Self::Calls(_, operation, _) | Self::Static(operation, _) | Self::Bare(operation) => {
                match operation {
                    GetMyGroups => Phase::Reads,
                    CheckMemberships => Phase::Checks,
                    Mixed => Phase::Mixes,
                    JoinGroup => Phase::Joins,
                    JoinByInvitation => Phase::Invitations,
                }
            }
        })
    }

    /// Returns the name in the table; `size` is that of a constant response.
    pub(crate) fn name(self, size: usize) -> String {
        match self {
            Self::Calls(site, operation, protocol) => {
                let call = format!("{}, {}", operation.name(), protocol.name());
                match site {
                    Site::Plain => call,
                    Site::Cached => format!("{call}, cached"),
                }
            }
            Self::Static(..) => format!("static {size} bytes"),
            Self::Bare(JoinGroup) => "bare SQL, 64 joins per COMMIT".to_owned(),
            Self::Bare(_) => "bare SQL".to_owned(),
            Self::Predicted => "what the rates alone predict".to_owned(),
        }
    }
}

/// Returns the phases in their order.
pub(crate) fn phases() -> BTreeSet<Phase> {
    let phase = |row: &Row| match row.what {
        What::Rates(subject, _) => subject.phase(),
        What::Tail(_) | What::Figure(_) => None,
    };
    ROWS.iter().filter_map(phase).collect()
}

/// Returns the subjects of a phase, each once, in the order of the rows.
pub(crate) fn subjects(phase: Phase) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for row in ROWS {
        if let What::Rates(subject, baseline) = row.what {
            for subject in [subject, baseline] {
                if subject.phase() == Some(phase) && !subjects.contains(&subject) {
                    subjects.push(subject);
                }
            }
        }
    }
    subjects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_measured_beside_their_baseline() {
        for row in ROWS {
            if let What::Rates(subject, baseline) = row.what {
                let name = subject.name(0);
                assert!(subject.phase().is_some(), "{name}");
                assert!(
                    baseline
                        .phase()
                        .is_none_or(|phase| Some(phase) == subject.phase()),
                    "{name}"
                );
            }
        }
    }
}
