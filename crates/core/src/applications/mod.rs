//! Applications of the Upcoming dialect: programs of third parties, identified by an API key.
//!
//! A key identifies an application and grants nothing alone. A user approves an application with their
//! password ([`approve`]) and gets a frob, which the application exchanges for a token ([`redeem`]).
//! A token records the application
//! that it was given to. Administrators create and revoke keys ([`keys`]); revoking a key also revokes its tokens.

pub mod approve;
pub mod keys;
pub mod redeem;

use trivium_storage::applications;
pub use trivium_storage::applications::Application;

use crate::{Result, Session, codes};

/// The application of this key.
///
/// # Errors
/// `api_key_invalid`, also if it was revoked.
pub fn find_valid(session: &mut Session<'_>, key: &str) -> Result<Application> {
    applications::find(session.connection, key)?
        .filter(|application| application.revoked_at.is_none())
        .ok_or_else(|| codes::API_KEY_INVALID.into())
}

/// The application of this key, for a change. Its revocation waits for the change.
///
/// # Errors
/// Those of [`find_valid`].
pub(crate) fn lock_valid(session: &mut Session<'_>, key: &str) -> Result<Application> {
    let application = find_valid(session, key)?;
    match session.connection.lock_application_shared(application.id)? {
        true => Ok(application),
        false => Err(codes::API_KEY_INVALID.into()),
    }
}
