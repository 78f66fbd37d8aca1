//! `revokeInvitation`: an invitation ends.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::invitations;

use crate::context::Record;
use crate::invitations::new::may_invite;
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef, InvitationRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Ends an invitation to a group. Who may make it, may end it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevokeInvitation {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// ID of the invitation
    pub invitation_id: InvitationRef,
}

/// The group into which an invitation leads, for those who know no more than its ID.
///
/// # Errors
/// `invitation_invalid`.
pub fn group_of(context: &mut Context<'_>, id: InvitationRef) -> Result<GroupRef> {
    let invitation = invitations::find(context.connection, id.0)?;
    let invitation = invitation.ok_or(Code::InvitationInvalid)?;
    Ok(GroupRef(invitation.group_id))
}

impl Operation for RevokeInvitation {
    const NAME: &'static str = "revokeInvitation";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::UserAccessDenied,
        Code::InvitationInvalid,
        Code::InvitationRevoked,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let actor = context.authenticate(&self.auth_token)?;
        let group = context.moderated_group(&actor, self.id)?;
        let invitation = invitations::find(context.connection, self.invitation_id.0)?
            .filter(|invitation| invitation.group_id == group.id)
            .ok_or(Code::InvitationInvalid)?;
        let standing = context.standing_of(&actor, &group)?;
        may_invite(standing, invitation.role.parse()?)?;
        if !invitations::revoke(context.connection, invitation.id, context.now)? {
            return Err(Code::InvitationRevoked.into());
        }
        context.record(
            &actor.login,
            Record {
                group: Some(self.id),
                subject: Some(&self.invitation_id.to_string()),
                ..Record::default()
            },
        )?;
        Ok(Done {})
    }
}
