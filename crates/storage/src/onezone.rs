//! What Onezone calls the type of a group: no other call needs it, so groups are read without it.

use diesel::prelude::*;

use crate::schema::groups;
use crate::{AnyConnection, Result};

/// The type of a group.
pub fn group_type(connection: &mut AnyConnection, group: i64) -> Result<String> {
    Ok(groups::table
        .find(group)
        .select(groups::onezone_type)
        .get_result(connection)?)
}

/// Changes the type of a group.
///
/// # Errors
/// A failed check for a word that is no type.
pub fn set_group_type(connection: &mut AnyConnection, group: i64, to: &str) -> Result<()> {
    diesel::update(groups::table.find(group))
        .set(groups::onezone_type.eq(to))
        .execute(connection)?;
    Ok(())
}
