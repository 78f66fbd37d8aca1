//! `/groups/{id}/users/token`: an invitation, which Onezone calls an invite token.

use trivium_core::invitations::new::{InvitedRole, NewInvitation};
use trivium_core::types::GroupRef;
use trivium_core::{Operation, Result};

use crate::answer::Answer;
use crate::call::Context;

/// Creates an invitation that can be used once.
pub(crate) fn invite(mut context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    context.check_group(id)?;
    let actor = context.actor()?;
    let invited = invitation(id, Some(1), None).run(&actor, context.session)?;
    Ok(Answer::Token(invited.invitation))
}

/// An invitation of members, used this often at most, that expires after these seconds.
pub(crate) const fn invitation(
    id: GroupRef,
    usage_limit: Option<i64>,
    expires_in: Option<i64>,
) -> NewInvitation {
    NewInvitation {
        id,
        usage_limit,
        expires_in,
        role: InvitedRole::Member,
        member_until: None,
    }
}
