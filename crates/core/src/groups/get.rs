//! `getGroup`: shows a group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::groups::{Group, Registration};

use crate::cases::{Access, Example, Of, Who};
use crate::groups::rules::Standing;
use crate::groups::view::GroupView;
use crate::types::GroupRef;
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Shows a group. An invitation-only group is visible to its members only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetGroup {
    /// ID of the group
    pub id: GroupRef,
}

/// The result of getGroup and editGroup.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GroupResult {
    /// The group
    pub group: GroupView,
}

impl Operation for GetGroup {
    const DECLARATION: &'static Declaration = &Declaration {
        token_first: true,
        ..Declaration::read("getGroup", &[codes::CONTENT_NOT_FOUND])
    };
    type Caller = Option<Actor>;
    type Output = GroupResult;

    fn run(&self, actor: &Option<Actor>, session: &mut Session<'_>) -> Result<GroupResult> {
        let group = visible(session, actor.as_ref(), self.id)?;
        Ok(GroupResult {
            group: GroupView::of(group, session),
        })
    }
}

impl PublicOperation for GetGroup {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[("id", "group:1234")]);
    const ACCESS: Access =
        Access::everybody(&[("id", Of::Group)]).elsewhere(codes::CONTENT_NOT_FOUND);
}

/// Returns a group if it is disclosed to the caller.
///
/// # Errors
/// Those of [`GetGroup`].
pub fn visible(session: &mut Session<'_>, actor: Option<&Actor>, id: GroupRef) -> Result<Group> {
    let group = session.group(id)?;
    let standing = match actor {
        Some(actor) => session.standing(actor, &group)?,
        None => Standing::None,
    };
    disclosed(&group, standing)?;
    Ok(group)
}

/// Checks that a group is disclosed: an invitation-only group is disclosed to its members only.
///
/// # Errors
/// `content_not_found`.
pub(crate) fn disclosed(group: &Group, standing: Standing) -> Result<()> {
    if group.registration_type == Registration::Invite && standing.role().is_none() {
        return Err(codes::CONTENT_NOT_FOUND.into());
    }
    Ok(())
}
