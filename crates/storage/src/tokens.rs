//! Access tokens, known by their SHA-256 alone.

use diesel::prelude::*;

use crate::connection::directly;
use crate::schema::{tokens, users};
use crate::{AnyConnection, Result, Seconds};

/// A token as its owner may see it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tokens)]
pub struct Token {
    /// Its row.
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// Its first characters, to tell it from others.
    pub prefix: String,
    /// When it was given.
    pub created_at: Seconds,
    /// When it ends by itself.
    pub expires_at: Seconds,
    /// When it was ended.
    pub revoked_at: Option<Seconds>,
}

/// A token to be.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = tokens)]
pub struct NewToken {
    /// Whose it is.
    pub user_id: i64,
    /// SHA-256 of the token.
    pub hash: Vec<u8>,
    /// Its first characters.
    pub prefix: String,
    /// When it is given.
    pub created_at: Seconds,
    /// When it ends by itself.
    pub expires_at: Seconds,
}

/// A token with what decides whether it is good.
#[derive(Clone, Debug, Queryable)]
pub struct Bearer {
    /// The token's row.
    pub token_id: i64,
    /// When it ends by itself.
    pub expires_at: Seconds,
    /// When it was ended.
    pub revoked_at: Option<Seconds>,
    /// Whose it is.
    pub user_id: i64,
    /// Their login.
    pub login: String,
    /// Since when they are disabled.
    pub disabled_at: Option<Seconds>,
    /// Since when they are deleted.
    pub deleted_at: Option<Seconds>,
}

/// Adds a token.
pub fn insert(connection: &mut AnyConnection, token: &NewToken) -> Result<()> {
    diesel::insert_into(tokens::table)
        .values(token)
        .execute(connection)?;
    Ok(())
}

/// The token of this hash with its user.
pub fn find_bearer(connection: &mut AnyConnection, hash: &[u8]) -> Result<Option<Bearer>> {
    let query = tokens::table
        .inner_join(users::table)
        .filter(tokens::hash.eq(hash))
        .select((
            tokens::id,
            tokens::expires_at,
            tokens::revoked_at,
            users::id,
            users::login,
            users::disabled_at,
            users::deleted_at,
        ));
    Ok(directly!(connection, |connection| query.get_result(connection)).optional()?)
}

/// The tokens of a user that are neither ended nor expired, newest first.
pub fn list(connection: &mut AnyConnection, user: i64, now: Seconds) -> Result<Vec<Token>> {
    Ok(tokens::table
        .filter(tokens::user_id.eq(user))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.gt(now))
        .order(tokens::id.desc())
        .select(Token::as_select())
        .load(connection)?)
}

/// Ends one token. False when it was ended already.
pub fn revoke(connection: &mut AnyConnection, id: i64, now: Seconds) -> Result<bool> {
    let ended = diesel::update(tokens::table.find(id))
        .filter(tokens::revoked_at.is_null())
        .set(tokens::revoked_at.eq(now))
        .execute(connection)?;
    Ok(ended > 0)
}

/// Ends all tokens of a user but one.
pub fn revoke_others(
    connection: &mut AnyConnection,
    user: i64,
    keep: Option<i64>,
    now: Seconds,
) -> Result<()> {
    diesel::update(tokens::table)
        .filter(tokens::user_id.eq(user))
        .filter(tokens::id.ne(keep.unwrap_or(0)))
        .filter(tokens::revoked_at.is_null())
        .set(tokens::revoked_at.eq(now))
        .execute(connection)?;
    Ok(())
}
