//! `getGroup`: shows a group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cases::{Access, Example, Of, Who};
use crate::groups::condition::JoinCondition;
use crate::groups::view::{Group, GroupView};
use crate::session::Viewer;
use crate::types::GroupRef;
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Shows a group. An invitation-only group is visible only to its members and requesters, and to users whom its
/// condition of joining admits.
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

impl GroupResult {
    /// Shows a group, with its condition if the viewer may see the other group.
    ///
    /// # Errors
    /// A failure of the store.
    pub(crate) fn of<'v>(
        group: Group,
        session: &mut Session<'_>,
        viewer: impl Into<Viewer<'v>>,
    ) -> Result<Self> {
        let condition = JoinCondition::of(&group);
        let mut group = GroupView::of(group, session);
        if let Some(condition) = condition
            && session
                .find_group(condition.group, viewer.into(), false)?
                .is_some()
        {
            group.join_condition = Some(condition.to_string());
        }
        Ok(Self { group })
    }
}

impl Operation for GetGroup {
    const DECLARATION: &'static Declaration = &Declaration {
        token_first: true,
        ..Declaration::read("getGroup", &[codes::CONTENT_NOT_FOUND])
    };
    type Caller = Option<Actor>;
    type Output = GroupResult;

    fn run(&self, actor: &Option<Actor>, session: &mut Session<'_>) -> Result<GroupResult> {
        let group = session.group(self.id, actor)?.group;
        GroupResult::of(group, session, actor)
    }
}

impl PublicOperation for GetGroup {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[("id", "group:1234")]);
    const ACCESS: Access =
        Access::everybody(&[("id", Of::Group)]).elsewhere(codes::CONTENT_NOT_FOUND);
}
