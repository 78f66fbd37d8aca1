//! The audit log: the actor, action, time, reason and front-end of each change.

use diesel::prelude::*;

use crate::connection::on_native;
use crate::schema::audit_entries;
use crate::{Connection, Page, Result, Seconds};

/// An audit entry as stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct Entry {
    /// When the change was made.
    pub at: Seconds,
    /// The login of the user who made it.
    pub actor: String,
    /// The operation's name.
    pub action: String,
    /// The login, or another name, of the object of the change.
    pub subject: Option<String>,
    /// The reason given.
    pub reason: Option<String>,
    /// The front-end that the call came through.
    pub via: String,
}

/// A new audit entry.
#[derive(Clone, Debug, Insertable)]
// With the same columns every time, the statement is prepared only once.
#[diesel(table_name = audit_entries, treat_none_as_default_value = false)]
pub struct NewEntry<'a> {
    /// See [`Entry::at`].
    pub at: Seconds,
    /// The group that changes, if any.
    pub group_id: Option<i64>,
    /// See [`Entry::actor`].
    pub actor: &'a str,
    /// See [`Entry::action`].
    pub action: &'a str,
    /// See [`Entry::subject`].
    pub subject: Option<&'a str>,
    /// See [`Entry::reason`].
    pub reason: Option<&'a str>,
    /// See [`Entry::via`].
    pub via: &'a str,
}

/// Inserts an audit entry, in the transaction of the change itself.
pub fn insert(connection: &mut Connection, entry: &NewEntry<'_>) -> Result<()> {
    let connection = connection.unrecorded();
    let insertion = diesel::insert_into(audit_entries::table).values(entry);
    on_native!(connection, |connection| insertion.execute(connection))?;
    Ok(())
}

/// Returns a page of a group's audit log, newest first, and the total count.
pub fn list(connection: &mut Connection, group: i64, page: Page) -> Result<(Vec<Entry>, i64)> {
    let connection = connection.reads_more();
    let of_group = || audit_entries::table.filter(audit_entries::group_id.eq(group));
    let rows: Vec<Entry> = of_group()
        .order(audit_entries::id.desc())
        .limit(page.limit)
        .offset(page.offset)
        .select(Entry::as_select())
        .load(connection)?;
    let total = page.total(rows.len(), || of_group().count().get_result(connection))?;
    Ok((rows, total))
}
