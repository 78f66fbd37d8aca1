//! Graceful shutdown: accepted requests are completed first.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The part of the time to stop in which requests in progress are completed. In the rest, connections are
/// closed and the writer commits.
const REQUESTS: f64 = 0.8;

/// Time without requests after which the shutdown completes. Requests that clients sent before
/// the shutdown began still get a response.
const QUIET: Duration = Duration::from_millis(200);

/// Counts the requests in progress.
#[derive(Clone, Default)]
pub(crate) struct Drain(Arc<State>);

#[derive(Default)]
struct State {
    under_way: AtomicUsize,
    served: AtomicUsize,
    /// When the shutdown began.
    stopped: OnceLock<Instant>,
}

/// A request in progress, until this is dropped.
pub(crate) struct UnderWay(Arc<State>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.served.fetch_add(1, Ordering::Relaxed);
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drain {
    /// Counts a request until the returned guard is dropped.
    pub(crate) fn begin(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(Arc::clone(&self.0))
    }

    /// Returns whether the shutdown has begun; connections are then closed after the response.
    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stopped.get().is_some()
    }

    /// Returns when the program must have ended, if a shutdown has this time.
    pub(crate) fn ends_by(&self, timeout: Duration) -> Instant {
        *self.0.stopped.get_or_init(Instant::now) + timeout
    }

    /// Begins a shutdown that has this time, and waits until no request is in progress. Returns false if some
    /// still are.
    pub(crate) async fn wait(&self, timeout: Duration) -> bool {
        self.0.stopped.get_or_init(Instant::now);
        let quiet = async {
            loop {
                let served = self.0.served.load(Ordering::Relaxed);
                tokio::time::sleep(QUIET).await;
                let busy = self.0.under_way.load(Ordering::SeqCst) > 0;
                if !busy && served == self.0.served.load(Ordering::Relaxed) {
                    return;
                }
            }
        };
        let drained = tokio::time::timeout(timeout.mul_f64(REQUESTS), quiet).await;
        if drained.is_err() {
            tracing::warn!("stopping with requests still in progress");
        }
        drained.is_ok()
    }
}
