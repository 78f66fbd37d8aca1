//! `canJoin`: what joinGroup would answer now, and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::groups::rules::{JoinState, Joining, Standing, joining};
use crate::invitations::redeem;
use crate::types::{AuthToken, GroupRef, InvitationSecret};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Tells what joinGroup would answer now, and why. Nothing changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanJoin {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// An invitation to the group
    pub invitation: Option<InvitationSecret>,
}

/// What canJoin answers. `success` is true where the question was answered.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Prospect {
    /// Whether joinGroup would succeed
    pub can_join: bool,
    /// What joinGroup would answer
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_state: Option<JoinState>,
    /// The code with which joinGroup would fail
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<crate::plain::Text>")]
    pub code: Option<String>,
    /// Why
    #[schemars(with = "crate::plain::Text")]
    pub reason: String,
    /// What the caller can do next
    #[schemars(with = "crate::plain::Text")]
    pub next_step: String,
}

impl Operation for CanJoin {
    const NAME: &'static str = "canJoin";
    const VERBS: Verbs = Verbs::Get;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
    ];
    type Output = Prospect;

    fn run(&self, context: &mut Context<'_>) -> Result<Prospect> {
        let actor = context.authenticate(&self.auth_token)?;
        let group = context.group(self.id)?;
        let standing = context.towards(&group, actor.id)?.standing;
        let invited = match (&self.invitation, standing) {
            (Some(secret), Standing::None | Standing::Requested) => {
                match redeem::to_group(context, &group, secret) {
                    Ok(_) => true,
                    Err(error) if error.cause().is_some() => return Err(error),
                    Err(error) if error.code() == Code::RateLimited => return Err(error),
                    Err(error) => {
                        return Ok(Prospect {
                            can_join: false,
                            join_state: None,
                            code: Some(error.code().name().into()),
                            reason: error.message().into(),
                            next_step: "Ask for another invitation, or join without one.".into(),
                        });
                    }
                }
            }
            _ => false,
        };
        let rule = joining(standing, group.registration_type.parse()?, invited)?;
        let (join_state, code) = match rule.joining {
            Joining::Let(join_state) => (Some(join_state), None),
            Joining::Refuse(code) => (None, Some(code.name().into())),
        };
        Ok(Prospect {
            can_join: join_state.is_some(),
            join_state,
            code,
            reason: rule.reason.into(),
            next_step: rule.next_step.into(),
        })
    }
}
