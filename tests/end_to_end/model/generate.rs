//! Generates random steps. Most of them fit the current state of the model.

use super::actions::{
    Act, Action, Condition, NAMES, PEOPLE, PLACES, POCKETS, Registration, Rights, Step, Until, View,
};
use super::rules::{Group, State, World};
use crate::harness::{PROTOCOLS, Random};

/// Generates an action and its user.
type Generator = fn(&mut Generating<'_>) -> (usize, Action);

type States = [Option<State>];

const OUTSIDE: &States = &[None];
const WAITING: &States = &[Some(State::Requested)];
const IN: &States = &[Some(State::Member), Some(State::Moderator)];
const MODERATING: &States = &[Some(State::Moderator)];

/// The generators and their weights.
const GENERATORS: &[(usize, Generator)] = &[
    (5, new_group),
    (8, edit_group),
    (1, delete_group),
    (24, join_group),
    (8, can_join),
    (6, join_by_invitation),
    (3, withdraw),
    (4, leave),
    (8, |i| i.act(Act::Approve, WAITING)),
    (4, |i| i.act(Act::Deny, WAITING)),
    (3, |i| i.act(Act::Remove, IN)),
    (3, |i| i.act(Act::Remove, MODERATING)),
    (3, |i| {
        i.act(Act::Ban(Until::Never), &[None, Some(State::Moderator)])
    }),
    (2, |i| i.act(Act::Ban(Until::LongAgo), IN)),
    (2, |i| i.act(Act::Ban(Until::FarAway), WAITING)),
    (4, |i| i.act(Act::Unban, &[Some(State::Banned)])),
    (9, |i| {
        i.act(Act::SetRole(Rights::Moderator), &[Some(State::Member)])
    }),
    (4, |i| i.act(Act::SetRole(Rights::Member), MODERATING)),
    (4, |i| i.act(Act::SetEnd(Until::FarAway), IN)),
    (1, |i| i.act(Act::SetEnd(Until::Never), IN)),
    (1, |i| i.act(Act::SetEnd(Until::LongAgo), IN)),
    (3, end_membership),
    (3, |i| i.act(Act::Transfer, IN)),
    (10, new_invitation),
    (3, revoke_invitation),
    (2, |i| (0, Action::DeleteUser { whom: i.any_user() })),
    (1, |i| (i.any_user(), Action::Logout)),
    (3, |i| (i.any_user(), Action::MyGroups)),
    (3, |i| {
        let whom = i.any_user();
        (i.any_user(), Action::InCommon { whom })
    }),
    (5, see),
];

/// One step in this many is a login, because a login hashes a password.
const STEPS_TO_A_LOGIN: usize = 400;

/// The state of the generator.
struct Generating<'a> {
    random: &'a mut Random,
    world: &'a World,
}

/// Generates the next step of a sequence.
pub(super) fn step(random: &mut Random, world: &World) -> Step {
    let mut generating = Generating { random, world };
    let (who, action) = match world.places.iter().position(Option::is_none) {
        // The first steps create groups.
        Some(place) => create_group(&mut generating, place),
        None if generating.random.below(STEPS_TO_A_LOGIN) == 0 => {
            (generating.any_user(), Action::Login)
        }
        None => generating.action(),
    };
    Step {
        who,
        // The second token is never revoked by a logout.
        token: match action {
            Action::Logout => 0,
            _ => usize::from(random.below(12) > 0),
        },
        protocol: *random.one_of(&PROTOCOLS),
        action,
    }
}

