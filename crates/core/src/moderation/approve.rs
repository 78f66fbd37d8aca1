//! `approveJoinRequest`: who waits, comes in.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::groups::rules::{Act, Standing};
use crate::moderation::subject::permit;
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef, UserRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Lets a person in whose request to join waits. Moderators may.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApproveJoinRequest {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// ID of the person
    pub user: UserRef,
}

impl Operation for ApproveJoinRequest {
    const NAME: &'static str = "approveJoinRequest";
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
        let act = permit(context, &self.auth_token, self.id, self.user, Act::Approve)?;
        let to = act.row(context, Standing::Member.as_str());
        act.set(context, Some(to))?;
        act.record(context, None)?;
        Ok(Done {})
    }
}
