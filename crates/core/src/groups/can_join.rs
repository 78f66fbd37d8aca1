//! `canJoin`: previews joinGroup.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::{JoinState, Joining, Standing, joining};
use crate::invitations::redeem;
use crate::session::{DisclosedGroup, Viewer};
use crate::types::{GroupRef, InvitationSecret};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Reports whether joinGroup would succeed now, and why. Changes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanJoin {
    /// ID of the group
    pub id: GroupRef,
    /// An invitation to the group
    pub invitation: Option<InvitationSecret>,
}

/// The result of canJoin. `success` is true also if the caller cannot join.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinCheck {
    /// Whether joinGroup would succeed
    pub can_join: bool,
    /// The joinState that joinGroup would return
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_state: Option<JoinState>,
    /// The code of the error that joinGroup would return
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Text>")]
    pub code: Option<String>,
    /// The reason
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub reason: String,
    /// What the caller can do next
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub next_step: String,
}

impl Operation for CanJoin {
    const DECLARATION: &'static Declaration =
        &Declaration::read("canJoin", &[codes::CONTENT_NOT_FOUND]);
    type Caller = Actor;
    type Output = JoinCheck;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<JoinCheck> {
        let DisclosedGroup { group, relation } = session.group(self.id, Viewer::Joining(actor))?;
        let standing = relation.standing;
        let invited = match (&self.invitation, standing) {
            (Some(secret), Standing::None | Standing::Requested) => {
                match redeem::to_group(session, &group, secret) {
                    Ok(_) => true,
                    Err(error) if error.cause().is_some() => return Err(error),
                    Err(error) if error.code() == codes::RATE_LIMITED => return Err(error),
                    Err(error) => {
                        return Ok(JoinCheck {
                            can_join: false,
                            join_state: None,
                            code: Some(error.code().name.into()),
                            reason: error.message().into(),
                            next_step: "Ask for another invitation, or join without one.".into(),
                        });
                    }
                }
            }
            _ => false,
        };
        let rule = joining(
            standing,
            group.registration_type.into(),
            invited,
            relation.condition,
        )?;
        let (join_state, code) = match rule.joining {
            Joining::Let(join_state) => (Some(join_state), None),
            Joining::Refuse(code) => (None, Some(code.name.into())),
        };
        Ok(JoinCheck {
            can_join: join_state.is_some(),
            join_state,
            code,
            reason: rule.reason.into(),
            next_step: rule.next_step.into(),
        })
    }
}

impl PublicOperation for CanJoin {
    const EXAMPLE: Example = Example::by(Who::Member, &[("id", "group:1235")]);
    const ACCESS: Access = Access::everybody(&[("id", Of::Group)]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::CONTENT_NOT_FOUND,
        Who::Stranger,
        &[("id", Of::DeletedGroup)],
    )];
}
