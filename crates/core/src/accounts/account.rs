//! Creates, changes, disables and deletes accounts, for the operations of administrators and for the
//! command line.

use trivium_storage::users::{self, NewUser, User, UserChange};
use trivium_storage::{applications, groups, invitations, memberships, tokens};

use crate::caller::{ADMINISTRATOR, SYSTEM};
use crate::groups::rules::{Standing, has_ended};
use crate::session::{By, Change, Record};
use crate::types::{GroupRef, Login, UserRef};
use crate::{Error, Result, Session, codes};

/// [`acceptable_login`] as a pattern.
pub(crate) const LOGIN: &str = concat!(
    r"^[^\u0000-\u0020\u002F\u003A\u007F-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000",
    r"\uFFFE\uFFFF]+$",
);

/// Checks a login: 1 to 64 characters without white space, control characters, `/` and `:`.
///
/// # Errors
/// `validation_invalid_value`.
pub(crate) fn acceptable_login(login: &str) -> Result<()> {
    let length = login.chars().count();
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '/' || c == ':';
    if length == 0 || length > Login::MAX_LENGTH || login.contains(odd) {
        return Err(Error::new(
            codes::VALIDATION_INVALID_VALUE,
            "A login is 1 to 64 characters; white space, control characters, '/' and ':' are not allowed.",
        ));
    }
    Ok(())
}

/// Creates an account.
///
/// # Errors
/// `validation_invalid_value` for a malformed login, `user_loginname_taken`,
/// `user_email_not_unique`.
pub(crate) fn create(session: &mut Session<'_>, account: &NewUser) -> Result<UserRef> {
    acceptable_login(&account.login)?;
    login_is_free(session, &account.login)?;
    if let Some(email) = &account.email {
        email_is_free(session, email)?;
    }
    let id = users::insert(session.connection, account).map_err(taken)?;
    record(session, &account.login)?;
    Ok(UserRef(id))
}

/// Changes an account. A new password revokes all tokens and frobs.
///
/// # Errors
/// `user_not_found`, and those of [`create`].
pub(crate) fn change(session: &mut Session<'_>, id: UserRef, change: &UserChange) -> Result<()> {
    session.connection.lock_user(id.0)?;
    let user = session.user(id)?;
    if let Some(login) = change.login.as_ref().filter(|login| **login != user.login) {
        acceptable_login(login)?;
        login_is_free(session, login)?;
    }
    if let Some(Some(email)) = &change.email
        && user.email.as_ref() != Some(email)
    {
        email_is_free(session, email)?;
    }
    users::update(session.connection, user.id, change).map_err(taken)?;
    if change.password_hash.is_some() {
        revoke_tokens(session, user.id, None)?;
    }
    record(session, &user.login)
}

/// Disables an account, or enables it again. Disabling invalidates its tokens, frobs and
/// invitations.
///
/// # Errors
/// `user_not_found`.
pub(crate) fn disable(session: &mut Session<'_>, id: UserRef, disabled: bool) -> Result<()> {
    session.connection.lock_user(id.0)?;
    let user = session.user(id)?;
    if disabled {
        revoke_secrets(session, &user)?;
    }
    let change = UserChange {
        disabled_at: Some(disabled.then_some(session.now())),
        ..UserChange::default()
    };
    users::update(session.connection, user.id, &change)?;
    record(session, &user.login)
}

/// Deletes an account with its memberships, join requests, tokens and invitations. The login cannot be
/// used again, and remains in the audit log. So does the end in each group.
///
/// # Errors
/// `user_not_found`; `owner_protected` if the user owns groups.
pub(crate) fn delete(session: &mut Session<'_>, id: UserRef) -> Result<()> {
    session.connection.lock_user(id.0)?;
    let user = session.user(id)?;
    if groups::count_of_owner(session.connection, user.id)? > 0 {
        return Err(Error::new(
            codes::OWNER_PROTECTED,
            "This user owns groups: transfer or delete them first.",
        ));
    }
    for row in memberships::list_of_user(session.connection, user.id)? {
        session.lock_group(row.group_id)?;
        // A moderator may have changed the row before the group was locked.
        let Some(row) = session.membership(row.group_id, user.id)? else {
            continue;
        };
        memberships::delete(session.connection, row.group_id, user.id, row.state)?;
        if row.state.is_member() {
            session.count_members(row.group_id, -1)?;
        }
        if has_ended(&row, |end| session.is_past(end)) {
            continue;
        }
        session.record(
            By::ADMINISTRATOR,
            Record {
                group: Some(GroupRef(row.group_id)),
                subject: Some(&user.login),
                change: Some(Change::to(user.id, Standing::None)),
                ..Record::default()
            },
        )?;
    }
    revoke_secrets(session, &user)?;
    let change = UserChange {
        deleted_at: Some(Some(session.now())),
        password_hash: Some(None),
        ..UserChange::default()
    };
    users::update(session.connection, user.id, &change)?;
    record(session, &user.login)
}

fn revoke_secrets(session: &mut Session<'_>, user: &User) -> Result<()> {
    revoke_tokens(session, user.id, None)?;
    invitations::orphan(session.connection, user.id, None, session.now())?;
    Ok(())
}

/// Revokes the tokens of a user except `keep`, and the frobs, which can be exchanged for tokens. The user is
/// locked exclusively, so no other change adds one meanwhile.
///
/// # Errors
/// A failure of the store.
pub(crate) fn revoke_tokens(session: &mut Session<'_>, user: i64, keep: Option<i64>) -> Result<()> {
    // Frobs before tokens, as in their exchange: the fixed order prevents deadlocks.
    applications::delete_frobs_of_user(session.connection, user)?;
    tokens::revoke_others(session.connection, user, keep, session.now())?;
    Ok(())
}

/// The logins that no user may take: the audit log names the administrator and the system by them.
pub(crate) const RESERVED: [&str; 2] = [ADMINISTRATOR, SYSTEM];

fn login_is_free(session: &mut Session<'_>, login: &str) -> Result<()> {
    if RESERVED.contains(&login) {
        return Err(Error::new(
            codes::USER_LOGINNAME_TAKEN,
            format!("The login '{login}' is reserved."),
        ));
    }
    match users::find_by_login(session.connection, login)? {
        Some(_) => Err(codes::USER_LOGINNAME_TAKEN.into()),
        None => Ok(()),
    }
}

fn email_is_free(session: &mut Session<'_>, email: &str) -> Result<()> {
    match users::find_by_email(session.connection, email)? {
        Some(_) => Err(codes::USER_EMAIL_NOT_UNIQUE.into()),
        None => Ok(()),
    }
}

/// Maps a violation of a unique index: another transaction took the value after it was checked.
fn taken(error: trivium_storage::Error) -> Error {
    if users::is_email_taken(&error) {
        codes::USER_EMAIL_NOT_UNIQUE.into()
    } else if error.is_unique_violation() {
        codes::USER_LOGINNAME_TAKEN.into()
    } else {
        error.into()
    }
}

fn record(session: &mut Session<'_>, subject: &str) -> Result<()> {
    session.record(
        By::ADMINISTRATOR,
        Record {
            subject: Some(subject),
            ..Record::default()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use trivium_rpc::text::patterns::{characters, classes};

    #[test]
    fn login_pattern_agrees_with_the_check() {
        let [class] = &classes(LOGIN)[..] else {
            panic!("one class of characters");
        };
        for c in characters() {
            let carried = trivium_rpc::text::is_portable_char(c);
            let acceptable = carried && acceptable_login(&c.to_string()).is_ok();
            assert_eq!(class(c), acceptable, "{c:?}");
        }
    }
}
