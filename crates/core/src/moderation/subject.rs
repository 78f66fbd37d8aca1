//! What all acts on another person begin with: who acts, in which group, on whom, and whether
//! the table of acting lets them.

use trivium_storage::groups::{self, Group};
use trivium_storage::invitations;
use trivium_storage::memberships::{self, Membership};
use trivium_storage::users::User;

use crate::context::{Actor, Record};
use crate::groups::rules::{Act, Standing, acting};
use crate::groups::standing::Towards;
use crate::types::{AuthToken, GroupRef, UserRef};
use crate::{Context, Result};

/// An act that may be done.
pub(crate) struct Permitted {
    pub(crate) actor: Actor,
    pub(crate) group: Group,
    pub(crate) user: User,
    pub(crate) subject: Towards,
}

/// Who acts, in which group, on whom? And may they?
///
/// # Errors
/// Those of the token, `content_not_found`, `user_not_found`, and what the table says.
pub(crate) fn permit(
    context: &mut Context<'_>,
    token: &AuthToken,
    group: GroupRef,
    user: UserRef,
    act: Act,
) -> Result<Permitted> {
    let actor = context.authenticate(token)?;
    let group = context.group(group)?;
    let standing = context.standing_of(&actor, &group)?;
    // Strangers are told nothing of who exists.
    if !standing.moderates() {
        acting(act, standing, Standing::None)?;
    }
    let user = context.user(user)?;
    let subject = context.towards(&group, user.id)?;
    acting(act, standing, subject.standing)?;
    Ok(Permitted {
        actor,
        group,
        user,
        subject,
    })
}

impl Permitted {
    /// Gives the subject a new state; the state `none` is no row.
    pub(crate) fn set(&self, context: &mut Context<'_>, to: Option<Membership>) -> Result<()> {
        let (group, user) = (self.group.id, self.user.id);
        let counts = |state: Option<&str>| i64::from(matches!(state, Some("member" | "moderator")));
        let before = self.subject.row.as_ref().map(|row| row.state.as_str());
        let by = counts(to.as_ref().map(|row| row.state.as_str())) - counts(before);
        match (before, to) {
            (Some(before), Some(to)) => {
                memberships::update(context.connection, before, &to)?;
            }
            (Some(before), None) => {
                memberships::delete(context.connection, group, user, before)?;
            }
            (None, Some(to)) => memberships::insert(context.connection, &to)?,
            (None, None) => {}
        }
        if by != 0 {
            groups::add_members(context.connection, group, by)?;
        }
        Ok(())
    }

    /// The row of the subject in a new state.
    pub(crate) fn row(&self, context: &Context<'_>, state: &str) -> Membership {
        Membership {
            group_id: self.group.id,
            user_id: self.user.id,
            state: state.into(),
            since: context.now,
            note: String::new(),
            until: None,
        }
    }

    /// Ends the invitations of a subject who may no longer invite.
    pub(crate) fn orphan_invitations(&self, context: &mut Context<'_>) -> Result<()> {
        if self.subject.standing.moderates() {
            invitations::orphan(
                context.connection,
                self.user.id,
                Some(self.group.id),
                context.now,
            )?;
        }
        Ok(())
    }

    /// Records the act.
    pub(crate) fn record(&self, context: &mut Context<'_>, reason: Option<&str>) -> Result<()> {
        context.record(
            &self.actor.login,
            Record {
                group: Some(GroupRef(self.group.id)),
                subject: Some(&self.user.login),
                reason,
                ..Record::default()
            },
        )
    }
}
