//! Users as a dialect shows them.

use trivium_storage::users::User;

use crate::accounts::find::name_of;
use crate::types::{DateTime, UserRef};

/// A user as others see them.
#[derive(Clone, Debug)]
pub struct UserView {
    /// The ID.
    pub id: UserRef,
    /// The name to log in with.
    pub login: String,
    /// The name, or the login if no name is known.
    pub name: String,
    /// When the user was created.
    pub created: DateTime,
}

/// A user as they see themselves.
#[derive(Clone, Debug)]
pub struct OwnUserView {
    /// What others see.
    pub user: UserView,
    /// The e-mail address.
    pub email: Option<String>,
    /// True if the user can log in with a password.
    pub has_password: bool,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: UserRef(user.id),
            name: name_of(&user),
            login: user.login,
            created: DateTime(user.created_at),
        }
    }
}

impl From<User> for OwnUserView {
    fn from(user: User) -> Self {
        Self {
            email: user.email.clone(),
            has_password: user.password_hash.is_some(),
            user: user.into(),
        }
    }
}
