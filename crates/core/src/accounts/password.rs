//! A login with its password, which some calls present instead of a token.
//!
//! The password is verified before the transaction, because hashing must not hold the writer; the
//! transaction checks again that it is still the user's.

use std::fmt;

use trivium_storage::users::{self, User};

use crate::throttle::Account;
use crate::types::{Login, Password};
use crate::{Code, Error, Origin, Result, Service, Session, codes, passwords};

/// The codes with which a login and a password are rejected.
pub const ERRORS: &[Code] = &[codes::LOGIN_UNKNOWN, codes::USER_INVALID_PASSWORD];

/// A login whose password was verified.
pub struct Verified {
    login: Login,
    /// The hash against which it was verified.
    hash: String,
}

/// Verifies a password.
///
/// # Errors
/// Those of [`ERRORS`], `rate_limited`.
pub fn verify(
    service: &Service,
    origin: &Origin,
    login: &Login,
    password: &Password,
) -> Result<Verified> {
    let mut known = None;
    let result = verify_known(service, origin, login, password, &mut known);
    origin.signed_in(known.as_deref(), &result);
    result
}

/// As [`verify`]; sets the login of the user, if there is one.
fn verify_known(
    service: &Service,
    origin: &Origin,
    login: &Login,
    password: &Password,
    known: &mut Option<String>,
) -> Result<Verified> {
    let attempt = service.throttle.password(origin, Account::User(login))?;
    let user = service.read_with(origin, |session| find(session, login))?;
    *known = user.as_ref().map(|user| user.login.clone());
    let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
    // An unknown login costs the same, so that the time does not disclose which logins exist.
    let matches = passwords::verify(password, hash)?;
    let user = user.ok_or_else(|| wrong(codes::LOGIN_UNKNOWN))?;
    match user.password_hash {
        Some(hash) if matches && user.disabled_at.is_none() => {
            attempt.succeeded();
            let login = login.clone();
            Ok(Verified { login, hash })
        }
        _ => Err(wrong(codes::USER_INVALID_PASSWORD)),
    }
}

fn find(session: &mut Session<'_>, login: &str) -> Result<Option<User>> {
    let user = users::find_by_login(session.connection, login)?;
    Ok(user.filter(|user| user.deleted_at.is_none()))
}

impl Verified {
    /// The user. The password may have changed since, or the user may have been disabled.
    ///
    /// # Errors
    /// Those of [`ERRORS`].
    pub(crate) fn user(&self, session: &mut Session<'_>) -> Result<User> {
        let user = find(session, &self.login)?.ok_or_else(|| wrong(codes::LOGIN_UNKNOWN))?;
        let is_valid =
            user.password_hash.as_ref() == Some(&self.hash) && user.disabled_at.is_none();
        if !is_valid {
            return Err(wrong(codes::USER_INVALID_PASSWORD));
        }
        Ok(user)
    }

    /// The user; a change locks the row against disabling and deletion.
    ///
    /// # Errors
    /// Those of [`ERRORS`].
    pub(crate) fn lock(&self, session: &mut Session<'_>) -> Result<User> {
        let user = self.user(session)?;
        if session.effect.reads() {
            return Ok(user);
        }
        if !session.connection.lock_user_shared(user.id)? {
            return Err(wrong(codes::USER_INVALID_PASSWORD));
        }
        // The password may have changed while the lock was awaited.
        match session.connection.locks_rows() {
            true => self.user(session),
            false => Ok(user),
        }
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({})", self.login.0)
    }
}

/// The rejection of an unknown login or a wrong password, which have one message.
pub(crate) fn wrong(code: Code) -> Error {
    Error::new(code, "The login or the password is wrong.")
}
