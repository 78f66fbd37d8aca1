//! The group type of Onezone. No other dialect needs it, so [`Group`](crate::groups::Group) does
//! not include it.

use diesel::prelude::*;

use crate::schema::groups;
use crate::versions::Key;
use crate::{Connection, Result};

/// Returns the type of a group.
pub fn kind(connection: &mut Connection, group: i64) -> Result<String> {
    let connection = connection.reads([Key::Group(group)]);
    Ok(groups::table
        .find(group)
        .select(groups::onezone_type)
        .get_result(connection)?)
}

/// Sets the type of a group.
///
/// # Errors
/// A check violation for an unknown type.
pub fn set_kind(connection: &mut Connection, group: i64, to: &str) -> Result<()> {
    let connection = connection.writes([Key::Group(group)]);
    diesel::update(groups::table.find(group))
        .set(groups::onezone_type.eq(to))
        .execute(connection)?;
    Ok(())
}
