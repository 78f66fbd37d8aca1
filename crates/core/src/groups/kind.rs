//! What a group is in an organization: only Onezone asks, and nothing depends on it.

use trivium_storage::onezone;

use crate::types::GroupRef;
use crate::{Result, Session};

trivium_rpc::string_enum! {
    /// What a group is in an organization.
    Kind {
        /// All of it.
        Organization = "organization",
        /// A part of it.
        Unit = "unit",
        /// People who work together; what nobody gave a kind is one.
        Team = "team",
        /// Those who have a role in it.
        RoleHolders = "role_holders",
    }
}

impl Kind {
    /// That of a group.
    ///
    /// # Errors
    /// The store's failure.
    pub fn of(session: &mut Session<'_>, group: GroupRef) -> Result<Self> {
        Ok(onezone::group_type(session.connection, group.0)?.parse()?)
    }

    /// Gives it to a group.
    ///
    /// # Errors
    /// The store's failure.
    pub fn give(self, session: &mut Session<'_>, group: GroupRef) -> Result<()> {
        onezone::set_group_type(session.connection, group.0, self.as_str())?;
        Ok(())
    }
}
