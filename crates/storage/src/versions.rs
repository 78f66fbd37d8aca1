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
//! Other processes write to the file, too, such as the command line beside a server. Each COMMIT changes the header of
//! SQLite's WAL index, which is read before each use of a result. The writer's own changes are among these. So the
//! writer reads the header after each COMMIT, and then confirms that nobody else has written since: SQLite's
//! `data_version` moves with every COMMIT but those of its own connection. A change of the header that the writer did
//! not cause outdates every result.

use std::fs::File;
use std::io;
use std::mem::ManuallyDrop;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytemuck::zeroed_slice_box;
use diesel::QueryResult;

use crate::connection::now;
use crate::{Error, Result, Seconds};

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
    slots: Box<[AtomicU64]>,
    /// The number of the last transaction that was published.
    published: AtomicU64,
    /// Results with a lower stamp are outdated.
    floor: AtomicU64,
    index: WalIndex,
    state: Mutex<State>,
}

/// The writer's transactions.
struct State {
    /// The header of the WAL index, as long as nobody but the writer writes.
    header: Header,
    /// The number of the last transaction.
    number: u64,
    /// True while the writer has a transaction.
    is_writing: bool,
}

impl Versions {
    /// Opens the WAL index of a database file, which a connection must have open.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub(crate) fn open(database: &Path) -> Result<Self> {
        let failed = |error| Error::Open(format!("{}-shm: {error}", database.display()));
        let index = WalIndex::open(database).map_err(failed)?;
        // If another process is writing it, the first use finds a change.
        let header = index.header().unwrap_or([0; _]);
        Ok(Self {
            // Pages of zeros, which take no memory until they are written.
            slots: zeroed_slice_box(1 << SLOT_BITS),
            published: AtomicU64::default(),
            floor: AtomicU64::default(),
            index,
            state: Mutex::new(State {
                header,
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
        let mut state = self.state();
        match self.index.header() {
            Ok(header) if header == state.header => true,
            Ok(header) if !state.is_writing => {
                state.header = header;
                state.number += 1;
                self.floor.store(state.number, Ordering::SeqCst);
                self.published.store(state.number, Ordering::SeqCst);
                false
            }
            // The writer may have caused it, and finds out.
            Ok(_) | Err(_) => false,
        }
    }

    fn slot(&self, number: u32) -> Option<&AtomicU64> {
        self.slots.get(usize::try_from(number).ok()?)
    }

    /// A panic elsewhere does not change what the mutex protects.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The header of a WAL index, of which it has two copies: <https://sqlite.org/walformat.html#walidxfmt>.
type Header = [u8; 96];

/// The file `-shm` of a database. It stays open: closing a descriptor of the file would drop the locks that SQLite
/// holds on it.
struct WalIndex(ManuallyDrop<File>);

impl WalIndex {
    fn open(database: &Path) -> io::Result<Self> {
        let mut name = database.as_os_str().to_owned();
        name.push("-shm");
        Ok(Self(ManuallyDrop::new(File::open(name)?)))
    }

    /// The header, which each COMMIT changes: of two reads with the same bytes, no COMMIT was between.
    fn header(&self) -> io::Result<Header> {
        let mut header = [0; _];
        self.0.read_exact_at(&mut header, 0)?;
        let (first, second) = header.split_at(header.len() / 2);
        match first == second {
            true => Ok(header),
            false => Err(io::Error::other("a COMMIT is writing the header")),
        }
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
        let mut state = self.versions.state();
        state.is_writing = true;
        state.number += 1;
        self.number = state.number;
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
        let mut state = self.versions.state();
        let header = self.versions.index.header();
        // After the header: what others write later changes it again.
        let seen = data_version();
        if seen.as_ref() != Ok(&self.seen) {
            self.versions.floor.store(self.number, Ordering::SeqCst);
        }
        self.seen = seen.unwrap_or(self.seen);
        state.header = header.unwrap_or(state.header);
        state.is_writing = false;
        self.versions.published.store(self.number, Ordering::SeqCst);
    }
}
