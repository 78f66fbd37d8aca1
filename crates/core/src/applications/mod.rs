//! Applications of the Upcoming dialect: programs of third parties, identified by an API key.
//!
//! A key identifies an application and grants nothing alone. A user approves an application with their
//! password ([`approve`]) and gets a frob, which the application exchanges for a token ([`redeem`]).
//! Administrators create and revoke keys ([`keys`]).

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
