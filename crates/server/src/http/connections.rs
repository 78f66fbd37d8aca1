//! The open connections, the bytes that each holds, and which one to close when there are too many of
//! either.
//!
//! Two things that clients hold are limited for the whole server: connections, and the bytes of request
//! bodies and of responses that are not sent yet. At either limit, the server closes a connection of the
//! address that holds most, so one client cannot keep the others out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::time::Instant;
use trivium_core::throttle::network;

/// The time that a client has to send its first request before its connection counts as idle.
const GRACE: Duration = Duration::from_secs(1);

/// The limits on what clients hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Open connections.
    pub(crate) connections: usize,
    /// Bytes of request bodies and of responses that are not sent yet.
    pub(crate) memory: usize,
    /// Maximum time without progress, after which a connection is closed.
    pub(crate) quiet: Duration,
}

/// The open connections.
pub(crate) struct Connections {
    limits: Limits,
    table: Mutex<Table>,
    /// Bytes that connections hold.
    held: AtomicUsize,
    /// Bytes held by connections that this has closed, which their tasks are about to release.
    closing: AtomicUsize,
}

#[derive(Default)]
struct Table {
    next: u64,
    open: HashMap<u64, Arc<Connection>>,
    clients: HashMap<Option<IpAddr>, Arc<Client>>,
}

/// The connections of one network: an IPv4 address, or a /64 of IPv6.
struct Client {
    /// True for a proxy, whose connections are those of many people.
    is_proxy: bool,
    /// Its connections, without those that the server has closed.
    connections: AtomicUsize,
    held: AtomicUsize,
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    /// Its last response waits to be sent. What is received is dropped.
    Closing,
    /// Its response waits to be sent.
    Sending,
    /// A body is being received.
    Receiving,
    /// No request is under way.
    Idle,
    /// A call is under way, which has a deadline of its own.
    Calling,
}

impl Phase {
    const fn of(number: u8) -> Self {
        match number {
            0 => Self::Closing,
            1 => Self::Sending,
            2 => Self::Receiving,
            3 => Self::Idle,
            _ => Self::Calling,
        }
    }
}

/// An open connection.
pub(crate) struct Connection {
    number: u64,
    network: Option<IpAddr>,
    client: Arc<Client>,
    opened: Instant,
    quiet: Duration,
    phase: AtomicU8,
    /// When the phase began, in milliseconds after `opened`.
    since: AtomicU64,
    /// When the connection is closed unless it makes progress, in milliseconds after `opened`; zero while a
    /// call is under way.
    deadline: AtomicU64,
    /// The number of requests whose head was read.
    requests: AtomicU32,
    held: AtomicUsize,
    /// The value of `held` when the server closed the connection, plus one; zero if it has not.
    closed: AtomicUsize,
    waker: AtomicWaker,
    /// True if its task waits for the next phase.
    waits: AtomicBool,
}

impl Connection {
    /// What it is doing.
    pub(crate) fn phase(&self) -> Phase {
        Phase::of(self.phase.load(Ordering::Relaxed))
    }

    /// The number of requests whose head was read.
    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Begins a phase.
    pub(crate) fn enter(&self, phase: Phase) {
        if phase == Phase::Receiving {
            self.requests.fetch_add(1, Ordering::Relaxed);
        }
        self.phase.store(phase as u8, Ordering::Relaxed);
        self.since.store(self.age(), Ordering::Relaxed);
        match phase {
            Phase::Calling => self.deadline.store(0, Ordering::Relaxed),
            _ => self.progressed(),
        }
        if self.waits.load(Ordering::Relaxed) {
            self.waits.store(false, Ordering::Relaxed);
            self.waker.wake();
        }
    }

    /// Notes that bytes were sent, or that a phase began.
    pub(crate) fn progressed(&self) {
        let quiet = u64::try_from(self.quiet.as_millis()).unwrap_or(u64::MAX);
        let deadline = self.age().saturating_add(quiet).max(1);
        self.deadline.store(deadline, Ordering::Relaxed);
    }

