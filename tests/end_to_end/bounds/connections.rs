//! More connections than the limit.

use std::time::Duration;

use trivium_test_support::Backend;

use super::{From, Others, raise_file_limit};
use crate::harness::{Connection, Gateway};

/// What the connections of an attack send, and then stall.
const STALLS: [(&str, &[u8]); 3] = [
    ("idle", b""),
    ("slow heads", b"GET /api/json/peopleagg"),
    (
        "slow bodies",
        b"POST /api/json/peopleaggregator/echoPost HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n{",
    ),
];

#[test]
fn a_new_client_is_served_while_others_hold_too_many_connections() {
    let limit = limit();
    raise_file_limit();
    let option = limit.to_string();
    let gateway = Gateway::start(Backend::Sqlite, &["--max-connections", &option]);
    for (name, sent) in STALLS {
        for from in From::ALL {
            eprintln!("{name} from {from:?}");
            Others::are_served_during(&gateway.served, || {
                let attack: Vec<Connection> = (0..limit + limit / 2)
                    .map(|number| {
                        let from = from.address(number);
                        let mut connection = Connection::open_from(&gateway.served.address, from);
                        connection.push(sent, Duration::from_secs(10));
                        connection
                    })
                    .collect();
                let open = open_sockets(gateway.served.id());
                assert!(open < limit + 300, "{open} sockets are open");
                assert!(attack.len() > limit);
            });
        }
    }
}

#[test]
fn a_client_with_a_connection_in_use_keeps_it() {
    raise_file_limit();
    let gateway = Gateway::start(Backend::Sqlite, &["--max-connections", "64"]);
    let mut connection = Connection::open_from(&gateway.served.address, super::OTHER);
    let mut attack = Vec::new();
    for number in 0..300 {
        attack.push(Connection::open_from(
            &gateway.served.address,
            From::One.address(number),
        ));
        connection
            .send(b"GET /api/json/peopleaggregator/echo?echoText=x HTTP/1.1\r\nHost: test\r\n\r\n");
        let response = connection.receive().expect("a response");
        assert_eq!(response.status, 200, "after {number} connections");
    }
}

/// The limit of the server: the default with TRIVIUM_ROUNDS, or less.
fn limit() -> usize {
    match std::env::var_os("TRIVIUM_ROUNDS") {
        Some(_) => 10_000,
        None => 500,
    }
}

/// The number of open sockets of a process.
fn open_sockets(id: u32) -> usize {
    let files = std::fs::read_dir(format!("/proc/{id}/fd")).expect("its files");
    files
        .filter_map(|file| std::fs::read_link(file.ok()?.path()).ok())
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}
