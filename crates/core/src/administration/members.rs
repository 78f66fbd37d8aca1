//! Members.

use trivium_storage::memberships::Membership;

use crate::groups::rules::{Condition, Joining, RegistrationType, joining};
use crate::invitations::new::InvitedRole;
use crate::session::{By, Record, Viewer};
use crate::types::{GroupRef, UserRef};
use crate::{Administrator, Declaration, Operation, Result, Session, codes};

/// Makes a user a member or moderator of a group, without moderation, but not if they are banned.
#[derive(Clone, Copy, Debug)]
pub struct AddMember {
    /// The group.
    pub group: GroupRef,
    /// The user.
    pub user: UserRef,
    /// The role.
    pub role: InvitedRole,
}

impl Operation for AddMember {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "addMember",
        &[
            codes::USER_NOT_FOUND,
            codes::CONTENT_NOT_FOUND,
            codes::BANNED,
            codes::ALREADY_MEMBER,
        ],
    );
    type Caller = Administrator;
    type Output = ();

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<()> {
        session.connection.lock_user_shared(self.user.0)?;
        let user = session.user(self.user)?;
        let group = session.group(self.group, Viewer::Administrator)?.group;
        let relation = session.relation(&group, user.id)?;
        // The administrator's decision counts as an invitation.
        let rule = joining(
            relation.standing,
            RegistrationType::Invite,
            true,
            Condition::Neutral,
        )?;
        if let Joining::Refuse(code) = rule.joining {
            return Err(code.into());
        }
        let row = Membership::new(group.id, user.id, self.role.into(), session.now());
        let change = relation.put(session, &row)?;
        let record = Record {
            group: Some(self.group),
            subject: Some(&user.login),
            change: Some(change),
            ..Record::default()
        };
        session.record(By::ADMINISTRATOR, record)
    }
}
