//! `removeMember`: a membership ends by another hand.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef, Prose, UserRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Ends the membership of a person. Moderators may, of members; owners also of moderators.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemoveMember {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// ID of the person
    pub user: UserRef,
    /// Why
    pub reason: Option<Prose>,
}

impl Operation for RemoveMember {
    const NAME: &'static str = "removeMember";
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
        let act = permit(context, &self.auth_token, self.id, self.user, Act::Remove)?;
        act.set(context, None)?;
        act.orphan_invitations(context)?;
        act.record(context, self.reason.as_deref())?;
        Ok(Done {})
    }
}
