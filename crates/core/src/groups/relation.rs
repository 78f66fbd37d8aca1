//! The relation of a user to a group.

use trivium_storage::groups::Group;
use trivium_storage::memberships::Membership;

use crate::Session;
use crate::groups::condition::JoinCondition;
use crate::groups::rules::{Condition, Standing};

/// The relation of a user to a group, with the row that stores it.
pub struct Relation {
    /// The standing of the user.
    pub standing: Standing,
    /// What the condition of joining the group means for the user.
    pub(crate) condition: Condition,
    /// The row; a ban that has ended still has one.
    pub(crate) row: Option<Membership>,
}

impl Relation {
    /// The relation that a row stores, of a user who has this row in the group of the condition.
    pub(crate) fn of(
        group: &Group,
        row: Option<Membership>,
        other: Option<&Membership>,
        session: &Session<'_>,
    ) -> Self {
        let standing = Standing::current(group, row.as_ref(), |end| session.is_past(end));
        let condition = match (JoinCondition::of(group), standing) {
            (Some(condition), Standing::None | Standing::Requested) => {
                condition.for_user(other, session)
            }
            _ => Condition::Neutral,
        };
        Self {
            standing,
            condition,
            row,
        }
    }

    /// True if the group is disclosed to the user.
    pub(crate) fn discloses(&self, group: &Group) -> bool {
        let registration = group.registration_type.into();
        self.standing.discloses(registration, self.condition)
    }

    /// The relation of the administrator, who has the standing of the owner.
    pub(crate) const fn of_administrator() -> Self {
        Self {
            standing: Standing::Owner,
            condition: Condition::Neutral,
            row: None,
        }
    }
}