impl Generating<'_> {
    fn action(&mut self) -> (usize, Action) {
        let sum = GENERATORS.iter().map(|(share, _)| share).sum();
        let mut left = self.random.below(sum);
        for (share, generate) in GENERATORS {
            match left.checked_sub(*share) {
                Some(rest) => left = rest,
                None => return generate(self),
            }
        }
        (0, Action::MyGroups)
    }

    fn place(&mut self) -> usize {
        self.random.below(PLACES)
    }

    fn any_user(&mut self) -> usize {
        self.random.below(PEOPLE.len())
    }

    /// The users who are not deleted, have one of these states in a group, and do not own it.
    fn users_with(&self, place: usize, wanted: &States) -> Vec<usize> {
        let fits = |who: &usize| {
            let here = self.world.at(place);
            self.world.has_account(*who)
                && here
                    .is_some_and(|group| group.owner != *who && wanted.contains(&group.state(*who)))
        };
        (0..PEOPLE.len()).filter(fits).collect()
    }

    /// Mostly a user with one of these states; mostly `None` if there is no such user.
    fn some_user(&mut self, place: usize, wanted: &States) -> Option<usize> {
        let fitting = self.users_with(place, wanted);
        match self.random.below(8) {
            0 => Some(self.any_user()),
            _ if fitting.is_empty() => None,
            _ => Some(*self.random.one_of(&fitting)),
        }
    }

    /// Mostly a moderator: the owner or another.
    fn moderator(&mut self, place: usize) -> usize {
        let owner = self.world.at(place).map(|group| group.owner);
        match self.random.below(2) {
            0 => self.some_user(place, MODERATING),
            _ => None,
        }
        .or(owner)
        .unwrap_or_else(|| self.any_user())
    }

    fn act(&mut self, act: Act, wanted: &States) -> (usize, Action) {
        let place = self.place();
        match self.some_user(place, wanted) {
            Some(whom) => (self.moderator(place), Action::Act { place, whom, act }),
            None => self.action(),
        }
    }

    /// Mostly a pocket with an invitation to the group; rarely an empty one, because the service
    /// limits guesses.
    fn pocket(&mut self, place: usize) -> Option<usize> {
        let full: Vec<usize> = (0..POCKETS)
            .filter(|pocket| self.world.pockets[*pocket].is_some())
            .collect();
        let fits = |pocket: &usize| {
            self.world.pockets[*pocket].is_some_and(|invitation| {
                Some(self.world.invitations[invitation].group) == self.world.places[place]
            })
        };
        let fitting: Vec<usize> = full.iter().copied().filter(fits).collect();
        match self.random.below(100) {
            0 => Some(self.random.below(POCKETS)),
            1..20 if !full.is_empty() => Some(*self.random.one_of(&full)),
            _ if !fitting.is_empty() => Some(*self.random.one_of(&fitting)),
            _ => None,
        }
    }

    fn registration(&mut self) -> Registration {
        *self.random.one_of(&[
            Registration::Open,
            Registration::Moderated,
            Registration::Moderated,
            Registration::Invite,
        ])
    }
}

fn create_group(i: &mut Generating<'_>, place: usize) -> (usize, Action) {
    let (name, registration) = (i.random.below(NAMES.len()), i.registration());
    (
        i.any_user(),
        Action::NewGroup {
            place,
            name,
            registration,
        },
    )
}

fn new_group(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    match i.world.at(place) {
        // An existing group is seldom replaced.
        Some(_) if i.random.below(8) > 0 => i.action(),
        _ => create_group(i, place),
    }
}

fn edit_group(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    let condition = match i.random.below(4) {
        0 => Some(None),
        1 | 2 => Some(Some(Condition {
            only: i.random.below(2) == 0,
            place: i.place(),
        })),
        _ => None,
    };
    (
        i.moderator(place),
        Action::EditGroup {
            place,
            registration: i.registration(),
            condition,
        },
    )
}

fn delete_group(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    (i.moderator(place), Action::DeleteGroup { place })
}

fn join_group(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    let invite = |group: &Group| group.registration == Registration::Invite;
    let by_invitation = i.world.at(place).is_some_and(invite);
    let pocket = match i.random.below(4) {
        0 => i.pocket(place),
        _ if by_invitation => i.pocket(place),
        _ => None,
    };
    match i.some_user(place, OUTSIDE) {
        Some(who) => (who, Action::JoinGroup { place, pocket }),
        None => i.action(),
    }
}

fn can_join(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    let pocket = if i.random.below(2) == 0 {
        i.pocket(place)
    } else {
        None
    };
    (i.any_user(), Action::CanJoin { place, pocket })
}

fn join_by_invitation(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    let who = i.some_user(place, &[None, Some(State::Requested)]);
    match (who, i.pocket(place)) {
        (Some(who), Some(pocket)) => (who, Action::JoinByInvitation { pocket }),
        _ => new_invitation(i),
    }
}

fn withdraw(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    match i.some_user(place, WAITING) {
        Some(who) => (who, Action::Withdraw { place }),
        None => i.action(),
    }
}

fn leave(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    match i.some_user(place, IN) {
        Some(who) => (who, Action::Leave { place }),
        None => i.action(),
    }
}

fn end_membership(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    match i.users_with(place, IN).first() {
        Some(&whom) => (whom, Action::EndMembership { place, whom }),
        None => i.action(),
    }
}

fn new_invitation(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    let limit = *i.random.one_of(&[None, Some(1), Some(2), Some(3)]);
    let role = *i
        .random
        .one_of(&[Rights::Member, Rights::Member, Rights::Moderator]);
    let pocket = i.random.below(POCKETS);
    (
        i.moderator(place),
        Action::NewInvitation {
            place,
            pocket,
            limit,
            role,
        },
    )
}

fn revoke_invitation(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    let pocket = i.pocket(place).unwrap_or(0);
    (
        i.moderator(place),
        Action::RevokeInvitation { place, pocket },
    )
}

fn see(i: &mut Generating<'_>) -> (usize, Action) {
    let place = i.place();
    let view = *i.random.one_of(&VIEWS);
    let who = match i.random.below(3) {
        0 => i.any_user(),
        _ => i.moderator(place),
    };
    (who, Action::See { place, view })
}

/// All views.
pub(super) const VIEWS: [View; 6] = [
    View::Group,
    View::Members,
    View::JoinRequests,
    View::Invitations,
    View::AuditLog,
    View::Standings,
];
