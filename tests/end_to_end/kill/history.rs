//! What a client knows of its groups: the acknowledged changes, and the state after them.

use std::collections::BTreeSet;

use super::calls::Call;

/// A change that a client requests. Users, groups and invitations are named by their position.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Creates a group of this name.
    NewGroup(String),
    /// Creates an invitation to a group, with this number of uses.
    Invite { group: usize, uses: usize },
    /// A user joins a group.
    Join { group: usize, user: usize },
    /// A user joins a group by an invitation.
    JoinBy {
        group: usize,
        user: usize,
        invitation: usize,
    },
    /// A user leaves a group.
    Leave { group: usize, user: usize },
}

/// A group of a client. Nobody else knows of it.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) number: String,
    /// False for a group by invitation.
    pub(super) is_open: bool,
    pub(super) members: BTreeSet<usize>,
    pub(super) invitations: Vec<Invitation>,
    /// The audit log, oldest first: user, action, front-end.
    pub(super) log: Vec<(usize, &'static str, &'static str)>,
}

#[derive(Debug, Default)]
pub(super) struct Invitation {
    /// Empty if the response with the secret was lost.
    pub(super) secret: String,
    pub(super) limit: usize,
    pub(super) uses: usize,
}

impl Act {
    /// The user who makes the change. The first user owns all groups.
    pub(super) fn user(&self) -> usize {
        match *self {
            Self::NewGroup(_) | Self::Invite { .. } => 0,
            Self::Join { user, .. } | Self::JoinBy { user, .. } | Self::Leave { user, .. } => user,
        }
    }

    /// The group that is changed; `None` for a new one.
    pub(super) fn group(&self) -> Option<usize> {
        match *self {
            Self::NewGroup(_) => None,
            Self::Invite { group, .. }
            | Self::Join { group, .. }
            | Self::JoinBy { group, .. }
            | Self::Leave { group, .. } => Some(group),
        }
    }

    /// The action in the audit log.
    fn action(&self) -> &'static str {
        match self {
            Self::NewGroup(_) => "newGroup",
            Self::Invite { .. } => "newInvitation",
            Self::Join { .. } => "joinGroup",
            Self::JoinBy { .. } => "joinByInvitation",
            Self::Leave { .. } => "leaveGroup",
        }
    }

    /// The call that makes the change.
    pub(super) fn call<'a>(&'a self, groups: &'a [Group]) -> Call<'a> {
        match self {
            Self::NewGroup(name) => Call::NewGroup(name),
            Self::Invite { group, uses } => Call::Invite(&groups[*group].number, *uses),
            Self::Join { group, .. } => Call::Join(&groups[*group].number),
            Self::JoinBy {
                group, invitation, ..
            } => Call::JoinBy(&groups[*group].invitations[*invitation].secret),
            Self::Leave { group, .. } => Call::Leave(&groups[*group].number),
        }
    }

    /// Returns whether the service makes the change, or rejects it.
    pub(super) fn is_legal(&self, groups: &[Group]) -> bool {
        match *self {
            Self::NewGroup(_) | Self::Invite { .. } => true,
            Self::Join { group, user } => {
                groups[group].is_open && !groups[group].members.contains(&user)
            }
            Self::JoinBy {
                group,
                user,
                invitation,
            } => {
                let Invitation { limit, uses, .. } = &groups[group].invitations[invitation];
                uses < limit && !groups[group].members.contains(&user)
            }
            Self::Leave { group, user } => groups[group].members.contains(&user),
        }
    }

    /// Records the change. `result` is the number of the new group, or the secret of the new invitation.
    pub(super) fn apply(&self, groups: &mut Vec<Group>, via: &'static str, result: &str) {
        let entry = (self.user(), self.action(), via);
        let changed = self.group().unwrap_or(groups.len());
        match *self {
            Self::NewGroup(ref name) => groups.push(Group {
                name: name.clone(),
                number: result.to_owned(),
                is_open: via != "onezone",
                members: BTreeSet::from([0]),
                ..Group::default()
            }),
            Self::Invite { group, uses } => groups[group].invitations.push(Invitation {
                secret: result.to_owned(),
                limit: uses,
                uses: 0,
            }),
            Self::Join { group, user } => {
                groups[group].members.insert(user);
            }
            Self::JoinBy {
                group,
                user,
                invitation,
            } => {
                groups[group].members.insert(user);
                groups[group].invitations[invitation].uses += 1;
            }
            Self::Leave { group, user } => {
                groups[group].members.remove(&user);
            }
        }
        groups[changed].log.push(entry);
    }
}
