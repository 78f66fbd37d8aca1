//! `denyJoinRequest`: who waits, is turned away.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef, Prose, UserRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Turns a person away whose request to join waits. Moderators may.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DenyJoinRequest {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// ID of the person
    pub user: UserRef,
    /// Why
    pub reason: Option<Prose>,
}

impl Operation for DenyJoinRequest {
    const NAME: &'static str = "denyJoinRequest";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::UserAccessDenied,
        Code::UserNotFound,
        Code::JoinRequestNotFound,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let act = permit(context, &self.auth_token, self.id, self.user, Act::Deny)?;
        act.set(context, None)?;
        act.record(context, self.reason.as_deref())?;
        Ok(Done {})
    }
}
