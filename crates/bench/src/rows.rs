//! The rows of `make bench`: what each compares, its floor, and how it is measured.

use std::collections::BTreeSet;

use crate::calls::Operation::{self, *};
use crate::calls::Protocol::{self, *};
use crate::figures::{self, Figure};
use crate::lists::{List, Place};

/// What a rate is measured of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// Calls to a server.
    Calls(Site, Operation, Protocol),
    /// getMyGroups, while one more caller requests a list without pause.
    Beside(List),
    /// Calls to a server with a constant response of the same size.
    Static(Operation, Protocol),
    /// The SQL of the service on SQLite, without the service.
    Bare(Operation),
    /// The list of a user's groups on so many threads of one process.
    Threads(u8),
    /// The SQL of the service on Postgres, without the service.
    Pgbench(Operation),
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
    /// With so many threads; neither it nor the driver is pinned.
    Workers(u8),
    /// On a store with one large group.
    Crowd,
    /// On such a store, with a cache that has room for all responses.
    CrowdCached,
    /// On Postgres.
    Postgres,
    /// A server in JavaScript on the same tables: Fastify and better-sqlite3.
    Fastify,
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

const fn beside(list: List) -> Row {
    let baseline = Subject::Calls(Site::Crowd, GetMyGroups, Json);
    rates(Subject::Beside(list), baseline, BESIDE).at_least(0.8)
}

const ANOTHER_FORMAT: &str = "the same calls in another format";
const BOTH_CACHED: &str = "the same calls in another format, both from the cache";
const UPCOMING: &str =
    "the same work over the Upcoming dialect, with an API key and responses in XML";
const CONSTANT: &str = "the same requests to the same HTTP library with the same settings, which responds with a \
    constant body of the same size and media type";
const BESIDE: &str = "GETs by random users, members of the large group, while one more caller requests the list \
    without pause";

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
    rates(
        Subject::Calls(Site::CrowdCached, Mixed, Json),
        Subject::Calls(Site::Crowd, Mixed, Json),
        "GETs by random members of the large group, while other users join it, with a cache that has room for all \
         responses; the baseline has no cache",
    )
    .at_least(1.0),
    rates(plain(JoinGroup, Upcoming), plain(JoinGroup, Json), UPCOMING).at_least(0.7),
    rates(plain(GetMyGroups, Upcoming), plain(GetMyGroups, Json), UPCOMING).at_least(0.7),
    rates(
        plain(JoinByInvitation, Onezone),
        plain(JoinByInvitation, Json),
        "each a new membership of a random user by the invitation to a random group, over the Onezone dialect, and \
         as form-encoded POSTs",
    )
    .at_least(0.7),
    rates(
        Subject::Threads(2),
        Subject::Threads(1),
        "the query of getMyGroups for random users, called from `trivium_storage` on threads of one process that is \
         not pinned, with the server's page cache and without tracking of what the results depend on",
    )
    .at_least(1.8),
    rates(
        Subject::Calls(Site::Workers(2), GetMyGroups, Json),
        Subject::Calls(Site::Workers(1), GetMyGroups, Json),
        "GETs by random users; neither the servers nor the driver are pinned, so the driver takes what it needs of \
         the cores that the second thread could use",
    )
    .at_least(0.95),
    beside(List::Groups),
    beside(List::LaterGroups),
    beside(List::Users),
    beside(List::Found),
    beside(List::Members(Place::First)),
    beside(List::Members(Place::Middle)),
    beside(List::Members(Place::Last)),
    beside(List::Categories),
    rates(
        cached(GetMyGroups, Json),
        Subject::Calls(Site::Fastify, GetMyGroups, Compact),
        "GETs by random users; the baseline is `peers/fastify`, a process on the server's core and a copy of the \
         database, with the same pragmas, which looks the token up by its hash, reads the groups, and prints the \
         same fields with a serializer that Fastify compiles from their schema",
    )
    .at_least(8.0),
    rates(
        plain(JoinGroup, Json),
        Subject::Calls(Site::Fastify, JoinGroup, Compact),
        "form-encoded POSTs, each a new membership; the baseline makes the same reads and writes, the chained audit \
         entry and the counter included, in a transaction for each",
    )
    .at_least(6.0),
    rates(
        Subject::Calls(Site::Postgres, GetMyGroups, Json),
        Subject::Pgbench(GetMyGroups),
        "GETs by random users, over Postgres on all cores; the baseline is `pgbench` with the same statements, \
         prepared, over as many connections as the server has readers, on the server's core",
    )
    .at_least(0.8),
    rates(
        Subject::Calls(Site::Postgres, JoinGroup, Json),
        Subject::Pgbench(JoinGroup),
        "form-encoded POSTs, each a new membership; the baseline is `pgbench` with the same statements over as many \
         connections as the server has writers, on behalf of users with as many groups, with constants in place of \
         the hashes of the audit log",
    )
    .at_least(0.7),
    rates(plain(JoinGroup, Json), Subject::Static(JoinGroup, Json), CONSTANT),
    rates(plain(JoinGroup, XmlRpc), Subject::Static(JoinGroup, XmlRpc), CONSTANT),
    rates(plain(GetMyGroups, Json), Subject::Static(GetMyGroups, Json), CONSTANT),
    rates(plain(GetMyGroups, XmlRpc), Subject::Static(GetMyGroups, XmlRpc), CONSTANT),
    tail(GetMyGroups),
    tail(JoinGroup),
    figure(&figures::WAL_PER_JOIN),
    figure(&figures::COLD_START),
    figure(&figures::IDLE_MEMORY),
    figure(&figures::BINARY_SIZE),
];

