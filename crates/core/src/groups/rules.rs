//! The membership rules as data. Operations decide by them, canJoin reports them, and the
//! documentation shows them.
//!
//! A user has one [`Standing`] in a group. A case that no row matches is rejected.

use trivium_storage::Seconds;
use trivium_storage::groups::Group;
use trivium_storage::memberships::{Membership, State};

use crate::{Code, Result, codes};

trivium_rpc::string_enum! {
    /// The standing of a user in a group.
    Standing {
        /// No relation to the group.
        None = "none",
        /// A join request is pending.
        Requested = "requested",
        /// A member without further rights.
        Member = "member",
        /// A member who manages members and join requests.
        Moderator = "moderator",
        /// The member who owns the group.
        Owner = "owner",
        /// Banned from the group.
        Banned = "banned",
    }
}

trivium_rpc::string_enum! {
    /// The role of a member in a group.
    Role {
        /// A member without further rights.
        Member = "member",
        /// A member who manages members and join requests.
        Moderator = "moderator",
        /// The member who owns the group.
        Owner = "owner",
    }
}

trivium_rpc::string_enum! {
    /// How users join a group.
    RegistrationType {
        /// Any user joins at once.
        Open = "open",
        /// A moderator decides on each join request.
        Moderated = "moderated",
        /// Users join by invitation only.
        Invite = "invite",
    }
}

trivium_rpc::string_enum! {
    /// The outcome of joining.
    JoinState {
        /// The user is a member.
        Joined = "joined",
        /// The join request is pending.
        InModeration = "in_moderation",
    }
}

/// What the condition of joining a group means for a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is no condition, or it makes no difference.
    Neutral,
    /// The user is a member of the other group, whose members are admitted.
    Admits,
    /// The user is not a member of the other group, and only its members can join.
    Bars,
}

impl Condition {
    /// All values.
    pub const ALL: &'static [Self] = &[Self::Neutral, Self::Admits, Self::Bars];
}

/// The decision on a user who wants to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// The user becomes a member, or their join request becomes pending.
    Let(JoinState),
    /// The user is rejected with this code.
    Refuse(Code),
}

/// A row of [`JOINING`].
#[derive(Clone, Copy, Debug)]
pub struct JoinRule {
    /// The standings of the user that match.
    pub standing: &'static [Standing],
    /// The registration types of the group that match.
    pub registration: &'static [RegistrationType],
    /// Whether a valid invitation is presented; `None` matches both.
    pub invited: Option<bool>,
    /// The meanings of the group's condition that match.
    pub condition: &'static [Condition],
    /// The decision.
    pub joining: Joining,
    /// The reason.
    pub reason: &'static str,
    /// What the user can do next.
    pub next_step: &'static str,
}

const ANY: &[RegistrationType] = RegistrationType::ALL;
const ANY_CONDITION: &[Condition] = Condition::ALL;
const BY_INVITATION: &str = "The group can be joined by invitation only.";
const ASK_FOR_INVITATION: &str = "Ask a moderator for an invitation.";
const NOT_ADMITTED: &[Condition] = &[Condition::Neutral, Condition::Bars];

