//! The relation of a user to a group.

use trivium_storage::groups::Group;
use trivium_storage::memberships::Membership;

use crate::Session;
use crate::groups::rules::Standing;

/// The relation of a user to a group, with the row that stores it.
pub struct Relation {
    /// The standing of the user.
    pub standing: Standing,
    /// The row; a ban that has ended still has one.
    pub(crate) row: Option<Membership>,
}

impl Relation {
    /// The relation that a row stores.
    pub(crate) fn of(group: &Group, row: Option<Membership>, session: &Session<'_>) -> Self {
        let is_past = |end| session.is_past(end);
        Self {
            standing: Standing::current(group, row.as_ref(), is_past),
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
