//! `joinByInvitation`: the invitation names the group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::groups::rules::JoinState;
use crate::invitations::redeem;
use crate::types::{AuthToken, GroupRef, InvitationSecret};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Joins the caller to the group that an invitation leads into.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinByInvitation {
    /// An authentication token
    pub auth_token: AuthToken,
    /// The invitation
    pub invitation: InvitationSecret,
}

/// What joinByInvitation answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinedByInvitation {
    /// ID of the group
    pub id: GroupRef,
    /// Always 'joined': an invitation skips moderation
    pub join_state: JoinState,
}

impl Operation for JoinByInvitation {
    const NAME: &'static str = "joinByInvitation";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::InvitationInvalid,
        Code::InvitationRevoked,
        Code::InvitationExpired,
        Code::InvitationUsedUp,
        Code::ContentNotFound,
        Code::InvitationIssuerInvalid,
        Code::Banned,
        Code::AlreadyMember,
    ];
    type Output = JoinedByInvitation;

    fn run(&self, context: &mut Context<'_>) -> Result<JoinedByInvitation> {
        let actor = context.authenticate(&self.auth_token)?;
        let (group, invitation) = redeem::to_any_group(context, &self.invitation)?;
        let person = context.towards(&group, actor.id)?;
        let join_state = person.join(context, &actor, &group, "", Some(invitation))?;
        Ok(JoinedByInvitation {
            id: GroupRef(group.id),
            join_state,
        })
    }
}
