//! `setMemberRole`: changes the role of a member.

use schemars::JsonSchema;
use serde::Deserialize;

use trivium_storage::memberships::Membership;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::Act;
use crate::invitations::new::InvitedRole;
use crate::moderation::subject::permit;
use crate::types::{GroupRef, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Makes a member a moderator, or a moderator a member. For the owner of the group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetMemberRole {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the user
    pub user: UserRef,
    /// New role of the member
    pub role: InvitedRole,
}

impl Operation for SetMemberRole {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "setMemberRole",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::NOT_A_MEMBER,
            codes::OWNER_PROTECTED,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let act = permit(session, actor, self.id, self.user, Act::SetRole)?;
        let change = act.set(
            session,
            act.subject.row.clone().map(|row| Membership {
                state: self.role.into(),
                ..row
            }),
        )?;
        if self.role == InvitedRole::Member {
            act.orphan_invitations(session)?;
        }
        act.record(session, Some(self.role.as_str()), change)?;
        Ok(Done {})
    }
}

impl PublicOperation for SetMemberRole {
    const EXAMPLE: Example = Example::by(
        Who::Owner,
        &[
            ("id", "group:1237"),
            ("user", "user:3"),
            ("role", "moderator"),
        ],
    );
    const ACCESS: Access = Access::owner(&[
        ("id", Of::Group),
        ("user", Of::Id(Who::OtherMember)),
        ("role", Of::Text("moderator")),
    ]);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Owner,
            &[("id", Of::DeletedGroup)],
        ),
        Cause::of(
            codes::USER_NOT_FOUND,
            Who::Owner,
            &[("user", Of::Id(Who::Missing))],
        ),
        Cause::of(
            codes::NOT_A_MEMBER,
            Who::Owner,
            &[("user", Of::Id(Who::Stranger))],
        ),
        Cause::of(
            codes::OWNER_PROTECTED,
            Who::Owner,
            &[("user", Of::Id(Who::Owner))],
        ),
    ];
}
