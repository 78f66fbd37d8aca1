//! `denyJoinRequest`: deletes a pending join request.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::Act;
use crate::moderation::subject::permit;
use crate::types::{GroupRef, Message, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Denies a pending join request. For moderators of the group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DenyJoinRequest {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the user
    pub user: UserRef,
    /// The reason
    pub reason: Option<Message>,
}

impl Operation for DenyJoinRequest {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "denyJoinRequest",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::JOIN_REQUEST_NOT_FOUND,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let act = permit(session, actor, self.id, self.user, Act::Deny)?;
        let change = act.set(session, None)?;
        act.record(session, self.reason.as_deref(), change)?;
        Ok(Done {})
    }
}

impl PublicOperation for DenyJoinRequest {
    const EXAMPLE: Example = Example::by(
        Who::Owner,
        &[
            ("id", "group:1237"),
            ("user", "user:1"),
            ("reason", "Not yet."),
        ],
    );
    const ACCESS: Access =
        Access::moderators(&[("id", Of::Group), ("user", Of::Id(Who::OtherRequester))]);
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
            codes::JOIN_REQUEST_NOT_FOUND,
            Who::Owner,
            &[("user", Of::Id(Who::Stranger))],
        ),
    ];
}
