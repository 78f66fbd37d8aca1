//! `checkMemberships`: shows the standings of several users in several groups.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_rpc::Verbs;
use trivium_storage::memberships::{self, Membership};

use crate::cases::{Access, Example, Of, Who};
use crate::groups::relation::Relation;
use crate::groups::rules::{Role, Standing};
use crate::session::DisclosedGroup;
use crate::types::{GroupRef, UserRef};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session};

/// Shows for each of several groups which of several users are its members.
///
/// Pending requests and bans are shown to moderators; others see only their own. A group is unknown if it does not exist,
/// or if the caller may not see its members. Of an unknown group that is disclosed to the caller, their own standing is
/// shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckMemberships {
    /// IDs of the users
    #[schemars(length(min = 1, max = 100), extend("examples" = [["user:2", "user:3"]]))]
    pub users: Vec<UserRef>,
    /// IDs of the groups
    #[schemars(length(min = 1, max = 100), extend("examples" = [["group:1234", "group:1237"]]))]
    pub groups: Vec<GroupRef>,
}

/// The result of checkMemberships.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipCheck {
    /// The groups, in the order of the call
    pub groups: Vec<CheckedGroup>,
}

/// A group, with those of the users who have a standing in it that the caller may see.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckedGroup {
    /// ID of the group
    pub id: GroupRef,
    /// The users who are members
    pub members: Vec<CheckedMember>,
    /// IDs of the users whose join requests are pending
    pub requested: Vec<UserRef>,
    /// IDs of the users who are banned
    pub banned: Vec<UserRef>,
    /// True if the group does not exist, or the caller may not see its members
    pub unknown: bool,
}

/// A user who is a member.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckedMember {
    /// ID of the user
    pub user: UserRef,
    /// Role of the user in the group
    pub role: Role,
}

impl Operation for CheckMemberships {
    const DECLARATION: &'static Declaration = &Declaration {
        verbs: Verbs::Any,
        ..Declaration::read("checkMemberships", &[])
    };
    type Caller = Actor;
    type Output = MembershipCheck;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<MembershipCheck> {
        let disclosed = session.groups(&self.groups, actor)?;
        let known: Vec<i64> = disclosed.iter().flatten().map(|it| it.group.id).collect();
        let users: Vec<i64> = self.users.iter().map(|user| user.0).collect();
        let rows = memberships::find_all(session.connection, &known, &users)?;
        let rows = rows
            .into_iter()
            .map(|row| ((row.group_id, row.user_id), row));
        let mut rows: HashMap<(i64, i64), Membership> = rows.collect();
        let groups = self.groups.iter().zip(disclosed);
        let groups = groups.map(|(&id, disclosed)| {
            let mut checked = CheckedGroup {
                id,
                members: Vec::new(),
                requested: Vec::new(),
                banned: Vec::new(),
                unknown: true,
            };
            let Some(disclosed) = disclosed else {
                return checked;
            };
            checked.unknown = !disclosed.shows_members();
            let DisclosedGroup { group, relation } = disclosed;
            for &user in &self.users {
                let is_caller = user.0 == actor.id;
                if checked.unknown && !is_caller {
                    continue;
                }
                let row = rows.remove(&(group.id, user.0));
                let standing = Relation::of(&group, row, None, session).standing;
                let may_see = is_caller || relation.standing.moderates();
                match (standing.role(), standing) {
                    (Some(role), _) => checked.members.push(CheckedMember { user, role }),
                    (None, Standing::Requested) if may_see => checked.requested.push(user),
                    (None, Standing::Banned) if may_see => checked.banned.push(user),
                    (None, _) => {}
                }
            }
            checked
        });
        Ok(MembershipCheck {
            groups: groups.collect(),
        })
    }
}

impl PublicOperation for CheckMemberships {
    const EXAMPLE: Example = Example::by(
        Who::Member,
        &[
            ("users", "user:2,user:3"),
            ("groups", "group:1234,group:1237,group:1"),
        ],
    );
    const ACCESS: Access =
        Access::everybody(&[("users", Of::Id(Who::OtherMember)), ("groups", Of::Group)]);
}
