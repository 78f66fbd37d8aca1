//! Slow calls on one of the server's threads.

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
        let response = outcome(&connection.receive().expect("a response"));
        assert!(response.starts_with("200 {"), "{response}");
    }
    for _ in 0..4 {
        check(served, get("/ready"), "200 ready");
    }
    arena.proxy.resume();
    for connection in &mut slow {
        let response = outcome(&connection.receive().expect("a response"));
        assert!(response.starts_with("200 {"), "{response}");
    }
}
