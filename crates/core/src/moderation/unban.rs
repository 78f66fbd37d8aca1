//! `unbanMember`: lifts a ban.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::types::{GroupRef, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Lifts the ban of a user, who may then join again. For moderators of the group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnbanMember {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the user
    pub user: UserRef,
}

impl Operation for UnbanMember {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "unbanMember",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::NOT_BANNED,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let act = permit(session, actor, self.id, self.user, Act::Unban)?;
        let change = act.set(session, None)?;
        act.record(session, None, change)?;
        Ok(Done {})
    }
}

impl PublicOperation for UnbanMember {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("id", "group:1237"), ("user", "user:4")]);
    const ACCESS: Access = Access::moderators(&[("id", Of::Group), ("user", Of::Id(Who::Banned))]);
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
            codes::NOT_BANNED,
            Who::Owner,
            &[("user", Of::Id(Who::Member))],
        ),
    ];
}
