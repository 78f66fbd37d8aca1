//! Applications that call through the Upcoming dialect: their keys, and the frobs of people who
//! approved them.

use diesel::prelude::*;

use crate::connection::directly;
use crate::schema::{api_keys, frobs};
use crate::{AnyConnection, Result, Seconds};

/// An application.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub struct Application {
    /// Its row.
    pub id: i64,
    /// What it names itself by: ten of `a` to `z` and `0` to `9`.
    pub key: String,
    /// What people know it as.
    pub name: String,
    /// Where a browser is sent with a frob.
    pub callback: Option<String>,
    /// When it was made.
    pub created_at: Seconds,
    /// When it was ended.
    pub revoked_at: Option<Seconds>,
}

/// An application to be.
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

/// What a person who approved an application hands to it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = frobs)]
pub struct Frob {
    /// SHA-256 of the frob.
    pub hash: Vec<u8>,
    /// Which application.
    pub key_id: i64,
    /// Whose approval it is.
    pub user_id: i64,
    /// When it ends by itself.
    pub expires_at: Seconds,
}

/// Adds an application.
///
/// # Errors
/// A unique violation when the key is taken.
pub fn insert(connection: &mut AnyConnection, application: &NewApplication) -> Result<()> {
    diesel::insert_into(api_keys::table)
        .values(application)
        .execute(connection)?;
    Ok(())
}

/// The application of this key, also when it was ended.
pub fn find(connection: &mut AnyConnection, key: &str) -> Result<Option<Application>> {
    let query = api_keys::table.filter(api_keys::key.eq(key)).select((
        api_keys::id,
        api_keys::key,
        api_keys::name,
        api_keys::callback,
        api_keys::created_at,
        api_keys::revoked_at,
    ));
    Ok(directly!(connection, |connection| query.get_result(connection)).optional()?)
}

/// All applications, oldest first.
pub fn list(connection: &mut AnyConnection) -> Result<Vec<Application>> {
    Ok(api_keys::table
        .order(api_keys::id)
        .select(Application::as_select())
        .load(connection)?)
}

/// Ends an application. False when there is none of this key, or it was ended already.
pub fn revoke(connection: &mut AnyConnection, key: &str, now: Seconds) -> Result<bool> {
    let ended = diesel::update(api_keys::table)
        .filter(api_keys::key.eq(key))
        .filter(api_keys::revoked_at.is_null())
        .set(api_keys::revoked_at.eq(now))
        .execute(connection)?;
    Ok(ended > 0)
}

/// Keeps a frob, and forgets those that have ended.
pub fn insert_frob(connection: &mut AnyConnection, frob: &Frob, now: Seconds) -> Result<()> {
    diesel::delete(frobs::table.filter(frobs::expires_at.le(now))).execute(connection)?;
    diesel::insert_into(frobs::table)
        .values(frob)
        .execute(connection)?;
    Ok(())
}

/// Takes the frob of this hash away: of all who ask for it at once, one gets it.
pub fn take_frob(connection: &mut AnyConnection, hash: &[u8]) -> Result<Option<Frob>> {
    let found = frobs::table
        .find(hash)
        .select(Frob::as_select())
        .get_result(connection)
        .optional()?;
    let taken = diesel::delete(frobs::table.find(hash)).execute(connection)?;
    Ok(found.filter(|_| taken > 0))
}
