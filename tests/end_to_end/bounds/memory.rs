//! Clients that make the server hold bytes: bodies that do not end, and responses that are not read.

use std::time::{Duration, Instant};

use serde_json::json;
use trivium_test_support::Backend;

use super::{From, Others, raise_file_limit};
use crate::harness::{
    Connection, Gateway, Protocol, Served, Story, entry_with, form, get, multicall, new_group,
    xml_rpc,
};

const MIB: usize = 1024 * 1024;

/// The memory budget of the server, in MiB.
const BUDGET: usize = 32;

/// The time for which a connection of an attack waits before it stalls.
const DELAY: Duration = Duration::from_millis(20);

/// An attack: the request of each connection, and how many there are.
struct Attack {
    name: &'static str,
    request: Vec<u8>,
    connections: usize,
}

#[test]
fn clients_that_hold_bytes_are_bounded() {
    raise_file_limit();
    let budget = format!("{BUDGET}MiB");
    let gateway = Gateway::start(Backend::Sqlite, &["--memory-budget", &budget]);
    let key = gateway.command(&["key", "create", "calendar"], "");
    let ids = large_groups(&gateway);
    let warm = get_info(&key, &ids[..1]);
    let warm = gateway.served.send(&warm);
    assert_eq!(warm.status, 200, "{}", warm.text());
    let idle = memory(gateway.served.id(), "VmRSS");
    for attack in attacks(&key, &ids) {
        for from in From::ALL {
            let Attack {
                name,
                request,
                connections,
            } = &attack;
            let reset = format!("/proc/{}/clear_refs", gateway.served.id());
            std::fs::write(reset, "5").expect("a new peak");
            let held = Others::are_served_during(&gateway.served, || hold(&gateway, &attack, from));
            let peak = memory(gateway.served.id(), "VmHWM");
            eprintln!(
                "{name}, {connections} times {} KiB from {from:?}: idle {} MiB, peak {} MiB",
                request.len() / 1024,
                idle / MIB,
                peak / MIB
            );
            let limit = idle + BUDGET * MIB + connections * 32 * 1024 + 64 * MIB;
            assert!(peak <= limit, "{} MiB > {} MiB", peak / MIB, limit / MIB);
            drop(held);
            assert_returned(&gateway, idle);
        }
    }
}

/// actix-web keeps the buffers of a connection that has sent and received much.
#[test]
fn idle_connections_are_charged_for_large_buffers() {
    // The budget has room for 512 such connections.
    let server = Served::demonstration(&["--memory-budget", "8MiB"]).unrecorded();
    let request = form("json/echoPost", format!("echoText={}", "x".repeat(60_000))).bytes();
    let mut connections: Vec<Connection> = (0..1_000)
        .map(|_| {
            let mut connection = Connection::open(&server.address);
            connection.send(&request);
            assert_eq!(connection.receive().expect("a response").status, 200);
            connection
        })
        .collect();
    let again = get("json/echo?echoText=x").bytes();
    let open = connections.iter_mut().filter_map(|connection| {
        connection.send(&again);
        connection.receive_or_break()
    });
    let open = open.count();
    assert!((400..=520).contains(&open), "{open}");
}

/// Opens the connections of an attack, of which the server may close some.
fn hold(gateway: &Gateway, attack: &Attack, from: From) -> Vec<Connection> {
    let end = Instant::now() + duration();
    let mut held = Vec::new();
    for number in 0..attack.connections {
        let address = &gateway.served.address;
        let mut connection = Connection::open_from(address, from.address(number));
        connection.push(&attack.request, DELAY);
        held.push(connection);
    }
    while Instant::now() < end {
        // Those that the server has closed come again.
        let number = held.len();
        let address = &gateway.served.address;
        let mut connection = Connection::open_from(address, from.address(number));
        connection.push(&attack.request, DELAY);
        held.remove(0);
        held.push(connection);
        // So that about as many are open as at the start.
        std::thread::sleep(DELAY);
    }
    held
}

/// Asserts that the memory of an attack is returned to the system.
fn assert_returned(gateway: &Gateway, idle: usize) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let now = memory(gateway.served.id(), "VmRSS");
        if now <= idle + 48 * MIB {
            return;
        }
        assert!(Instant::now() < end, "{} MiB are not returned", now / MIB);
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn attacks(key: &str, ids: &[String]) -> Vec<Attack> {
    let body = b"POST /api/xmlrpc HTTP/1.1\r\nHost: test\r\nContent-Type: text/xml\r\nContent-Length: 1048575\r\n\r\n";
    let mut body = body.to_vec();
    body.resize(body.len() + MIB - 2, b' ');
    let factor = if is_long() { 10 } else { 1 };
    vec![
        Attack {
            name: "unread group.getInfo",
            request: get_info(key, ids),
            connections: 40 * factor,
        },
        Attack {
            name: "unread multicalls",
            request: many_calls(&ids[0]),
            connections: 20 * factor,
        },
        Attack {
            name: "bodies without their last byte",
            request: body,
            connections: 300 * factor,
        },
    ]
}

/// A request for groups by their IDs.
fn get_info(key: &str, ids: &[String]) -> Vec<u8> {
    let ids = ids.join(",");
    format!(
        "GET /services/rest/?method=group.getInfo&api_key={key}&group_id={ids} HTTP/1.1\r\nHost: test\r\n\r\n"
    )
    .into_bytes()
}

/// A request for a large group, many times.
fn many_calls(group: &str) -> Vec<u8> {
    let entry = entry_with("getGroup", &json!({"id": format!("group:{group}")}));
    xml_rpc(multicall(&vec![entry; 64])).bytes()
}

/// Creates groups with long descriptions, and returns their numbers.
fn large_groups(gateway: &Gateway) -> Vec<String> {
    let story = Story {
        gateway,
        protocol: Protocol::Json,
    };
    let owner = story.person("owner");
    let description = "\"".repeat(16_000);
    let create = |number: usize| {
        let mut arguments = new_group(&owner.token, &format!("Large {number}"), "open");
        arguments["description"] = description.as_str().into();
        let answer = Protocol::Json.call(&gateway.served, "POST", "newGroup", &arguments);
        let id = answer.text("id");
        id.trim_start_matches("group:").to_owned()
    };
    (0..100).map(create).collect()
}

/// The time of an attack.
fn duration() -> Duration {
    match is_long() {
        true => Duration::from_secs(60),
        false => Duration::ZERO,
    }
}

fn is_long() -> bool {
    std::env::var_os("TRIVIUM_ROUNDS").is_some()
}

/// A figure of the memory of a process, in bytes.
fn memory(id: u32, name: &str) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("its status");
    let line = status.lines().find(|line| line.starts_with(name));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    let kib: usize = kib.and_then(|kib| kib.parse().ok()).expect("a number");
    kib * 1024
}
