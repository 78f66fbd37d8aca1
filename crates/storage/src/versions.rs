//! Decides whether what was read before is still what the database has, without reading it again.
//!
//! Each transaction that changes an SQLite file has a number. Before its COMMIT, the writer stores the number in the
//! slot of every [`Key`] that it has written; after the COMMIT, it publishes the number, and only then
//! replies. A read notes the published number before it begins, its stamp, and the keys that it reads. Its result
//! is current while none of their slots has a number above the stamp:
//!
//! - A change that is committed after the read began has a higher number than the stamp.
//! - The slot has it before anybody can see the change, so nobody sees a new value and then an old one.
//! - Two keys that share a slot only make a result count as outdated too early.
//!
//! Other processes write to the file, too, such as the command line beside a server. SQLite's `data_version` moves
//! with every COMMIT but that of its own connection. So the writer reads it on its own connection, and a sentinel
//! connection, which writes nothing, is read before each use of a result. The sentinel moves with the
//! writer's changes as well. So the writer reads it after each COMMIT, too, and then confirms on its own connection
//! that nobody else has written since. A move that the writer did not cause outdates every result.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::QueryResult;

use crate::connection::Connection;
use crate::connection::now;
use crate::{DatabaseUrl, Result, Seconds};

/// The binary logarithm of the number of slots, which have 8 MiB: few of the keys that change within the life of a
/// result share one.
const SLOT_BITS: u32 = 20;

/// Maximum number of keys that a transaction writes before it outdates every result instead.
const MAX_WRITTEN: usize = 512;

/// What a query reads or writes, as far as results depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// The row of a user.
    User(i64),
    /// The tokens of a user.
    Tokens(i64),
    /// The memberships of a user, in whatever groups.
    MembershipsOf(i64),
    /// The row of a group, and the memberships in it.
    Group(i64),
}

impl Key {
    fn slot(self) -> u32 {
        let (kind, id) = match self {
            Self::User(id) => (0, id),
            Self::Tokens(id) => (1, id),
            Self::MembershipsOf(id) => (2, id),
            Self::Group(id) => (3, id),
        };
        // Neighbouring IDs get slots far apart; the upper bits are mixed best.
        let mixed = (id.cast_unsigned() << 2 | kind).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        u32::try_from(mixed >> (64 - SLOT_BITS)).unwrap_or(0)
    }
}

/// What a transaction reads or writes.
#[derive(Debug, Default)]
pub(crate) enum Record {
    /// Nobody wants to know.
    #[default]
    None,
    /// A read.
    Read(Dependencies),
    /// A change.
    Change(Written),
}

impl Record {
    /// Notes that the result of a read depends on these keys.
    pub(crate) fn reads(&mut self, keys: impl IntoIterator<Item = Key>) {
        if let Self::Read(dependencies) = self {
            dependencies.slots.extend(keys.into_iter().map(Key::slot));
        }
    }

    /// Notes that the result of a read depends on more than keys.
    pub(crate) fn reads_more(&mut self) {
        if let Self::Read(dependencies) = self {
            dependencies.is_complete = false;
        }
    }

    /// Notes that the result of a read is another from this time on.
    pub(crate) fn reads_until(&mut self, end: Seconds) {
        if let Self::Read(dependencies) = self {
            dependencies.end = dependencies.end.min(end);
        }
    }

    /// Notes that a change writes these keys.
    pub(crate) fn writes(&mut self, keys: impl IntoIterator<Item = Key>) {
        if let Self::Change(Written::Slots(slots)) = self {
            slots.extend(keys.into_iter().map(Key::slot));
            if slots.len() > MAX_WRITTEN {
                self.writes_more();
            }
        }
    }

    /// Notes that a change writes more than keys.
    pub(crate) fn writes_more(&mut self) {
        if let Self::Change(written) = self {
            *written = Written::Everything;
        }
    }
}

/// What the result of a read depends on.
#[derive(Clone, Debug)]
pub struct Dependencies {
    slots: Vec<u32>,
    stamp: u64,
    end: Seconds,
    is_complete: bool,
}

impl Dependencies {
    /// Returns whether the result depends on nothing else.
    pub(crate) const fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Returns whether the result depends on nothing that changes.
    pub const fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Its size in memory, in bytes.
    pub fn size(&self) -> usize {
        size_of_val(self) + size_of_val(&*self.slots)
    }
}

/// What a change has written.
#[derive(Debug)]
pub(crate) enum Written {
    /// The slots of some keys.
    Slots(Vec<u32>),
    /// More than keys.
    Everything,
}

/// The versions of the keys of an SQLite file.
pub(crate) struct Versions {
    slots: Vec<AtomicU64>,
    /// The number of the last transaction that was published.
    published: AtomicU64,
    /// Results with a lower stamp are outdated.
    floor: AtomicU64,
    sentinel: Mutex<Sentinel>,
}

