//! `deleteGroup`: a group ends, with its memberships, requests and invitations.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::groups::{self, Group};
use trivium_storage::memberships;

use crate::context::{Actor, Record};
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Deletes a group. Only its owner may; its ID is never used again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeleteGroup {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group to delete
    pub id: GroupRef,
}

impl Operation for DeleteGroup {
    const NAME: &'static str = "deleteGroup";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::UserAccessDenied,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        let actor = context.authenticate(&self.auth_token)?;
        let group = context.group(self.id)?;
        if group.owner_id != actor.id && !actor.administrator {
            return Err(Code::UserAccessDenied.into());
        }
        end(context, &actor, &group)?;
        Ok(Done {})
    }
}

/// Ends a group. Its invitations lead nowhere from now on: who redeems one is told that it is
/// gone.
///
/// # Errors
/// The store's failure.
pub(crate) fn end(context: &mut Context<'_>, actor: &Actor, group: &Group) -> Result<()> {
    memberships::delete_of_group(context.connection, group.id)?;
    groups::update(
        context.connection,
        group.id,
        &groups::GroupChange {
            deleted_at: Some(context.now),
            ..Default::default()
        },
    )?;
    context.record(
        &actor.login,
        Record {
            group: Some(GroupRef(group.id)),
            action: Some(DeleteGroup::NAME),
            subject: Some(&group.name),
            ..Record::default()
        },
    )
}
