//! A proxy between a server and Postgres, which fails on demand.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

use crate::harness::Random;

/// The name of the socket of Postgres in its folder.
const SOCKET: &str = ".s.PGSQL.5432";

/// A proxy. It runs until the tests end.
pub(super) struct Proxy {
    /// The URL of the database through this proxy.
    pub(super) url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    mode: Mutex<Mode>,
    changed: Condvar,
}

#[derive(Default)]
struct Mode {
    /// Messages with this text stay in the proxy, and what follows them. The kernel still acknowledges them.
    silent: Option<&'static str>,
    /// Decides at each COMMIT whether its connection is cut.
    cuts: Option<Random>,
    /// Numbers of COMMITs that were cut before and after they were forwarded.
    cut: [usize; 2],
    links: Vec<Weak<Link>>,
    /// Number of connections so far.
    opened: usize,
    /// The first connections, up to this number, stay silent.
    stranded: usize,
}

/// A connection of the server to the proxy, and the proxy's to Postgres.
struct Link {
    server: TcpStream,
    postgres: UnixStream,
}

impl Link {
    fn close(&self) {
        let _closed = self.server.shutdown(Shutdown::Both);
        let _closed = self.postgres.shutdown(Shutdown::Both);
    }
}

impl Proxy {
    /// Starts a proxy in front of the database of this URL, which has a Unix socket.
    pub(super) fn start(url: &str) -> Self {
        let (_, rest) = url.split_once('@').expect("a user");
        let (folder, name) = rest.split_once('/').expect("a database");
        let socket = format!("{}/{SOCKET}", folder.replace("%2F", "/"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::<Shared>::default();
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for server in listener.incoming().flatten() {
                let postgres = UnixStream::connect(&socket).expect("Postgres");
                accepting.connect(server, postgres);
            }
        });
        Self {
            url: format!("postgres://trivium@{address}/{name}?sslmode=disable"),
            shared,
        }
    }

    /// Stops forwarding. Connections stay open, and new ones are accepted.
    pub(super) fn silence(&self) {
        self.hold("");
    }

    /// Stops forwarding on each connection from the first message with this text.
    pub(super) fn hold(&self, text: &'static str) {
        self.shared.lock().silent = Some(text);
    }

    /// Forwards what was held back, and what follows.
    pub(super) fn resume(&self) {
        self.shared.lock().silent = None;
        self.shared.changed.notify_all();
    }

    /// Forwards on new connections. The others stay open and silent.
    pub(super) fn strand(&self) {
        let mut mode = self.shared.lock();
        mode.stranded = mode.opened;
        drop(mode);
        self.resume();
    }

    /// Closes all connections, and forwards on new ones.
    pub(super) fn reset(&self) {
        for link in self.shared.lock().links.drain(..) {
            if let Some(link) = link.upgrade() {
                link.close();
            }
        }
        self.resume();
    }

    /// Cuts connections at COMMIT from now on: one in two COMMITs by chance, before or after it is forwarded.
    pub(super) fn cut_at_commit(&self, cuts: Option<Random>) {
        self.shared.lock().cuts = cuts;
    }

    /// The numbers of COMMITs that were cut before and after they were forwarded.
    pub(super) fn cut(&self) -> [usize; 2] {
        self.shared.lock().cut
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forwards a connection in both directions.
    fn connect(self: &Arc<Self>, server: TcpStream, postgres: UnixStream) {
        let mut mode = self.lock();
        let number = mode.opened;
        mode.opened += 1;
        let there = Arc::new(Link { server, postgres });
        mode.links.retain(|link| link.strong_count() > 0);
        mode.links.push(Arc::downgrade(&there));
        drop(mode);
        let (shared, back) = (Arc::clone(self), Arc::clone(&there));
        std::thread::spawn(move || {
            let mut server = &back.server;
            let write = |bytes: &[u8]| server.write_all(bytes).is_ok();
            shared.forward(number, &back.postgres, write);
            back.close();
        });
        let shared = Arc::clone(self);
        std::thread::spawn(move || {
            let write = |bytes: &[u8]| shared.query(&there, bytes);
            shared.forward(number, &there.server, write);
            there.close();
        });
    }

    /// Passes on what is read while this is not silent, until `write` returns false.
    fn forward(&self, link: usize, mut from: impl Read, mut write: impl FnMut(&[u8]) -> bool) {
        let mut buffer = [0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let is_held = |mode: &mut Mode| {
                let is_silent = |text| contains(&buffer[..length], text);
                link < mode.stranded || mode.silent.is_some_and(is_silent)
            };
            drop(self.changed.wait_while(self.lock(), is_held));
            if !write(&buffer[..length]) {
                return;
            }
        }
    }

    /// Passes on a query. Returns false to cut the connection.
    fn query(&self, link: &Link, bytes: &[u8]) -> bool {
        let mut postgres = &link.postgres;
        if !contains(bytes, "COMMIT\0") {
            return postgres.write_all(bytes).is_ok();
        }
        let mut mode = self.lock();
        let Some(random) = &mut mode.cuts else {
            return postgres.write_all(bytes).is_ok();
        };
        match random.below(4) {
            0 => {
                mode.cut[0] += 1;
                false
            }
            1 => {
                mode.cut[1] += 1;
                drop(mode);
                // Postgres commits what it has received, also if its response does not arrive.
                let _closed = link.server.shutdown(Shutdown::Both);
                let _sent = postgres.write_all(bytes);
                let _closed = postgres.shutdown(Shutdown::Write);
                // The connection ends when Postgres has committed.
                while let Ok(1..) = (&link.postgres).read(&mut [0; 1_024]) {}
                false
            }
            _ => postgres.write_all(bytes).is_ok(),
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    text.is_empty()
        || bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
}
