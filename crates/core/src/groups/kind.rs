//! The kind of a group in an organization. Only the Onezone dialect uses it; no rule depends on it.

use trivium_storage::onezone;

use crate::types::GroupRef;
use crate::{Result, Session};

trivium_rpc::string_enum! {
    /// The kind of a group in an organization.
    Kind {
        /// The whole organization.
        Organization = "organization",
        /// A part of the organization.
        Unit = "unit",
        /// Users who work together; the default.
        Team = "team",
        /// The holders of a role in the organization.
        RoleHolders = "role_holders",
    }
}

impl Kind {
    /// Returns the kind of a group.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn of(session: &mut Session<'_>, group: GroupRef) -> Result<Self> {
        Ok(onezone::kind(session.connection, group.0)?.parse()?)
    }

    /// Stores the kind of a group.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn store(self, session: &mut Session<'_>, group: GroupRef) -> Result<()> {
        onezone::set_kind(session.connection, group.0, self.as_str())?;
        Ok(())
    }
}