/// The rules of joining. The first row that matches decides.
pub const JOINING: &[JoinRule] = &[
    // The same for strangers and banned users: both are outside.
    JoinRule {
        standing: &[Standing::Banned],
        registration: &[RegistrationType::Invite],
        invited: Some(false),
        condition: ANY_CONDITION,
        joining: Joining::Refuse(codes::GROUP_NOT_INVITED),
        reason: BY_INVITATION,
        next_step: ASK_FOR_INVITATION,
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Invite],
        invited: Some(false),
        condition: NOT_ADMITTED,
        joining: Joining::Refuse(codes::GROUP_NOT_INVITED),
        reason: BY_INVITATION,
        next_step: ASK_FOR_INVITATION,
    },
    JoinRule {
        standing: &[Standing::Banned],
        registration: ANY,
        invited: None,
        condition: ANY_CONDITION,
        joining: Joining::Refuse(codes::BANNED),
        reason: "The user is banned from the group.",
        next_step: "Wait until the ban ends, or ask a moderator to lift it.",
    },
    JoinRule {
        standing: &[Standing::Member, Standing::Moderator, Standing::Owner],
        registration: ANY,
        invited: None,
        condition: ANY_CONDITION,
        joining: Joining::Refuse(codes::ALREADY_MEMBER),
        reason: "The user is already a member.",
        next_step: "Nothing; the user is already a member.",
    },
    JoinRule {
        standing: &[Standing::None, Standing::Requested],
        registration: ANY,
        invited: Some(true),
        condition: ANY_CONDITION,
        joining: Joining::Let(JoinState::Joined),
        reason: "The invitation is valid.",
        next_step: "Call joinGroup with the invitation.",
    },
    JoinRule {
        standing: &[Standing::None, Standing::Requested],
        registration: ANY,
        invited: Some(false),
        condition: &[Condition::Admits],
        joining: Joining::Let(JoinState::Joined),
        reason: "The group admits members of another group.",
        next_step: "Call joinGroup.",
    },
    JoinRule {
        standing: &[Standing::Requested],
        registration: ANY,
        invited: Some(false),
        condition: NOT_ADMITTED,
        joining: Joining::Refuse(codes::JOIN_REQUEST_PENDING),
        reason: "A request to join is already pending.",
        next_step: "Wait for a moderator, or withdraw the request.",
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Open, RegistrationType::Moderated],
        invited: Some(false),
        condition: &[Condition::Bars],
        joining: Joining::Refuse(codes::CONDITION_NOT_MET),
        reason: "Only members of another group can join the group.",
        next_step: "Join the other group first, or ask a moderator for an invitation.",
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Open],
        invited: Some(false),
        condition: &[Condition::Neutral],
        joining: Joining::Let(JoinState::Joined),
        reason: "The group is open to everybody.",
        next_step: "Call joinGroup.",
    },
    JoinRule {
        standing: &[Standing::None],
        registration: &[RegistrationType::Moderated],
        invited: Some(false),
        condition: &[Condition::Neutral],
        joining: Joining::Let(JoinState::InModeration),
        reason: "A moderator decides who joins the group.",
        next_step: "Call joinGroup; a moderator then decides.",
    },
];

/// Returns the row of [`JOINING`] that decides.
///
/// # Errors
/// `general_some_error` if no row matches; a test checks that every case has one.
pub fn joining(
    standing: Standing,
    registration: RegistrationType,
    invited: bool,
    condition: Condition,
) -> Result<&'static JoinRule> {
    JOINING
        .iter()
        .find(|rule| {
            rule.standing.contains(&standing)
                && rule.registration.contains(&registration)
                && rule.invited.is_none_or(|wanted| wanted == invited)
                && rule.condition.contains(&condition)
        })
        .ok_or_else(|| codes::GENERAL_SOME_ERROR.into())
}

trivium_rpc::string_enum! {
    /// An action of a moderator or owner on another user.
    Act {
        /// Approves a join request.
        Approve = "approveJoinRequest",
        /// Denies a join request.
        Deny = "denyJoinRequest",
        /// Ends a membership.
        Remove = "removeMember",
        /// Bans a user.
        Ban = "banMember",
        /// Lifts a ban.
        Unban = "unbanMember",
        /// Makes a member a moderator, or a moderator a member.
        SetRole = "setMemberRole",
        /// Sets when a membership ends.
        SetEnd = "setMembershipEnd",
        /// Transfers the group to another owner.
        Transfer = "transferGroup",
    }
}

/// A row of [`ACTING`].
#[derive(Clone, Copy, Debug)]
pub struct ActRule {
    /// The actions that match.
    pub acts: &'static [Act],
    /// The standings of the caller that match.
    pub actor: &'static [Standing],
    /// The standings of the other user that match.
    pub subject: &'static [Standing],
    /// The code with which the action is rejected; `None` if it is permitted.
    pub refusal: Option<Code>,
}

const ANYBODY: &[Standing] = Standing::ALL;
const WITHOUT_RIGHTS: &[Standing] = &[
    Standing::None,
    Standing::Requested,
    Standing::Member,
    Standing::Banned,
];

