//! An application changes a frob for a token.

use trivium_storage::applications;
use trivium_storage::users::{self, User};

use crate::accounts::login::give_token;
use crate::applications::known;
use crate::context::Record;
use crate::{Code, Context, Result, secrets};

/// What the audit log names it.
pub const NAME: &str = "redeemFrob";

/// Gives a token of the person whose approval the frob is. A frob is good once, for the
/// application that was approved.
///
/// # Errors
/// `api_key_invalid`, `frob_invalid`.
pub fn redeem(context: &mut Context<'_>, key: &str, frob: &str) -> Result<(String, User)> {
    let application = known(context, key)?;
    let frob = applications::take_frob(context.connection, &secrets::hash(frob))?
        .filter(|frob| frob.key_id == application.id && frob.expires_at > context.now)
        .ok_or(Code::FrobInvalid)?;
    // Whose approval it is may have been disabled or deleted since.
    let user = users::find(context.connection, frob.user_id)?
        .filter(|user| user.disabled_at.is_none() && user.deleted_at.is_none())
        .ok_or(Code::FrobInvalid)?;
    if !context.connection.hold_user(user.id)? {
        return Err(Code::FrobInvalid.into());
    }
    let token = give_token(context, user.id, context.settings.token_lifetime)?;
    context.record(
        &user.login,
        Record {
            subject: Some(&application.name),
            ..Record::default()
        },
    )?;
    Ok((token, user))
}
