//! `joinGroup`: makes the caller a member, or stores a join request.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::groups::Group;
use trivium_storage::memberships::{self, Membership, State};

use crate::cases::{Access, Cause, Example, Invitation, Of, Who};
use crate::groups::relation::Relation;
use crate::groups::rules::{JoinState, Joining, Standing, joining};
use crate::invitations::redeem::{self, Redeemable};
use crate::session::{Change, DisclosedGroup, Record, Viewer};
use crate::types::{GroupRef, InvitationSecret, Message, UserRef};
use crate::{Actor, Declaration, ErrorDetail, Operation, PublicOperation, Result, Session, codes};

/// Joins a user to a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinGroup {
    /// ID of the group to join
    pub id: GroupRef,
    /// Message to the moderators, if they decide on the request
    pub message: Option<Message>,
    /// An invitation to the group
    pub invitation: Option<InvitationSecret>,
}

/// The result of joinGroup.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Joined {
    /// 'joined' if you were able to join the group immediately. 'in_moderation' if your
    /// application has been sent to a moderator.
    pub join_state: JoinState,
}

impl Operation for JoinGroup {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "joinGroup",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::BANNED,
            codes::ALREADY_MEMBER,
            codes::JOIN_REQUEST_PENDING,
            codes::GROUP_NOT_INVITED,
            codes::CONDITION_NOT_MET,
            codes::INVITATION_INVALID,
            codes::INVITATION_REVOKED,
            codes::INVITATION_EXPIRED,
            codes::INVITATION_USED_UP,
            codes::INVITATION_ISSUER_INVALID,
            codes::QUOTA_EXCEEDED,
        ],
    );
    type Caller = Actor;
    type Output = Joined;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Joined> {
        let DisclosedGroup { group, relation } = session.group(self.id, Viewer::Joining(actor))?;
        let invitation = match (&self.invitation, relation.standing) {
            // The invitation of a member or banned user is not checked: it cannot change the outcome.
            (Some(secret), Standing::None | Standing::Requested) => {
                Some(redeem::to_group(session, &group, secret)?)
            }
            _ => None,
        };
        let message = self.message.as_ref().map_or("", |message| message);
        let join_state = relation.join(session, actor, &group, message, invitation)?;
        Ok(Joined { join_state })
    }
}

impl PublicOperation for JoinGroup {
    const EXAMPLE: Example = Example::by(Who::Member, &[("id", "group:1234")]);
    const ACCESS: Access = Access::by_standing(
        &[("id", Of::Group)],
        [
            None,
            Some(codes::ALREADY_MEMBER),
            Some(codes::JOIN_REQUEST_PENDING),
            Some(codes::BANNED),
            Some(codes::ALREADY_MEMBER),
            Some(codes::ALREADY_MEMBER),
        ],
    )
    .elsewhere(codes::GROUP_NOT_INVITED);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Stranger,
            &[("id", Of::DeletedGroup)],
        ),
        Cause::of(
            codes::CONDITION_NOT_MET,
            Who::Stranger,
            &[("id", Of::ConditionalGroup)],
        ),
        Cause::of(
            codes::INVITATION_INVALID,
            Who::Stranger,
            &[("invitation", Of::Text("inv_nope"))],
        ),
        Cause::of(
            codes::INVITATION_REVOKED,
            Who::Stranger,
            &[("invitation", Of::Secret(Invitation::Revoked))],
        ),
        Cause::of(
            codes::INVITATION_EXPIRED,
            Who::Stranger,
            &[("invitation", Of::Secret(Invitation::Expired))],
        ),
        Cause::of(
            codes::INVITATION_USED_UP,
            Who::Stranger,
            &[("invitation", Of::Secret(Invitation::UsedUp))],
        ),
        Cause::of(
            codes::INVITATION_ISSUER_INVALID,
            Who::Stranger,
            &[("invitation", Of::Secret(Invitation::OfFormerModerator))],
        ),
    ];
}

impl Relation {
    /// Joins the user, as the table of joining decides.
    pub(crate) fn join(
        self,
        session: &mut Session<'_>,
        actor: &Actor,
        group: &Group,
        message: &str,
        invitation: Option<Redeemable>,
    ) -> Result<JoinState> {
        let registration = group.registration_type.into();
        let invited = invitation.is_some();
        let rule = joining(self.standing, registration, invited, self.condition)?;
        let join_state = match rule.joining {
            Joining::Refuse(code) => {
                let detail = ErrorDetail::Membership(UserRef(actor.id), GroupRef(group.id));
                return Err(detail.of(code));
            }
            Joining::Let(join_state) => join_state,
        };
        if let Some(invitation) = &invitation {
            redeem::count(session, invitation)?;
        }
        let now = session.now();
        let row = |state| Membership::new(group.id, actor.id, state, now);
        let to = match (join_state, &invitation) {
            (JoinState::Joined, Some(invitation)) => Membership {
                ends_at: invitation.member_until,
                ..row(invitation.role.into())
            },
            (JoinState::Joined, None) => row(State::Member),
            (JoinState::InModeration, _) => Membership {
                note: message.into(),
                ..row(State::Requested)
            },
        };
        let change = self.put(session, &to)?;
        let action = match join_state {
            JoinState::Joined => None,
            JoinState::InModeration => Some("requestToJoin"),
        };
        session.record(
            actor,
            Record {
                group: Some(GroupRef(group.id)),
                action,
                reason: Some(message),
                change: Some(Change {
                    invitation: invitation.map(|invitation| invitation.id),
                    ..change
                }),
                ..Record::default()
            },
        )?;
        Ok(join_state)
    }

    /// Stores the new row of a user who is not a member yet, and counts new members. Returns the change for the audit
    /// log.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub(crate) fn put(self, session: &mut Session<'_>, to: &Membership) -> Result<Change> {
        match self.row {
            // The row is a join request, or a ban that has ended.
            Some(row) => {
                if self.standing != Standing::Requested {
                    session.may_have_membership(to.user_id)?;
                }
                memberships::update(session.connection, row.state, to)?;
            }
            None => session.add_membership(to)?,
        }
        if to.state != State::Requested {
            session.count_members(to.group_id, 1)?;
        }
        Ok(Change::of(to, false))
    }
}
