//! `getMembers`: lists the members of a group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::groups::Group;
use trivium_storage::memberships;
pub use trivium_storage::memberships::{MemberOrder, Person};

use crate::accounts::find::full_name;
use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::{Role, Standing};
use crate::types::{DateTime, GroupRef, PageNumber, ResultsPerPage, UserRef, slice};
use crate::{Actor, Declaration, Operation, Page, PublicOperation, Result, Session, codes};

/// Lists the members of a group in the order in which they joined.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetMembers {
    /// ID of the group
    pub id: GroupRef,
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of members per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
}

crate::listing! {
    /// The result of getMembers.
    Members {
        /// The members of this page
        members: Member
    }
}

/// A member of a group.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// ID of the user
    pub id: UserRef,
    /// Login of the user
    #[schemars(with = "crate::types::Login")]
    pub login: String,
    /// Name of the user
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub name: String,
    /// Role of the user in the group
    pub role: Role,
    /// When the user joined
    pub joined_at: DateTime,
    /// When the membership ends
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime>,
}

impl Member {
    /// Converts a row of a group; `None` if it is not that of a member.
    pub(crate) fn of(row: Person, group: &Group) -> Option<Self> {
        let owns = group.owner_id == row.user_id;
        Some(Self {
            id: UserRef(row.user_id),
            name: name_of(&row),
            role: Standing::of(row.state, owns).role()?,
            joined_at: DateTime(row.since),
            ends_at: row.ends_at.map(DateTime),
            login: row.login,
        })
    }
}

impl Operation for GetMembers {
    const DECLARATION: &'static Declaration = &Declaration::scan(
        "getMembers",
        &[codes::CONTENT_NOT_FOUND, codes::USER_ACCESS_DENIED],
    );
    type Caller = Actor;
    type Output = Members;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Members> {
        let (group, rows, total) = members(
            session,
            actor,
            self.id,
            MemberOrder::Joining,
            slice(self.page, self.results_per_page),
        )?;
        let members = rows
            .into_iter()
            .filter_map(|row| Member::of(row, &group))
            .collect();
        Ok(Members::new(
            self.page,
            self.results_per_page,
            total,
            members,
        ))
    }
}

impl PublicOperation for GetMembers {
    const EXAMPLE: Example = Example::by(Who::Member, &[("id", "group:1237")]);
    const ACCESS: Access =
        Access::everybody(&[("id", Of::Group)]).elsewhere(codes::CONTENT_NOT_FOUND);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::USER_ACCESS_DENIED,
        Who::Stranger,
        &[("id", Of::MembersOnlyGroup)],
    )];
}

/// Returns a group, a page of its members, and their total number, if the caller may see them.
///
/// # Errors
/// Those of [`GetMembers`].
pub fn members(
    session: &mut Session<'_>,
    actor: &Actor,
    id: GroupRef,
    order: MemberOrder,
    page: Page,
) -> Result<(Group, Vec<Person>, i64)> {
    let group = group_with_visible_members(session, actor, id)?;
    let (rows, total) = memberships::list_members(session.connection, &group, order, page)?;
    Ok((group, rows, total))
}

/// Returns a group if the caller may see its members.
///
/// # Errors
/// Those of [`GetMembers`].
pub(crate) fn group_with_visible_members(
    session: &mut Session<'_>,
    actor: &Actor,
    id: GroupRef,
) -> Result<Group> {
    let found = session.group(id, actor)?;
    match found.shows_members() {
        true => Ok(found.group),
        false => Err(codes::USER_ACCESS_DENIED.into()),
    }
}

/// The given and family name, or the login if both are empty.
pub fn name_of(person: &Person) -> String {
    full_name(&person.first_name, &person.last_name, &person.login)
}
