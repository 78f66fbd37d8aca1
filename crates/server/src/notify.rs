//! Reports to systemd, if it has started the server.

use sd_notify::NotifyState;

/// Reports a state of the server: see sd_notify(3). Without systemd, nothing is reported.
pub(crate) fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "cannot report to systemd");
    }
}
