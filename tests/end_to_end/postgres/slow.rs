//! Slow calls on one of the server's threads, and slow scans.

use serde_json::json;

use super::Arena;
use crate::harness::{Connection, Protocol, check, get, outcome};

/// Number of slow calls: more than the server admits.
const SLOW: usize = 150;

#[test]
fn slow_calls_on_one_thread_delay_neither_the_other_nor_readiness() {
    let arena = Arena::new(&["--call-timeout", "1h"], 1);
    let served = &arena.gateway.served;
    // The threads of the server take turns in accepting.
    let open = || Connection::open(&served.address);
    let (mut slow, mut fast): (Vec<_>, Vec<_>) = (0..SLOW).map(|_| (open(), open())).unzip();
    arena.proxy.hold("memberships");
    let read = json!({"authToken": arena.members[0].tokens[0]});
    let read = Protocol::Json.request("GET", "getMyGroups", &read).bytes();
    for connection in &mut slow {
        connection.send(&read);
    }
    let users = Protocol::Json
        .request("GET", "getUserList", &json!({}))
        .bytes();
    for connection in &mut fast {
        connection.send(&users);
        succeeds(connection);
    }
    for _ in 0..4 {
        check(served, get("/ready"), "200 ready");
    }
    arena.proxy.resume();
    slow.iter_mut().for_each(succeeds);
}

#[test]
fn slow_scans_do_not_delay_other_reads() {
    let arena = Arena::new(&["--call-timeout", "1h"], 1);
    let open = || Connection::open(&arena.gateway.served.address);
    arena.proxy.hold("categories");
    let categories = Protocol::Json.request("GET", "getCategories", &json!({}));
    let mut slow: Vec<_> = (0..SLOW).map(|_| open()).collect();
    for connection in &mut slow {
        connection.send(&categories.bytes());
    }
    let read = json!({"authToken": arena.members[0].tokens[0]});
    let read = Protocol::Json.request("GET", "getMyGroups", &read).bytes();
    for _ in 0..SLOW {
        let mut fast = open();
        fast.send(&read);
        succeeds(&mut fast);
    }
    arena.proxy.resume();
    slow.iter_mut().for_each(succeeds);
}

fn succeeds(connection: &mut Connection) {
    let response = outcome(&connection.receive().expect("a response"));
    assert!(response.starts_with("200 {"), "{response}");
}
