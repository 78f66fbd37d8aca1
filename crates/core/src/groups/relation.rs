//! How a person stands towards a group, as the rules see it.

use trivium_storage::groups::Group;
use trivium_storage::memberships::{self, Membership};
use trivium_storage::{AnyConnection, Seconds};

use crate::Result;
use crate::groups::rules::{Standing, standing};

/// A person as they stand towards a group, with the row that says so.
pub struct Relation {
    /// How they stand.
    pub standing: Standing,
    /// The row; a ban that has ended still has one.
    pub(crate) row: Option<Membership>,
}

impl Relation {
    /// Looks up how a user stands towards a group now.
    ///
    /// # Errors
    /// The store's failure.
    pub(crate) fn find(
        connection: &mut AnyConnection,
        group: &Group,
        user: i64,
        now: Seconds,
    ) -> Result<Self> {
        let row = memberships::find(connection, group.id, user)?;
        Ok(Self {
            standing: standing(group, user, row.as_ref(), now)?,
            row,
        })
    }
}
