//! `newInvitation`: creates an invitation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::invitations;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::ends::future_end;
use crate::groups::rules::Standing;
use crate::session::{DisclosedGroup, Record};
use crate::types::{DateTime, GroupRef, InvitationRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes, secrets};

trivium_rpc::string_enum! {
    /// The role of users who join with an invitation.
    InvitedRole {
        /// A member without further rights.
        Member = "member",
        /// A member who manages members and join requests.
        Moderator = "moderator",
    }
}

/// Creates an invitation to a group. For moderators of the group; only the owner may invite
/// moderators.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewInvitation {
    /// ID of the group
    pub id: GroupRef,
    /// How many users can join with it; unlimited if absent
    #[schemars(range(min = 1, max = 1_000_000))]
    pub usage_limit: Option<i64>,
    /// Lifetime in seconds; unlimited if absent
    #[schemars(range(min = 1, max = 315_360_000))]
    pub expires_in: Option<i64>,
    /// Role of the users who join with it
    #[serde(default = "default_role")]
    pub role: InvitedRole,
    /// When the memberships of those who join with it end; the invitation then expires, too
    pub member_until: Option<DateTime>,
}

const fn default_role() -> InvitedRole {
    InvitedRole::Member
}

/// The result of newInvitation.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invited {
    /// ID of the invitation
    pub invitation_id: InvitationRef,
    /// The secret of the invitation; only this result shows it
    #[schemars(with = "crate::types::InvitationSecret")]
    pub invitation: String,
    /// When the invitation expires
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime>,
}

impl Operation for NewInvitation {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "newInvitation",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::VALIDATION_OUT_OF_RANGE,
            codes::QUOTA_EXCEEDED,
        ],
    );
    type Caller = Actor;
    type Output = Invited;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Invited> {
        let DisclosedGroup { group, relation } = session.group(self.id, actor)?;
        may_invite(relation.standing, self.role)?;
        let member_until = future_end(session, "memberUntil", self.member_until)?;
        session.may_have_invitation(group.id)?;
        let invitation = secrets::new_invitation()?;
        let expires_at = self.expires_in.map(|seconds| session.now() + seconds);
        // Nobody can become a member whose membership has ended.
        let expires_at = expires_at.into_iter().chain(member_until).min();
        let id = invitations::insert(
            session.connection,
            &invitations::NewInvitation {
                group_id: group.id,
                // The owner counts as the issuer of the administrator's invitations.
                issuer_id: if actor.administrator {
                    group.owner_id
                } else {
                    actor.id
                },
                hash: secrets::hash(&invitation),
                prefix: secrets::prefix(&invitation),
                role: self.role.into(),
                created_at: session.now(),
                expires_at,
                usage_limit: self.usage_limit,
                member_until,
            },
        )?;
        let invitation_id = InvitationRef(id);
        session.record(
            actor,
            Record {
                group: Some(self.id),
                subject: Some(&invitation_id.to_string()),
                ..Record::default()
            },
        )?;
        Ok(Invited {
            invitation_id,
            invitation,
            expires_at: expires_at.map(DateTime),
        })
    }
}

impl PublicOperation for NewInvitation {
    const EXAMPLE: Example = Example::by(
        Who::Owner,
        &[
            ("id", "group:1236"),
            ("usageLimit", "5"),
            ("expiresIn", "604800"),
        ],
    );
    const ACCESS: Access = Access::moderators(&[("id", Of::Group)]);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Owner,
            &[("id", Of::DeletedGroup)],
        ),
        Cause::of(
            codes::VALIDATION_OUT_OF_RANGE,
            Who::Owner,
            &[("memberUntil", Of::Text("2006-08-11T13:38:44Z"))],
        ),
    ];
}

/// Checks that a user may issue invitations of this role: only the owner invites moderators.
///
/// # Errors
/// `user_access_denied`.
pub(crate) fn may_invite(standing: Standing, role: InvitedRole) -> Result<()> {
    match (standing, role) {
        (Standing::Owner, _) | (Standing::Moderator, InvitedRole::Member) => Ok(()),
        _ => Err(codes::USER_ACCESS_DENIED.into()),
    }
}
