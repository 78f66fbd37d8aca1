//! Looks up users by ID, login or e-mail address.

use trivium_storage::users;
pub use trivium_storage::users::User;

use crate::groups::get_members::full_name;
use crate::types::UserRef;
use crate::{Result, Session};

/// What a person is known as.
#[derive(Clone, Debug)]
pub enum KnownAs {
    /// Their number.
    Id(UserRef),
    /// Their login.
    Login(String),
    /// Their e-mail address.
    Email(String),
}

/// The person who is known so; none where they were deleted.
///
/// # Errors
/// The store's failure.
pub fn find(session: &mut Session<'_>, who: &KnownAs) -> Result<Option<User>> {
    let found = match who {
        KnownAs::Id(id) => users::find(session.connection, id.0)?,
        KnownAs::Login(login) => users::find_by_login(session.connection, login)?,
        KnownAs::Email(email) => users::find_by_email(session.connection, email)?,
    };
    Ok(found.filter(|user| user.deleted_at.is_none()))
}

/// Their name, or their login where no name is known.
pub fn name_of(user: &User) -> String {
    full_name(&user.first_name, &user.last_name, &user.login)
}
