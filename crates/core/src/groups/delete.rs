//! `deleteGroup`: deletes a group with its memberships and join requests.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::groups::{self, Group};
use trivium_storage::memberships;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::ends::end_due_of_group;
use crate::groups::rules::Standing;
use crate::session::{DisclosedGroup, Record};
use crate::types::GroupRef;
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Deletes a group. For its owner. The ID is not used again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeleteGroup {
    /// ID of the group to delete
    pub id: GroupRef,
}

impl Operation for DeleteGroup {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "deleteGroup",
        &[codes::CONTENT_NOT_FOUND, codes::USER_ACCESS_DENIED],
    );
    type Caller = Actor;
    type Output = Done;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Done> {
        let DisclosedGroup { group, relation } = session.group(self.id, actor)?;
        if relation.standing != Standing::Owner {
            return Err(codes::USER_ACCESS_DENIED.into());
        }
        delete_group(session, actor, &group)?;
        Ok(Done {})
    }
}

impl PublicOperation for DeleteGroup {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("id", "group:1237")]);
    const ACCESS: Access = Access::owner(&[("id", Of::Group)]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::CONTENT_NOT_FOUND,
        Who::Owner,
        &[("id", Of::DeletedGroup)],
    )];
}

/// Deletes a group. Its invitations remain stored; redeeming one fails with `content_not_found`.
///
/// # Errors
/// A failure of the store.
pub(crate) fn delete_group(session: &mut Session<'_>, actor: &Actor, group: &Group) -> Result<()> {
    // Memberships that have ended by themselves are recorded as such.
    if group.next_end.is_some_and(|end| session.is_past(end)) {
        end_due_of_group(session, GroupRef(group.id), i64::MAX)?;
    }
    memberships::delete_of_group(session.connection, group.id)?;
    groups::update(
        session.connection,
        group.id,
        &groups::GroupChange {
            deleted_at: Some(session.now()),
            ..Default::default()
        },
    )?;
    session.record(
        actor,
        Record {
            group: Some(GroupRef(group.id)),
            action: Some(DeleteGroup::DECLARATION.name),
            subject: Some(&group.name),
            ..Record::default()
        },
    )
}
