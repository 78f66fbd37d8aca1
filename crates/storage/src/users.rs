//! User accounts.

use diesel::prelude::*;

use crate::lists::{Direction, Total};
use crate::schema::users;
use crate::versions::Key;
use crate::{Connection, Error, Page, Result, Seconds};

/// A user. The row of a deleted user remains, so that its login is never reused.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    /// The N of `user:N`.
    pub id: i64,
    /// The name to log in with.
    pub login: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// Unique among users who are not deleted.
    pub email: Option<String>,
    /// An argon2id hash in PHC format; without one, the user cannot log in.
    pub password_hash: Option<String>,
    /// When the user was created.
    pub created_at: Seconds,
    /// When the user was disabled; the user's tokens are rejected from then on.
    pub disabled_at: Option<Seconds>,
    /// When the user was deleted.
    pub deleted_at: Option<Seconds>,
}

/// A new user.
#[derive(Clone, Debug, Default, Insertable)]
#[diesel(table_name = users)]
pub struct NewUser {
    /// The ID, if an import sets it.
    pub id: Option<i64>,
    /// See [`User::login`].
    pub login: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// See [`User::email`].
    pub email: Option<String>,
    /// See [`User::password_hash`].
    pub password_hash: Option<String>,
    /// See [`User::created_at`].
    pub created_at: Seconds,
}

/// Changes to a user; `None` leaves a field as it is.
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
    /// See [`User::disabled_at`]; `Some(None)` enables the user.
    pub disabled_at: Option<Option<Seconds>>,
    /// See [`User::deleted_at`].
    pub deleted_at: Option<Option<Seconds>>,
}

/// Inserts a user and returns the ID.
///
/// # Errors
/// A unique violation if the login or the e-mail address is taken.
pub fn insert(connection: &mut Connection, user: &NewUser) -> Result<i64> {
    let id = diesel::insert_into(users::table)
        .values(user)
        .returning(users::id)
        .get_result(connection.unrecorded())?;
    connection.writes([Key::User(id)]);
    Ok(id)
}

/// Returns whether an error of [`insert`] or [`update`] is that the e-mail address is taken, not the login.
pub fn is_email_taken(error: &Error) -> bool {
    error.violates("users_email", "users.email")
}

/// Finds a user by ID, deleted or not.
pub fn find(connection: &mut Connection, id: i64) -> Result<Option<User>> {
    let connection = connection.reads([Key::User(id)]);
    Ok(users::table
        .find(id)
        .select(User::as_select())
        .get_result(connection)
        .optional()?)
}

/// Finds a user by login, deleted or not.
pub fn find_by_login(connection: &mut Connection, login: &str) -> Result<Option<User>> {
    let found: Option<User> = users::table
        .filter(users::login.eq(login))
        .select(User::as_select())
        .get_result(connection.reads([]))
        .optional()?;
    match &found {
        Some(user) => connection.found([Key::User(user.id)]),
        None => {
            connection.reads_more();
        }
    }
    Ok(found)
}

/// Finds the user with this e-mail address, unless deleted.
pub fn find_by_email(connection: &mut Connection, email: &str) -> Result<Option<User>> {
    let connection = connection.reads_more();
    Ok(users::table
        .filter(users::email.eq(email))
        .filter(users::deleted_at.is_null())
        .select(User::as_select())
        .get_result(connection)
        .optional()?)
}

/// Returns a page of the users who are not deleted, newest first, and the total count.
pub fn list(connection: &mut Connection, page: Page) -> Result<(Vec<User>, i64)> {
    let connection = connection.reads_more();
    let undeleted = || users::table.filter(users::deleted_at.is_null());
    let count = |postgres: &mut _| undeleted().count().get_result(postgres);
    let total = Total::Users.read(connection, count)?;
    let rows = page.read(total, |page, direction| {
        let query = undeleted().select(User::as_select()).into_boxed();
        let query = match direction {
            Direction::Forward => query.order(users::id.desc()),
            Direction::Backward => query.order(users::id.asc()),
        };
        query.limit(page.limit).offset(page.offset).load(connection)
    })?;
    Ok((rows, total))
}

/// Updates a user.
///
/// # Errors
/// A unique violation if the new login or e-mail address is taken.
pub fn update(connection: &mut Connection, id: i64, change: &UserChange) -> Result<()> {
    let connection = connection.writes([Key::User(id)]);
    match diesel::update(users::table.find(id))
        .set(change)
        .execute(connection)
    {
        Ok(_) | Err(diesel::result::Error::QueryBuilderError(_)) => Ok(()),
        Err(error) => Err(Error::Query(error)),
    }
}