/// The rules of actions on other users. The first row that matches decides.
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
        acts: &[
            Act::Remove,
            Act::Ban,
            Act::SetRole,
            Act::SetEnd,
            Act::Transfer,
        ],
        actor: ANYBODY,
        subject: &[Standing::Owner],
        refusal: Some(codes::OWNER_PROTECTED),
    },
    ActRule {
        acts: &[Act::Remove, Act::Ban, Act::SetEnd],
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
        acts: &[Act::Remove, Act::SetRole, Act::SetEnd, Act::Transfer],
        actor: ANYBODY,
        subject: &[Standing::Member, Standing::Moderator],
        refusal: None,
    },
    ActRule {
        acts: &[Act::Remove, Act::SetRole, Act::SetEnd, Act::Transfer],
        actor: ANYBODY,
        subject: ANYBODY,
        refusal: Some(codes::NOT_A_MEMBER),
    },
];

/// Checks that [`ACTING`] permits an action.
///
/// # Errors
/// The code of the row that matches.
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

/// The reason, in the audit log, for denying the pending join requests of a group that becomes
/// invitation-only.
pub const NOW_BY_INVITATION: &str = "the group is now invitation-only";

/// The reason, in the audit log, for denying the pending join requests of users who do not meet the condition.
pub const CONDITION_IS_NOT_MET: &str = "the condition of joining is not met";

/// True for the row of a ban or membership that has ended.
pub(crate) fn has_ended(row: &Membership, is_past: impl Fn(Seconds) -> bool) -> bool {
    row.until.or(row.ends_at).is_some_and(is_past)
}

impl Standing {
    /// The current standing of a user in a group, from their row. A ban or membership that has ended counts as no
    /// relation.
    pub(crate) fn current(
        group: &Group,
        row: Option<&Membership>,
        is_past: impl Fn(Seconds) -> bool,
    ) -> Self {
        match row {
            None => Self::None,
            Some(row) if has_ended(row, is_past) => Self::None,
            Some(row) => Self::of(row.state, row.user_id == group.owner_id),
        }
    }

    /// The standing of a user in this state. The owner of a group is stored as a moderator.
    pub const fn of(state: State, is_owner: bool) -> Self {
        match state {
            State::Member | State::Moderator if is_owner => Self::Owner,
            State::Member => Self::Member,
            State::Moderator => Self::Moderator,
            State::Requested => Self::Requested,
            State::Banned => Self::Banned,
        }
    }

    /// The role of a member; `None` for other users.
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Member => Some(Role::Member),
            Self::Moderator => Some(Role::Moderator),
            Self::Owner => Some(Role::Owner),
            Self::None | Self::Requested | Self::Banned => None,
        }
    }

    /// True if a group is disclosed to users of this standing. To those outside, who are neither members
    /// nor requesters, a group by invitation does not exist, unless its condition admits them. A banned user is outside.
    pub const fn discloses(self, registration: RegistrationType, condition: Condition) -> bool {
        let is_outside = match self {
            Self::None => !matches!(condition, Condition::Admits),
            Self::Banned => true,
            _ => false,
        };
        !(is_outside && matches!(registration, RegistrationType::Invite))
    }

    /// True for moderators and owners.
    pub const fn moderates(self) -> bool {
        matches!(self, Self::Moderator | Self::Owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_by_invitation_is_disclosed_to_members_and_requesters() {
        for standing in Standing::ALL {
            let is_inside = standing.role().is_some() || *standing == Standing::Requested;
            for registration in RegistrationType::ALL {
                let expected = is_inside || *registration != RegistrationType::Invite;
                let disclosed = |condition| standing.discloses(*registration, condition);
                let about = format!("{standing:?} {registration:?}");
                assert_eq!(disclosed(Condition::Neutral), expected, "{about}");
                assert_eq!(disclosed(Condition::Bars), expected, "{about}");
                let admitted = expected || *standing == Standing::None;
                assert_eq!(disclosed(Condition::Admits), admitted, "{about}");
            }
        }
    }

    #[test]
    fn every_case_of_joining_has_a_row() {
        for standing in Standing::ALL {
            for registration in RegistrationType::ALL {
                for invited in [false, true] {
                    for condition in Condition::ALL {
                        let rule = joining(*standing, *registration, invited, *condition);
                        assert!(rule.is_ok(), "{standing:?} {registration:?} {invited}");
                    }
                }
            }
        }
    }
}
