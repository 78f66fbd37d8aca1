//! The threads that read the database for one thread of the server.
//!
//! Each thread of the server has its own, so that slow calls on one do not delay the others. Scans, which may take
//! long, have threads of their own, which let others run first. A read holds a permit until its response is
//! printed, which bounds the results in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout_at;
use trivium_core::{Error, codes};
use trivium_storage::{Database, Priority, ThreadPool};

/// Maximum number of reads that are admitted: the readers continue while the server's thread prints results, and
/// each wakes the other less often.
const MAX_READS: usize = 16;

/// Number of responses that need no reader, after which this thread lets the readers run. Fewer would make threads take
/// turns more often; with more, the slowest reads take longer.
const RESPONSES_PER_TURN: usize = 4;

/// Scans that are admitted for each thread. Their results may be large.
const SCANS_PER_THREAD: usize = 2;

/// The permit of a read.
pub(crate) type Permit = OwnedSemaphorePermit;

fn permits(count: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(count))
}

/// The readers of one thread of the server.
pub(crate) struct Readers {
    reads: Lane,
    scans: Lane,
    /// Number of responses that needed neither.
    passed: AtomicUsize,
}

/// Threads for reads of one kind.
struct Lane {
    threads: ThreadPool,
    permits: Arc<Semaphore>,
    /// Number of permits.
    size: usize,
}

impl Lane {
    /// Returns whether no read is admitted.
    fn is_idle(&self) -> bool {
        self.permits.available_permits() == self.size
    }
}

impl Readers {
    /// Readers with so many threads for each kind of read.
    pub(crate) fn new(database: &Database, reads: usize, scans: usize) -> Self {
        Self {
            reads: Lane {
                // Reads whose callers have gone wait beside those that have a permit.
                threads: database.threads("reader", Priority::Normal, reads, 2 * MAX_READS),
                permits: permits(MAX_READS),
                size: MAX_READS,
            },
            scans: Lane {
                threads: database.threads("scanner", Priority::Low, scans, 2 * MAX_READS),
                permits: permits(scans * SCANS_PER_THREAD),
                size: scans * SCANS_PER_THREAD,
            },
            passed: AtomicUsize::new(0),
        }
    }

    /// Runs a read on a reader. Its permit is released when the caller has printed the result.
    ///
    /// # Errors
    /// Those of the read; `temporarily_unavailable` if there is no capacity, or at the deadline.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        is_scan: bool,
        deadline: Instant,
        read: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<(T, Permit), Error> {
        let lane = if is_scan { &self.scans } else { &self.reads };
        let permit = Arc::clone(&lane.permits).acquire_owned();
        let permit = timeout_at(deadline.into(), permit);
        let permit = permit.await.map_err(|_| Error::unavailable())??;
        let value = on_thread(&lane.threads, deadline, read).await?;
        Ok((value, permit))
    }

    /// Counts a response that needed no reader, and lets those run that have work. Under load, the kernel lets this
    /// thread go on for milliseconds before a reader runs on the same core.
    pub(crate) fn passed_by(&self) {
        let passed = self.passed.fetch_add(1, Ordering::Relaxed);
        // A scan would get the time, too, in spite of its low priority.
        if passed.is_multiple_of(RESPONSES_PER_TURN)
            && !self.reads.is_idle()
            && self.scans.is_idle()
        {
            std::thread::yield_now();
        }
    }
}

/// Runs work on a thread, and waits for it until the deadline. Work that has begun continues.
///
/// # Errors
/// Those of the work; `temporarily_unavailable` if it is rejected, or at the deadline.
pub(crate) async fn on_thread<T: Send + 'static>(
    threads: &ThreadPool,
    deadline: Instant,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (sender, result) = oneshot::channel();
    threads.submit(Some(deadline), move |turn| {
        // Nobody waits for the result of a call whose client has disconnected.
        if !sender.is_closed() {
            let _disconnected = sender.send(match turn {
                Ok(()) => work(),
                Err(_) => Err(Error::unavailable()),
            });
        }
    });
    by(
        deadline,
        result,
        "the database did not respond by the deadline of the call",
    )
    .await
}

/// Waits for the result of a call until its deadline.
///
/// # Errors
/// Those of the call; `temporarily_unavailable` for this reason at the deadline.
pub(crate) async fn by<T>(
    deadline: Instant,
    result: oneshot::Receiver<Result<T, Error>>,
    reason: &'static str,
) -> Result<T, Error> {
    match timeout_at(deadline.into(), result).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) | Err(_) => Err(Error::internal(reason)
            .with_code(codes::TEMPORARILY_UNAVAILABLE)
            .with_retry_after(1)),
    }
}
