//! Stopping without dropping a request: what was accepted is answered first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How long a stop waits for the requests under way.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long no request must have come before a drained server counts as quiet: requests that
/// were on their way when the stop began still get their answer.
const QUIET: Duration = Duration::from_millis(200);

/// Counts the requests under way.
#[derive(Clone, Default)]
pub(crate) struct Drain(Arc<State>);

#[derive(Default)]
struct State {
    under_way: AtomicUsize,
    served: AtomicUsize,
    stopping: AtomicBool,
}

/// A request under way, until it is dropped.
pub(crate) struct UnderWay(Arc<State>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.served.fetch_add(1, Ordering::Relaxed);
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drain {
    pub(crate) fn begin(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(Arc::clone(&self.0))
    }

    /// True once the server is to stop: connections are then closed after their answer.
    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
    }

    /// Begins the stop, and waits until nothing is under way any more.
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
        if tokio::time::timeout(PATIENCE, quiet).await.is_err() {
            tracing::warn!("requests were still under way when the time to stop was up");
        }
    }
}