/// Subjects that are measured in alternation, in this order. Reads come before joins, which add to the groups of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Reads,
    Checks,
    Threads,
    Workers,
    /// Those who join the large group read nothing. Both stores are as warm as each other: lists come later.
    CrowdMixes,
    Lists,
    Mixes,
    Joins,
    Invitations,
    PostgresReads,
    PostgresJoins,
}

impl Subject {
    /// Returns when it is measured; `None` if it is computed.
    pub(crate) const fn phase(self) -> Option<Phase> {
        Some(match self {
            Self::Predicted => return None,
            Self::Beside(_) | Self::Calls(Site::Crowd, GetMyGroups, _) => Phase::Lists,
            Self::Threads(_) => Phase::Threads,
            Self::Calls(Site::Workers(_), ..) => Phase::Workers,
            Self::Calls(Site::Crowd | Site::CrowdCached, ..) => Phase::CrowdMixes,
            Self::Calls(Site::Postgres, GetMyGroups, _) | Self::Pgbench(GetMyGroups) => {
                Phase::PostgresReads
            }
            Self::Calls(Site::Postgres, ..) | Self::Pgbench(_) => Phase::PostgresJoins,
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
                    Site::Workers(1) => format!("{call}, one worker"),
                    Site::Workers(workers) => format!("{call}, {workers} workers, unpinned"),
                    Site::Crowd if operation == Mixed => format!("{call}, large group"),
                    Site::Crowd => format!("{call}, undisturbed"),
                    Site::CrowdCached => format!("{call}, large group, cached"),
                    Site::Postgres => format!("{call}, Postgres"),
                    Site::Fastify => "Fastify, better-sqlite3".to_owned(),
                }
            }
            Self::Beside(list) => format!("getMyGroups, JSON, beside {}", list.name()),
            Self::Static(..) => format!("static {size} bytes"),
            Self::Bare(JoinGroup) => "bare SQL, 64 joins per COMMIT".to_owned(),
            Self::Bare(_) => "bare SQL".to_owned(),
            Self::Threads(1) => "one reader thread".to_owned(),
            Self::Threads(threads) => format!("list queries in process, {threads} reader threads"),
            Self::Pgbench(_) => "pgbench".to_owned(),
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
