//! Applications that use the Upcoming dialect: their API keys, and the frobs that users grant
//! them.

use diesel::prelude::*;

use crate::connection::on_native;
use crate::schema::{api_keys, frobs};
use crate::{Connection, Result, Seconds};

/// An application.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub struct Application {
    /// The primary key.
    pub id: i64,
    /// The API key: ten characters of `a` to `z` and `0` to `9`.
    pub key: String,
    /// The name that users see.
    pub name: String,
    /// The URL that the browser is redirected to with a frob.
    pub callback: Option<String>,
    /// When it was created.
    pub created_at: Seconds,
    /// When it was revoked.
    pub revoked_at: Option<Seconds>,
}

/// A new application.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = api_keys)]
pub struct NewApplication {
    /// See [`Application::key`].
    pub key: String,
    /// See [`Application::name`].
    pub name: String,
    /// See [`Application::callback`].
    pub callback: Option<String>,
    /// See [`Application::created_at`].
    pub created_at: Seconds,
}

/// A one-time code that an application exchanges for a token, once a user has approved it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = frobs)]
pub struct Frob {
    /// SHA-256 of the frob.
    pub hash: Vec<u8>,
    /// The application's row.
    pub key_id: i64,
    /// The user who approved the application.
    pub user_id: i64,
    /// When it expires.
    pub expires_at: Seconds,
}

/// Inserts an application.
///
/// # Errors
/// A unique violation if the key is taken.
pub fn insert(connection: &mut Connection, application: &NewApplication) -> Result<()> {
    let connection = connection.unrecorded();
    diesel::insert_into(api_keys::table)
        .values(application)
        .execute(connection)?;
    Ok(())
}

/// Finds an application by its key, revoked or not.
pub fn find(connection: &mut Connection, key: &str) -> Result<Option<Application>> {
    let query = api_keys::table.filter(api_keys::key.eq(key)).select((
        api_keys::id,
        api_keys::key,
        api_keys::name,
        api_keys::callback,
        api_keys::created_at,
        api_keys::revoked_at,
    ));
    // A revocation outdates every result.
    let any = connection.reads([]);
    let found: Option<Application> =
        on_native!(any, |connection| query.get_result(connection)).optional()?;
    if found.is_none() {
        connection.reads_more();
    }
    Ok(found)
}

/// Returns all applications, oldest first.
pub fn list(connection: &mut Connection) -> Result<Vec<Application>> {
    let connection = connection.reads_more();
    Ok(api_keys::table
        .order(api_keys::id)
        .select(Application::as_select())
        .load(connection)?)
}

/// Revokes an application; false if the key is unknown or already revoked.
pub fn revoke(connection: &mut Connection, key: &str, now: Seconds) -> Result<bool> {
    let connection = connection.writes_more();
    let revoked = diesel::update(api_keys::table)
        .filter(api_keys::key.eq(key))
        .filter(api_keys::revoked_at.is_null())
        .set(api_keys::revoked_at.eq(now))
        .execute(connection)?;
    Ok(revoked > 0)
}

/// Inserts a frob and deletes the expired ones.
pub fn insert_frob(connection: &mut Connection, frob: &Frob, now: Seconds) -> Result<()> {
    let connection = connection.unrecorded();
    diesel::delete(frobs::table.filter(frobs::expires_at.le(now))).execute(connection)?;
    diesel::insert_into(frobs::table)
        .values(frob)
        .execute(connection)?;
    Ok(())
}

/// Finds a frob by its hash.
pub fn find_frob(connection: &mut Connection, hash: &[u8]) -> Result<Option<Frob>> {
    let connection = connection.reads_more();
    Ok(frobs::table
        .find(hash)
        .select(Frob::as_select())
        .get_result(connection)
        .optional()?)
}

/// Deletes the frobs of a user.
pub fn delete_frobs_of_user(connection: &mut Connection, user: i64) -> Result<()> {
    let connection = connection.unrecorded();
    diesel::delete(frobs::table.filter(frobs::user_id.eq(user))).execute(connection)?;
    Ok(())
}

/// Deletes the frobs of an application.
pub fn delete_frobs_of_application(connection: &mut Connection, application: i64) -> Result<()> {
    let connection = connection.unrecorded();
    diesel::delete(frobs::table.filter(frobs::key_id.eq(application))).execute(connection)?;
    Ok(())
}

/// Deletes all frobs.
pub fn delete_all_frobs(connection: &mut Connection) -> Result<()> {
    let connection = connection.unrecorded();
    diesel::delete(frobs::table).execute(connection)?;
    Ok(())
}

/// Deletes and returns the frob with this hash. Of concurrent callers, only one gets it.
pub fn take_frob(connection: &mut Connection, hash: &[u8]) -> Result<Option<Frob>> {
    let found = find_frob(connection, hash)?;
    let taken = diesel::delete(frobs::table.find(hash)).execute(connection.unrecorded())?;
    Ok(found.filter(|_| taken > 0))
}
