//! Removes what has ended, in the background.

use std::sync::Arc;
use std::thread::{Builder, sleep};
use std::time::Duration;

use trivium_core::Service;
use trivium_core::retention::Retention;

use crate::failure::Failure;

/// Removes what has ended now, and again every hour, or sooner if it is kept for less than that.
///
/// # Errors
/// If no thread can be started.
pub(crate) fn start(service: &Arc<Service>, retention: Retention) -> Result<(), Failure> {
    // The database is closed with the server, not with this thread.
    let service = Arc::downgrade(service);
    let shortest = retention
        .audit_entries
        .map_or(retention.credentials, |audit| {
            audit.min(retention.credentials)
        });
    let interval = Duration::from_secs(shortest.unsigned_abs().clamp(1, 3_600));
    Builder::new().name("retention".into()).spawn(move || {
        while let Some(service) = service.upgrade() {
            match service.remove_ended(retention) {
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
            sleep(interval);
        }
    })?;
    Ok(())
}
