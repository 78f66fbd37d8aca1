//! `getGroupsInCommon`: lists the groups that the caller shares with another user.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::groups;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::view::GroupView;
use crate::types::{PageNumber, ResultsPerPage, UserRef, slice};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Lists the groups that the caller and another user are members of, highest ID first. The role and the time of joining
/// are those of the caller.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetGroupsInCommon {
    /// ID of the other user
    pub user: UserRef,
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of groups per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
}

crate::listing! {
    /// The result of getGroupsInCommon.
    GroupsInCommon {
        /// The groups of this page
        groups: GroupView
    }
}

impl Operation for GetGroupsInCommon {
    const DECLARATION: &'static Declaration =
        &Declaration::read("getGroupsInCommon", &[codes::USER_NOT_FOUND]);
    type Caller = Actor;
    type Output = GroupsInCommon;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<GroupsInCommon> {
        let other = session.user(self.user)?;
        let page = slice(self.page, self.results_per_page);
        // A member may see who the other members are.
        let (rows, total) = groups::list_in_common(session.connection, actor.id, other.id, page)?;
        let groups = rows.into_iter();
        let groups = groups.map(|row| GroupView::of_member(row, actor.id, session));
        let groups = groups.collect();
        Ok(GroupsInCommon::new(
            self.page,
            self.results_per_page,
            total,
            groups,
        ))
    }
}

impl PublicOperation for GetGroupsInCommon {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("user", "user:3")]);
    const ACCESS: Access = Access::everybody(&[("user", Of::Id(Who::OtherMember))]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::USER_NOT_FOUND,
        Who::Stranger,
        &[("user", Of::Id(Who::Missing))],
    )];
}
