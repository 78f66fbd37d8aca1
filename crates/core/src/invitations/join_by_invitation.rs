//! `joinByInvitation`: joins the group of an invitation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cases::{Access, Cause, Example, Invitation, Of, Who};
use crate::groups::rules::JoinState;
use crate::invitations::redeem;
use crate::session::DisclosedGroup;
use crate::types::{GroupRef, InvitationSecret};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Joins the caller to the group of an invitation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinByInvitation {
    /// The invitation
    pub invitation: InvitationSecret,
}

/// The result of joinByInvitation.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinedByInvitation {
    /// ID of the group
    pub id: GroupRef,
    /// Always 'joined': an invitation skips moderation
    pub join_state: JoinState,
}

impl Operation for JoinByInvitation {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "joinByInvitation",
        &[
            codes::INVITATION_INVALID,
            codes::INVITATION_REVOKED,
            codes::INVITATION_EXPIRED,
            codes::INVITATION_USED_UP,
            codes::CONTENT_NOT_FOUND,
            codes::INVITATION_ISSUER_INVALID,
            codes::BANNED,
            codes::ALREADY_MEMBER,
            codes::QUOTA_EXCEEDED,
        ],
    );
    type Caller = Actor;
    type Output = JoinedByInvitation;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<JoinedByInvitation> {
        let (found, invitation) = redeem::to_any_group(session, actor, &self.invitation)?;
        let DisclosedGroup { group, relation } = found;
        let join_state = relation.join(session, actor, &group, "", Some(invitation))?;
        Ok(JoinedByInvitation {
            id: GroupRef(group.id),
            join_state,
        })
    }
}

impl PublicOperation for JoinByInvitation {
    const EXAMPLE: Example = Example::by(
        Who::Member,
        &[(
            "invitation",
            "inv_0123456789abcdef0123456789abcdef012345670e7b17ab",
        )],
    );
    const ACCESS: Access =
        Access::fails(&[("invitation", Of::Text("x"))], codes::INVITATION_INVALID);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::INVITATION_REVOKED,
            Who::Stranger,
            &[("invitation", Of::Secret(Invitation::Revoked))],
        ),
        Cause::of(
            codes::INVITATION_EXPIRED,
            Who::Stranger,
            &[("invitation", Of::Secret(Invitation::Expired))],
        ),
        Cause::of(
            codes::INVITATION_USED_UP,
            Who::Stranger,
            &[("invitation", Of::Secret(Invitation::UsedUp))],
        ),
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Stranger,
            &[("invitation", Of::Secret(Invitation::ToDeletedGroup))],
        ),
        Cause::of(
            codes::INVITATION_ISSUER_INVALID,
            Who::Stranger,
            &[("invitation", Of::Secret(Invitation::OfFormerModerator))],
        ),
        Cause::of(
            codes::BANNED,
            Who::Banned,
            &[("invitation", Of::Secret(Invitation::Valid))],
        ),
        Cause::of(
            codes::ALREADY_MEMBER,
            Who::Member,
            &[("invitation", Of::Secret(Invitation::Valid))],
        ),
    ];
}
