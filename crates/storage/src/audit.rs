//! The audit log: the actor, action, time, reason and front-end of each change. The entries of a group are a
//! [`chain`].

pub mod chain;
pub mod verification;

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::connection::{AnyConnection, on_native};
use crate::locks::{self, Lock};
use crate::schema::{audit_entries, groups};
use crate::stored::stored_enum;
use crate::{Connection, Page, Result, Seconds};

use chain::Head;

/// The action of the entry with which the chain of a group begins that has earlier entries. Its reason begins with
/// their number.
pub const START: &str = "startAuditChain";

stored_enum! {
    /// The standing of a user in a group after a change.
    Standing {
        /// No relation to the group.
        None = "none",
        /// A request to join is pending.
        Requested = "requested",
        /// A member without further permissions.
        Member = "member",
        /// A member who moderates.
        Moderator = "moderator",
        /// The owner.
        Owner = "owner",
        /// The user is banned.
        Banned = "banned",
    }
}

/// An audit entry as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct Entry {
    /// The place of the entry: those of a group have ascending IDs.
    pub id: i64,
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
    /// The number in the group's chain; `None` if an earlier program wrote the entry.
    pub number: Option<i64>,
    /// The hash; see [`chain`].
    pub hash: Option<Vec<u8>>,
    /// The user whose standing in the group changed.
    pub user_id: Option<i64>,
    /// The user who made the change; `None` for the administrator and the system.
    pub actor_id: Option<i64>,
    /// The standing of the user after the change.
    pub standing: Option<Standing>,
    /// The invitation by which the user joined.
    pub invitation_id: Option<i64>,
    /// When the standing ends by itself.
    pub ends_at: Option<Seconds>,
}

/// A new audit entry.
#[derive(Clone, Copy, Debug, Default, Insertable)]
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
    /// See [`Entry::user_id`].
    pub user_id: Option<i64>,
    /// See [`Entry::actor_id`].
    pub actor_id: Option<i64>,
    /// See [`Entry::standing`].
    pub standing: Option<Standing>,
    /// See [`Entry::invitation_id`].
    pub invitation_id: Option<i64>,
    /// See [`Entry::ends_at`].
    pub ends_at: Option<Seconds>,
}

/// Inserts an entry that is in no chain, in the transaction of the change itself.
pub fn insert(connection: &mut Connection, entry: &NewEntry<'_>) -> Result<()> {
    let connection = connection.unrecorded();
    let insertion = diesel::insert_into(audit_entries::table).values(entry);
    on_native!(connection, |connection| insertion.execute(connection))?;
    Ok(())
}

/// Inserts an entry at the end of its group's chain, in the transaction of the change itself. The group is locked, and
/// [`groups::end_change`](crate::groups::end_change) stores the new head.
pub fn append(
    connection: &mut Connection,
    group: i64,
    head: &mut Head,
    entry: &NewEntry<'_>,
) -> Result<()> {
    let entry = NewEntry {
        group_id: Some(group),
        ..*entry
    };
    let next = head.next(group, &entry);
    let connection = connection.unrecorded();
    let insertion = diesel::insert_into(audit_entries::table).values((
        &entry,
        audit_entries::number.eq(Some(next.number)),
        audit_entries::hash.eq(next.hash.as_deref()),
    ));
    on_native!(connection, |connection| insertion.execute(connection))?;
    *head = next;
    Ok(())
}

/// Locks a group and returns the head of its chain.
pub fn lock_head(connection: &mut Connection, group: i64) -> Result<Head> {
    locks::record(Lock::Group(group));
    let row = groups::table.find(group);
    let found = match connection.reads_more() {
        AnyConnection::Sqlite(sqlite) => row.select(Head::as_select()).get_result(sqlite),
        AnyConnection::Postgres(postgres) => row
            .for_no_key_update()
            .select(Head::as_select())
            .get_result(postgres),
    };
    Ok(found.optional()?.unwrap_or_default())
}

/// Counts the entries of a group.
pub fn count(connection: &mut Connection, group: i64) -> Result<i64> {
    let connection = connection.reads_more();
    let of_group = audit_entries::table.filter(audit_entries::group_id.eq(group));
    Ok(of_group.count().get_result(connection)?)
}

