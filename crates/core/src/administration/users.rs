//! Accounts.

use trivium_storage::users::{self, User};

use super::ALL_ROWS;
use crate::accounts::account;
use crate::types::{Login, Password, UserRef};
use crate::{
    Administrator, Declaration, Error, Operation, Origin, PreparedOperation, Proof, Result,
    Service, Session, codes, passwords,
};

/// The user of this login.
///
/// # Errors
/// `user_not_found`, also if the user was deleted.
pub(crate) fn active(session: &mut Session<'_>, login: &str) -> Result<User> {
    users::find_by_login(session.connection, login)?
        .filter(|user| user.deleted_at.is_none())
        .ok_or_else(|| {
            Error::new(
                codes::USER_NOT_FOUND,
                format!("There is no user '{login}'."),
            )
        })
}

/// Adds an account; unlike newUser, also one without a password.
#[derive(Clone, Debug, Default)]
pub struct AddUser {
    /// The login.
    pub login: Login,
    /// The given name; may be empty.
    pub first_name: String,
    /// The family name; may be empty.
    pub last_name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The password; without one, the user cannot log in.
    pub password: Option<Password>,
}

impl PreparedOperation for AddUser {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "newUser",
        &[
            codes::VALIDATION_INVALID_VALUE,
            codes::USER_LOGINNAME_TAKEN,
            codes::USER_EMAIL_NOT_UNIQUE,
            codes::PASSWORD_TOO_WEAK,
        ],
    );
    type Caller = Administrator;
    type Prepared = Option<String>;
    type Output = UserRef;

    fn prepare(&self, _: &Service, _: &Origin, _: &Proof) -> Result<Option<String>> {
        self.password.as_ref().map(passwords::hash).transpose()
    }

    fn run(
        &self,
        password_hash: &Option<String>,
        _: &Administrator,
        session: &mut Session<'_>,
    ) -> Result<UserRef> {
        let user = users::NewUser {
            id: None,
            login: self.login.0.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            email: self.email.clone(),
            password_hash: password_hash.clone(),
            created_at: session.now(),
        };
        account::create(session, &user)
    }
}

/// Sets or removes the password of a user, and revokes all their tokens.
#[derive(Clone, Debug)]
pub struct SetPassword {
    /// The login.
    pub login: String,
    /// The password; without one, the user cannot log in.
    pub password: Option<Password>,
}

impl PreparedOperation for SetPassword {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "editUser",
        &[codes::USER_NOT_FOUND, codes::PASSWORD_TOO_WEAK],
    );
    type Caller = Administrator;
    type Prepared = Option<String>;
    type Output = ();

    fn prepare(&self, _: &Service, _: &Origin, _: &Proof) -> Result<Option<String>> {
        self.password.as_ref().map(passwords::hash).transpose()
    }

    fn run(
        &self,
        password_hash: &Option<String>,
        _: &Administrator,
        session: &mut Session<'_>,
    ) -> Result<()> {
        let user = active(session, &self.login)?;
        let change = users::UserChange {
            password_hash: Some(password_hash.clone()),
            ..users::UserChange::default()
        };
        account::change(session, UserRef(user.id), &change)
    }
}

/// Disables a user, and invalidates their tokens and invitations.
#[derive(Clone, Debug)]
pub struct DisableUser {
    /// The login.
    pub login: String,
}

impl Operation for DisableUser {
    const DECLARATION: &'static Declaration =
        &Declaration::change("disableUser", &[codes::USER_NOT_FOUND]);
    type Caller = Administrator;
    type Output = ();

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<()> {
        let user = active(session, &self.login)?;
        account::disable(session, UserRef(user.id), true)
    }
}

/// Enables a disabled user. Their old tokens remain revoked.
#[derive(Clone, Debug)]
pub struct EnableUser {
    /// The login.
    pub login: String,
}

impl Operation for EnableUser {
    const DECLARATION: &'static Declaration =
        &Declaration::change("enableUser", &[codes::USER_NOT_FOUND]);
    type Caller = Administrator;
    type Output = ();

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<()> {
        let user = active(session, &self.login)?;
        account::disable(session, UserRef(user.id), false)
    }
}

/// Lists the users with a reserved login, which only an earlier version could give them.
#[derive(Clone, Copy, Debug)]
pub struct ListReservedUsers;

impl Operation for ListReservedUsers {
    const DECLARATION: &'static Declaration = &Declaration::read("listReservedUsers", &[]);
    type Caller = Administrator;
    type Output = Vec<User>;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<Vec<User>> {
        let mut found = Vec::new();
        for login in account::RESERVED {
            let user = users::find_by_login(session.connection, login)?;
            found.extend(user.filter(|user| user.deleted_at.is_none()));
        }
        Ok(found)
    }
}

/// Shows a user.
#[derive(Clone, Debug)]
pub struct ShowUser {
    /// The login.
    pub login: String,
}

impl Operation for ShowUser {
    const DECLARATION: &'static Declaration =
        &Declaration::read("showUser", &[codes::USER_NOT_FOUND]);
    type Caller = Administrator;
    type Output = User;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<User> {
        active(session, &self.login)
    }
}

/// Lists the users, newest first.
#[derive(Clone, Copy, Debug)]
pub struct ListUsers;

impl Operation for ListUsers {
    const DECLARATION: &'static Declaration = &Declaration::read("listUsers", &[]);
    type Caller = Administrator;
    type Output = Vec<User>;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<Vec<User>> {
        Ok(users::list(session.connection, ALL_ROWS)?.0)
    }
}
