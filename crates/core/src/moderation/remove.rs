//! `removeMember`: ends the membership of another user.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::types::{GroupRef, Message, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Removes a member from a group. For moderators of the group; only the owner may remove a
/// moderator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemoveMember {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the user
    pub user: UserRef,
    /// The reason
    pub reason: Option<Message>,
}

impl Operation for RemoveMember {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "removeMember",
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
        let act = permit(session, actor, self.id, self.user, Act::Remove)?;
        let change = act.set(session, None)?;
        act.orphan_invitations(session)?;
        act.record(session, self.reason.as_deref(), change)?;
        Ok(Done {})
    }
}

impl PublicOperation for RemoveMember {
    const EXAMPLE: Example = Example::by(
        Who::Owner,
        &[
            ("id", "group:1237"),
            ("user", "user:3"),
            ("reason", "Left a gate open."),
        ],
    );
    const ACCESS: Access =
        Access::moderators(&[("id", Of::Group), ("user", Of::Id(Who::OtherMember))]);
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
