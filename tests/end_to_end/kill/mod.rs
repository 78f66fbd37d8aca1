//! Kills the server, or Postgres under it, while clients make changes over every front-end. What is stored
//! afterwards is compared with the history of each client: nothing acknowledged is lost, nothing takes
//! effect twice, and nothing appears that nobody requested.
//!
//! - This module has the faults, and the group that all clients share. [`client`] makes changes, keeps the
//!   history and compares it.
//! - [`history`] has the state of a client's groups; [`calls`] the requests of each front-end.
//!
//! - [`machines`] has several servers behind a proxy, and a standby that replaces Postgres.
//!
//! `TRIVIUM_KILLS` is the number of kills of the server over both databases, `TRIVIUM_DATABASE_KILLS` that of
//! Postgres. A failure prints the seed, which repeats the choices of the clients, but not their timing.

mod calls;
mod client;
mod history;
mod machines;

use std::str::FromStr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trivium_test_support::{Backend, Cluster, Scratch};

use self::client::{Admission, Client, PEOPLE, Shared, text};
use crate::harness::{
    Caller, Crowd, Gateway, Protocol, Random, Served, Someone, new_group, outcome, seed,
};

const CLIENTS: usize = 16;

/// Number of kills on one database. Each history is compared as a whole after each of them.
const KILLS_PER_DATABASE: usize = 10;

/// Maximum number of requests between two kills.
const REQUESTS: usize = 600;

/// Uses of the shared invitation: half of the guests.
const USES: usize = 40;

/// A server with its clients, and the group that they share.
struct Arena {
    gateway: Gateway,
    /// Where the clients connect: to the server, or to a proxy in front of it.
    address: String,
    clients: Vec<Client>,
    host: Someone,
    group: String,
    shared: Shared,
    random: Random,
}

#[test]
fn a_killed_server_has_what_it_acknowledged_in_sqlite() {
    kill_servers(Backend::Sqlite);
}

#[test]
fn a_killed_server_has_what_it_acknowledged_in_postgres() {
    kill_servers(Backend::Postgres);
}

/// Runs half of the kills on one of the two databases.
fn kill_servers(backend: Backend) {
    let (kills, is_torture) = setting("TRIVIUM_KILLS", 20);
    let first = seed();
    eprintln!("{backend:?}: {kills} / 2 kills from TRIVIUM_TEST_SEED={first}");
    let mut longest = Duration::ZERO;
    let mut kill = 0;
    while kill < kills.div_ceil(2) {
        let mut arena = Arena::new(Scratch::new(backend), first.wrapping_add(kill as u64));
        for _ in 0..KILLS_PER_DATABASE {
            arena.kill_server();
            arena.gateway.scratch.wait_until_unused();
            // A server that is killed before its first commit leaves nothing to check.
            let was_changed = arena.has_changes_in_wal();
            let began = Instant::now();
            arena.restart_server();
            longest = longest.max(began.elapsed());
            if was_changed {
                let log = arena.gateway.served.log_with("the database is intact");
                assert!(log.contains("checking the database, which was not closed"));
            }
            arena.check();
            kill += 1;
        }
    }
    eprintln!("{backend:?}: ready at most {longest:?} after the start");
    assert!(!is_torture || longest < Duration::from_secs(1));
}

#[test]
fn a_server_waits_for_a_killed_postgres() {
    let (kills, is_torture) = setting("TRIVIUM_DATABASE_KILLS", 5);
    let first = seed();
    eprintln!("{kills} kills of Postgres from TRIVIUM_TEST_SEED={first}");
    let mut longest = Duration::ZERO;
    let mut cluster = Cluster::start();
    let mut arena = None;
    for kill in 0..kills {
        let arena = match &mut arena {
            Some(arena) if kill % KILLS_PER_DATABASE > 0 => arena,
            arena => arena.insert(Arena::new(
                Scratch::on(&cluster),
                first.wrapping_add(kill as u64),
            )),
        };
        let restarted = arena.kill_database(&mut cluster);
        longest = longest.max(restarted);
        arena.check();
    }
    eprintln!("served at most {longest:?} after the start of Postgres");
    assert!(!is_torture || longest < Duration::from_secs(5));
}

/// The value of a variable, or this default; and whether the variable is set.
fn setting(name: &str, default: usize) -> (usize, bool) {
    match std::env::var(name) {
        Ok(text) => (usize::from_str(&text).expect("a number"), true),
        Err(_) => (default, false),
    }
}

impl Arena {
    fn new(scratch: Scratch, seed: u64) -> Self {
        let mut gateway = Gateway::start_on(scratch, &[], &[]);
        gateway.served = gateway.served.unrecorded();
        let key = gateway.command(&["key", "create", "Kill"], "");
        let crowd = Crowd::new(&gateway);
        let [host] = crowd.some();
        let mut random = Random::new(seed);
        let clients = (0..CLIENTS).map(|_| Client::new(crowd.people(PEOPLE), random.next()));
        let clients = clients.collect();
        let mut caller = Caller::new(&gateway.served.address);
        let mut post = |operation: &str, arguments| {
            let answer = caller.call(Protocol::Json, "POST", operation, &arguments);
            answer.succeeds();
            answer
        };
        let group = post("newGroup", new_group(&host.tokens[0], "Shared", "invite")).text("id");
        let invitation = json!({"authToken": host.tokens[0], "id": group, "usageLimit": USES});
        let invitation = post("newInvitation", invitation).text("invitation");
        Self {
            address: gateway.served.address.clone(),
            gateway,
            clients,
            host,
            group,
            shared: Shared {
                key,
                invitation,
                ..Shared::default()
            },
            random,
        }
    }

