//! A login with its password, which some calls bring instead of a token.
//!
//! Whether they fit is found out before the transaction, as hashing must not hold the writer;
//! the transaction checks again what was found.

use trivium_storage::users;

use crate::context::Actor;
use crate::types::{Login, Password};
use crate::{Caller, Code, Context, Effect, Error, Result, Service, passwords};

/// The codes with which a login and a password are refused.
pub const ERRORS: &[Code] = &[Code::LoginUnknown, Code::UserInvalidPassword];

/// A login whose password was found right.
pub struct Verified {
    login: Login,
    /// The hash against which it was.
    hash: String,
}

/// Is this the password of this login?
///
/// # Errors
/// Those of [`ERRORS`], `rate_limited`.
pub fn verify(
    service: &Service,
    caller: &Caller,
    login: &Login,
    password: &Password,
) -> Result<Verified> {
    let attempt = service.throttle.password(caller.address, login)?;
    let user = service
        .database
        .read::<_, Error>(|connection| Ok(users::find_by_login(connection, login)?))?
        .filter(|user| user.deleted_at.is_none());
    let kept = user.as_ref().and_then(|user| user.password_hash.as_deref());
    // The work is done for nobody as well, so that time does not tell who exists.
    let right = passwords::verify(password, kept)?;
    let user = user.ok_or_else(|| refusal(Code::LoginUnknown))?;
    match user.password_hash {
        Some(hash) if right && user.disabled_at.is_none() => {
            attempt.succeeded();
            let login = login.clone();
            Ok(Verified { login, hash })
        }
        _ => Err(refusal(Code::UserInvalidPassword)),
    }
}

impl Verified {
    /// Whose it is. The password may have been changed, or the user disabled, since.
    ///
    /// # Errors
    /// Those of [`ERRORS`].
    pub fn authenticate(&self, context: &mut Context<'_>) -> Result<Actor> {
        let user = users::find_by_login(context.connection, &self.login)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or_else(|| refusal(Code::LoginUnknown))?;
        let same = user.password_hash.as_ref() == Some(&self.hash) && user.disabled_at.is_none();
        if !same || context.effect == Effect::Change && !context.connection.hold_user(user.id)? {
            return Err(refusal(Code::UserInvalidPassword));
        }
        Ok(Actor {
            id: user.id,
            login: user.login,
            token: None,
            administrator: false,
        })
    }
}

impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verified({})", self.login.0)
    }
}

/// Unknown logins and wrong passwords are refused in the same words.
fn refusal(code: Code) -> Error {
    Error::new(code, "The login or the password is wrong.")
}
