//! Postgres does not respond: its connections stay open, and nothing arrives.

use std::time::{Duration, Instant};

use serde_json::json;

use super::proxy::Proxy;
use super::{Arena, GROUPS, join, rounds};
use crate::harness::{
    Connection, PASSWORD, PROTOCOLS, Protocol, check, entry_with, get, multicall, outcome, xml_rpc,
};

/// Number of clients: more than the permits and threads of the server.
const CLIENTS: usize = 48;

/// A call takes a multiple of its deadline only if it waits for the database.
const HANGS: Duration = Duration::from_secs(20);

/// Makes calls of every kind in turn, and asserts that they are answered.
fn call_in_silence(arena: &Arena, client: usize) {
    let member = &arena.members[client];
    let token = &member.tokens[0];
    let protocol = PROTOCOLS[client % PROTOCOLS.len()];
    let mut caller = arena.caller();
    for call in client..client + 3 {
        let began = Instant::now();
        let code = match call % 4 {
            0 | 1 => join(&mut caller, protocol, member, 1 + call % GROUPS),
            2 => {
                let call = json!({"authToken": token});
                caller.call(protocol, "GET", "getMyGroups", &call).code()
            }
            _ => {
                let call = json!({"login": member.login, "password": PASSWORD});
                caller.call(protocol, "POST", "login", &call).code()
            }
        };
        assert_eq!(code, "temporarily_unavailable", "call {call}");
        assert!(began.elapsed() < HANGS, "call {call}");
    }
}

/// Asserts that pages, readiness and the calls of a multicall are answered.
fn others_in_silence(arena: &Arena) {
    let served = &arena.gateway.served;
    check(
        served,
        get("/ready"),
        "503 not ready: the log has the reason",
    );
    check(served, get("/live"), "200 live");
    assert_eq!(served.get("/group/1").status, 503);
    let entry = entry_with("getCategories", &json!({}));
    let batch = multicall(&vec![entry; 3]);
    let response = served.send(&Vec::from(xml_rpc(batch)));
    let refused = response.text().matches("temporarily_unavailable").count();
    assert_eq!(refused, 3, "{}", response.text());
}

/// Joins every group as every user, until each is a member.
fn join_all(arena: &Arena) {
    let mut caller = arena.caller();
    for (number, member) in arena.members.iter().enumerate() {
        for group in 1..=GROUPS {
            let protocol = PROTOCOLS[number % PROTOCOLS.len()];
            match join(&mut caller, protocol, member, group).as_str() {
                "success" | "already_member" => {}
                code => panic!("{code} {}", arena.gateway.served.log()),
            }
        }
    }
}

/// Makes concurrent calls until the server has opened about as many connections as it has threads.
fn open_connections(arena: &Arena) {
    let query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()";
    let count = || arena.query(query).parse::<usize>().expect("a number");
    while count() <= 20 {
        call_concurrently(arena);
    }
}

fn call_concurrently(arena: &Arena) {
    std::thread::scope(|scope| {
        for member in &arena.members {
            scope.spawn(move || {
                let mut caller = arena.caller();
                for group in (1..=GROUPS).cycle().take(4 * GROUPS) {
                    join(&mut caller, Protocol::Json, member, group);
                    let call = json!({"authToken": member.tokens[0]});
                    let read = caller.call(Protocol::Json, "GET", "getMyGroups", &call);
                    read.succeeds();
                }
            });
        }
    });
}

/// Waits until reads, changes and readiness succeed again.
fn recovers(arena: &Arena) {
    let began = Instant::now();
    let mut caller = arena.caller();
    let member = &arena.members[0];
    let read = json!({"authToken": member.tokens[0]});
    loop {
        let joined = join(&mut caller, Protocol::Json, member, 1);
        let read = caller.call(Protocol::Json, "GET", "getMyGroups", &read);
        let ready = outcome(&arena.gateway.served.get("/ready"));
        let is_member = ["success", "already_member"].contains(&joined.as_str());
        if is_member && read.code() == "success" && ready == "200 ready" {
            break;
        }
        assert!(
            began.elapsed() < HANGS,
            "{joined}, {}, {ready}",
            read.code()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    eprintln!("served again after {:?}", began.elapsed());
}

#[test]
fn calls_are_answered_while_postgres_is_silent_and_succeed_afterwards() {
    // Connections survive the silence, or are gone after it.
    let ends: [fn(&Proxy); 2] = [Proxy::resume, Proxy::reset];
    let options = ["--call-timeout", "1s", "--log-level", "error"];
    let arena = Arena::new(&options, CLIENTS);
    for round in 0..rounds(2).clamp(2, 50) {
        // Connections are idle when the silence begins.
        recovers(&arena);
        arena.proxy.silence();
        std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let arena = &arena;
                scope.spawn(move || call_in_silence(arena, client));
            }
            scope.spawn(|| others_in_silence(&arena));
        });
        ends[round % 2](&arena.proxy);
        recovers(&arena);
    }
    join_all(&arena);
    arena.has_all_joins_once();
}

#[test]
fn connections_that_stay_silent_are_replaced() {
    let arena = Arena::new(&["--call-timeout", "1s", "--log-level", "error"], CLIENTS);
    open_connections(&arena);
    arena.proxy.silence();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let arena = &arena;
            scope.spawn(move || call_in_silence(arena, client));
        }
    });
    arena.proxy.strand();
    recovers(&arena);
    join_all(&arena);
    arena.has_all_joins_once();
}

#[test]
fn a_stop_ends_while_postgres_is_silent() {
    let mut arena = Arena::new(&["--call-timeout", "1s"], CLIENTS);
    recovers(&arena);
    arena.proxy.silence();
    let mut connections: Vec<_> = arena
        .members
        .iter()
        .enumerate()
        .map(|(number, member)| {
            let mut connection = Connection::open(&arena.gateway.served.address);
            let (verb, name) = match number % 2 {
                0 => ("GET", "getMyGroups"),
                _ => ("POST", "joinGroup"),
            };
            let call = json!({"authToken": member.tokens[0], "id": "group:2"});
            connection.send(&Protocol::Json.request(verb, name, &call).bytes());
            connection
        })
        .collect();
    arena.gateway.served.signal("TERM");
    for connection in &mut connections {
        let response = outcome(&connection.receive().expect("a response"));
        assert!(
            response.starts_with("503 temporarily_unavailable"),
            "{response}"
        );
    }
    let began = Instant::now();
    assert_eq!(arena.gateway.served.wait(), Some(0));
    assert!(began.elapsed() < HANGS);
}
