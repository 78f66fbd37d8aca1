//! The record of every change: who, what, whom, why, through which way, when.

use diesel::prelude::*;

use crate::schema::audit_entries;
use crate::{AnyConnection, Page, Result, Seconds};

/// One change as it was recorded.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct Entry {
    /// When.
    pub at: Seconds,
    /// The login of who did it.
    pub actor: String,
    /// The operation's name.
    pub action: String,
    /// The login, or other name, of whom it was done to.
    pub subject: Option<String>,
    /// What was given as the reason.
    pub reason: Option<String>,
    /// Through which front-end.
    pub via: String,
}

/// One change to record.
#[derive(Clone, Debug, Insertable)]
// A statement of always the same columns is prepared once.
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub struct NewEntry<'a> {
    /// When.
    pub at: Seconds,
    /// The group it concerns, if it concerns one.
    pub group_id: Option<i64>,
    /// The login of who does it.
    pub actor: &'a str,
    /// The operation's name.
    pub action: &'a str,
    /// The login, or other name, of whom it is done to.
    pub subject: Option<&'a str>,
    /// What is given as the reason.
    pub reason: Option<&'a str>,
    /// Through which front-end.
    pub via: &'a str,
}

/// Records a change, in the transaction that makes it.
pub fn insert(connection: &mut AnyConnection, entry: &NewEntry<'_>) -> Result<()> {
    diesel::insert_into(audit_entries::table)
        .values(entry)
        .execute(connection)?;
    Ok(())
}

/// The record of a group, newest first, and how long it is.
pub fn list(connection: &mut AnyConnection, group: i64, page: Page) -> Result<(Vec<Entry>, i64)> {
    let total = audit_entries::table
        .filter(audit_entries::group_id.eq(group))
        .count()
        .get_result(connection)?;
    let rows = audit_entries::table
        .filter(audit_entries::group_id.eq(group))
        .order(audit_entries::id.desc())
        .limit(page.limit)
        .offset(page.offset)
        .select(Entry::as_select())
        .load(connection)?;
    Ok((rows, total))
}
