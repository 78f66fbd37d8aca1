//! Making, changing, disabling and deleting accounts: what the operations for administrators
//! and the command line share.

use subtle::ConstantTimeEq;
use trivium_storage::users::{self, NewUser, User, UserChange};
use trivium_storage::{groups, invitations, memberships, tokens};

use crate::context::Record;
use crate::secrets::hash;
use crate::types::{Login, Password, UserRef};
use crate::{Authority, Caller, Code, Context, Error, Result, Service};

/// Who does what is done here, as the audit log names them.
const ADMINISTRATOR: &str = "administrator";

/// Holds that the caller is the administrator: by authority, or by the password of the settings.
///
/// # Errors
/// `operation_not_permitted` where no password is set, `user_invalid_password`, `rate_limited`.
pub(crate) fn administers(service: &Service, caller: &Caller, given: &Password) -> Result<()> {
    if caller.authority == Authority::Administrator {
        return Ok(());
    }
    let expected = service.settings.admin_password.as_ref().ok_or_else(|| {
        Error::new(
            Code::OperationNotPermitted,
            "This service has no admin password, so this operation is not permitted.",
        )
    })?;
    let attempt = service.throttle.password(caller.address, ADMINISTRATOR)?;
    // Hashes of equal length: how long the comparison takes tells nothing.
    if !bool::from(hash(&given.0).ct_eq(&hash(&expected.0))) {
        return Err(Error::new(
            Code::UserInvalidPassword,
            "The admin password is wrong.",
        ));
    }
    attempt.succeeded();
    Ok(())
}

/// [`acceptable_login`] as a pattern.
pub(crate) const LOGIN: &str = concat!(
    r"^[^\u0000-\u0020\u002F\u003A\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000",
    r"\uFFFE\uFFFF]+$",
);

/// A login is 1 to 64 characters without white space, control characters, `/` and `:`.
///
/// # Errors
/// `validation_invalid_value`.
pub(crate) fn acceptable_login(login: &str) -> Result<()> {
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

/// Makes an account.
///
/// # Errors
/// `validation_invalid_value` for a login that is none, `user_loginname_taken`,
/// `user_email_not_unique`.
pub(crate) fn create(context: &mut Context<'_>, account: &NewUser) -> Result<UserRef> {
    acceptable_login(&account.login)?;
    login_is_free(context, &account.login)?;
    if let Some(email) = &account.email {
        email_is_free(context, email)?;
    }
    let id = users::insert(context.connection, account).map_err(taken)?;
    record(context, &account.login)?;
    Ok(UserRef(id))
}

/// Changes an account. A new password ends all tokens.
///
/// # Errors
/// `user_not_found`, and those of [`create`].
pub(crate) fn change(context: &mut Context<'_>, id: UserRef, change: &UserChange) -> Result<()> {
    context.connection.lock_user(id.0)?;
    let user = context.user(id)?;
    if let Some(login) = change.login.as_ref().filter(|login| **login != user.login) {
        acceptable_login(login)?;
        login_is_free(context, login)?;
    }
    if let Some(Some(email)) = &change.email
        && user.email.as_ref() != Some(email)
    {
        email_is_free(context, email)?;
    }
    users::update(context.connection, user.id, change).map_err(taken)?;
    if change.password_hash.is_some() {
        tokens::revoke_others(context.connection, user.id, None, context.now)?;
    }
    record(context, &user.login)
}

/// Disables an account, or enables it again. Disabling ends its tokens and invitations.
///
/// # Errors
/// `user_not_found`.
pub(crate) fn disable(context: &mut Context<'_>, id: UserRef, disabled: bool) -> Result<()> {
    context.connection.lock_user(id.0)?;
    let user = context.user(id)?;
    if disabled {
        end_secrets(context, &user)?;
    }
    let change = UserChange {
        disabled_at: Some(disabled.then_some(context.now)),
        ..UserChange::default()
    };
    users::update(context.connection, user.id, &change)?;
    record(context, &user.login)
}

/// Deletes an account, with its memberships, requests, tokens and invitations. Its login is
/// never used again, and the audit log keeps its name.
///
/// # Errors
/// `user_not_found`; `owner_protected` while it owns groups.
pub(crate) fn delete(context: &mut Context<'_>, id: UserRef) -> Result<()> {
    context.connection.lock_user(id.0)?;
    let user = context.user(id)?;
    if groups::count_of_owner(context.connection, user.id)? > 0 {
        return Err(Error::new(
            Code::OwnerProtected,
            "This user owns groups: transfer or delete them first.",
        ));
    }
    for row in memberships::list_of_user(context.connection, user.id)? {
        context.connection.lock_group(row.group_id)?;
        // What a moderator did while this waited for the group, counts.
        let Some(row) = memberships::find(context.connection, row.group_id, user.id)? else {
            continue;
        };
        memberships::delete(context.connection, row.group_id, user.id, &row.state)?;
        if matches!(row.state.as_str(), "member" | "moderator") {
            groups::add_members(context.connection, row.group_id, -1)?;
        }
    }
    end_secrets(context, &user)?;
    let change = UserChange {
        deleted_at: Some(Some(context.now)),
        password_hash: Some(None),
        ..UserChange::default()
    };
    users::update(context.connection, user.id, &change)?;
    record(context, &user.login)
}

fn end_secrets(context: &mut Context<'_>, user: &User) -> Result<()> {
    tokens::revoke_others(context.connection, user.id, None, context.now)?;
    invitations::orphan(context.connection, user.id, None, context.now)?;
    Ok(())
}

fn login_is_free(context: &mut Context<'_>, login: &str) -> Result<()> {
    match users::find_by_login(context.connection, login)? {
        Some(_) => Err(Code::UserLoginnameTaken.into()),
        None => Ok(()),
    }
}

fn email_is_free(context: &mut Context<'_>, email: &str) -> Result<()> {
    match users::find_by_email(context.connection, email)? {
        Some(_) => Err(Code::UserEmailNotUnique.into()),
        None => Ok(()),
    }
}

/// Somebody else was faster, between the look and the write.
fn taken(error: trivium_storage::Error) -> Error {
    if error.is_unique_violation() {
        Code::UserLoginnameTaken.into()
    } else {
        error.into()
    }
}

fn record(context: &mut Context<'_>, subject: &str) -> Result<()> {
    context.record(
        ADMINISTRATOR,
        Record {
            subject: Some(subject),
            ..Record::default()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::patterns::{characters, classes};

    #[test]
    fn the_pattern_of_logins_is_what_is_acceptable() {
        let [class] = &classes(LOGIN)[..] else {
            panic!("one class of characters");
        };
        for c in characters() {
            let carried = crate::types::can_carry(c);
            let acceptable = carried && acceptable_login(&c.to_string()).is_ok();
            assert_eq!(class(c), acceptable, "{c:?}");
        }
    }
}
