//! Looks up users by ID, login or e-mail address.

use trivium_storage::users;
pub use trivium_storage::users::User;

use crate::types::UserRef;
use crate::{Result, Session};

/// How a user is identified.
#[derive(Clone, Debug)]
pub enum KnownAs {
    /// By ID.
    Id(UserRef),
    /// By login.
    Login(String),
    /// By e-mail address.
    Email(String),
}

/// Finds a user who was not deleted.
///
/// # Errors
/// A failure of the store.
pub fn find(session: &mut Session<'_>, who: &KnownAs) -> Result<Option<User>> {
    let found = match who {
        KnownAs::Id(id) => users::find(session.connection, id.0)?,
        KnownAs::Login(login) => users::find_by_login(session.connection, login)?,
        KnownAs::Email(email) => users::find_by_email(session.connection, email)?,
    };
    Ok(found.filter(|user| user.deleted_at.is_none()))
}

/// The name of a user, or the login if no name is known.
pub fn name_of(user: &User) -> String {
    full_name(&user.first_name, &user.last_name, &user.login)
}

/// The given and family name, or the login if both are empty.
pub fn full_name(first: &str, last: &str, login: &str) -> String {
    let name = format!("{first} {last}");
    match name.trim() {
        "" => login.to_owned(),
        name => name.to_owned(),
    }
}
