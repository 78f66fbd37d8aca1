//! `unbanMember`: a ban ends.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef, UserRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Ends the ban of a person, who may then join again. Moderators may.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnbanMember {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// ID of the person
    pub user: UserRef,
}

impl Operation for UnbanMember {
    const NAME: &'static str = "unbanMember";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::UserAccessDenied,
        Code::UserNotFound,
        Code::NotBanned,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let act = permit(context, &self.auth_token, self.id, self.user, Act::Unban)?;
        act.set(context, None)?;
        act.record(context, None)?;
        Ok(Done {})
    }
}