    /// When the connection is to be closed; `None` while a call is under way.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.deadline.load(Ordering::Relaxed) {
            0 => None,
            milliseconds => Some(self.opened + Duration::from_millis(milliseconds)),
        }
    }

    /// True if the server is closing the connection to make room for others.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed) != 0
    }

    /// Wakes a task when the connection is to be closed.
    pub(crate) fn wake_at_end(&self, waker: &Waker) {
        self.waker.register(waker);
    }

    /// Wakes the task of [`wake_at_end`](Self::wake_at_end) when the next phase begins, too.
    pub(crate) fn wake_at_next_phase(&self) {
        self.waits.store(true, Ordering::Relaxed);
    }

    fn age(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Connections {
    /// No connection yet.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            table: Mutex::default(),
            held: AtomicUsize::default(),
            closing: AtomicUsize::default(),
        }
    }

    /// Adds a connection. If there are too many, closes one of the address that has most: the one that has been
    /// idle longest, or else the one whose body or response takes longest.
    pub(crate) fn open(self: &Arc<Self>, peer: Option<IpAddr>, is_proxy: bool) -> Open {
        let network = peer.map(network);
        let mut table = lock(&self.table);
        let client = table.clients.entry(network).or_insert_with(|| {
            Arc::new(Client {
                is_proxy,
                connections: AtomicUsize::new(0),
                held: AtomicUsize::new(0),
            })
        });
        let client = Arc::clone(client);
        client.connections.fetch_add(1, Ordering::Relaxed);
        let number = table.next;
        table.next += 1;
        let connection = Arc::new(Connection {
            number,
            network,
            client,
            opened: Instant::now(),
            quiet: self.limits.quiet,
            phase: AtomicU8::new(Phase::Idle as u8),
            since: AtomicU64::new(0),
            deadline: AtomicU64::new(0),
            requests: AtomicU32::new(0),
            held: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            waker: AtomicWaker::new(),
            waits: AtomicBool::new(false),
        });
        connection.progressed();
        if table.open.len() >= self.limits.connections {
            let now = Instant::now();
            let candidates = table
                .open
                .values()
                .filter(|it| it.phase() != Phase::Calling && !it.is_closed());
            let most = candidates.max_by_key(|it| {
                let connections = it.client.connections.load(Ordering::Relaxed);
                let waited = it.waited(now);
                let is_idle = it.phase() == Phase::Idle && waited > GRACE;
                (!it.client.is_proxy, connections, is_idle, waited)
            });
            if let Some(most) = most {
                self.close(most);
            }
        }
        table.open.insert(number, Arc::clone(&connection));
        Open {
            connections: Arc::clone(self),
            connection,
            charged: 0,
        }
    }

    /// Charges bytes to a connection. False if they exceed the limit; they are charged nevertheless if the
    /// connection then holds at most `small` bytes, because a small request is always served.
    ///
    /// At the limit, this closes the connection of the address with most bytes that has waited longest for its
    /// client.
    fn charge(&self, to: &Connection, bytes: usize, small: usize) -> bool {
        let limit = self.limits.memory;
        let held = self.held.load(Ordering::Relaxed) + bytes;
        let closing = self.closing.load(Ordering::Relaxed);
        if held > limit.saturating_add(closing) {
            self.relieve(to);
        }
        // A little may be held before those that are closing have released it.
        let is_short = held > limit.saturating_add(closing.min(limit / 8));
        if is_short && to.held.load(Ordering::Relaxed) + bytes > small {
            return false;
        }
        self.hold(to, bytes);
        true
    }

    fn hold(&self, to: &Connection, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
        to.held.fetch_add(bytes, Ordering::Relaxed);
        to.client.held.fetch_add(bytes, Ordering::Relaxed);
    }

    fn release(&self, from: &Connection, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        from.held.fetch_sub(bytes, Ordering::Relaxed);
        from.client.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Closes a connection that holds bytes and waits for its client, but not the one that needs the room.
    fn relieve(&self, needs: &Connection) {
        let table = lock(&self.table);
        let now = Instant::now();
        let waits = |it: &&Arc<Connection>| {
            it.phase() != Phase::Calling
                && it.number != needs.number
                && it.held.load(Ordering::Relaxed) > 0
                && !it.is_closed()
        };
        let most = table.open.values().filter(waits).max_by_key(|it| {
            let held = it.client.held.load(Ordering::Relaxed);
            (!it.client.is_proxy, held, it.waited(now))
        });
        if let Some(most) = most {
            self.close(most);
        }
    }

    fn close(&self, connection: &Connection) {
        let held = connection.held.load(Ordering::Relaxed);
        let closed = &connection.closed;
        let first = closed.compare_exchange(0, held + 1, Ordering::Relaxed, Ordering::Relaxed);
        if first.is_ok() {
            connection
                .client
                .connections
                .fetch_sub(1, Ordering::Relaxed);
            self.closing.fetch_add(held, Ordering::Relaxed);
            connection.waker.wake();
            tracing::debug!(network = ?connection.network, held, "closed a connection to make room");
        }
    }
}

