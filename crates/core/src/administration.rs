//! What only an administrator does, beside the operations that they share with everybody.
//!
//! The command line calls these; each is one transaction and leaves its audit entry.

use std::sync::Arc;

use trivium_storage::users::{self, User};
use trivium_storage::{AnyConnection, Page, Refusal, groups};

use crate::accounts::account;
use crate::accounts::login::{give_token, keep_token};
use crate::context::Record;
use crate::types::{GroupRef, Login, Password, UserRef};
use crate::{Authority, Caller, Code, Context, Effect, Error, Result, Service, Via, passwords};

/// The administrator at the command line.
pub fn caller() -> Caller {
    Caller {
        via: Via("command-line"),
        authority: Authority::Administrator,
        address: None,
        base_url: String::new(),
    }
}

/// The administrator at the command line, on behalf of a user.
pub fn acting_for(user: i64) -> Caller {
    Caller {
        authority: Authority::ActingFor(user),
        ..caller()
    }
}

/// An account to be made.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// What the person will log in with.
    pub login: Login,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// Unique among accounts.
    pub email: Option<String>,
    /// Without one, nobody can log in.
    pub password: Option<Password>,
}

/// Makes an account; unlike newUser, also one without a password.
///
/// # Errors
/// `validation_invalid_value` for a login that is none, `user_loginname_taken`,
/// `user_email_not_unique`, `user_password_too_weak`.
pub fn add_user(service: &Arc<Service>, account: NewAccount) -> Result<UserRef> {
    let password_hash = account.password.as_ref().map(passwords::hash).transpose()?;
    change(service, "newUser", move |context| {
        account::create(
            context,
            &users::NewUser {
                id: None,
                login: account.login.0.clone(),
                first_name: account.first_name.clone(),
                last_name: account.last_name.clone(),
                email: account.email.clone(),
                password_hash: password_hash.clone(),
                created_at: context.now,
            },
        )
    })
}

/// Gives a person a new password, or none, and ends all their tokens.
///
/// # Errors
/// `user_not_found`, `user_password_too_weak`.
pub fn set_password(
    service: &Arc<Service>,
    login: &str,
    password: Option<&Password>,
) -> Result<()> {
    let password_hash = password.map(passwords::hash).transpose()?;
    let user = UserRef(user(service, login)?.id);
    change(service, "editUser", move |context| {
        let new = users::UserChange {
            password_hash: Some(password_hash.clone()),
            ..users::UserChange::default()
        };
        account::change(context, user, &new)
    })
}

/// Disables a person, or enables them again.
///
/// # Errors
/// `user_not_found`.
pub fn disable_user(service: &Arc<Service>, login: &str, disabled: bool) -> Result<()> {
    let user = UserRef(user(service, login)?.id);
    let action = if disabled {
        "disableUser"
    } else {
        "enableUser"
    };
    change(service, action, move |context| {
        account::disable(context, user, disabled)
    })
}

/// Gives a token to a user, good for so many seconds.
///
/// # Errors
/// `user_not_found`.
pub fn add_token(service: &Arc<Service>, login: &str, lifetime: i64) -> Result<String> {
    let login = login.to_owned();
    change(service, "newToken", move |context| {
        let user = living(context.connection, &login)?;
        let token = give_token(context, user.id, lifetime)?;
        context.record(
            "administrator",
            Record {
                subject: Some(&login),
                ..Record::default()
            },
        )?;
        Ok(token)
    })
}

/// Makes a chosen text a token of a user: for demonstrations, where it is printed at start.
///
/// # Errors
/// `user_not_found`.
pub fn add_known_token(
    service: &Arc<Service>,
    login: &str,
    token: &'static str,
    lifetime: i64,
) -> Result<()> {
    let login = login.to_owned();
    change(service, "newToken", move |context| {
        let user = living(context.connection, &login)?;
        keep_token(context, user.id, token, lifetime)
    })
}

/// The user of this login.
///
/// # Errors
/// `user_not_found`, also when the user was deleted.
pub fn user(service: &Service, login: &str) -> Result<User> {
    service
        .database
        .read(|connection| living(connection, login))
}

fn living(connection: &mut AnyConnection, login: &str) -> Result<User> {
    users::find_by_login(connection, login)?
        .filter(|user| user.deleted_at.is_none())
        .ok_or_else(|| Error::new(Code::UserNotFound, format!("There is no user '{login}'.")))
}

/// All users that are not deleted, newest first.
///
/// # Errors
/// The store's failure.
pub fn users(service: &Service) -> Result<Vec<User>> {
    service
        .database
        .read(|connection| Ok(users::list(connection, EVERYTHING)?.0))
}

/// All living groups, newest first.
///
/// # Errors
/// The store's failure.
pub fn groups(service: &Service) -> Result<Vec<groups::Group>> {
    service
        .database
        .read(|connection| Ok(groups::list_all(connection, EVERYTHING)?.0))
}

/// The living group of this id.
///
/// # Errors
/// `content_not_found`, also when the group was deleted.
pub fn group(service: &Service, id: GroupRef) -> Result<groups::Group> {
    service.database.read(|connection| {
        groups::find(connection, id.0)?
            .filter(|group| group.deleted_at.is_none())
            .ok_or_else(|| Error::new(Code::ContentNotFound, format!("There is no {id}.")))
    })
}

const EVERYTHING: Page = Page {
    offset: 0,
    limit: i64::MAX,
};

/// Runs an administrator's change in its transaction.
pub(crate) fn change<T: Send + 'static, E: Refusal>(
    service: &Arc<Service>,
    action: &'static str,
    change: impl Fn(&mut Context<'_>) -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let inside = Arc::clone(service);
    service.database.change_and_wait(move |connection| {
        change(&mut inside.context(connection, &caller(), Effect::Change, action))
    })
}
