//! Graceful shutdown: accepted requests are completed first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Maximum time that a shutdown waits for requests in progress.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(30);

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
    stopping: AtomicBool,
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
        self.0.stopping.load(Ordering::Relaxed)
    }

    /// Begins the shutdown and waits until no request is in progress.
    pub(crate) async fn wait(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
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
        if tokio::time::timeout(SHUTDOWN_TIMEOUT, quiet).await.is_err() {
            tracing::warn!("shutdown timeout with requests still in progress");
        }
    }
}
