//! `transferGroup`: a group gets another owner.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::groups::{self, GroupChange};
use trivium_storage::invitations;

use crate::groups::new::title_taken;
use crate::groups::rules::{Act, Standing};
use crate::moderation::subject::permit;
use crate::operation::Done;
use crate::types::{AuthToken, GroupRef, UserRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Hands a group over to one of its members. Only its owner may, who stays as a moderator;
/// their invitations of moderators end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferGroup {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// ID of the member who becomes its owner
    pub user: UserRef,
}

impl Operation for TransferGroup {
    const NAME: &'static str = "transferGroup";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::UserAccessDenied,
        Code::UserNotFound,
        Code::NotAMember,
        Code::OwnerProtected,
        Code::ContentCollectionTitleAlreadyExist,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        // People are locked before groups. Who is being deleted cannot become an owner.
        let stays = context.connection.hold_user(self.user.0)?;
        let act = permit(context, &self.auth_token, self.id, self.user, Act::Transfer)?;
        if !stays || act.user.disabled_at.is_some() {
            return Err(Code::UserNotFound.into());
        }
        let mut to = act.row(context, Standing::Moderator.as_str());
        to.since = act
            .subject
            .row
            .as_ref()
            .map_or(context.now, |row| row.since);
        act.set(context, Some(to))?;
        let change = GroupChange {
            owner_id: Some(act.user.id),
            ..GroupChange::default()
        };
        groups::update(context.connection, act.group.id, &change).map_err(title_taken)?;
        // Who stays as a moderator may no longer invite moderators.
        invitations::orphan_role(
            context.connection,
            act.group.owner_id,
            act.group.id,
            Standing::Moderator.as_str(),
            context.now,
        )?;
        act.record(context, None)?;
        Ok(Done {})
    }
}
