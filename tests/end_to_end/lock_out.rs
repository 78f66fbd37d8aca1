//! Thousands of wrong passwords, from many addresses, lock nobody out.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use trivium_test_support::Backend;

use crate::harness::{Connection, Gateway, Protocol, Request, Response, form};

/// The address of the trusted proxy.
const PROXY: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// The address of the owner of an account behind the proxy.
const BEHIND: &str = "192.0.2.200";

const ADDRESSES: u8 = 100;

/// Wrong passwords from each address, through the proxy and around it.
const FAILURES: usize = 50;

/// Parallel logins with the right password.
const LOGINS: usize = 200;

const LOGIN: &str = "json/login";

fn start() -> Gateway {
    let options = ["--trusted-proxies", "127.0.0.1"];
    let environment = [("TRIVIUM_ADMIN_PASSWORD", "sesame-master")];
    let gateway = Gateway::start_with(Backend::Sqlite, &options, &environment);
    let add = ["user", "add", "anna", "--password-stdin"];
    gateway.command(&add, "annas password");
    gateway
}

/// Sends requests over one connection from an address of this machine. Returns how often each code came.
fn send(gateway: &Gateway, from: Ipv4Addr, requests: &[Request]) -> BTreeMap<String, usize> {
    let mut connection = Connection::open_from(&gateway.served.address, from);
    let bytes: Vec<u8> = requests.iter().flat_map(Request::bytes).collect();
    connection.send(&bytes);
    let mut codes = BTreeMap::new();
    for _ in requests {
        let response = connection.receive().expect("a response");
        *codes.entry(code(&response)).or_default() += 1;
    }
    codes
}

/// Makes this call again and again from many addresses: through the proxy, and around it, with a header that
/// names the client of the owner. Returns how often each code came.
fn attack(gateway: &Gateway, call: &Request) -> BTreeMap<String, usize> {
    let from = |number: u8| {
        let client = format!("192.0.2.{number}");
        let through = vec![call.clone().with("X-Forwarded-For", &client); FAILURES];
        let around = vec![call.clone().with("X-Forwarded-For", BEHIND); FAILURES];
        let through = send(gateway, PROXY, &through);
        let around = send(gateway, Ipv4Addr::new(127, 0, 1, number), &around);
        through.into_iter().chain(around)
    };
    let halves = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let from = &from;
            let numbers = (1..=ADDRESSES).filter(move |number| number % 2 == half);
            scope.spawn(move || numbers.flat_map(from).collect::<Vec<_>>())
        });
        halves.map(|half| half.join().expect("an attack"))
    });
    let mut codes = BTreeMap::new();
    for (code, count) in halves.into_iter().flatten() {
        *codes.entry(code).or_default() += count;
    }
    codes
}

fn code(response: &Response) -> String {
    let value = Protocol::Json.read(response).value;
    value["code"].as_str().unwrap_or("success").to_owned()
}

/// Asserts that after an attack with the wrong password, the right one is accepted at the first attempt: from
/// another address, and from behind the proxy.
fn right_password_is_accepted(wrong: &Request, right: &Request, expected: &str) {
    let gateway = start();
    let codes = attack(&gateway, wrong);
    assert_eq!(
        codes.keys().collect::<Vec<_>>(),
        ["rate_limited", "user_invalid_password"]
    );
    assert_eq!(
        codes.values().sum::<usize>(),
        2 * FAILURES * usize::from(ADDRESSES)
    );
    let elsewhere = Ipv4Addr::new(127, 0, 0, 3);
    let behind = right.clone().with("X-Forwarded-For", BEHIND);
    for (from, request) in [(elsewhere, right), (PROXY, &behind)] {
        let codes = send(&gateway, from, std::slice::from_ref(request));
        assert_eq!(codes, BTreeMap::from([(expected.to_owned(), 1)]), "{from}");
    }
}

#[test]
fn a_user_is_not_locked_out() {
    right_password_is_accepted(
        &form(LOGIN, "login=anna&password=wrong"),
        &form(LOGIN, "login=anna&password=annas+password"),
        "success",
    );
}

#[test]
fn the_administrator_is_not_locked_out() {
    right_password_is_accepted(
        &form("json/deleteUser", "adminPassword=wrong&login=nobody"),
        &form(
            "json/deleteUser",
            "adminPassword=sesame-master&login=nobody",
        ),
        "user_not_found",
    );
}

#[test]
fn parallel_logins_with_the_right_password_do_not_count_as_failures() {
    let gateway = start();
    let right = form(LOGIN, "login=anna&password=annas+password");
    let expected = BTreeMap::from([("success".to_owned(), 1)]);
    std::thread::scope(|scope| {
        for _ in 0..LOGINS {
            scope.spawn(|| {
                let right = std::slice::from_ref(&right);
                assert_eq!(send(&gateway, PROXY, right), expected);
            });
        }
    });
}