/// A connection that writes nothing.
struct Sentinel {
    connection: Connection,
    /// Its `data_version`, as long as nobody but the writer writes.
    version: i32,
    /// The number of the last transaction.
    number: u64,
    /// True while the writer has a transaction.
    is_writing: bool,
}

impl Versions {
    /// Opens the sentinel.
    ///
    /// # Errors
    /// [`Error::Open`](crate::Error::Open).
    pub(crate) fn open(url: &DatabaseUrl) -> Result<Self> {
        let mut connection = url.connect()?;
        connection.never_wait()?;
        let version = connection.data_version()?;
        let mut slots = Vec::new();
        slots.resize_with(1 << SLOT_BITS, AtomicU64::default);
        Ok(Self {
            slots,
            published: AtomicU64::default(),
            floor: AtomicU64::default(),
            sentinel: Mutex::new(Sentinel {
                connection,
                version,
                number: 0,
                is_writing: false,
            }),
        })
    }

    /// The dependencies of a read that begins now.
    pub(crate) fn begin_read(&self) -> Dependencies {
        Dependencies {
            slots: Vec::new(),
            stamp: self.published.load(Ordering::SeqCst),
            end: Seconds::MAX,
            is_complete: true,
        }
    }

    /// Returns whether a read with these dependencies would have the same result now.
    pub(crate) fn is_current(&self, dependencies: &Dependencies) -> bool {
        // In this order: if another thread has found a foreign change, the result is outdated by then.
        self.is_unmoved() && self.is_unchanged(dependencies)
    }

    /// Returns whether the writer has not changed what a read depended on, and its time has not ended.
    pub(crate) fn is_unchanged(&self, dependencies: &Dependencies) -> bool {
        let is_old = |number: &AtomicU64| number.load(Ordering::SeqCst) <= dependencies.stamp;
        now() < dependencies.end
            && is_old(&self.floor)
            && dependencies
                .slots
                .iter()
                .all(|slot| self.slot(*slot).is_some_and(is_old))
    }

    /// Returns whether nobody else has written since the last time. False, too, if that is unknown.
    fn is_unmoved(&self) -> bool {
        let mut sentinel = self.sentinel();
        match sentinel.connection.data_version() {
            Ok(version) if version == sentinel.version => true,
            Ok(version) if !sentinel.is_writing => {
                sentinel.version = version;
                sentinel.number += 1;
                self.floor.store(sentinel.number, Ordering::SeqCst);
                self.published.store(sentinel.number, Ordering::SeqCst);
                false
            }
            // The writer may have caused it, and finds out. Or the file is locked.
            Ok(_) | Err(_) => false,
        }
    }

    fn slot(&self, number: u32) -> Option<&AtomicU64> {
        self.slots.get(usize::try_from(number).ok()?)
    }

    /// A panic elsewhere does not change what the mutex protects.
    fn sentinel(&self) -> MutexGuard<'_, Sentinel> {
        self.sentinel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of the writer: it gives its transactions numbers, and publishes them.
pub(crate) struct Publisher {
    versions: Arc<Versions>,
    /// The `data_version` of the writer's connection at the end of its last transaction.
    seen: i32,
    /// The number of its transaction.
    number: u64,
}

impl Publisher {
    pub(crate) const fn new(versions: Arc<Versions>, seen: i32) -> Self {
        Self {
            versions,
            seen,
            number: 0,
        }
    }

    /// Begins a transaction, which has the lock of the file. Returns the record of what it writes.
    pub(crate) fn begin(&mut self) -> Record {
        let mut sentinel = self.versions.sentinel();
        sentinel.is_writing = true;
        sentinel.number += 1;
        self.number = sentinel.number;
        Record::Change(Written::Slots(Vec::new()))
    }

    /// Outdates the results that depend on what the transaction has written, before its COMMIT.
    pub(crate) fn outdate(&self, record: &Record) {
        match record {
            Record::Change(Written::Slots(slots)) => {
                for slot in slots.iter().filter_map(|slot| self.versions.slot(*slot)) {
                    slot.store(self.number, Ordering::SeqCst);
                }
            }
            _ => self.versions.floor.store(self.number, Ordering::SeqCst),
        }
    }

    /// Publishes the number of the transaction after its end, before anybody learns of its outcome.
    pub(crate) fn end(&mut self, data_version: impl FnOnce() -> QueryResult<i32>) {
        let mut sentinel = self.versions.sentinel();
        let version = sentinel.connection.data_version();
        // After the sentinel: what others write later moves it again.
        let seen = data_version();
        if seen.as_ref() != Ok(&self.seen) {
            self.versions.floor.store(self.number, Ordering::SeqCst);
        }
        self.seen = seen.unwrap_or(self.seen);
        sentinel.version = version.unwrap_or(sentinel.version);
        sentinel.is_writing = false;
        self.versions.published.store(self.number, Ordering::SeqCst);
    }
}
