//! `getEndingMemberships`: lists the memberships that end soon.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::memberships;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::get_members::Member;
use crate::types::{GroupRef, PageNumber, ResultsPerPage, slice};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Lists the members of a group whose membership ends within a time, earliest first. For moderators of the group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetEndingMemberships {
    /// ID of the group
    pub id: GroupRef,
    /// The time in seconds
    #[schemars(range(min = 1, max = 2_147_483_647), extend("examples" = [604_800]))]
    pub within: i64,
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of members per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
}

crate::listing! {
    /// The result of getEndingMemberships.
    EndingMemberships {
        /// The members of this page
        members: Member
    }
}

impl Operation for GetEndingMemberships {
    const DECLARATION: &'static Declaration = &Declaration::scan(
        "getEndingMemberships",
        &[codes::CONTENT_NOT_FOUND, codes::USER_ACCESS_DENIED],
    );
    type Caller = Actor;
    type Output = EndingMemberships;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<EndingMemberships> {
        let group = session.moderated_group(actor, self.id)?.group;
        let by = session.now().saturating_add(self.within);
        let page = slice(self.page, self.results_per_page);
        let (rows, total) = memberships::list_ending(session.connection, group.id, by, page)?;
        let rows = rows.into_iter();
        let rows = rows.filter_map(|row| Member::of(row, &group)).collect();
        Ok(EndingMemberships::new(
            self.page,
            self.results_per_page,
            total,
            rows,
        ))
    }
}

impl PublicOperation for GetEndingMemberships {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("id", "group:1237"), ("within", "604800")]);
    const ACCESS: Access = Access::moderators(&[("id", Of::Group), ("within", Of::Text("604800"))]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::CONTENT_NOT_FOUND,
        Who::Owner,
        &[("id", Of::DeletedGroup)],
    )];
}
