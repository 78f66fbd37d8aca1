//! `approveJoinRequest`: makes a user with a pending join request a member.

use schemars::JsonSchema;
use serde::Deserialize;

use trivium_storage::memberships::{Membership, State};

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::ends::future_end;
use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::types::{DateTime, GroupRef, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Approves a pending join request. For moderators of the group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApproveJoinRequest {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the user
    pub user: UserRef,
    /// When the membership ends; never if absent
    pub member_until: Option<DateTime>,
}

impl Operation for ApproveJoinRequest {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "approveJoinRequest",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::JOIN_REQUEST_NOT_FOUND,
            codes::VALIDATION_OUT_OF_RANGE,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let act = permit(session, actor, self.id, self.user, Act::Approve)?;
        let to = Membership {
            ends_at: future_end(session, "memberUntil", self.member_until)?,
            ..act.row(session, State::Member)
        };
        let change = act.set(session, Some(to))?;
        let reason = self.member_until.map(|until| until.to_string());
        act.record(session, reason.as_deref(), change)?;
        Ok(Done {})
    }
}

impl PublicOperation for ApproveJoinRequest {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("id", "group:1237"), ("user", "user:1")]);
    const ACCESS: Access =
        Access::moderators(&[("id", Of::Group), ("user", Of::Id(Who::OtherRequester))]);
    const CAUSES: &'static [Cause] = &[
        // Users without rights do not learn whether another user exists.
        Cause::of(
            codes::USER_ACCESS_DENIED,
            Who::Stranger,
            &[("user", Of::Id(Who::Missing))],
        ),
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
            codes::JOIN_REQUEST_NOT_FOUND,
            Who::Owner,
            &[("user", Of::Id(Who::Stranger))],
        ),
        Cause::of(
            codes::VALIDATION_OUT_OF_RANGE,
            Who::Owner,
            &[
                ("user", Of::Id(Who::OtherRequester)),
                ("memberUntil", Of::Text("2006-08-11T13:38:44Z")),
            ],
        ),
    ];
}
