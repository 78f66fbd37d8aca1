//! `leaveGroup`: ends the caller's membership.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::{invitations, memberships};

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::Standing;
use crate::session::{Change, DisclosedGroup, Record};
use crate::types::GroupRef;
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Ends the caller's membership in a group. The owner cannot leave.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeaveGroup {
    /// ID of the group to leave
    pub id: GroupRef,
}

impl Operation for LeaveGroup {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "leaveGroup",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::NOT_A_MEMBER,
            codes::OWNER_CANNOT_LEAVE,
        ],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let DisclosedGroup { group, relation } = session.group(self.id, actor)?;
        let (standing, row) = match (relation.standing, relation.row) {
            (Standing::Owner, _) => return Err(codes::OWNER_CANNOT_LEAVE.into()),
            (standing, Some(row)) if standing.role().is_some() => (standing, row),
            _ => return Err(codes::NOT_A_MEMBER.into()),
        };
        memberships::delete(session.connection, group.id, actor.id, row.state)?;
        session.count_members(group.id, -1)?;
        if standing.moderates() {
            invitations::orphan(session.connection, actor.id, Some(group.id), session.now())?;
        }
        session.record(
            actor,
            Record {
                group: Some(self.id),
                action: Some(Self::DECLARATION.name),
                change: Some(Change::to(actor.id, Standing::None)),
                ..Record::default()
            },
        )?;
        Ok(Done {})
    }
}

impl PublicOperation for LeaveGroup {
    const EXAMPLE: Example = Example::by(Who::Member, &[("id", "group:101")]);
    const ACCESS: Access = Access::by_standing(
        &[("id", Of::Group)],
        [
            Some(codes::NOT_A_MEMBER),
            None,
            Some(codes::NOT_A_MEMBER),
            Some(codes::NOT_A_MEMBER),
            None,
            Some(codes::OWNER_CANNOT_LEAVE),
        ],
    )
    .elsewhere(codes::CONTENT_NOT_FOUND);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::CONTENT_NOT_FOUND,
        Who::Member,
        &[("id", Of::DeletedGroup)],
    )];
}
