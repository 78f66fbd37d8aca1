//! The open connections, the bytes that each holds, and which one to close when there are too many of
//! either.
//!
//! Two things that clients hold are limited for the whole server: connections, and the bytes of request
//! bodies and of responses that are not sent yet. At either limit, the server closes a connection of the
//! address that holds most, so one client cannot keep the others out.

use std::collections::{BinaryHeap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus::IntCounter;
use tokio::time::Instant;
use trivium_core::throttle::network;

use super::connection::{Client, Connection, Phase};

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
    /// The limit on bytes, which can change.
    memory: AtomicUsize,
    table: Mutex<Table>,
    /// Bytes that connections hold.
    held: AtomicUsize,
    /// Counts the connections that were closed to make room, and the bytes that were refused.
    refusals: Refusals,
    /// Bytes held by connections that this has closed, which their tasks are about to release.
    closing: AtomicUsize,
}

/// Counters of refusals.
pub(crate) struct Refusals {
    pub(crate) connections: IntCounter,
    pub(crate) memory: IntCounter,
}

#[derive(Default)]
struct Table {
    next: u64,
    open: HashMap<u64, Arc<Connection>>,
    clients: HashMap<IpAddr, Arc<Client>>,
}

impl Connections {
    /// No connection yet.
    pub(crate) fn new(limits: Limits, refusals: Refusals) -> Self {
        Self {
            memory: AtomicUsize::new(limits.memory),
            limits,
            table: Mutex::default(),
            refusals,
            held: AtomicUsize::default(),
            closing: AtomicUsize::default(),
        }
    }

    /// Adds a connection. If there are too many, closes one of the address that has most: the one that has been
    /// idle longest, or else the one whose body or response takes longest, or else the one whose call does.
    pub(crate) fn open(self: &Arc<Self>, peer: IpAddr, is_proxy: bool) -> Open {
        let network = network(peer);
        let mut table = lock(&self.table);
        let client = table.clients.entry(network).or_insert_with(|| {
            Arc::new(Client {
                is_proxy,
                ..Client::default()
            })
        });
        let client = Arc::clone(client);
        let number = table.next;
        table.next += 1;
        let connection = Connection::new(number, network, client, self.limits.quiet);
        let connection = Arc::new(connection);
        if table.open.len() >= self.limits.connections {
            let now = Instant::now();
            let candidates = table.open.values().filter(|it| !it.is_closed());
            let most = candidates.max_by_key(|it| {
                let connections = it.client.connections.load(Ordering::Relaxed);
                let waited = it.waited(now);
                let waits_for_client = it.phase() != Phase::Calling;
                let is_idle = it.phase() == Phase::Idle && waited > GRACE;
                (
                    !it.client.is_proxy,
                    connections,
                    waits_for_client,
                    is_idle,
                    waited,
                )
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
    /// At the limit, this closes connections of the addresses with most bytes, which have waited longest for their
    /// clients.
    pub(super) fn charge(&self, to: &Connection, bytes: usize, small: usize) -> bool {
        let limit = self.memory.load(Ordering::Relaxed);
        let (held, closing) = self.held_with(bytes);
        let excess = held.saturating_sub(limit.saturating_add(closing));
        if excess > 0 {
            self.relieve(to, excess);
        }
        let (held, closing) = self.held_with(bytes);
        // A little may be held before those that are closing have released it.
        let is_short = held > limit.saturating_add(closing.min(limit / 8));
        if is_short && to.held() + bytes > small {
            self.refusals.memory.inc();
            return false;
        }
        self.hold(to, bytes);
        true
    }

    /// The number of open connections, the bytes that they hold, and the limit on those.
    pub(super) fn state(&self) -> (usize, usize, usize) {
        let open = lock(&self.table).open.len();
        let held = self.held.load(Ordering::Relaxed);
        (open, held, self.memory.load(Ordering::Relaxed))
    }

    /// Changes the limit on bytes.
    pub(super) fn limit_memory(&self, bytes: usize) {
        self.memory.store(bytes, Ordering::Relaxed);
    }

    /// Returns the bytes that connections hold, with these, and those that are about to be released.
    fn held_with(&self, bytes: usize) -> (usize, usize) {
        // In this order, because a connection that ends releases its bytes first.
        let closing = self.closing.load(Ordering::Acquire);
        (self.held.load(Ordering::Acquire) + bytes, closing)
    }

    pub(super) fn hold(&self, to: &Connection, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
        to.hold(bytes);
    }

    pub(super) fn release(&self, from: &Connection, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::AcqRel);
        from.release(bytes);
    }

    /// Closes connections that hold bytes and wait for their client, until they hold `excess` bytes: not the one that
    /// needs the room, nor those of a client that holds less than the one that needs it.
    fn relieve(&self, needs: &Connection, excess: usize) {
        let table = lock(&self.table);
        let now = Instant::now();
        let needed = needs.client.held.load(Ordering::Relaxed) + excess;
        let yields = |it: &Connection| {
            Arc::ptr_eq(&it.client, &needs.client)
                || it.client.held.load(Ordering::Relaxed) > needed
                // It has its last response, and does not close.
                || it.phase() == Phase::Closing && it.waited(now) > GRACE
        };
        let waits = |it: &&Arc<Connection>| {
            it.phase() != Phase::Calling
                && it.number != needs.number
                && it.held() > 0
                && !it.is_closed()
                && yields(it)
        };
        let mut by_weight: BinaryHeap<_> = table
            .open
            .values()
            .filter(waits)
            .map(|it| {
                let held = it.client.held.load(Ordering::Relaxed);
                (!it.client.is_proxy, held, it.waited(now), it.number)
            })
            .collect();
        let mut relieved = 0;
        while relieved < excess
            && let Some((.., number)) = by_weight.pop()
            && let Some(connection) = table.open.get(&number)
        {
            relieved += self.close(connection);
        }
    }

    /// Closes a connection, and returns the bytes that it is about to release.
    fn close(&self, connection: &Connection) -> usize {
        let Some(held) = connection.close() else {
            return 0;
        };
        self.closing.fetch_add(held, Ordering::Relaxed);
        self.refusals.connections.inc();
        tracing::debug!(network = %connection.network, held, "closed a connection to make room");
        held
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
        self.charge_up_to(bytes, 0)
    }

    /// As [`charge`](Self::charge), for bytes that are held in any case.
    pub(crate) fn hold(&mut self, bytes: usize) {
        let _always = self.charge_up_to(bytes, usize::MAX);
    }

    fn charge_up_to(&mut self, bytes: usize, small: usize) -> bool {
        let charged = self.connections.charge(&self.connection, bytes, small);
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
            ..
        } = &*self.connection;
        let mut table = lock(&self.connections.table);
        table.open.remove(number);
        let released = self.connection.end();
        let closing = &self.connections.closing;
        closing.fetch_sub(released, Ordering::AcqRel);
        // The others are those of the table and of this connection.
        if Arc::strong_count(client) == 2 {
            table.clients.remove(network);
        }
    }
}

/// Locks. A thread that panicked between two statements here left nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
