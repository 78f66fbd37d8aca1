//! Bounds on what clients hold: connections, and memory. Others are served meanwhile.

mod connections;
mod memory;

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::harness::{Connection, Served};

/// The address of the clients that must be served.
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 200);

/// The number of requests of others after an attack has begun.
const AFTERWARDS: usize = 50;

/// Where an attack comes from.
#[derive(Clone, Copy, Debug)]
enum From {
    /// One address.
    One,
    /// As many addresses as connections.
    Many,
}

impl From {
    const ALL: [Self; 2] = [Self::One, Self::Many];

    /// The address of a connection of the attack.
    fn address(self, number: usize) -> Ipv4Addr {
        let [.., high, low] = number.to_be_bytes();
        match self {
            Self::One => Ipv4Addr::new(127, 0, 0, 2),
            Self::Many => Ipv4Addr::new(127, 1, high, low),
        }
    }
}

/// Permits this process as many files as possible.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("a limit");
}

/// Clients that make small requests, each on a connection of its own.
#[derive(Default)]
struct Others {
    stop: AtomicBool,
    served: AtomicUsize,
    failed: AtomicUsize,
}

impl Others {
    /// Makes requests during `attack` and while its result holds what it holds, and asserts that nearly all
    /// were served.
    fn are_served_during<T>(server: &Served, attack: impl FnOnce() -> T) -> T {
        let others = Self::default();
        let result = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !others.stop.load(Ordering::Relaxed) {
                    others.request(server);
                }
            });
            let result = attack();
            let asked = others.asked();
            while others.asked() < asked + AFTERWARDS {
                std::thread::yield_now();
            }
            others.stop.store(true, Ordering::Relaxed);
            result
        });
        let [served, failed] =
            [&others.served, &others.failed].map(|count| count.load(Ordering::Relaxed));
        eprintln!("{served} small requests of others were served, {failed} were not");
        assert!(served > 0 && failed * 1_000 <= served, "{served} {failed}");
        result
    }

    fn asked(&self) -> usize {
        self.served.load(Ordering::Relaxed) + self.failed.load(Ordering::Relaxed)
    }

    fn request(&self, server: &Served) {
        let mut connection = Connection::open_from(&server.address, OTHER);
        connection
            .send(b"GET /api/json/peopleaggregator/echo?echoText=x HTTP/1.1\r\nHost: test\r\n\r\n");
        let count = match connection.receive() {
            Some(response) if response.status == 200 => &self.served,
            _ => &self.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}
