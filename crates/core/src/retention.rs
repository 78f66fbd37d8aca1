//! How long what has ended is kept.

use std::sync::Arc;

use trivium_storage::connection::now;
use trivium_storage::retention::{Kind, find, remove};

use crate::{Result, Service};

/// The number of rows that one change removes: other changes wait for it.
const BATCH: i64 = 500;

/// How long the service keeps what has ended, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Of tokens and invitations.
    pub credentials: i64,
    /// Of audit entries; for ever if `None`.
    pub audit_entries: Option<i64>,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            credentials: 30 * 24 * 60 * 60,
            audit_entries: None,
        }
    }
}

impl Retention {
    /// The shorter of the two.
    pub fn shortest(&self) -> i64 {
        let audit = self.audit_entries.unwrap_or(i64::MAX);
        audit.min(self.credentials)
    }
}

impl Service {
    /// Removes what has ended before the [retention](crate::Settings::retention), in small changes. Returns the number of rows.
    ///
    /// # Errors
    /// A failure of the store. What was removed before remains removed.
    pub fn remove_ended(self: &Arc<Self>) -> Result<usize> {
        let retention = self.settings().retention;
        let mut removed = 0;
        for (kind, seconds) in [
            (Kind::Tokens, Some(retention.credentials)),
            (Kind::Invitations, Some(retention.credentials)),
            (Kind::AuditEntries, retention.audit_entries),
        ] {
            let Some(seconds) = seconds else { continue };
            let before = now().saturating_sub(seconds);
            loop {
                let find = |connection: &mut _| find(connection, kind, before, BATCH);
                let ids = self.database.read(find)?;
                if ids.is_empty() {
                    break;
                }
                removed += ids.len();
                self.database
                    .change_and_wait(move |connection| remove(connection, kind, &ids))?;
            }
        }
        Ok(removed)
    }
}
