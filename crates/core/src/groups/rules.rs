//! The rules of membership as data: they decide, they explain, and they are published.
//!
//! A person stands in one way towards a group. What a table here does not name is refused.

use trivium_storage::Seconds;
use trivium_storage::groups::Group;
use trivium_storage::memberships::Membership;

use crate::{Code, Result};

crate::words! {
    /// How a person stands towards a group.
    Standing {
        /// Nothing is between them.
        None = "none",
        /// A request to join waits.
        Requested = "requested",
        /// A member without further rights.
        Member = "member",
        /// A member who acts on members and requests.
        Moderator = "moderator",
        /// The member who owns the group.
        Owner = "owner",
        /// Shut out.
        Banned = "banned",
    }
}

crate::words! {
    /// What a member is in a group.
    Role {
        /// A member without further rights.
        Member = "member",
        /// A member who acts on members and requests.
        Moderator = "moderator",
        /// The member who owns the group.
        Owner = "owner",
    }
}

crate::words! {
    /// How a group is joined.
    RegistrationType {
        /// By anybody, at once.
        Open = "open",
        /// By request, which a moderator approves.
        Moderated = "moderated",
        /// By invitation only.
        Invite = "invite",
    }
}

crate::words! {
    /// How a join ended.
    JoinState {
        /// The person is a member.
        Joined = "joined",
        /// The request waits for a moderator.
        InModeration = "in_moderation",
    }
}

/// What becomes of a person who would join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// They are let in, or into the queue.
    Let(JoinState),
    /// They are refused.
    Refuse(Code),
}

/// A row of the table of joining.
#[derive(Clone, Copy, Debug)]
pub struct JoinRule {
    /// How the person stands.
    pub standing: &'static [Standing],
    /// How the group is joined.
    pub registration: &'static [RegistrationType],
    /// With a good invitation, without one, or either.
    pub invited: Option<bool>,
    /// What becomes of them.
    pub joining: Joining,
    /// What they can do next.
    pub next_step: &'static str,
}

const ANY: &[RegistrationType] = RegistrationType::ALL;

/// The table of joining: the first row that fits decides.
pub const JOINING: &[JoinRule] = &[
    JoinRule {
        standing: &[Standing::Banned],
        registration: ANY,
        invited: None,
        joining: Joining::Refuse(Code::Banned),
        next_step: "Wait until the ban ends, or ask a moderator to lift it.",
    },
    JoinRule {
        standing: &[Standing::Member, Standing::Moderator, Standing::Owner],
        registration: ANY,
        invited: None,
        joining: Joining::Refuse(Code::AlreadyMember),
        next_step: "There is nothing left to do.",
    },
    JoinRule {
        standing: &[Standing::None, Standing::Requested],
        registration: ANY,
        invited: Some(true),
        joining: Joining::Let(JoinState::Joined),
        next_step: "Call joinGroup with the invitation.",
    },
    JoinRule {
        standing: &[Standing::Requested],
        registration: ANY,
        invited: Some(false),
        joining: Joining::Refuse(Code::JoinRequestPending),
        next_step: "Wait for a moderator, or withdraw the request.",
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Open],
        invited: Some(false),
        joining: Joining::Let(JoinState::Joined),
        next_step: "Call joinGroup.",
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Moderated],
        invited: Some(false),
        joining: Joining::Let(JoinState::InModeration),
        next_step: "Call joinGroup; a moderator then decides.",
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Invite],
        invited: Some(false),
        joining: Joining::Refuse(Code::GroupNotInvited),
        next_step: "Ask a moderator for an invitation.",
    },
];

/// What the table says of this case.
///
/// # Errors
/// `general_some_error` when no row fits; a test holds that every case has one.
pub fn joining(
    standing: Standing,
    registration: RegistrationType,
    invited: bool,
) -> Result<&'static JoinRule> {
    JOINING
        .iter()
        .find(|rule| {
            rule.standing.contains(&standing)
                && rule.registration.contains(&registration)
                && rule.invited.is_none_or(|wanted| wanted == invited)
        })
        .ok_or_else(|| Code::GeneralSomeError.into())
}

/// How the person of this row stands now: a ban whose end has passed is none.
///
/// # Errors
/// The store's failure, for a state that is not one.
pub fn standing(
    group: &Group,
    user: i64,
    membership: Option<&Membership>,
    now: Seconds,
) -> Result<Standing> {
    let Some(membership) = membership else {
        return Ok(Standing::None);
    };
    Ok(match membership.state.parse::<Standing>()? {
        Standing::Banned if membership.until.is_some_and(|until| until <= now) => Standing::None,
        Standing::Member | Standing::Moderator if group.owner_id == user => Standing::Owner,
        standing => standing,
    })
}

impl Standing {
    /// The role of a member; `None` for those who are none.
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Member => Some(Role::Member),
            Self::Moderator => Some(Role::Moderator),
            Self::Owner => Some(Role::Owner),
            Self::None | Self::Requested | Self::Banned => None,
        }
    }

    /// True for those who act on members and requests.
    pub const fn moderates(self) -> bool {
        matches!(self, Self::Moderator | Self::Owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_of_joining_has_its_row() {
        for standing in Standing::ALL {
            for registration in RegistrationType::ALL {
                for invited in [false, true] {
                    let rule = joining(*standing, *registration, invited);
                    assert!(rule.is_ok(), "{standing:?} {registration:?} {invited}");
                }
            }
        }
    }
}