    /// Starts the clients, runs `fault` at a random moment, and waits until the clients end.
    fn fail(&mut self, fault: impl FnOnce(&mut Gateway, &Shared)) {
        let Self {
            gateway,
            address,
            clients,
            shared,
            random,
            ..
        } = self;
        shared.sent.store(0, Ordering::SeqCst);
        shared.refused.store(0, Ordering::SeqCst);
        shared.is_over.store(false, Ordering::SeqCst);
        let requests = 1 + random.below(REQUESTS);
        std::thread::scope(|scope| {
            let (address, shared) = (address.as_str(), &*shared);
            let clients: Vec<_> = clients
                .iter_mut()
                .map(|client| scope.spawn(move || client.run(address, shared)))
                .collect();
            // A client ends before the fault only if it has failed.
            while shared.sent.load(Ordering::SeqCst) < requests
                && !clients.iter().any(|client| client.is_finished())
            {
                std::thread::yield_now();
            }
            fault(gateway, shared);
        });
    }

    fn kill_server(&mut self) {
        self.fail(|gateway, _| {
            gateway.served.signal("KILL");
            gateway.served.wait();
        });
    }

    /// True if SQLite's `-wal` has changes that a server which stops would have moved.
    fn has_changes_in_wal(&self) -> bool {
        let path = self.gateway.scratch.url.strip_prefix("sqlite:");
        let wal = path.and_then(|path| std::fs::metadata(format!("{path}-wal")).ok());
        wal.is_some_and(|wal| wal.len() > 0)
    }

    fn restart_server(&mut self) {
        let Gateway { served, scratch } = &mut self.gateway;
        let log = scratch.folder.path().join("log");
        *served = Served::start(&["--database", &scratch.url], &[], log).unrecorded();
        self.address.clone_from(&self.gateway.served.address);
    }

    /// Kills Postgres, waits until every client has been refused, and starts it again. Returns the time from
    /// then until the server is ready.
    fn kill_database(&mut self, cluster: &mut Cluster) -> Duration {
        let mut duration = Duration::ZERO;
        self.fail(|gateway, shared| {
            cluster.kill();
            shared.is_down.store(true, Ordering::SeqCst);
            let ready = outcome(&gateway.served.get("/ready"));
            while shared.refused.load(Ordering::SeqCst) < CLIENTS {
                std::thread::yield_now();
            }
            shared.is_down.store(false, Ordering::SeqCst);
            cluster.restart();
            let began = Instant::now();
            while outcome(&gateway.served.get("/ready")) != "200 ready" {
                std::thread::yield_now();
            }
            duration = began.elapsed();
            shared.is_over.store(true, Ordering::SeqCst);
            assert_eq!(ready, "503 not ready: the log has the reason");
        });
        duration
    }

    /// Compares what is stored with what the clients know.
    fn check(&mut self) {
        let address = self.address.as_str();
        std::thread::scope(|scope| {
            for client in &mut self.clients {
                scope.spawn(move || client.check(&mut Caller::new(address)));
            }
        });
        self.check_shared_group();
        self.check_groups();
    }

    /// Checks that there are no groups but those that the clients know of.
    fn check_groups(&self) {
        let stored = self.gateway.command(&["group", "list", "--json"], "");
        let stored: Vec<Value> = serde_json::from_str(&stored).expect("a list");
        let mut stored: Vec<_> = stored.iter().map(|row| text(row, "id")).collect();
        let known = self.clients.iter().flat_map(Client::groups);
        let known = known.map(|group| format!("group:{}", group.number));
        let mut known: Vec<_> = known.chain([self.group.clone()]).collect();
        stored.sort();
        known.sort();
        assert_eq!(stored, known, "groups of all users");
    }

    /// Compares the shared group with the guests of all clients.
    fn check_shared_group(&mut self) {
        let mut caller = Caller::new(&self.address);
        let arguments = json!({"authToken": self.host.tokens[0], "id": self.group});
        let mut rows = |operation, list| caller.rows(Protocol::Json, operation, list, &arguments);
        let uses = text(&rows("getInvitations", "invitations")[0], "uses");
        let logged = rows("getAuditLog", "entries").into_iter();
        let logged = logged.filter(|row| text(row, "action") == "joinByInvitation");
        let mut logged: Vec<_> = logged.map(|row| text(&row, "actor")).collect();
        let members = rows("getMembers", "members").into_iter();
        let members = members.map(|row| text(&row, "login"));
        let mut members: Vec<_> = members.filter(|login| *login != self.host.login).collect();
        logged.sort();
        members.sort();
        assert_eq!(logged, members, "audit entries and members");
        assert_eq!(
            uses,
            members.len().to_string(),
            "uses of the shared invitation"
        );
        assert!(members.len() <= USES, "{} members", members.len());

        let mut joined = Vec::new();
        for client in &mut self.clients {
            client.admissions.retain(|login, admission| {
                match admission {
                    Admission::Unknown if !members.contains(login) => return false,
                    Admission::Unknown | Admission::Joined => {
                        *admission = Admission::Joined;
                        joined.push(login.clone());
                    }
                    Admission::UsedUp => assert_eq!(members.len(), USES, "refused too early"),
                }
                true
            });
        }
        joined.sort();
        assert_eq!(members, joined, "members of the shared group");
    }
}
