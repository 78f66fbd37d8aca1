//! Invitations to a group. Only their SHA-256 is stored.

use diesel::prelude::*;

use crate::schema::{invitations, users};
use crate::stored::stored_enum;
use crate::{Connection, Page, Result, Seconds};

stored_enum! {
    /// The role that an invitation grants.
    Role {
        /// A member without further permissions.
        Member = "member",
        /// A moderator.
        Moderator = "moderator",
    }
}

/// An invitation as stored, without its hash.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    /// The primary key.
    pub id: i64,
    /// The group that it admits to.
    pub group_id: i64,
    /// The user who created it.
    pub issuer_id: i64,
    /// The first characters of the secret.
    pub prefix: String,
    /// The role that it grants.
    pub role: Role,
    /// When it was created.
    pub created_at: Seconds,
    /// When it expires; never if `None`.
    pub expires_at: Option<Seconds>,
    /// How often it may be used; unlimited if `None`.
    pub usage_limit: Option<i64>,
    /// How often it has been used.
    pub uses: i64,
    /// When it was revoked.
    pub revoked_at: Option<Seconds>,
    /// When its issuer lost the right to invite.
    pub orphaned_at: Option<Seconds>,
    /// When the membership of those who join with it ends; never if `None`.
    pub member_until: Option<Seconds>,
}

/// A new invitation.
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
    pub role: Role,
    /// See [`Invitation::created_at`].
    pub created_at: Seconds,
    /// See [`Invitation::expires_at`].
    pub expires_at: Option<Seconds>,
    /// See [`Invitation::usage_limit`].
    pub usage_limit: Option<i64>,
    /// See [`Invitation::member_until`].
    pub member_until: Option<Seconds>,
}

/// Inserts an invitation and returns its ID.
pub fn insert(connection: &mut Connection, invitation: &NewInvitation) -> Result<i64> {
    let connection = connection.unrecorded();
    Ok(diesel::insert_into(invitations::table)
        .values(invitation)
        .returning(invitations::id)
        .get_result(connection)?)
}

/// Finds an invitation by the hash of its secret.
pub fn find_by_hash(connection: &mut Connection, hash: &[u8]) -> Result<Option<Invitation>> {
    let connection = connection.reads_more();
    Ok(invitations::table
        .filter(invitations::hash.eq(hash))
        .select(Invitation::as_select())
        .get_result(connection)
        .optional()?)
}

/// Finds an invitation by ID.
pub fn find(connection: &mut Connection, id: i64) -> Result<Option<Invitation>> {
    let connection = connection.reads_more();
    Ok(invitations::table
        .find(id)
        .select(Invitation::as_select())
        .get_result(connection)
        .optional()?)
}

/// Returns a page of a group's invitations with the logins of their issuers, newest first, and
/// the total count.
pub fn list(
    connection: &mut Connection,
    group: i64,
    page: Page,
) -> Result<(Vec<(Invitation, String)>, i64)> {
    let connection = connection.reads_more();
    let of_group = || invitations::table.filter(invitations::group_id.eq(group));
    let rows: Vec<(Invitation, String)> = of_group()
        .inner_join(users::table)
        .order(invitations::id.desc())
        .limit(page.limit)
        .offset(page.offset)
        .select((Invitation::as_select(), users::login))
        .load(connection)?;
    let total = page.total(rows.len(), || of_group().count().get_result(connection))?;
    Ok((rows, total))
}

/// Counts one use; false if the usage limit is reached.
pub fn use_once(connection: &mut Connection, id: i64) -> Result<bool> {
    let connection = connection.unrecorded();
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

/// Revokes an invitation; false if it is unknown or already revoked.
pub fn revoke(connection: &mut Connection, id: i64, now: Seconds) -> Result<bool> {
    let connection = connection.unrecorded();
    let revoked = diesel::update(invitations::table.find(id))
        .filter(invitations::revoked_at.is_null())
        .set(invitations::revoked_at.eq(now))
        .execute(connection)?;
    Ok(revoked > 0)
}

/// Invalidates the invitations of an issuer who lost the right to invite, in one group or in all.
pub fn orphan(
    connection: &mut Connection,
    issuer: i64,
    group: Option<i64>,
    now: Seconds,
) -> Result<()> {
    let connection = connection.unrecorded();
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

/// Invalidates an issuer's invitations to a group that grant this role.
pub fn orphan_role(
    connection: &mut Connection,
    issuer: i64,
    group: i64,
    role: Role,
    now: Seconds,
) -> Result<()> {
    let connection = connection.unrecorded();
    diesel::update(invitations::table)
        .filter(invitations::issuer_id.eq(issuer))
        .filter(invitations::group_id.eq(group))
        .filter(invitations::role.eq(role))
        .filter(invitations::orphaned_at.is_null())
        .set(invitations::orphaned_at.eq(now))
        .execute(connection)?;
    Ok(())
}
