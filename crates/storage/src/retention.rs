//! The removal of what nobody can use any more: tokens, invitations and old audit entries.
//!
//! What is to be removed is found by reads, so that a change removes a few rows by key and other changes do not
//! wait long for it. Frobs are removed when they are used, or when the next one is created.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::schema::{audit_entries, invitations, tokens};
use crate::{Connection, Result, Seconds, audit};

/// The kinds of rows that are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tokens that were revoked or have expired.
    Tokens,
    /// Invitations that were revoked, have expired, or whose issuer may no longer invite; those that are used up
    /// count from their creation.
    Invitations,
    /// Audit entries. Those of a group are removed in their order.
    AuditEntries,
}

/// Returns the lowest IDs, at most `limit`, of the rows that ended before this time.
pub fn find(
    connection: &mut Connection,
    kind: Kind,
    before: Seconds,
    limit: i64,
) -> Result<Vec<i64>> {
    let connection = connection.reads_more();
    Ok(match kind {
        Kind::Tokens => tokens::table
            .filter(
                tokens::expires_at
                    .lt(before)
                    .or(tokens::revoked_at.lt(before)),
            )
            .order(tokens::id)
            .limit(limit)
            .select(tokens::id)
            .load(connection)?,
        Kind::Invitations => invitations::table
            .filter(
                invitations::expires_at
                    .lt(before)
                    .or(invitations::revoked_at.lt(before))
                    .or(invitations::orphaned_at.lt(before))
                    .or(invitations::usage_limit
                        .le(invitations::uses.nullable())
                        .and(invitations::created_at.lt(before).nullable())),
            )
            .order(invitations::id)
            .limit(limit)
            .select(invitations::id)
            .load(connection)?,
        // The lowest IDs are the oldest entries, so the others need not be read.
        Kind::AuditEntries => {
            let rows = audit_entries::table
                .order(audit_entries::id)
                .limit(limit)
                .select((
                    audit_entries::id,
                    audit_entries::group_id,
                    audit_entries::at,
                ))
                .load::<(i64, Option<i64>, Seconds)>(connection)?;
            let mut kept = HashSet::new();
            let rows = rows.into_iter().filter(|(_, group, at)| {
                // A change that waited for another has an earlier time than that. Nothing is removed after an entry
                // that is kept, so that the rest of a group's chain has no gap.
                if *at >= before {
                    kept.extend(*group);
                }
                *at < before && group.is_none_or(|group| !kept.contains(&group))
            });
            rows.map(|(id, _, _)| id).collect()
        }
    })
}

/// Removes rows by their IDs. The groups of audit entries keep number and hash of the last.
pub fn remove(connection: &mut Connection, kind: Kind, ids: &[i64]) -> Result<()> {
    match kind {
        Kind::Tokens => diesel::delete(tokens::table.filter(tokens::id.eq_any(ids)))
            .execute(connection.unrecorded())?,
        Kind::Invitations => diesel::delete(invitations::table.filter(invitations::id.eq_any(ids)))
            .execute(connection.unrecorded())?,
        Kind::AuditEntries => {
            audit::note_removal(connection, ids)?;
            let removed = audit_entries::table.filter(audit_entries::id.eq_any(ids));
            diesel::delete(removed).execute(connection.unrecorded())?
        }
    };
    Ok(())
}