/// Returns a page of a group's audit log, newest first, and the total count.
pub fn list(connection: &mut Connection, group: i64, page: Page) -> Result<(Vec<Entry>, i64)> {
    let any = connection.reads_more();
    let of_group = || audit_entries::table.filter(audit_entries::group_id.eq(group));
    let rows: Vec<Entry> = of_group()
        .order(audit_entries::id.desc())
        .limit(page.limit)
        .offset(page.offset)
        .select(Entry::as_select())
        .load(any)?;
    let total = page.total(rows.len(), || of_group().count().get_result(any))?;
    Ok((rows, total))
}

/// Returns the first entry of a group that has a number.
pub fn first_numbered(connection: &mut Connection, group: i64) -> Result<Option<Entry>> {
    let connection = connection.reads_more();
    Ok(audit_entries::table
        .filter(audit_entries::group_id.eq(group))
        .filter(audit_entries::number.is_not_null())
        .order(audit_entries::id)
        .limit(1)
        .select(Entry::as_select())
        .get_result(connection)
        .optional()?)
}

/// A change that concerns the standing of a user, without its texts.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct StandingChange {
    /// See [`Entry::id`].
    pub id: i64,
    /// See [`Entry::at`].
    pub at: Seconds,
    /// See [`Entry::user_id`].
    pub user_id: Option<i64>,
    /// See [`Entry::actor_id`].
    pub actor_id: Option<i64>,
    /// See [`Entry::standing`].
    pub standing: Option<Standing>,
    /// See [`Entry::ends_at`].
    pub ends_at: Option<Seconds>,
}

/// Returns the changes of the standing of a user in a group, and those that made another user the owner, oldest
/// first.
pub fn standing_changes(
    connection: &mut Connection,
    group: i64,
    user: i64,
) -> Result<Vec<StandingChange>> {
    let connection = connection.reads_more();
    let concerns = audit_entries::user_id
        .eq(user)
        .or(audit_entries::standing.eq(Standing::Owner));
    Ok(audit_entries::table
        .filter(audit_entries::group_id.eq(group))
        .filter(concerns)
        .order(audit_entries::id)
        .select(StandingChange::as_select())
        .load(connection)?)
}

/// Returns the entries of these IDs, oldest first.
pub fn find_all(connection: &mut Connection, ids: &[i64]) -> Result<Vec<Entry>> {
    let connection = connection.reads_more();
    Ok(audit_entries::table
        .filter(audit_entries::id.eq_any(ids))
        .order(audit_entries::id)
        .select(Entry::as_select())
        .load(connection)?)
}

/// Stores in the groups of these entries, which this transaction removes, the number and the hash of the last. Locks
/// the groups.
pub(crate) fn note_removal(connection: &mut Connection, ids: &[i64]) -> Result<()> {
    let rows: Vec<(i64, i64, Vec<u8>)> = audit_entries::table
        .filter(audit_entries::id.eq_any(ids))
        .filter(audit_entries::number.is_not_null())
        .order(audit_entries::id)
        .select((
            audit_entries::group_id.assume_not_null(),
            audit_entries::number.assume_not_null(),
            audit_entries::hash.assume_not_null(),
        ))
        .load(connection.reads_more())?;
    let rows = rows.into_iter();
    let last: BTreeMap<i64, (i64, Vec<u8>)> = rows
        .map(|(group, number, hash)| (group, (number, hash)))
        .collect();
    let ids: Vec<i64> = last.keys().copied().collect();
    connection.lock_groups(&ids)?;
    let connection = connection.unrecorded();
    for (group, (number, hash)) in last {
        // Another server may have removed more meanwhile.
        let group = groups::table
            .find(group)
            .filter(groups::audit_removed_number.lt(number));
        let update = diesel::update(group).set((
            groups::audit_removed_number.eq(number),
            groups::audit_removed_hash.eq(hash),
        ));
        on_native!(connection, |connection| update.execute(connection))?;
    }
    Ok(())
}
