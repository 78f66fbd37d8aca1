//! `joinGroup`: in at once, into the queue, or refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::groups::{self, Group};
use trivium_storage::memberships::{self, Membership};

use crate::context::{Actor, Record};
use crate::groups::rules::{JoinState, Joining, Role, Standing, joining};
use crate::groups::standing::Towards;
use crate::invitations::redeem::{self, Redeemable};
use crate::types::{AuthToken, GroupRef, InvitationSecret, Prose, UserRef};
use crate::{Code, Context, Effect, Fact, Operation, Result, Verbs};

/// Joins a user to a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinGroup {
    /// An authentication token
    pub auth_token: AuthToken,
    /// ID of the group to join
    pub id: GroupRef,
    /// What a moderator should know, where one decides
    pub message: Option<Prose>,
    /// An invitation to the group
    pub invitation: Option<InvitationSecret>,
}

/// What joinGroup answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Joined {
    /// 'joined' if you were able to join the group immediately. 'in_moderation' if your
    /// application has been sent to a moderator.
    pub join_state: JoinState,
}

impl Operation for JoinGroup {
    const NAME: &'static str = "joinGroup";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::ContentNotFound,
        Code::Banned,
        Code::AlreadyMember,
        Code::JoinRequestPending,
        Code::GroupNotInvited,
        Code::InvitationInvalid,
        Code::InvitationRevoked,
        Code::InvitationExpired,
        Code::InvitationUsedUp,
        Code::InvitationIssuerInvalid,
    ];
    type Output = Joined;

    fn run(&self, context: &mut Context<'_>) -> Result<Joined> {
        let actor = context.authenticate(&self.auth_token)?;
        let group = context.group(self.id)?;
        let person = context.towards(&group, actor.id)?;
        let invitation = match (&self.invitation, person.standing) {
            // Those whom no invitation helps are told so, whatever they brought.
            (Some(secret), Standing::None | Standing::Requested) => {
                Some(redeem::to_group(context, &group, secret)?)
            }
            _ => None,
        };
        let message = self.message.as_ref().map_or("", |message| message);
        let join_state = person.join(context, &actor, &group, message, invitation)?;
        Ok(Joined { join_state })
    }
}

impl Towards {
    /// Does what the table of joining says.
    pub(crate) fn join(
        self,
        context: &mut Context<'_>,
        actor: &Actor,
        group: &Group,
        message: &str,
        invitation: Option<Redeemable>,
    ) -> Result<JoinState> {
        let registration = group.registration_type.parse()?;
        let rule = joining(self.standing, registration, invitation.is_some())?;
        let join_state = match rule.joining {
            Joining::Refuse(code) => {
                let fact = Fact::Membership(UserRef(actor.id), GroupRef(group.id));
                return Err(code.about(fact));
            }
            Joining::Let(join_state) => join_state,
        };
        let role = match &invitation {
            Some(invitation) => redeem::count(context, invitation)?,
            None => Role::Member,
        };
        let (state, note) = match join_state {
            JoinState::Joined => (role.as_str(), ""),
            JoinState::InModeration => (Standing::Requested.as_str(), message),
        };
        self.put(context, group, actor.id, state, note)?;
        let action = match join_state {
            JoinState::Joined => None,
            JoinState::InModeration => Some("requestToJoin"),
        };
        context.record(
            &actor.login,
            Record {
                group: Some(GroupRef(group.id)),
                action,
                reason: Some(message),
                ..Record::default()
            },
        )?;
        Ok(join_state)
    }

    /// Writes the new state of a person who is no member yet, and counts them if they are now.
    pub(crate) fn put(
        self,
        context: &mut Context<'_>,
        group: &Group,
        user: i64,
        state: &str,
        note: &str,
    ) -> Result<()> {
        let to = Membership {
            group_id: group.id,
            user_id: user,
            state: state.into(),
            since: context.now,
            note: note.into(),
            until: None,
        };
        match self.row {
            // A request, or a ban that has ended.
            Some(row) => {
                memberships::update(context.connection, &row.state, &to)?;
            }
            None => memberships::insert(context.connection, &to)?,
        }
        if state != Standing::Requested.as_str() {
            groups::add_members(context.connection, group.id, 1)?;
        }
        Ok(())
    }
}
