//! `getMember`: shows a member of a group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::accounts::find::name_of;
use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::get_members::group_with_visible_members;
use crate::groups::rules::Role;
use crate::types::{DateTime, GroupRef, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Shows a member of a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetMember {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the user
    pub user: UserRef,
}

/// The result of getMember.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberResult {
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

impl Operation for GetMember {
    const DECLARATION: &'static Declaration = &Declaration::read(
        "getMember",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
            codes::NOT_A_MEMBER,
        ],
    );
    type Caller = Actor;
    type Output = MemberResult;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<MemberResult> {
        let group = group_with_visible_members(session, actor, self.id)?;
        let user = session.user(self.user)?;
        let relation = session.relation(&group, user.id)?;
        let (Some(role), Some(row)) = (relation.standing.role(), relation.row) else {
            return Err(codes::NOT_A_MEMBER.into());
        };
        Ok(MemberResult {
            name: name_of(&user),
            login: user.login,
            role,
            joined_at: DateTime(row.since),
            ends_at: row.ends_at.map(DateTime),
        })
    }
}

impl PublicOperation for GetMember {
    const EXAMPLE: Example = Example::by(Who::Member, &[("id", "group:1237"), ("user", "user:3")]);
    const ACCESS: Access =
        Access::everybody(&[("id", Of::Group), ("user", Of::Id(Who::OtherMember))])
            .elsewhere(codes::CONTENT_NOT_FOUND);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::USER_ACCESS_DENIED,
            Who::Stranger,
            &[("id", Of::MembersOnlyGroup)],
        ),
        Cause::of(
            codes::USER_NOT_FOUND,
            Who::Stranger,
            &[("user", Of::Id(Who::Missing))],
        ),
        Cause::of(
            codes::NOT_A_MEMBER,
            Who::Stranger,
            &[("user", Of::Id(Who::Requester))],
        ),
    ];
}
