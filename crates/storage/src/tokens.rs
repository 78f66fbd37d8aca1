//! Access tokens. Only their SHA-256 is stored.

use diesel::prelude::*;

use crate::connection::{AnyConnection, on_native};
use crate::locks::{self, Lock};
use crate::schema::{named_tokens, tokens, users};
use crate::versions::Key;
use crate::{Connection, Result, Seconds};

/// A token as its owner may see it, without its hash.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tokens)]
pub struct Token {
    /// The primary key.
    pub id: i64,
    /// The user it belongs to.
    pub user_id: i64,
    /// The first characters of the token, which identify it to its owner.
    pub prefix: String,
    /// When it was issued.
    pub created_at: Seconds,
    /// When it expires.
    pub expires_at: Seconds,
    /// When it was revoked.
    pub revoked_at: Option<Seconds>,
}

/// A new token.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = tokens)]
pub struct NewToken {
    /// See [`Token::user_id`].
    pub user_id: i64,
    /// SHA-256 of the token.
    pub hash: Vec<u8>,
    /// See [`Token::prefix`].
    pub prefix: String,
    /// When it is issued.
    pub created_at: Seconds,
    /// When it expires.
    pub expires_at: Seconds,
    /// The application that it is given to; `None` if its user gets it directly.
    pub key_id: Option<i64>,
}

/// A token and its user, with all that decides whether the token is valid.
#[derive(Clone, Debug, Queryable)]
pub struct Bearer {
    /// The primary key of the token.
    pub token_id: i64,
    /// When it expires.
    pub expires_at: Seconds,
    /// When it was revoked.
    pub revoked_at: Option<Seconds>,
    /// The user it belongs to.
    pub user_id: i64,
    /// The user's login.
    pub login: String,
    /// When the user was disabled.
    pub disabled_at: Option<Seconds>,
    /// When the user was deleted.
    pub deleted_at: Option<Seconds>,
}

/// The columns of a [`Bearer`].
const BEARER: (
    tokens::id,
    tokens::expires_at,
    tokens::revoked_at,
    users::id,
    users::login,
    users::disabled_at,
    users::deleted_at,
) = (
    tokens::id,
    tokens::expires_at,
    tokens::revoked_at,
    users::id,
    users::login,
    users::disabled_at,
    users::deleted_at,
);

/// Inserts a token and returns its ID.
pub fn insert(connection: &mut Connection, token: &NewToken) -> Result<i64> {
    let connection = connection.writes([Key::Tokens(token.user_id)]);
    Ok(diesel::insert_into(tokens::table)
        .values(token)
        .returning(tokens::id)
        .get_result(connection)?)
}

/// Finds a token and its user by the hash of the token.
pub fn find_bearer(connection: &mut Connection, hash: &[u8]) -> Result<Option<Bearer>> {
    let query = tokens::table
        .inner_join(users::table)
        .filter(tokens::hash.eq(hash))
        .select(BEARER);
    let any = connection.reads([]);
    let found: Option<Bearer> =
        on_native!(any, |connection| query.get_result(connection)).optional()?;
    match &found {
        Some(bearer) => connection.found([Key::User(bearer.user_id), Key::Tokens(bearer.user_id)]),
        None => {
            connection.reads_more();
        }
    }
    Ok(found)
}

/// As [`find_bearer`], and takes shared locks on the user, who can then not be disabled or deleted, and on the token,
/// which can then not be revoked.
pub fn find_bearer_and_lock(connection: &mut Connection, hash: &[u8]) -> Result<Option<Bearer>> {
    let found = match connection.unrecorded() {
        AnyConnection::Sqlite(_) => find_bearer(connection, hash)?,
        // Rows are locked in the order of the tables, and read again if others have changed them meanwhile. Whoever
        // locks a user exclusively, and revokes tokens of the user, does so in this order, too.
        AnyConnection::Postgres(postgres) => users::table
            .inner_join(tokens::table)
            .filter(tokens::hash.eq(hash))
            .select(BEARER)
            .for_share()
            .get_result(postgres)
            .optional()?,
    };
    if let Some(bearer) = &found {
        locks::record(Lock::UserShared(bearer.user_id));
    }
    Ok(found)
}

/// Returns the tokens of a user that are neither revoked nor expired, newest first.
pub fn list(connection: &mut Connection, user: i64, now: Seconds) -> Result<Vec<Token>> {
    let connection = connection.reads_more();
    Ok(tokens::table
        .filter(tokens::user_id.eq(user))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.gt(now))
        .order(tokens::id.desc())
        .select(Token::as_select())
        .load(connection)?)
}

/// Revokes a token of a user; false if it is unknown or already revoked.
pub fn revoke(connection: &mut Connection, user: i64, id: i64, now: Seconds) -> Result<bool> {
    let connection = connection.writes([Key::Tokens(user)]);
    let revoked = diesel::update(tokens::table.find(id))
        .filter(tokens::user_id.eq(user))
        .filter(tokens::revoked_at.is_null())
        .set(tokens::revoked_at.eq(now))
        .execute(connection)?;
    Ok(revoked > 0)
}

/// Revokes all tokens of a user, except `keep`.
pub fn revoke_others(
    connection: &mut Connection,
    user: i64,
    keep: Option<i64>,
    now: Seconds,
) -> Result<()> {
    let connection = connection.writes([Key::Tokens(user)]);
    diesel::update(tokens::table)
        .filter(tokens::user_id.eq(user))
        .filter(tokens::id.ne(keep.unwrap_or(0)))
        .filter(tokens::revoked_at.is_null())
        .set(tokens::revoked_at.eq(now))
        .execute(connection)?;
    Ok(())
}

/// Revokes the oldest valid token of a user: one without a name and of no application, if there is one.
pub fn revoke_oldest(connection: &mut Connection, user: i64, now: Seconds) -> Result<()> {
    let oldest: Option<i64> = tokens::table
        .filter(tokens::user_id.eq(user))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.gt(now))
        .left_join(named_tokens::table)
        .order((
            named_tokens::name.is_not_null(),
            tokens::key_id.is_not_null(),
            tokens::id,
        ))
        .select(tokens::id)
        .first(connection.reads_more())
        .optional()?;
    if let Some(id) = oldest {
        revoke(connection, user, id, now)?;
    }
    Ok(())
}

/// Revokes the tokens that were given to an application.
pub fn revoke_of_application(
    connection: &mut Connection,
    application: i64,
    now: Seconds,
) -> Result<()> {
    let connection = connection.writes_more();
    diesel::update(tokens::table)
        .filter(tokens::key_id.eq(application))
        .filter(tokens::revoked_at.is_null())
        .set(tokens::revoked_at.eq(now))
        .execute(connection)?;
    Ok(())
}

/// Revokes the tokens of all users.
pub fn revoke_all(connection: &mut Connection, now: Seconds) -> Result<()> {
    let connection = connection.writes_more();
    diesel::update(tokens::table)
        .filter(tokens::revoked_at.is_null())
        .set(tokens::revoked_at.eq(now))
        .execute(connection)?;
    Ok(())
}
