//! What only an administrator does, beside the operations that they share with everybody.
//!
//! The command line calls these; each is one transaction and leaves its audit entry.

use std::sync::Arc;

use trivium_storage::users::{self, User};
use trivium_storage::{AnyConnection, Page, Refusal, connection, groups, tokens};

use crate::accounts::account;
use crate::accounts::login::{give_token, keep_token};
use crate::accounts::revoke_token::end_by_prefix;
use crate::context::Record;
use crate::groups::rules::{Joining, RegistrationType, joining};
use crate::invitations::new::InvitedRole;
use crate::types::{CategoryRef, GroupRef, Login, Password, UserRef, carries};
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

/// The tokens of a user that are good, newest first.
///
/// # Errors
/// `user_not_found`.
pub fn tokens(service: &Service, login: &str) -> Result<Vec<tokens::Token>> {
    service.database.read(|connection| {
        let user = living(connection, login)?;
        Ok(tokens::list(connection, user.id, connection::now())?)
    })
}

/// Ends the tokens of a user: those that begin so, or all.
///
/// # Errors
/// `user_not_found`; `user_token_not_found` when none begins so.
pub fn revoke_tokens(service: &Arc<Service>, login: &str, prefix: Option<&str>) -> Result<()> {
    let (login, prefix) = (login.to_owned(), prefix.map(str::to_owned));
    change(service, "revokeToken", move |context| {
        let user = living(context.connection, &login)?;
        match &prefix {
            Some(prefix) => end_by_prefix(context, user.id, prefix)?,
            None => tokens::revoke_others(context.connection, user.id, None, context.now)?,
        }
        let subject = Some(login.as_str());
        context.record(
            "administrator",
            Record {
                subject,
                ..Record::default()
            },
        )
    })
}

/// Makes a person a member or moderator of a group, past all moderation but no ban.
///
/// # Errors
/// `content_not_found`, `banned`, `already_member`.
pub fn add_member(
    service: &Arc<Service>,
    group: GroupRef,
    user: UserRef,
    role: InvitedRole,
) -> Result<()> {
    change(service, "addMember", move |context| {
        context.connection.hold_user(user.0)?;
        let user = context.user(user)?;
        let row = context.group(group)?;
        let person = context.towards(&row, user.id)?;
        // As with an invitation, which is what an administrator's word is worth.
        if let Joining::Refuse(code) =
            joining(person.standing, RegistrationType::Invite, true)?.joining
        {
            return Err(code.into());
        }
        person.put(context, &row, user.id, role.as_str(), "")?;
        let record = Record {
            group: Some(group),
            subject: Some(&user.login),
            ..Record::default()
        };
        context.record("administrator", record)
    })
}

/// Adds a category.
///
/// # Errors
/// `group_parameter_error` for an empty or a taken name.
pub fn add_category(service: &Arc<Service>, name: &str) -> Result<CategoryRef> {
    let name = name.to_owned();
    change(service, "addCategory", move |context| {
        acceptable_category(&name)?;
        let id = groups::insert_category(context.connection, &name).map_err(category_taken)?;
        context.record(
            "administrator",
            Record {
                subject: Some(&name),
                ..Record::default()
            },
        )?;
        Ok(CategoryRef(id))
    })
}

/// Gives a category another name.
///
/// # Errors
/// `category_does_not_exist`; `group_parameter_error` for an empty or a taken name.
pub fn rename_category(service: &Arc<Service>, id: CategoryRef, name: &str) -> Result<()> {
    let name = name.to_owned();
    change(service, "renameCategory", move |context| {
        acceptable_category(&name)?;
        if !groups::rename_category(context.connection, id.0, &name).map_err(category_taken)? {
            return Err(Code::CategoryDoesNotExist.into());
        }
        context.record(
            "administrator",
            Record {
                subject: Some(&name),
                ..Record::default()
            },
        )
    })
}

fn acceptable_category(name: &str) -> Result<()> {
    if name.trim().is_empty() || !carries(name) {
        return Err(Error::new(
            Code::GroupParameterError,
            "A category needs a name that every format can carry.",
        ));
    }
    Ok(())
}

fn category_taken(error: trivium_storage::Error) -> Error {
    if error.is_unique_violation() {
        Error::new(
            Code::GroupParameterError,
            "There is a category of this name.",
        )
    } else {
        error.into()
    }
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
