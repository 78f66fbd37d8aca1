//! The rules of membership as data: they decide, they explain, and they are published.
//!
//! A person stands in one way towards a group. What a table here does not name is refused.

use trivium_storage::Seconds;
use trivium_storage::groups::Group;
use trivium_storage::memberships::Membership;

use crate::{Code, Result, codes};

trivium_rpc::string_enum! {
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

trivium_rpc::string_enum! {
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

trivium_rpc::string_enum! {
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

trivium_rpc::string_enum! {
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
    /// Why.
    pub reason: &'static str,
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
        joining: Joining::Refuse(codes::BANNED),
        reason: "The user is banned from the group.",
        next_step: "Wait until the ban ends, or ask a moderator to lift it.",
    },
    JoinRule {
        standing: &[Standing::Member, Standing::Moderator, Standing::Owner],
        registration: ANY,
        invited: None,
        joining: Joining::Refuse(codes::ALREADY_MEMBER),
        reason: "The user is already a member.",
        next_step: "Nothing; the user is already a member.",
    },
    JoinRule {
        standing: &[Standing::None, Standing::Requested],
        registration: ANY,
        invited: Some(true),
        joining: Joining::Let(JoinState::Joined),
        reason: "An invitation opens the group.",
        next_step: "Call joinGroup with the invitation.",
    },
    JoinRule {
        standing: &[Standing::Requested],
        registration: ANY,
        invited: Some(false),
        joining: Joining::Refuse(codes::JOIN_REQUEST_PENDING),
        reason: "A request to join is already pending.",
        next_step: "Wait for a moderator, or withdraw the request.",
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Open],
        invited: Some(false),
        joining: Joining::Let(JoinState::Joined),
        reason: "The group is open to everybody.",
        next_step: "Call joinGroup.",
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Moderated],
        invited: Some(false),
        joining: Joining::Let(JoinState::InModeration),
        reason: "A moderator decides who joins the group.",
        next_step: "Call joinGroup; a moderator then decides.",
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Invite],
        invited: Some(false),
        joining: Joining::Refuse(codes::GROUP_NOT_INVITED),
        reason: "The group can be joined by invitation only.",
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
        .ok_or_else(|| codes::GENERAL_SOME_ERROR.into())
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

trivium_rpc::string_enum! {
    /// What moderators and owners do to others.
    Act {
        /// Let a waiting person in.
        Approve = "approveJoinRequest",
        /// Turn a waiting person away.
        Deny = "denyJoinRequest",
        /// End a membership.
        Remove = "removeMember",
        /// Shut a person out.
        Ban = "banMember",
        /// End a ban.
        Unban = "unbanMember",
        /// Make a member a moderator, or a moderator a member.
        SetRole = "setMemberRole",
        /// Hand the group over.
        Transfer = "transferGroup",
    }
}

/// A row of the table of acting.
#[derive(Clone, Copy, Debug)]
pub struct ActRule {
    /// What is done.
    pub acts: &'static [Act],
    /// How the person who does it stands.
    pub actor: &'static [Standing],
    /// How the person to whom it is done stands.
    pub subject: &'static [Standing],
    /// Why it is refused; `None` where it may be done.
    pub refusal: Option<Code>,
}

const ANYBODY: &[Standing] = Standing::ALL;
const WITHOUT_RIGHTS: &[Standing] = &[
    Standing::None,
    Standing::Requested,
    Standing::Member,
    Standing::Banned,
];

/// The table of acting on others: the first row that fits decides.
pub const ACTING: &[ActRule] = &[
    ActRule {
        acts: Act::ALL,
        actor: WITHOUT_RIGHTS,
        subject: ANYBODY,
        refusal: Some(codes::USER_ACCESS_DENIED),
    },
    ActRule {
        acts: &[Act::SetRole, Act::Transfer],
        actor: &[Standing::Moderator],
        subject: ANYBODY,
        refusal: Some(codes::USER_ACCESS_DENIED),
    },
    ActRule {
        acts: &[Act::Approve, Act::Deny],
        actor: ANYBODY,
        subject: &[Standing::Requested],
        refusal: None,
    },
    ActRule {
        acts: &[Act::Approve, Act::Deny],
        actor: ANYBODY,
        subject: ANYBODY,
        refusal: Some(codes::JOIN_REQUEST_NOT_FOUND),
    },
    ActRule {
        acts: &[Act::Unban],
        actor: ANYBODY,
        subject: &[Standing::Banned],
        refusal: None,
    },
    ActRule {
        acts: &[Act::Unban],
        actor: ANYBODY,
        subject: ANYBODY,
        refusal: Some(codes::NOT_BANNED),
    },
    ActRule {
        acts: &[Act::Remove, Act::Ban, Act::SetRole, Act::Transfer],
        actor: ANYBODY,
        subject: &[Standing::Owner],
        refusal: Some(codes::OWNER_PROTECTED),
    },
    ActRule {
        acts: &[Act::Remove, Act::Ban],
        actor: &[Standing::Moderator],
        subject: &[Standing::Moderator],
        refusal: Some(codes::USER_ACCESS_DENIED),
    },
    ActRule {
        acts: &[Act::Ban],
        actor: ANYBODY,
        subject: ANYBODY,
        refusal: None,
    },
    ActRule {
        acts: &[Act::Remove, Act::SetRole, Act::Transfer],
        actor: ANYBODY,
        subject: &[Standing::Member, Standing::Moderator],
        refusal: None,
    },
    ActRule {
        acts: &[Act::Remove, Act::SetRole, Act::Transfer],
        actor: ANYBODY,
        subject: ANYBODY,
        refusal: Some(codes::NOT_A_MEMBER),
    },
];

/// What the table says of this case.
///
/// # Errors
/// The refusal of the row that fits.
pub fn acting(act: Act, actor: Standing, subject: Standing) -> Result<()> {
    let rule = ACTING.iter().find(|rule| {
        rule.acts.contains(&act) && rule.actor.contains(&actor) && rule.subject.contains(&subject)
    });
    match rule.map(|rule| rule.refusal) {
        Some(None) => Ok(()),
        Some(Some(code)) => Err(code.into()),
        None => Err(codes::USER_ACCESS_DENIED.into()),
    }
}

/// Why waiting requests are denied when a group becomes one by invitation.
pub const NOW_BY_INVITATION: &str = "the group is now by invitation only";

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
