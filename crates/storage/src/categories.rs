//! The categories of groups.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::groups::Registration;
use crate::schema::{categories, groups};
use crate::{Connection, Result};

/// A category with the number of its groups.
#[derive(Clone, Debug, Queryable)]
pub struct Category {
    /// The N of `cat:N`.
    pub id: i64,
    /// Unique.
    pub name: String,
    /// Number of its listed groups: neither deleted nor by invitation only.
    pub group_count: i64,
}

/// Returns all categories by ID, each with its number of listed groups.
pub fn list(connection: &mut Connection) -> Result<Vec<Category>> {
    let connection = connection.reads_more();
    let counts: HashMap<i64, i64> = groups::table
        .filter(groups::deleted_at.is_null())
        .filter(groups::registration_type.ne(Registration::Invite))
        .group_by(groups::category_id)
        .select((groups::category_id, count_star()))
        .load::<(i64, i64)>(connection)?
        .into_iter()
        .collect();
    let rows: Vec<(i64, String)> = categories::table
        .order(categories::id)
        .select((categories::id, categories::name))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Category {
            id,
            name,
            group_count: counts.get(&id).copied().unwrap_or(0),
        })
        .collect())
}

/// Returns whether a category with this ID exists.
pub fn exists(connection: &mut Connection, id: i64) -> Result<bool> {
    let connection = connection.reads_more();
    Ok(categories::table
        .find(id)
        .select(categories::id)
        .get_result::<i64>(connection)
        .optional()?
        .is_some())
}

/// Inserts a category and returns its ID.
///
/// # Errors
/// A unique violation if the name is taken.
pub fn insert(connection: &mut Connection, name: &str) -> Result<i64> {
    let connection = connection.unrecorded();
    Ok(diesel::insert_into(categories::table)
        .values(categories::name.eq(name))
        .returning(categories::id)
        .get_result(connection)?)
}

/// Renames a category; false if the ID is unknown.
///
/// # Errors
/// A unique violation if the name is taken.
pub fn rename(connection: &mut Connection, id: i64, name: &str) -> Result<bool> {
    let connection = connection.unrecorded();
    let renamed = diesel::update(categories::table.find(id))
        .set(categories::name.eq(name))
        .execute(connection)?;
    Ok(renamed > 0)
}
