//! `leaveGroup`: a member goes.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::{groups, invitations, memberships};

use crate::context::Record;
use crate::groups::rules::Standing;
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Ends the caller's membership in a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeaveGroup {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group to leave
    pub id: GroupRef,
}

impl Operation for LeaveGroup {
    const NAME: &'static str = "leaveGroup";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::NotAMember,
        Code::OwnerCannotLeave,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let actor = context.authenticate(&self.auth_token)?;
        let group = context.group(self.id)?;
        let standing = context.towards(&group, actor.id)?.standing;
        match standing {
            Standing::Member | Standing::Moderator => {}
            Standing::Owner => return Err(Code::OwnerCannotLeave.into()),
            Standing::None | Standing::Requested | Standing::Banned => {
                return Err(Code::NotAMember.into());
            }
        }
        memberships::delete(context.connection, group.id, actor.id, standing.as_str())?;
        groups::add_members(context.connection, group.id, -1)?;
        if standing.moderates() {
            invitations::orphan(context.connection, actor.id, Some(group.id), context.now)?;
        }
        context.record(
            &actor.login,
            Record {
                group: Some(self.id),
                action: Some(Self::NAME),
                ..Record::default()
            },
        )?;
        Ok(Done {})
    }
}
