//! What all actions on another user share: checking the caller's rights, changing the user's row, and
//! recording the action.

use trivium_storage::groups::Group;
use trivium_storage::invitations;
use trivium_storage::memberships::{self, Membership, State};
use trivium_storage::users::User;

use crate::groups::relation::Relation;
use crate::groups::rules::{Act, Standing, acting};
use crate::session::{Change, DisclosedGroup, Record};
use crate::types::{GroupRef, UserRef};
use crate::{Actor, Result, Session};

/// An action that the rules permit.
pub(crate) struct Permitted<'a> {
    actor: &'a Actor,
    pub(crate) group: Group,
    pub(crate) user: User,
    pub(crate) subject: Relation,
}

/// Checks that the caller may do this to a user in a group.
///
/// # Errors
/// `content_not_found`, `user_not_found`, and the code of the rule that rejects the action.
pub(crate) fn permit<'a>(
    session: &mut Session<'_>,
    actor: &'a Actor,
    group: GroupRef,
    user: UserRef,
    act: Act,
) -> Result<Permitted<'a>> {
    let DisclosedGroup { group, relation } = session.group(group, actor)?;
    let standing = relation.standing;
    // Only moderators learn whether a user exists.
    if !standing.moderates() {
        acting(act, standing, Standing::None)?;
    }
    let user = session.user(user)?;
    let subject = session.relation(&group, user.id)?;
    acting(act, standing, subject.standing)?;
    Ok(Permitted {
        actor,
        group,
        user,
        subject,
    })
}

impl Permitted<'_> {
    /// Stores the new row of the subject, or deletes the row. Returns the change for the audit log.
    pub(crate) fn set(&self, session: &mut Session<'_>, to: Option<Membership>) -> Result<Change> {
        let (group, user) = (self.group.id, self.user.id);
        let count = |state: Option<State>| i64::from(state.is_some_and(State::is_member));
        let before = self.subject.row.as_ref().map(|row| row.state);
        let change = match &to {
            Some(row) => Change::of(row, user == self.group.owner_id),
            None => Change::to(user, Standing::None),
        };
        let by = count(to.as_ref().map(|row| row.state)) - count(before);
        match (before, to) {
            (Some(before), Some(to)) => {
                memberships::update(session.connection, before, &to)?;
            }
            (Some(before), None) => {
                memberships::delete(session.connection, group, user, before)?;
            }
            (None, Some(to)) => memberships::insert(session.connection, &to)?,
            (None, None) => {}
        }
        if by != 0 {
            session.count_members(group, by)?;
        }
        Ok(change)
    }

    /// The row of the subject with a new state.
    pub(crate) fn row(&self, session: &Session<'_>, state: State) -> Membership {
        Membership::new(self.group.id, self.user.id, state, session.now())
    }

    /// Invalidates the invitations of a subject who may no longer invite.
    pub(crate) fn orphan_invitations(&self, session: &mut Session<'_>) -> Result<()> {
        if self.subject.standing.moderates() {
            invitations::orphan(
                session.connection,
                self.user.id,
                Some(self.group.id),
                session.now(),
            )?;
        }
        Ok(())
    }

    /// Records the action in the audit log.
    pub(crate) fn record(
        &self,
        session: &mut Session<'_>,
        reason: Option<&str>,
        change: Change,
    ) -> Result<()> {
        session.record(
            self.actor,
            Record {
                group: Some(GroupRef(self.group.id)),
                subject: Some(&self.user.login),
                reason,
                change: Some(change),
                ..Record::default()
            },
        )
    }
}
