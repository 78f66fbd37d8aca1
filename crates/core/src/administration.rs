//! What only an administrator does, beside the operations that they share with everybody.
//!
//! The command line calls these; each is one transaction and leaves its audit entry.

use std::sync::Arc;

use trivium_storage::users::{self, User};
use trivium_storage::{AnyConnection, Page, Refusal, connection, groups};

use crate::accounts::login::{give_token, keep_token};
use crate::context::{Record, Settings};
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

/// Makes an account.
///
/// # Errors
/// `validation_invalid_value` for a login that is none, `user_loginname_taken`,
/// `user_email_not_unique`.
pub fn add_user(service: &Arc<Service>, account: &NewAccount) -> Result<UserRef> {
    let password_hash = account.password.as_ref().map(passwords::hash).transpose()?;
    let account = account.clone();
    change(service, "newUser", move |context| {
        insert_user(context, &account, password_hash.clone())
    })
}

/// Makes an account inside a transaction.
pub(crate) fn insert_user(
    context: &mut Context<'_>,
    account: &NewAccount,
    password_hash: Option<String>,
) -> Result<UserRef> {
    acceptable_login(&account.login)?;
    if users::find_by_login(context.connection, &account.login)?.is_some() {
        return Err(Code::UserLoginnameTaken.into());
    }
    if let Some(email) = &account.email
        && users::find_by_email(context.connection, email)?.is_some()
    {
        return Err(Code::UserEmailNotUnique.into());
    }
    let id = users::insert(
        context.connection,
        &users::NewUser {
            id: None,
            login: account.login.0.clone(),
            first_name: account.first_name.clone(),
            last_name: account.last_name.clone(),
            email: account.email.clone(),
            password_hash,
            created_at: context.now,
        },
    )
    .map_err(login_taken)?;
    context.record(
        "administrator",
        Record {
            subject: Some(&account.login),
            ..Record::default()
        },
    )?;
    Ok(UserRef(id))
}

/// A login is 1 to 64 characters without white space, control characters, `/` and `:`.
///
/// # Errors
/// `validation_invalid_value`.
pub fn acceptable_login(login: &str) -> Result<()> {
    let length = login.chars().count();
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '/' || c == ':';
    if length == 0 || length > Login::LONGEST || login.contains(odd) {
        return Err(Error::new(
            Code::ValidationInvalidValue,
            "A login is 1 to 64 characters without white space, '/' and ':'.",
        ));
    }
    Ok(())
}

/// Somebody else was faster, between the look and the insert.
fn login_taken(error: trivium_storage::Error) -> Error {
    if error.is_unique_violation() {
        Code::UserLoginnameTaken.into()
    } else {
        error.into()
    }
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
    let settings: Settings = service.settings.clone();
    service.database.change_and_wait(move |connection| {
        change(&mut Context {
            connection,
            now: connection::now(),
            caller: &caller(),
            settings: &settings,
            effect: Effect::Change,
            action,
        })
    })
}
