//! The health of the database: whether changes may be acknowledged, and if not, why.
//!
//! SQLite goes on writing to a file that was deleted or replaced, and reports success. So each
//! COMMIT is followed by a look at the files' names: they must still lead to the files that were
//! opened. `stat` is used, because closing a descriptor of the file would drop all POSIX locks that
//! this process holds on it.
//!
//! - The database is *failing* while the last attempt to write failed for a cause that may end, such
//!   as a full disk or another process' lock. The writer finds out when it ends.
//! - It has *stopped* when an acknowledgement could be wrong: a file was deleted, replaced or
//!   damaged, or a sync failed. Nothing is read or written then until a restart, and the connections
//!   stay open: closing the last one would checkpoint and remove `-wal` at its name, where another
//!   database's may be by now.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use crate::measures::Measures;
use crate::{DatabaseUrl, Error, Result};

/// The state of a database, shared by its connections.
pub(crate) struct Health {
    url: DatabaseUrl,
    files: OnceLock<Files>,
    /// The reason, once the database has stopped.
    stopped: OnceLock<String>,
    /// The reason, while the database is failing.
    failing: Mutex<Option<String>>,
    /// Held while a smaller file is examined.
    examining: Mutex<()>,
    created: Instant,
    /// What the writer does.
    pub(crate) measures: Measures,
    /// When the names were checked last, in milliseconds after `created`.
    checked: AtomicU64,
}

/// The files of an SQLite database, as they were opened.
struct Files {
    watched: Vec<(PathBuf, Identity)>,
    /// The greatest size of the database file that was seen.
    size: AtomicU64,
}

/// Device and inode.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64);

impl From<&Metadata> for Identity {
    fn from(metadata: &Metadata) -> Self {
        Self(metadata.dev(), metadata.ino())
    }
}

impl Health {
    pub(crate) fn new(url: DatabaseUrl) -> Result<Self> {
        Ok(Self {
            url,
            files: OnceLock::new(),
            stopped: OnceLock::new(),
            failing: Mutex::default(),
            examining: Mutex::default(),
            created: Instant::now(),
            measures: Measures::new()?,
            checked: AtomicU64::new(0),
        })
    }

    /// Watches the file at these names, and its `-wal`. A connection must have them open: SQLite
    /// does not remove `-wal` then.
    ///
    /// # Errors
    /// [`Error::Open`] if a file is missing, or the names lead to different files.
    pub(crate) fn watch(&self, names: &[PathBuf], wal: &Path) -> Result<()> {
        let stat = |path: &Path| {
            std::fs::metadata(path)
                .map_err(|error| Error::Open(format!("{}: {error}", path.display())))
        };
        let mut watched = Vec::new();
        let mut size = 0;
        for name in names {
            let metadata = stat(name)?;
            size = metadata.len();
            let identity = Identity::from(&metadata);
            if watched.iter().any(|(_, other)| *other != identity) {
                return Err(Error::Open(format!(
                    "{} was replaced while it was opened",
                    name.display()
                )));
            }
            if watched.iter().all(|(other, _)| other != name) {
                watched.push((name.clone(), identity));
            }
        }
        watched.push((wal.to_owned(), Identity::from(&stat(wal)?)));
        let size = AtomicU64::new(size);
        self.files
            .set(Files { watched, size })
            .map_err(|_| Error::Open(format!("{} is open already", self.url)))
    }

    /// The size of an SQLite file and its `-wal`, in bytes.
    pub(crate) fn file_sizes(&self) -> Option<u64> {
        let watched = &self.files.get()?.watched;
        let sizes = watched.first().into_iter().chain(watched.last());
        let sizes = sizes.map(|(path, _)| std::fs::metadata(path).map_or(0, |file| file.len()));
        Some(sizes.sum())
    }

    /// Checks that SQLite has opened this file.
    ///
    /// # Errors
    /// [`Error::Open`] if not.
    pub(crate) fn is_open(&self, file: &File) -> Result<()> {
        let metadata = file.metadata();
        let metadata = metadata.map_err(|e| Error::Open(format!("{}: {e}", self.url)))?;
        let identity = Identity::from(&metadata);
        let opened = self.files.get().and_then(|files| files.watched.first());
        match opened {
            Some((_, opened)) if *opened == identity => Ok(()),
            _ => Err(Error::Open(format!(
                "{} was replaced while it was opened",
                self.url
            ))),
        }
    }

