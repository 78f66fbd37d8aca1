//! `banMember`: a person is shut out.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::groups::rules::{Act, Standing};
use crate::moderation::subject::permit;
use crate::operation::Done;
use crate::types::{AuthToken, DateTime, GroupRef, Prose, UserRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Shuts a person out of a group: their membership or request ends, and they cannot join.
///
/// Moderators may, except moderators; owners may, except themselves.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BanMember {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group
    pub id: GroupRef,
    /// ID of the person
    pub user: UserRef,
    /// Why
    pub reason: Option<Prose>,
    /// When the ban ends by itself
    pub until: Option<DateTime>,
}

impl Operation for BanMember {
    const NAME: &'static str = "banMember";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::UserAccessDenied,
        Code::UserNotFound,
        Code::OwnerProtected,
    ];
    type Output = Done;

    fn run(&self, context: &mut Context<'_>) -> Result<Done> {
        // People are locked before groups. Who is being deleted leaves no row behind.
        context.connection.hold_user(self.user.0)?;
        let act = permit(context, &self.auth_token, self.id, self.user, Act::Ban)?;
        let mut to = act.row(context, Standing::Banned.as_str());
        to.note = self
            .reason
            .as_ref()
            .map(|reason| reason.0.clone())
            .unwrap_or_default();
        to.until = self.until.map(|until| until.0);
        act.set(context, Some(to))?;
        act.orphan_invitations(context)?;
        act.record(context, self.reason.as_deref())?;
        Ok(Done {})
    }
}
