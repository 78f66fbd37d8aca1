//! `revokeInvitation`: revokes an invitation.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::invitations;

use crate::cases::{Access, Cause, Example, Invitation, Of, Who};
use crate::invitations::new::may_invite;
use crate::session::{DisclosedGroup, Record};
use crate::types::{GroupRef, InvitationRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Revokes an invitation to a group. For moderators of the group; only the owner may revoke invitations
/// of moderators.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevokeInvitation {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the invitation
    pub invitation_id: InvitationRef,
}

/// Returns the group of an invitation.
///
/// # Errors
/// `invitation_invalid`.
pub fn group_of(session: &mut Session<'_>, id: InvitationRef) -> Result<GroupRef> {
    let invitation = invitations::find(session.connection, id.0)?;
    let invitation = invitation.ok_or(codes::INVITATION_INVALID)?;
    Ok(GroupRef(invitation.group_id))
}

impl Operation for RevokeInvitation {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "revokeInvitation",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::INVITATION_INVALID,
            codes::INVITATION_REVOKED,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let DisclosedGroup { group, relation } = session.moderated_group(actor, self.id)?;
        let invitation = invitations::find(session.connection, self.invitation_id.0)?
            .filter(|invitation| invitation.group_id == group.id)
            .ok_or(codes::INVITATION_INVALID)?;
        may_invite(relation.standing, invitation.role.into())?;
        if !invitations::revoke(session.connection, invitation.id, session.now())? {
            return Err(codes::INVITATION_REVOKED.into());
        }
        session.record(
            actor,
            Record {
                group: Some(self.id),
                subject: Some(&self.invitation_id.to_string()),
                ..Record::default()
            },
        )?;
        Ok(Done {})
    }
}

impl PublicOperation for RevokeInvitation {
    const EXAMPLE: Example = Example::by(
        Who::Owner,
        &[("id", "group:1236"), ("invitationId", "invitation:1")],
    );
    const ACCESS: Access = Access::moderators(&[
        ("id", Of::Group),
        ("invitationId", Of::InvitationId(Invitation::Valid)),
    ]);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Owner,
            &[("id", Of::DeletedGroup)],
        ),
        Cause::of(
            codes::INVITATION_INVALID,
            Who::Owner,
            &[("invitationId", Of::Text("invitation:999999"))],
        ),
        Cause::of(
            codes::INVITATION_REVOKED,
            Who::Owner,
            &[("invitationId", Of::InvitationId(Invitation::Revoked))],
        ),
    ];
}
