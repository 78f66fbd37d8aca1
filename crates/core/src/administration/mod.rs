//! Operations of the command line, outside the public catalog. Their caller is the administrator.
//!
//! Each is one transaction and leaves its entry in the audit log. The command line also runs the
//! operations of the catalog, with the administrator's authority.

pub mod categories;
pub mod groups;
pub mod members;
pub mod quotas;
pub mod tokens;
pub mod users;

use trivium_storage::Page;

use crate::session::{By, Record};
use crate::{Result, Session};

/// All rows of a list.
const ALL_ROWS: Page = Page {
    offset: 0,
    limit: i64::MAX,
};

/// Records an action of the administrator on a user or thing in the audit log.
pub(crate) fn record(session: &mut Session<'_>, subject: &str) -> Result<()> {
    session.record(
        By::ADMINISTRATOR,
        Record {
            subject: Some(subject),
            ..Record::default()
        },
    )
}
