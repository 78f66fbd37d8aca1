//! What can be done in a sequence: plain data, which a person can read and a seed can repeat.

use std::fmt;

use crate::harness::Protocol;

/// The people of every sequence.
pub(super) const PEOPLE: [&str; 5] = ["anna", "berta", "cleo", "dora", "emil"];

/// The names that groups have; few, so that they clash.
pub(super) const NAMES: [&str; 4] = ["Chess", "Go", "Bridge", "Halma"];

/// The groups of a sequence are known by their place. A new one takes a place over.
pub(super) const PLACES: usize = 3;

/// Invitations are kept in pockets, out of which everybody takes them.
pub(super) const POCKETS: usize = 5;

/// One call by one person.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Index into [`PEOPLE`].
    pub(super) who: usize,
    /// Which of their two tokens they show.
    pub(super) token: usize,
    /// How they call.
    pub(super) protocol: Protocol,
    /// What they call.
    pub(super) deed: Deed,
}

/// How a group is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Registration {
    Open,
    Moderated,
    Invite,
}

/// What an owner makes of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rights {
    Member,
    Moderator,
}

/// When a ban ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    Never,
    LongAgo,
    FarAway,
}

/// What one person does to another in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Approve,
    Deny,
    Remove,
    Ban(Until),
    Unban,
    SetRole(Rights),
    Transfer,
}

/// What can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Group,
    Members,
    JoinRequests,
    Invitations,
    AuditLog,
}

/// What is done. `place` is the place of a group, `pocket` that of an invitation.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    NewGroup {
        place: usize,
        name: usize,
        registration: Registration,
    },
    EditGroup {
        place: usize,
        registration: Registration,
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
    /// By the administrator, whoever steps.
    DeleteUser {
        whom: usize,
    },
    Login,
    Logout,
    MyGroups,
    See {
        place: usize,
        view: View,
    },
}

impl Registration {
    /// As the wire has it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Moderated => "moderated",
            Self::Invite => "invite",
        }
    }
}

impl Rights {
    /// As the wire has it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
        }
    }
}

impl Act {
    /// The operation that does it.
    pub(super) const fn operation(self) -> &'static str {
        match self {
            Self::Approve => "approveJoinRequest",
            Self::Deny => "denyJoinRequest",
            Self::Remove => "removeMember",
            Self::Ban(_) => "banMember",
            Self::Unban => "unbanMember",
            Self::SetRole(_) => "setMemberRole",
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
        write!(f, "): {:?}", self.deed)?;
        match self.deed {
            Deed::Act { whom, .. } | Deed::DeleteUser { whom } => write!(f, " = {}", PEOPLE[whom]),
            _ => Ok(()),
        }
    }
}
