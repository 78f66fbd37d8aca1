//! Invitations to a group, known by their SHA-256 alone.

use diesel::prelude::*;

use crate::schema::{invitations, users};
use crate::{AnyConnection, Page, Result, Seconds};

/// An invitation as those who may invite see it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    /// Its number.
    pub id: i64,
    /// The group it leads into.
    pub group_id: i64,
    /// Who made it.
    pub issuer_id: i64,
    /// Its first characters.
    pub prefix: String,
    /// The role it gives: `member` or `moderator`.
    pub role: String,
    /// When it was made.
    pub created_at: Seconds,
    /// When it ends by itself.
    pub expires_at: Option<Seconds>,
    /// How many members it may make.
    pub usage_limit: Option<i64>,
    /// How many members it has made.
    pub uses: i64,
    /// When it was ended.
    pub revoked_at: Option<Seconds>,
    /// Since when its issuer may no longer invite.
    pub orphaned_at: Option<Seconds>,
}

/// An invitation to be.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = invitations)]
pub struct NewInvitation {
    /// See [`Invitation::group_id`].
    pub group_id: i64,
    /// See [`Invitation::issuer_id`].
    pub issuer_id: i64,
    /// SHA-256 of the secret.
    pub hash: Vec<u8>,
    /// See [`Invitation::prefix`].
    pub prefix: String,
    /// See [`Invitation::role`].
    pub role: &'static str,
    /// See [`Invitation::created_at`].
    pub created_at: Seconds,
    /// See [`Invitation::expires_at`].
    pub expires_at: Option<Seconds>,
    /// See [`Invitation::usage_limit`].
    pub usage_limit: Option<i64>,
}

/// Adds an invitation and answers its number.
pub fn insert(connection: &mut AnyConnection, invitation: &NewInvitation) -> Result<i64> {
    Ok(diesel::insert_into(invitations::table)
        .values(invitation)
        .returning(invitations::id)
        .get_result(connection)?)
}

/// The invitation of this hash.
pub fn find_by_hash(connection: &mut AnyConnection, hash: &[u8]) -> Result<Option<Invitation>> {
    Ok(invitations::table
        .filter(invitations::hash.eq(hash))
        .select(Invitation::as_select())
        .get_result(connection)
        .optional()?)
}

/// The invitation of this number.
pub fn find(connection: &mut AnyConnection, id: i64) -> Result<Option<Invitation>> {
    Ok(invitations::table
        .find(id)
        .select(Invitation::as_select())
        .get_result(connection)
        .optional()?)
}

/// The invitations of a group with the logins of who made them, newest first, and how many
/// there are.
pub fn list(
    connection: &mut AnyConnection,
    group: i64,
    page: Page,
) -> Result<(Vec<(Invitation, String)>, i64)> {
    let total = invitations::table
        .filter(invitations::group_id.eq(group))
        .count()
        .get_result(connection)?;
    let rows = invitations::table
        .inner_join(users::table)
        .filter(invitations::group_id.eq(group))
        .order(invitations::id.desc())
        .limit(page.limit)
        .offset(page.offset)
        .select((Invitation::as_select(), users::login))
        .load(connection)?;
    Ok((rows, total))
}

/// Counts one use. False when there is none left.
pub fn use_once(connection: &mut AnyConnection, id: i64) -> Result<bool> {
    let used = diesel::update(invitations::table.find(id))
        .filter(
            invitations::usage_limit
                .is_null()
                .or(invitations::usage_limit.gt(invitations::uses.nullable())),
        )
        .set(invitations::uses.eq(invitations::uses + 1))
        .execute(connection)?;
    Ok(used > 0)
}

/// Ends an invitation. False when it was ended already.
pub fn revoke(connection: &mut AnyConnection, id: i64, now: Seconds) -> Result<bool> {
    let ended = diesel::update(invitations::table.find(id))
        .filter(invitations::revoked_at.is_null())
        .set(invitations::revoked_at.eq(now))
        .execute(connection)?;
    Ok(ended > 0)
}

/// Ends the invitations that a user who may no longer invite has made: in one group, or in all.
pub fn orphan(
    connection: &mut AnyConnection,
    issuer: i64,
    group: Option<i64>,
    now: Seconds,
) -> Result<()> {
    let of_issuer = diesel::update(invitations::table)
        .filter(invitations::issuer_id.eq(issuer))
        .filter(invitations::orphaned_at.is_null());
    match group {
        Some(group) => of_issuer
            .filter(invitations::group_id.eq(group))
            .set(invitations::orphaned_at.eq(now))
            .execute(connection)?,
        None => of_issuer
            .set(invitations::orphaned_at.eq(now))
            .execute(connection)?,
    };
    Ok(())
}

/// Ends the invitations with this role that a user has made to a group.
pub fn orphan_role(
    connection: &mut AnyConnection,
    issuer: i64,
    group: i64,
    role: &str,
    now: Seconds,
) -> Result<()> {
    diesel::update(invitations::table)
        .filter(invitations::issuer_id.eq(issuer))
        .filter(invitations::group_id.eq(group))
        .filter(invitations::role.eq(role))
        .filter(invitations::orphaned_at.is_null())
        .set(invitations::orphaned_at.eq(now))
        .execute(connection)?;
    Ok(())
}
