//! The steps of a sequence, as plain data.

use std::fmt;

use crate::harness::Protocol;

/// The users of every sequence.
pub(super) const PEOPLE: [&str; 5] = ["anna", "berta", "cleo", "dora", "emil"];

/// The names of groups; few, so that they conflict.
pub(super) const NAMES: [&str; 4] = ["Chess", "Go", "Bridge", "Halma"];

/// The number of places for groups. A new group replaces the group in its place.
pub(super) const PLACES: usize = 3;

/// The number of pockets for invitations. Every user can use every pocket.
pub(super) const POCKETS: usize = 5;

/// A call by a user.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Index into [`PEOPLE`].
    pub(super) who: usize,
    /// Index of one of the two tokens of the user.
    pub(super) token: usize,
    /// The protocol of the call.
    pub(super) protocol: Protocol,
    /// The action.
    pub(super) action: Action,
}

/// How a group is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Registration {
    Open,
    Moderated,
    Invite,
}

/// A condition of joining: to be a member of the group in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// Nobody else can join.
    pub(super) only: bool,
    pub(super) place: usize,
}

impl Condition {
    /// Its kind on the wire.
    pub(super) const fn word(self) -> &'static str {
        match self.only {
            true => "only_member_of",
            false => "member_of",
        }
    }
}

/// The role that an owner gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Rights {
    Member,
    Moderator,
}

/// When a ban or a membership ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    Never,
    LongAgo,
    FarAway,
}

/// An action on another user in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Approve,
    Deny,
    Remove,
    Ban(Until),
    Unban,
    SetRole(Rights),
    SetEnd(Until),
    Transfer,
}

/// A view of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Group,
    Members,
    JoinRequests,
    Invitations,
    AuditLog,
    /// The standings of all people.
    Standings,
}

/// An action. `place` is the place of a group, `pocket` that of an invitation.
#[derive(Clone, Debug)]
pub(super) enum Action {
    NewGroup {
        place: usize,
        name: usize,
        registration: Registration,
    },
    EditGroup {
        place: usize,
        registration: Registration,
        /// A new condition of joining, `None` to remove it.
        condition: Option<Option<Condition>>,
    },
    DeleteGroup {
        place: usize,
    },
    JoinGroup {
        place: usize,
        pocket: Option<usize>,
    },
    CanJoin {
        place: usize,
        pocket: Option<usize>,
    },
    JoinByInvitation {
        pocket: usize,
    },
    Withdraw {
        place: usize,
    },
    Leave {
        place: usize,
    },
    Act {
        place: usize,
        whom: usize,
        act: Act,
    },
    NewInvitation {
        place: usize,
        pocket: usize,
        limit: Option<i64>,
        role: Rights,
    },
    RevokeInvitation {
        place: usize,
        pocket: usize,
    },
    /// The end of a membership passes. The user of the step has no effect.
    EndMembership {
        place: usize,
        whom: usize,
    },
    /// Done by the administrator. The user of the step has no effect.
    DeleteUser {
        whom: usize,
    },
    Login,
    Logout,
    MyGroups,
    InCommon {
        whom: usize,
    },
    See {
        place: usize,
        view: View,
    },
}

impl Registration {
    /// Its value on the wire.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Moderated => "moderated",
            Self::Invite => "invite",
        }
    }
}

impl Rights {
    /// Its value on the wire.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
        }
    }
}

impl Act {
    /// The operation of this action.
    pub(super) const fn operation(self) -> &'static str {
        match self {
            Self::Approve => "approveJoinRequest",
            Self::Deny => "denyJoinRequest",
            Self::Remove => "removeMember",
            Self::Ban(_) => "banMember",
            Self::Unban => "unbanMember",
            Self::SetRole(_) => "setMemberRole",
            Self::SetEnd(_) => "setMembershipEnd",
            Self::Transfer => "transferGroup",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = PEOPLE[self.who];
        write!(f, "{who} ({}", self.protocol.word())?;
        if self.token == 0 {
            write!(f, ", first token")?;
        }
        write!(f, "): {:?}", self.action)?;
        match self.action {
            Action::Act { whom, .. }
            | Action::EndMembership { whom, .. }
            | Action::DeleteUser { whom }
            | Action::InCommon { whom } => {
                write!(f, " = {}", PEOPLE[whom])
            }
            _ => Ok(()),
        }
    }
}
