//! The group type of Onezone. No other dialect needs it, so [`Group`](crate::groups::Group) does
//! not include it.

use diesel::prelude::*;

use crate::schema::groups;
use crate::{AnyConnection, Result};

/// Returns the type of a group.
pub fn kind(connection: &mut AnyConnection, group: i64) -> Result<String> {
    Ok(groups::table
        .find(group)
        .select(groups::onezone_type)
        .get_result(connection)?)
}

/// Sets the type of a group.
///
/// # Errors
/// A check violation for an unknown type.
pub fn set_kind(connection: &mut AnyConnection, group: i64, to: &str) -> Result<()> {
    diesel::update(groups::table.find(group))
        .set(groups::onezone_type.eq(to))
        .execute(connection)?;
    Ok(())
}
