//! What quotas limit: how much of it a user or a group has, and who has most.

use diesel::dsl::{auto_type, count_star};
use diesel::prelude::*;

use crate::connection::on_native;
use crate::memberships::{State, has_not_ended};
use crate::schema::{frobs, groups, invitations, memberships, tokens};
use crate::{Connection, Result, Seconds};

/// Counts the memberships and open join requests of a user.
pub fn memberships(connection: &mut Connection, user: i64) -> Result<i64> {
    let count = count_memberships(user, connection.time());
    let connection = connection.reads_more();
    Ok(on_native!(connection, |connection| count.get_result(connection))?)
}

/// The query of [`memberships`].
#[auto_type]
pub(crate) fn count_memberships(user: i64, now: Seconds) -> _ {
    let banned: State = State::Banned;
    let current: has_not_ended = has_not_ended(now);
    memberships::table
        .filter(memberships::user_id.eq(user))
        .filter(memberships::state.ne(banned))
        .filter(current)
        .count()
}

/// Counts the tokens of a user that are neither revoked nor expired.
pub fn tokens(connection: &mut Connection, user: i64, now: Seconds) -> Result<i64> {
    let connection = connection.reads_more();
    Ok(tokens::table
        .filter(tokens::user_id.eq(user))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.gt(now))
        .count()
        .get_result(connection)?)
}

/// Counts the invitations to a group that can still be used.
pub fn invitations(connection: &mut Connection, group: i64, now: Seconds) -> Result<i64> {
    let connection = connection.reads_more();
    let usable = || {
        invitations::table
            .filter(invitations::group_id.eq(group))
            .filter(invitations::revoked_at.is_null())
            .filter(invitations::orphaned_at.is_null())
            .filter(
                invitations::usage_limit
                    .is_null()
                    .or(invitations::usage_limit.gt(invitations::uses.nullable())),
            )
    };
    // Two ranges of the index, because SQLite would read all of it for a disjunction.
    let unlimited: i64 = usable()
        .filter(invitations::expires_at.is_null())
        .count()
        .get_result(connection)?;
    let limited: i64 = usable()
        .filter(invitations::expires_at.gt(now))
        .count()
        .get_result(connection)?;
    Ok(unlimited + limited)
}

/// Counts the frobs of a user for an application that have not expired.
pub fn frobs(
    connection: &mut Connection,
    user: i64,
    application: i64,
    now: Seconds,
) -> Result<i64> {
    let connection = connection.reads_more();
    Ok(frobs::table
        .filter(frobs::user_id.eq(user))
        .filter(frobs::key_id.eq(application))
        .filter(frobs::expires_at.gt(now))
        .count()
        .get_result(connection)?)
}

/// The ID of a user or group, and how much it has: more than any other.
pub type Most = Option<(i64, i64)>;

/// Returns the user who owns most groups.
pub fn most_groups(connection: &mut Connection) -> Result<Most> {
    let connection = connection.reads_more();
    Ok(groups::table
        .filter(groups::deleted_at.is_null())
        .group_by(groups::owner_id)
        .select((groups::owner_id, count_star()))
        .order((count_star().desc(), groups::owner_id))
        .first(connection)
        .optional()?)
}

/// Returns the user with most memberships and open join requests.
pub fn most_memberships(connection: &mut Connection) -> Result<Most> {
    let now = connection.time();
    let connection = connection.reads_more();
    Ok(memberships::table
        .filter(memberships::state.ne(State::Banned))
        .filter(has_not_ended(now))
        .group_by(memberships::user_id)
        .select((memberships::user_id, count_star()))
        .order((count_star().desc(), memberships::user_id))
        .first(connection)
        .optional()?)
}

/// Returns the user with most tokens that are neither revoked nor expired.
pub fn most_tokens(connection: &mut Connection, now: Seconds) -> Result<Most> {
    let connection = connection.reads_more();
    Ok(tokens::table
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.gt(now))
        .group_by(tokens::user_id)
        .select((tokens::user_id, count_star()))
        .order((count_star().desc(), tokens::user_id))
        .first(connection)
        .optional()?)
}

/// Returns the group with most invitations that can still be used.
pub fn most_invitations(connection: &mut Connection, now: Seconds) -> Result<Most> {
    let connection = connection.reads_more();
    Ok(invitations::table
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::orphaned_at.is_null())
        .filter(
            invitations::usage_limit
                .is_null()
                .or(invitations::usage_limit.gt(invitations::uses.nullable())),
        )
        .filter(
            invitations::expires_at
                .is_null()
                .or(invitations::expires_at.gt(now)),
        )
        .group_by(invitations::group_id)
        .select((invitations::group_id, count_star()))
        .order((count_star().desc(), invitations::group_id))
        .first(connection)
        .optional()?)
}

/// Returns the user with most frobs for one application that have not expired.
pub fn most_frobs(connection: &mut Connection, now: Seconds) -> Result<Most> {
    let connection = connection.reads_more();
    Ok(frobs::table
        .filter(frobs::expires_at.gt(now))
        .group_by((frobs::user_id, frobs::key_id))
        .select((frobs::user_id, count_star()))
        .order((count_star().desc(), frobs::user_id))
        .first(connection)
        .optional()?)
}
