//! Three servers behind haproxy, on a Postgres primary with a synchronous standby, as in docs/MACHINES.md, while
//! clients make changes. A server is killed; the servers are replaced one after the other; the primary is killed and
//! the standby promoted. Nothing acknowledged is lost, and clients see only failures after which a retry finds out.
//!
//! `TRIVIUM_FAILOVERS` is the number of times that all of this is done.

use std::net::TcpListener;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use trivium_test_support::{Cluster, Scratch};

use super::client::{Client, Shared};
use super::{Arena, CLIENTS, setting};
use crate::documents::Document;
use crate::harness::{Gateway, Running, Served, haproxy, outcome, seed};

/// The number of requests after a fault.
const REQUESTS: usize = 300;

/// The servers and their databases.
struct Machines {
    primary: Cluster,
    standby: Cluster,
    /// The clients, and the first server.
    arena: Arena,
    /// The other servers.
    others: Vec<Served>,
    _haproxy: Running,
}

#[test]
fn a_standby_replaces_the_primary_and_servers_are_replaced() {
    let (times, is_torture) = setting("TRIVIUM_FAILOVERS", 1);
    let first = seed();
    eprintln!("{times} failovers from TRIVIUM_TEST_SEED={first}");
    let mut longest = Duration::ZERO;
    for number in 0..times {
        let mut machines = Machines::start(first.wrapping_add(number as u64));
        machines.kill_server();
        machines.replace_servers();
        longest = longest.max(machines.fail_over());
    }
    eprintln!("served at most {longest:?} after the promotion");
    assert!(!is_torture || longest < Duration::from_secs(10));
}

/// The texts of the document's blocks in this language.
fn documented(language: &str) -> Vec<String> {
    let blocks = Document::read("docs/MACHINES.md").blocks().into_iter();
    let blocks = blocks.filter(|block| block.language == language);
    blocks.map(|block| block.text).collect()
}

/// Replaces a part of a text, which must be there.
fn replace(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "no {from} in: {text}");
    text.replace(from, to)
}

/// Starts a server at this address, which logs into a file of this name.
fn start(scratch: &Scratch, listen: &str, log: &str) -> Served {
    let log = scratch.folder.path().join(log);
    let options = ["--listen", listen, "--database", &scratch.url];
    Served::start(&options, &[], log).unrecorded()
}

/// Waits until the clients have sent some more requests, or have all ended.
fn pass_requests(shared: &Shared) {
    let until = shared.sent.load(Ordering::SeqCst) + REQUESTS;
    while shared.sent.load(Ordering::SeqCst) < until
        && shared.refused.load(Ordering::SeqCst) < CLIENTS
    {
        std::thread::yield_now();
    }
}

impl Machines {
    fn start(seed: u64) -> Self {
        let [role, synchronous, _] = &documented("sql")[..] else {
            panic!("not three blocks of SQL");
        };
        let primary = Cluster::start();
        let mut scratch = Scratch::on(&primary);
        primary.sql("postgres", role);
        let standby = primary.standby(|socket, data| {
            let copy = &documented("sh")[0];
            let copy = replace(copy, "/var/lib/postgresql/15/main", &data.to_string_lossy());
            replace(&copy, "host=db1", &format!("host={}", socket.display()))
        });
        primary.sql("postgres", synchronous);
        let settings: toml::Table = documented("toml")[0].parse().expect("settings");
        let url = settings["database"].as_str().expect("a URL");
        let (_, name) = scratch.url.rsplit_once('/').expect("a database");
        let hosts = format!("{},{}/{name}", primary.host(), standby.host());
        scratch.url = replace(url, "db1,db2/trivium", &hosts);

        let mut arena = Arena::new(scratch, seed);
        let others = ["two", "three"].map(|log| start(&arena.gateway.scratch, "127.0.0.1:0", log));
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        arena.address = free.local_addr().expect("an address").to_string();
        drop(free);
        let mut configuration = documented("haproxy")[0].clone();
        let https = ":443 ssl crt /etc/haproxy/groups.example.pem";
        configuration = replace(&configuration, https, &arena.address);
        let servers = [&arena.gateway.served, &others[0], &others[1]];
        for (server, address) in servers.into_iter().zip(["11", "12", "13"]) {
            let address = format!("10.0.0.{address}:8080");
            configuration = replace(&configuration, &address, &server.address);
        }
        let file = arena.gateway.scratch.folder.path().join("haproxy.cfg");
        std::fs::write(&file, configuration).expect("a file");
        let mut haproxy = haproxy(&file.to_string_lossy());
        let haproxy = haproxy.stderr(Stdio::null()).spawn();
        let haproxy = Running(haproxy.expect("haproxy: `make tools` installs it"));
        until_ready(&arena.address);
        Self {
            primary,
            standby,
            arena,
            others: others.into(),
            _haproxy: haproxy,
        }
    }

    /// Compares what is stored with what the clients know.
    fn check(&mut self, fault: &str) {
        let uncertain = self.arena.clients.iter();
        let uncertain = uncertain.filter(|it| Client::is_uncertain(it)).count();
        eprintln!("{fault}: {uncertain} of {CLIENTS} clients do not know an outcome");
        self.arena.check();
    }

    fn kill_server(&mut self) {
        let victim = &mut self.others[0];
        self.arena.fail(|gateway, shared| {
            victim.signal("KILL");
            victim.wait();
            pass_requests(shared);
            *victim = start(&gateway.scratch, &victim.address, "killed");
            pass_requests(shared);
            shared.is_over.store(true, Ordering::SeqCst);
        });
        self.check("a killed server");
    }

    /// Replaces one server after the other.
    fn replace_servers(&mut self) {
        let others = &mut self.others;
        self.arena.fail(|gateway, shared| {
            let Gateway { served, scratch } = gateway;
            for server in others.iter_mut().chain([served]) {
                server.stop();
                let log = format!("replaced-{}", server.id());
                *server = start(scratch, &server.address, &log);
                // The proxy has seen that it is ready.
                server.log_with("path=\"/ready\"");
                pass_requests(shared);
            }
            shared.is_over.store(true, Ordering::SeqCst);
        });
        self.check("replaced servers");
    }

    /// Kills the primary and promotes the standby. Returns the time from then until the service is ready.
    fn fail_over(&mut self) -> Duration {
        let (primary, standby) = (&mut self.primary, &self.standby);
        let proxy = self.arena.address.clone();
        let mut duration = Duration::ZERO;
        self.arena.fail(|_, shared| {
            primary.kill();
            shared.is_down.store(true, Ordering::SeqCst);
            while shared.refused.load(Ordering::SeqCst) < CLIENTS {
                std::thread::yield_now();
            }
            shared.is_down.store(false, Ordering::SeqCst);
            standby.sql("postgres", &documented("sql")[2]);
            let began = Instant::now();
            until_ready(&proxy);
            duration = began.elapsed();
            shared.is_over.store(true, Ordering::SeqCst);
        });
        for server in self.others.iter().chain([&self.arena.gateway.served]) {
            while outcome(&server.get("/ready")) != "200 ready" {}
        }
        self.check("a killed primary");
        duration
    }
}

/// Waits until a request through the proxy finds a server that is ready.
fn until_ready(proxy: &str) {
    let url = format!("http://{proxy}/ready");
    // Any other status is an error.
    while ureq::get(&url).call().is_err() {
        std::thread::sleep(Duration::from_millis(10));
    }
}
