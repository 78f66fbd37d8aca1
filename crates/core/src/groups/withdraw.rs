//! `withdrawJoinRequest`: who waits, waits no longer.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::memberships;

use crate::context::Record;
use crate::groups::rules::Standing;
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Takes the caller's request to join a group back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawJoinRequest {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
}

impl Operation for WithdrawJoinRequest {
    const NAME: &'static str = "withdrawJoinRequest";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::JoinRequestNotFound,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let actor = context.authenticate(&self.auth_token)?;
        let group = context.group(self.id)?;
        let requested = Standing::Requested.as_str();
        if !memberships::delete(context.connection, group.id, actor.id, requested)? {
            return Err(Code::JoinRequestNotFound.into());
        }
        context.record(
            &actor.login,
            Record {
                group: Some(self.id),
                ..Record::default()
            },
        )?;
        Ok(Done {})
    }
}
