//! Ends what is due, and removes what has ended, in the background.

use std::sync::Arc;
use std::thread::{Builder, Thread, park_timeout};
use std::time::{Duration, Instant};

use trivium_core::{Result, Service};

use crate::failure::Failure;

/// Time between two sweeps of memberships that are due.
const SWEEP: Duration = Duration::from_secs(60);

/// Ends the memberships that are due now, and again every minute. Removes what has ended now, and again every hour, or
/// sooner if it is kept for less than that. To unpark the thread that is returned does both at once.
///
/// # Errors
/// If no thread can be started.
pub(crate) fn start(service: &Arc<Service>) -> std::result::Result<Thread, Failure> {
    // The database is closed with the server, not with this thread.
    let service = Arc::downgrade(service);
    let thread = Builder::new().name("retention".into()).spawn(move || {
        let mut removed: Option<Instant> = None;
        while let Some(service) = service.upgrade() {
            report("ended memberships", service.end_memberships());
            let shortest = service.settings().retention.shortest();
            let interval = Duration::from_secs(shortest.unsigned_abs().clamp(1, 3_600));
            if removed.is_none_or(|time| time.elapsed() >= interval) {
                report("removed what has ended", service.remove_ended());
                removed = Some(Instant::now());
            }
            drop(service);
            let (parked, pause) = (Instant::now(), interval.min(SWEEP));
            park_timeout(pause);
            if parked.elapsed() < pause {
                removed = None;
            }
        }
    })?;
    Ok(thread.thread().clone())
}

/// Logs what was done, or that it failed.
fn report(done: &str, outcome: Result<usize>) {
    match outcome {
        Ok(0) => {}
        Ok(rows) => tracing::info!(rows, "{done}"),
        Err(error) => {
            let cause = error.cause().map(ToString::to_string);
            tracing::warn!(
                cause,
                "failed in the background, and is tried again: {done}"
            );
        }
    }
}
