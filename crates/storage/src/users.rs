//! People with an account.

use diesel::prelude::*;

use crate::schema::users;
use crate::{AnyConnection, Error, Page, Result, Seconds};

/// An account. A deleted one stays, so that its login is never used again.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    /// The number N of `user:N`.
    pub id: i64,
    /// What the person logs in with.
    pub login: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// Unique among those who are not deleted.
    pub email: Option<String>,
    /// An argon2id hash in PHC form; without one, nobody can log in.
    pub password_hash: Option<String>,
    /// When the account was made.
    pub created_at: Seconds,
    /// Since when its tokens are refused.
    pub disabled_at: Option<Seconds>,
    /// Since when it counts as gone.
    pub deleted_at: Option<Seconds>,
}

/// An account to be.
#[derive(Clone, Debug, Default, Insertable)]
#[diesel(table_name = users)]
pub struct NewUser {
    /// Its number, where an import brings one.
    pub id: Option<i64>,
    /// What the person will log in with.
    pub login: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// Unique.
    pub email: Option<String>,
    /// An argon2id hash in PHC form.
    pub password_hash: Option<String>,
    /// When the account is made.
    pub created_at: Seconds,
}

/// What of an account changes; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, AsChangeset)]
#[diesel(table_name = users)]
pub struct UserChange {
    /// See [`User::login`].
    pub login: Option<String>,
    /// See [`User::first_name`].
    pub first_name: Option<String>,
    /// See [`User::last_name`].
    pub last_name: Option<String>,
    /// See [`User::email`]; `Some(None)` removes it.
    pub email: Option<Option<String>>,
    /// See [`User::password_hash`].
    pub password_hash: Option<Option<String>>,
    /// See [`User::disabled_at`]; `Some(None)` enables the account.
    pub disabled_at: Option<Option<Seconds>>,
    /// See [`User::deleted_at`].
    pub deleted_at: Option<Option<Seconds>>,
}

/// Adds an account and answers its number.
///
/// # Errors
/// A unique violation when the login or the e-mail address is taken.
pub fn insert(connection: &mut AnyConnection, user: &NewUser) -> Result<i64> {
    Ok(diesel::insert_into(users::table)
        .values(user)
        .returning(users::id)
        .get_result(connection)?)
}

/// The account of this number, deleted or not.
pub fn find(connection: &mut AnyConnection, id: i64) -> Result<Option<User>> {
    Ok(users::table
        .find(id)
        .select(User::as_select())
        .get_result(connection)
        .optional()?)
}

/// The account of this login, deleted or not.
pub fn find_by_login(connection: &mut AnyConnection, login: &str) -> Result<Option<User>> {
    Ok(users::table
        .filter(users::login.eq(login))
        .select(User::as_select())
        .get_result(connection)
        .optional()?)
}

/// The living account with this e-mail address.
pub fn find_by_email(connection: &mut AnyConnection, email: &str) -> Result<Option<User>> {
    Ok(users::table
        .filter(users::email.eq(email))
        .filter(users::deleted_at.is_null())
        .select(User::as_select())
        .get_result(connection)
        .optional()?)
}

/// The accounts that are not deleted, newest first, and how many there are.
pub fn list(connection: &mut AnyConnection, page: Page) -> Result<(Vec<User>, i64)> {
    let total = users::table
        .filter(users::deleted_at.is_null())
        .count()
        .get_result(connection)?;
    let rows = users::table
        .filter(users::deleted_at.is_null())
        .order(users::id.desc())
        .limit(page.limit)
        .offset(page.offset)
        .select(User::as_select())
        .load(connection)?;
    Ok((rows, total))
}

/// Changes an account.
///
/// # Errors
/// A unique violation when the new login or e-mail address is taken.
pub fn update(connection: &mut AnyConnection, id: i64, change: &UserChange) -> Result<()> {
    match diesel::update(users::table.find(id))
        .set(change)
        .execute(connection)
    {
        Ok(_) | Err(diesel::result::Error::QueryBuilderError(_)) => Ok(()),
        Err(error) => Err(Error::Query(error)),
    }
}
