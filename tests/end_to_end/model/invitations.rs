//! The rules of invitations.

use super::actions::{Rights, Step};
use super::rules::{Answer, Group, State, World, done};

/// An invitation.
#[derive(Clone)]
pub(super) struct Invitation {
    pub(super) group: usize,
    pub(super) issuer: usize,
    pub(super) role: Rights,
    pub(super) limit: Option<i64>,
    pub(super) uses: i64,
    pub(super) revoked: bool,
    /// The issuer has lost the right to issue it.
    pub(super) orphaned: bool,
}

impl Group {
    fn may_invite(&self, who: usize, role: Rights) -> bool {
        self.owner == who || (self.moderated_by(who) && role == Rights::Member)
    }
}

impl World {
    pub(super) fn new_invitation(
        &mut self,
        step: &Step,
        place: usize,
        pocket: usize,
        limit: Option<i64>,
        role: Rights,
    ) -> Answer {
        let group = self.shown(place, step.who)?;
        if !self.groups[group].may_invite(step.who, role) {
            return Err("user_access_denied");
        }
        let name = format!("i{}", self.invitations.len());
        self.pockets[pocket] = Some(self.invitations.len());
        self.invitations.push(Invitation {
            group,
            issuer: step.who,
            role,
            limit,
            uses: 0,
            revoked: false,
            orphaned: false,
        });
        self.log(group, step, "newInvitation", &name);
        done()
    }

    pub(super) fn join_by_invitation(&mut self, step: &Step, pocket: usize) -> Answer {
        let invitation = self.pockets[pocket].ok_or("invitation_invalid")?;
        self.usable(invitation)?;
        let group = self.invitations[invitation].group;
        if self.groups[group].deleted {
            return Err("content_not_found");
        }
        self.rightly_issued(invitation)?;
        match self.groups[group].state(step.who) {
            Some(State::Banned) => Err("banned"),
            Some(State::Member | State::Moderator) => Err("already_member"),
            Some(State::Requested) | None => {
                self.redeem(step, invitation, "joinByInvitation");
                Ok(format!("g{group} joined"))
            }
        }
    }

    pub(super) fn usable(&self, invitation: usize) -> Result<(), &'static str> {
        let invitation = &self.invitations[invitation];
        if invitation.revoked {
            Err("invitation_revoked")
        } else if invitation
            .limit
            .is_some_and(|limit| invitation.uses >= limit)
        {
            Err("invitation_used_up")
        } else {
            Ok(())
        }
    }

    pub(super) fn rightly_issued(&self, invitation: usize) -> Result<(), &'static str> {
        if self.invitations[invitation].orphaned {
            return Err("invitation_issuer_invalid");
        }
        Ok(())
    }

    pub(super) fn redeem(&mut self, step: &Step, invitation: usize, action: &str) {
        let Invitation { group, role, .. } = self.invitations[invitation];
        self.invitations[invitation].uses += 1;
        self.put(group, step.who, Some(role.into()));
        self.log(group, step, action, "");
    }

    pub(super) fn revoke(&mut self, step: &Step, place: usize, pocket: usize) -> Answer {
        let group = self.shown(place, step.who)?;
        if !self.groups[group].moderated_by(step.who) {
            return Err("user_access_denied");
        }
        let invitation = self.pockets[pocket]
            .filter(|invitation| self.invitations[*invitation].group == group)
            .ok_or("invitation_invalid")?;
        if !self.groups[group].may_invite(step.who, self.invitations[invitation].role) {
            return Err("user_access_denied");
        }
        if self.invitations[invitation].revoked {
            return Err("invitation_revoked");
        }
        self.invitations[invitation].revoked = true;
        self.log(group, step, "revokeInvitation", &format!("i{invitation}"));
        done()
    }

    /// Ends the invitations whose issuer has lost the right to issue them. They stay ended.
    pub(super) fn end_orphaned_invitations(&mut self) {
        for invitation in &mut self.invitations {
            let group = &self.groups[invitation.group];
            if !group.deleted && !group.may_invite(invitation.issuer, invitation.role) {
                invitation.orphaned = true;
            }
        }
    }
}
