//! `setMemberRole`: a member gains or loses rights.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::groups::rules::Act;
use crate::invitations::new::InvitedRole;
use crate::moderation::subject::permit;
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef, UserRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Makes a member a moderator, or a moderator a member. Only the owner may.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetMemberRole {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// ID of the person
    pub user: UserRef,
    /// What the member becomes
    pub role: InvitedRole,
}

impl Operation for SetMemberRole {
    const NAME: &'static str = "setMemberRole";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::UserAccessDenied,
        Code::UserNotFound,
        Code::NotAMember,
        Code::OwnerProtected,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let act = permit(context, &self.auth_token, self.id, self.user, Act::SetRole)?;
        let mut to = act.row(context, self.role.as_str());
        // Who changes rooms in a house still lives there since they came.
        to.since = act
            .subject
            .row
            .as_ref()
            .map_or(context.now, |row| row.since);
        act.set(context, Some(to))?;
        if self.role == InvitedRole::Member {
            act.orphan_invitations(context)?;
        }
        act.record(context, Some(self.role.as_str()))?;
        Ok(Done {})
    }
}
