//! The relation of a user to a group.

use trivium_storage::groups::Group;
use trivium_storage::memberships::{self, Membership};
use trivium_storage::{AnyConnection, Seconds};

use crate::Result;
use crate::groups::rules::Standing;

/// The relation of a user to a group, with the row that stores it.
pub struct Relation {
    /// The standing of the user.
    pub standing: Standing,
    /// The row; a ban that has ended still has one.
    pub(crate) row: Option<Membership>,
}

impl Relation {
    /// Looks up the current relation of a user to a group.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn find(
        connection: &mut AnyConnection,
        group: &Group,
        user: i64,
        now: Seconds,
    ) -> Result<Self> {
        let row = memberships::find(connection, group.id, user)?;
        Ok(Self::of(group, row, now))
    }

    /// The relation that a row stores.
    pub(crate) fn of(group: &Group, row: Option<Membership>, now: Seconds) -> Self {
        Self {
            standing: Standing::current(group, row.as_ref(), now),
            row,
        }
    }

    /// The relation of the administrator, who has the standing of the owner.
    pub(crate) const fn of_administrator() -> Self {
        Self {
            standing: Standing::Owner,
            row: None,
        }
    }
}
