//! `POST /user/groups/join`: joins a group by an invitation token.

use trivium_core::invitations::join_by_invitation::JoinByInvitation;
use trivium_core::types::InvitationSecret;
use trivium_core::{Operation, Result};

use crate::answer::{Answer, Location};
use crate::call::Context;

/// Joins the caller to the group of the token.
pub(crate) fn join(context: Context<'_, '_>) -> Result<Answer> {
    let actor = context.actor()?;
    let invitation = InvitationSecret(context.values.secret()?.to_owned());
    let joined = JoinByInvitation { invitation }.run(&actor, context.session)?;
    Ok(Answer::Created(Location::group(context.session, joined.id)))
}
