//! A connection: what it is doing, what it holds, and when it ends.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::task::Waker;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

/// The connections of one network: an IPv4 address, or a /64 of IPv6.
#[derive(Default)]
pub(super) struct Client {
    /// True for a proxy, whose connections are those of many people.
    pub(super) is_proxy: bool,
    /// Its connections, without those that the server has closed.
    pub(super) connections: AtomicUsize,
    /// The bytes that they hold.
    pub(super) held: AtomicUsize,
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
    pub(super) number: u64,
    pub(super) network: IpAddr,
    pub(super) client: Arc<Client>,
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
    /// The bytes of its request and response.
    held: AtomicUsize,
    /// The value of `held` when the server closed the connection, plus one; zero if it has not.
    closed: AtomicUsize,
    waker: AtomicWaker,
    /// True if a part of later requests was read, or waits to be. actix-web does not look at it by itself when a
    /// response is sent.
    has_ahead: AtomicBool,
}

impl Connection {
    /// A connection that has just been opened, and is closed after this time without progress.
    pub(super) fn new(number: u64, network: IpAddr, client: Arc<Client>, quiet: Duration) -> Self {
        client.connections.fetch_add(1, Ordering::Relaxed);
        let connection = Self {
            number,
            network,
            client,
            opened: Instant::now(),
            quiet,
            phase: AtomicU8::new(Phase::Idle as u8),
            since: AtomicU64::new(0),
            deadline: AtomicU64::new(0),
            requests: AtomicU32::new(0),
            held: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            waker: AtomicWaker::new(),
            has_ahead: AtomicBool::new(false),
        };
        connection.progressed();
        connection
    }

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
        if self.has_ahead.load(Ordering::Relaxed) {
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

    /// Sets whether a part of later requests was read, or waits to be. If so, the task of
    /// [`wake_at_end`](Self::wake_at_end) is woken in each phase, too.
    pub(crate) fn set_ahead(&self, has_ahead: bool) {
        self.has_ahead.store(has_ahead, Ordering::Relaxed);
    }

    /// The time that it has been in its phase.
    pub(super) fn waited(&self, now: Instant) -> Duration {
        let since = Duration::from_millis(self.since.load(Ordering::Relaxed));
        now.duration_since(self.opened).saturating_sub(since)
    }

    /// The bytes that it holds.
    pub(super) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Notes that it holds these bytes, too.
    pub(super) fn hold(&self, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
        self.client.held.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Notes that it does not hold these bytes any more.
    pub(super) fn release(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        self.client.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Closes it to make room for others, and returns the bytes that its task is about to release; `None` if it
    /// was closed before.
    pub(super) fn close(&self) -> Option<usize> {
        let held = self.held();
        self.closed
            .compare_exchange(0, held + 1, Ordering::Relaxed, Ordering::Relaxed)
            .ok()?;
        self.client.connections.fetch_sub(1, Ordering::Relaxed);
        self.waker.wake();
        Some(held)
    }

    /// Notes its end, and returns the bytes of [`close`](Self::close), or zero.
    pub(super) fn end(&self) -> usize {
        match self.closed.load(Ordering::Relaxed) {
            0 => {
                self.client.connections.fetch_sub(1, Ordering::Relaxed);
                0
            }
            held => held - 1,
        }
    }

    fn age(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
