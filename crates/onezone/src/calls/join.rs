//! `POST /user/groups/join`: an invitation token opens a group.

use trivium_core::invitations::join_by_invitation::JoinByInvitation;
use trivium_core::types::InvitationSecret;
use trivium_core::{Context, Operation};

use crate::answer::{Answer, Location};
use crate::asked::{Stop, shown, somebody};
use crate::values::Values;

/// Joins who asks to the group that the token leads into.
pub(crate) fn join(values: &Values, context: &mut Context<'_>) -> Result<Answer, Stop> {
    somebody(context)?;
    let invitation = InvitationSecret(values.invitation()?.to_owned());
    let joining = JoinByInvitation {
        auth_token: shown(),
        invitation,
    };
    let joined = Operation::run(&joining, context)?;
    Ok(Answer::Made(Location::group(context, joined.id)))
}