impl Connection {
    /// The time that it has been in its phase.
    fn waited(&self, now: Instant) -> Duration {
        let since = Duration::from_millis(self.since.load(Ordering::Relaxed));
        now.duration_since(self.opened).saturating_sub(since)
    }
}

/// A connection, until this is dropped.
pub(crate) struct Open {
    connections: Arc<Connections>,
    connection: Arc<Connection>,
    charged: usize,
}

impl Open {
    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Charges bytes until the connection ends. False if too many are held.
    #[must_use]
    pub(crate) fn charge(&mut self, bytes: usize) -> bool {
        let charged = self.connections.charge(&self.connection, bytes, 0);
        if charged {
            self.charged += bytes;
        }
        charged
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.connections.release(&self.connection, self.charged);
        let Connection {
            number,
            network,
            client,
            closed,
            ..
        } = &*self.connection;
        let mut table = lock(&self.connections.table);
        table.open.remove(number);
        match closed.load(Ordering::Relaxed) {
            0 => {
                client.connections.fetch_sub(1, Ordering::Relaxed);
            }
            held => {
                let closing = &self.connections.closing;
                closing.fetch_sub(held - 1, Ordering::Relaxed);
            }
        }
        // The others are those of the table and of this connection.
        if Arc::strong_count(client) == 2 {
            table.clients.remove(network);
        }
    }
}

/// A request and its response: the phases of the connection, and the bytes that are charged for them.
pub(crate) struct Exchange {
    connections: Arc<Connections>,
    connection: Arc<Connection>,
    charged: usize,
}

impl Exchange {
    /// Begins with the receipt of the body.
    pub(crate) fn begin(connections: &Arc<Connections>, connection: &Arc<Connection>) -> Self {
        connection.enter(Phase::Receiving);
        Self {
            connections: Arc::clone(connections),
            connection: Arc::clone(connection),
            charged: 0,
        }
    }

    /// Begins another phase.
    pub(crate) fn enter(&self, phase: Phase) {
        self.connection.enter(phase);
    }

    /// Charges bytes. False if too many are held, and the exchange would hold more than `small` bytes.
    #[must_use]
    pub(crate) fn charge(&mut self, bytes: usize, small: usize) -> bool {
        let charged = self.connections.charge(&self.connection, bytes, small);
        if charged {
            self.charged += bytes;
        }
        charged
    }

    /// Charges bytes that are held in any case.
    pub(crate) fn hold(&mut self, bytes: usize) {
        self.settle(self.charged + bytes);
    }

    /// Releases everything that was charged.
    pub(crate) fn release(&mut self) {
        self.settle(0);
    }

    /// Corrects what was charged to what is held.
    pub(crate) fn settle(&mut self, bytes: usize) {
        let before = std::mem::replace(&mut self.charged, bytes);
        if before < bytes {
            self.connections.hold(&self.connection, bytes - before);
        } else {
            self.connections.release(&self.connection, before - bytes);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.release();
        if self.connection.phase() != Phase::Closing {
            self.connection.enter(Phase::Idle);
        }
    }
}

/// Locks. A thread that panicked between two statements here left nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
