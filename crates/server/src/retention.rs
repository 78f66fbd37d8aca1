//! Removes what has ended, in the background.

use std::sync::Arc;
use std::thread::{Builder, Thread, park_timeout};
use std::time::Duration;

use trivium_core::Service;

use crate::failure::Failure;

/// Removes what has ended now, and again every hour, or sooner if it is kept for less than that. To unpark the thread
/// that is returned removes it at once.
///
/// # Errors
/// If no thread can be started.
pub(crate) fn start(service: &Arc<Service>) -> Result<Thread, Failure> {
    // The database is closed with the server, not with this thread.
    let service = Arc::downgrade(service);
    let thread = Builder::new().name("retention".into()).spawn(move || {
        while let Some(service) = service.upgrade() {
            let shortest = service.settings().retention.shortest();
            match service.remove_ended() {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "removed what has ended"),
                Err(error) => {
                    let cause = error.cause().map(ToString::to_string);
                    tracing::warn!(
                        cause,
                        "cannot remove what has ended; the next attempt follows"
                    );
                }
            }
            drop(service);
            park_timeout(Duration::from_secs(shortest.unsigned_abs().clamp(1, 3_600)));
        }
    })?;
    Ok(thread.thread().clone())
}
