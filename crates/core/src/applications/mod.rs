//! Applications of the Upcoming dialect: programs of other people's, known by a key.
//!
//! A key names an application and grants nothing alone. A person approves an application with
//! their password ([`approve`]) and gets a frob; the application changes the frob for a token
//! ([`redeem`]). Administrators make and end keys ([`keys`]).

pub mod approve;
pub mod keys;
pub mod redeem;

use trivium_storage::applications;

use crate::applications::keys::Application;

use crate::{Code, Context, Result};

/// The application of this key.
///
/// # Errors
/// `api_key_invalid`, also when it was revoked.
pub fn known(context: &mut Context<'_>, key: &str) -> Result<Application> {
    applications::find(context.connection, key)?
        .filter(|application| application.revoked_at.is_none())
        .ok_or_else(|| Code::ApiKeyInvalid.into())
}