    /// Stops reads and changes until a restart.
    pub(crate) fn stop(&self, reason: impl Into<String>) -> Error {
        let mut first = false;
        let reason = self.stopped.get_or_init(|| {
            first = true;
            reason.into()
        });
        if first {
            tracing::error!(
                reason,
                "the database has stopped: repair it, then restart the server"
            );
        }
        Error::Stopped(reason.clone())
    }

    /// Returns an error if the database has stopped.
    pub(crate) fn running(&self) -> Result<()> {
        match self.stopped.get() {
            None => Ok(()),
            Some(reason) => Err(Error::Stopped(reason.clone())),
        }
    }

    /// Records that a change failed for a cause that may end. On Postgres, each change has its own
    /// connection, and the pool reports those that fail.
    pub(crate) fn fail(&self, reason: &str) {
        if self.files.get().is_none() {
            return;
        }
        let mut failing = lock(&self.failing);
        if failing.is_none() {
            tracing::error!(reason, "the database accepts no changes at present");
        }
        *failing = Some(reason.to_owned());
    }

    /// Records that a change was stored.
    pub(crate) fn recover(&self) {
        if lock(&self.failing).take().is_some() {
            tracing::info!("the database accepts changes again");
        }
    }

    pub(crate) fn is_failing(&self) -> bool {
        lock(&self.failing).is_some()
    }

    /// Returns an error if the database has stopped or is failing.
    pub(crate) fn accepts_changes(&self) -> Result<()> {
        self.running()?;
        match &*lock(&self.failing) {
            None => Ok(()),
            Some(reason) => Err(Error::Failing(reason.clone())),
        }
    }

    /// Checks that the names still lead to the files that are open, and that the database file has
    /// not become smaller.
    ///
    /// # Errors
    /// [`Error::Stopped`] if not, now or before.
    pub(crate) fn verify(&self) -> Result<()> {
        self.running()?;
        let Some(Files { watched, size }) = self.files.get() else {
            return Ok(());
        };
        for (number, (path, identity)) in watched.iter().enumerate() {
            let metadata = match std::fs::metadata(path) {
                Ok(metadata) if Identity::from(&metadata) == *identity => metadata,
                Ok(_) => return Err(self.stop(format!("{} was replaced", path.display()))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(self.stop(format!("{} was deleted", path.display())));
                }
                Err(error) => return Err(self.stop(format!("{}: {error}", path.display()))),
            };
            if number == 0 && metadata.len() < size.fetch_max(metadata.len(), Ordering::Relaxed) {
                self.examine(path, size)?;
            }
        }
        Ok(())
    }

    /// As [`verify`](Self::verify), but at most once in a millisecond: for what was read before, which is sent faster
    /// than the names are checked.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn verify_lately(&self) -> Result<()> {
        self.running()?;
        let now = u64::try_from(self.created.elapsed().as_millis()).unwrap_or(u64::MAX);
        match self.checked.swap(now, Ordering::Relaxed) == now {
            true => Ok(()),
            false => self.verify(),
        }
    }

    /// Examines a file that has become smaller: VACUUM does that too.
    fn examine(&self, path: &Path, size: &AtomicU64) -> Result<()> {
        let _one_at_a_time = lock(&self.examining);
        self.running()?;
        let length = match std::fs::metadata(path) {
            Ok(metadata) => metadata.len(),
            Err(error) => return Err(self.stop(format!("{}: {error}", path.display()))),
        };
        if length >= size.load(Ordering::Relaxed) {
            return Ok(());
        }
        // A new connection has no page of the file in its cache.
        match self.url.connect().and_then(|mut new| new.quick_check()) {
            Ok(()) => {
                size.store(length, Ordering::Relaxed);
                Ok(())
            }
            Err(error) if error.is_temporary() => Err(error),
            Err(error) => Err(self.stop(format!("{} was truncated: {error}", path.display()))),
        }
    }

    /// Checks the structure of the file; damage stops the database.
    ///
    /// # Errors
    /// [`Error::Stopped`], or a failure of the check.
    pub(crate) fn quick_check(&self) -> Result<()> {
        self.verify()?;
        let checked = self.url.connect().and_then(|mut new| new.quick_check());
        match checked {
            Err(error @ (Error::Corrupt(_) | Error::Open(_))) => Err(self.stop(error.to_string())),
            Err(error) => {
                self.examined(&error)?;
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    }

    /// Examines an error of the database: damage stops it.
    pub(crate) fn examined(&self, error: &Error) -> Result<()> {
        match error.damage() {
            Some(message) => Err(self.stop(message)),
            None => Ok(()),
        }
    }
}

/// A panic elsewhere does not change what the mutex protects.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
