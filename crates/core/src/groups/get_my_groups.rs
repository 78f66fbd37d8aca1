//! `getMyGroups`: lists the groups of the caller.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_rpc::MAX_RESPONSE;
use trivium_storage::groups::{self, Group};

use crate::cases::{Access, Example, Who};
use crate::groups::rules::Role;
use crate::groups::view::GroupView;
use crate::types::{PageNumber, ResultsPerPage, slice};
use crate::{Actor, Declaration, Operation, Page, PublicOperation, Result, Session, codes};

/// As many groups as are read without measuring them.
const FIRST: Page = Page {
    offset: 0,
    limit: 100,
};

/// Lists the groups that the caller is a member of, highest ID first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetMyGroups {
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of groups per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
}

crate::listing! {
    /// The result of getMyGroups.
    MyGroups {
        /// The groups of this page
        groups: GroupView
    }
}

/// Returns every group that the caller is a member of, highest ID first.
///
/// # Errors
/// `response_too_large` if no response could have their texts.
pub fn all(session: &mut Session<'_>, actor: &Actor) -> Result<Vec<Group>> {
    let (first, total) = groups::list_of_member(session.connection, actor.id, FIRST)?;
    if total <= FIRST.limit {
        return Ok(first.into_iter().map(|row| row.group).collect());
    }
    drop(first);
    // The rows are in memory at once, so they are measured before.
    let texts = groups::text_size_of_member(session.connection, actor.id)?;
    if usize::try_from(texts).is_ok_and(|texts| texts > MAX_RESPONSE) {
        return Err(codes::RESPONSE_TOO_LARGE.into());
    }
    let everything = Page {
        offset: 0,
        limit: i64::MAX,
    };
    let (rows, _) = groups::list_of_member(session.connection, actor.id, everything)?;
    Ok(rows.into_iter().map(|row| row.group).collect())
}

impl Operation for GetMyGroups {
    const DECLARATION: &'static Declaration = &Declaration::read("getMyGroups", &[]);
    type Caller = Actor;
    type Output = MyGroups;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<MyGroups> {
        let (rows, total) = groups::list_of_member(
            session.connection,
            actor.id,
            slice(self.page, self.results_per_page),
        )?;
        let mine = rows.into_iter();
        let mine = mine.map(|row| GroupView::of_member(row, actor.id, session));
        let mut mine: Vec<GroupView> = mine.collect();
        let moderated: Vec<i64> = mine
            .iter()
            .filter(|group| group.role != Some(Role::Member))
            .map(|group| group.id.0)
            .collect();
        let waiting = groups::count_requests(session.connection, &moderated)?;
        for group in mine.iter_mut().filter(|g| g.role != Some(Role::Member)) {
            group.waiting_requests = Some(waiting.get(&group.id.0).copied().unwrap_or(0));
        }
        Ok(MyGroups::new(self.page, self.results_per_page, total, mine))
    }
}

impl PublicOperation for GetMyGroups {
    const EXAMPLE: Example = Example::by(Who::Member, &[("page", "2"), ("resultsPerPage", "10")]);
    const ACCESS: Access = Access::everybody(&[]);
}
