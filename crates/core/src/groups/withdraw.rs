//! `withdrawJoinRequest`: deletes the caller's join request.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::memberships::{self, State};

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::Standing;
use crate::session::{Change, Record};
use crate::types::GroupRef;
use crate::{Actor, Code, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Withdraws the caller's pending join request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawJoinRequest {
    /// ID of the group
    pub id: GroupRef,
}

impl Operation for WithdrawJoinRequest {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "withdrawJoinRequest",
        &[codes::CONTENT_NOT_FOUND, codes::JOIN_REQUEST_NOT_FOUND],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let group = session.group(self.id, actor)?.group;
        let requested = State::Requested;
        if !memberships::delete(session.connection, group.id, actor.id, requested)? {
            return Err(codes::JOIN_REQUEST_NOT_FOUND.into());
        }
        session.record(
            actor,
            Record {
                group: Some(self.id),
                change: Some(Change::to(actor.id, Standing::None)),
                ..Record::default()
            },
        )?;
        Ok(Done {})
    }
}

const NO_REQUEST: Option<Code> = Some(codes::JOIN_REQUEST_NOT_FOUND);

impl PublicOperation for WithdrawJoinRequest {
    const EXAMPLE: Example = Example::by(Who::Member, &[("id", "group:1237")]);
    const ACCESS: Access = Access::by_standing(
        &[("id", Of::Group)],
        [
            NO_REQUEST, NO_REQUEST, None, NO_REQUEST, NO_REQUEST, NO_REQUEST,
        ],
    )
    .elsewhere(codes::CONTENT_NOT_FOUND);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::CONTENT_NOT_FOUND,
        Who::Requester,
        &[("id", Of::DeletedGroup)],
    )];
}
