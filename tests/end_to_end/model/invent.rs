//! Invents steps: at random, and with an eye on the model, so that most of them matter.

use super::deeds::{
    Act, Deed, NAMES, PEOPLE, PLACES, POCKETS, Registration, Rights, Step, Until, View,
};
use super::rules::{Group, State, World};
use crate::harness::{PROTOCOLS, Random};

/// Makes a deed, and says who does it.
type Inventor = fn(&mut Inventing<'_>) -> (usize, Deed);

type Standing = [Option<State>];

const OUTSIDE: &Standing = &[None];
const WAITING: &Standing = &[Some(State::Requested)];
const IN: &Standing = &[Some(State::Member), Some(State::Moderator)];
const MODERATING: &Standing = &[Some(State::Moderator)];

/// What is invented, and how often of the sum.
const DEEDS: &[(usize, Inventor)] = &[
    (5, new_group),
    (5, edit_group),
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
    (3, |i| i.act(Act::Transfer, IN)),
    (10, new_invitation),
    (3, revoke_invitation),
    (2, |i| (0, Deed::DeleteUser { whom: i.anybody() })),
    (1, |i| (i.anybody(), Deed::Logout)),
    (3, |i| (i.anybody(), Deed::MyGroups)),
    (5, see),
];

/// One step in so many is a login, which costs the work of a password.
const STEPS_TO_A_LOGIN: usize = 400;

/// What is at hand while a step is invented.
struct Inventing<'a> {
    random: &'a mut Random,
    world: &'a World,
}

/// The next step of a sequence that has come so far.
pub(super) fn step(random: &mut Random, world: &World) -> Step {
    let mut inventing = Inventing { random, world };
    let (who, deed) = match world.places.iter().position(Option::is_none) {
        // First there are groups.
        Some(place) => found(&mut inventing, place),
        None if inventing.random.below(STEPS_TO_A_LOGIN) == 0 => (inventing.anybody(), Deed::Login),
        None => inventing.deed(),
    };
    Step {
        who,
        // The second token lives as long as its person.
        token: match deed {
            Deed::Logout => 0,
            _ => usize::from(random.below(12) > 0),
        },
        protocol: *random.one_of(&PROTOCOLS),
        deed,
    }
}

impl Inventing<'_> {
    fn deed(&mut self) -> (usize, Deed) {
        let sum = DEEDS.iter().map(|(share, _)| share).sum();
        let mut left = self.random.below(sum);
        for (share, invent) in DEEDS {
            match left.checked_sub(*share) {
                Some(rest) => left = rest,
                None => return invent(self),
            }
        }
        (0, Deed::MyGroups)
    }

    fn place(&mut self) -> usize {
        self.random.below(PLACES)
    }

    fn anybody(&mut self) -> usize {
        self.random.below(PEOPLE.len())
    }

    /// Those who live, stand so towards the group of a place, and do not own it.
    fn standing(&self, place: usize, wanted: &Standing) -> Vec<usize> {
        let fits = |who: &usize| {
            let here = self.world.at(place);
            self.world.lives(*who)
                && here
                    .is_some_and(|group| group.owner != *who && wanted.contains(&group.state(*who)))
        };
        (0..PEOPLE.len()).filter(fits).collect()
    }

    /// Mostly somebody who stands so; `None`, mostly, where nobody does.
    fn somebody(&mut self, place: usize, wanted: &Standing) -> Option<usize> {
        let fitting = self.standing(place, wanted);
        match self.random.below(8) {
            0 => Some(self.anybody()),
            _ if fitting.is_empty() => None,
            _ => Some(*self.random.one_of(&fitting)),
        }
    }

    /// Mostly somebody who moderates: the owner, or another.
    fn moderator(&mut self, place: usize) -> usize {
        let owner = self.world.at(place).map(|group| group.owner);
        match self.random.below(2) {
            0 => self.somebody(place, MODERATING),
            _ => None,
        }
        .or(owner)
        .unwrap_or_else(|| self.anybody())
    }

    fn act(&mut self, act: Act, wanted: &Standing) -> (usize, Deed) {
        let place = self.place();
        match self.somebody(place, wanted) {
            Some(whom) => (self.moderator(place), Deed::Act { place, whom, act }),
            None => self.deed(),
        }
    }

    /// Mostly a pocket with an invitation to the group that is good; rarely an empty one, as
    /// the service takes those for guesses.
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

fn found(i: &mut Inventing<'_>, place: usize) -> (usize, Deed) {
    let (name, registration) = (i.random.below(NAMES.len()), i.registration());
    (
        i.anybody(),
        Deed::NewGroup {
            place,
            name,
            registration,
        },
    )
}

fn new_group(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    match i.world.at(place) {
        // A place whose group lives is seldom taken over.
        Some(_) if i.random.below(8) > 0 => i.deed(),
        _ => found(i, place),
    }
}

fn edit_group(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    (
        i.moderator(place),
        Deed::EditGroup {
            place,
            registration: i.registration(),
        },
    )
}

fn delete_group(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    (i.moderator(place), Deed::DeleteGroup { place })
}

fn join_group(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    let invite = |group: &Group| group.registration == Registration::Invite;
    let by_invitation = i.world.at(place).is_some_and(invite);
    let pocket = match i.random.below(4) {
        0 => i.pocket(place),
        _ if by_invitation => i.pocket(place),
        _ => None,
    };
    match i.somebody(place, OUTSIDE) {
        Some(who) => (who, Deed::JoinGroup { place, pocket }),
        None => i.deed(),
    }
}

fn can_join(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    let pocket = if i.random.below(2) == 0 {
        i.pocket(place)
    } else {
        None
    };
    (i.anybody(), Deed::CanJoin { place, pocket })
}

fn join_by_invitation(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    let who = i.somebody(place, &[None, Some(State::Requested)]);
    match (who, i.pocket(place)) {
        (Some(who), Some(pocket)) => (who, Deed::JoinByInvitation { pocket }),
        _ => new_invitation(i),
    }
}

fn withdraw(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    match i.somebody(place, WAITING) {
        Some(who) => (who, Deed::Withdraw { place }),
        None => i.deed(),
    }
}

fn leave(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    match i.somebody(place, IN) {
        Some(who) => (who, Deed::Leave { place }),
        None => i.deed(),
    }
}

fn new_invitation(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    let limit = *i.random.one_of(&[None, Some(1), Some(2), Some(3)]);
    let role = *i
        .random
        .one_of(&[Rights::Member, Rights::Member, Rights::Moderator]);
    let pocket = i.random.below(POCKETS);
    (
        i.moderator(place),
        Deed::NewInvitation {
            place,
            pocket,
            limit,
            role,
        },
    )
}

fn revoke_invitation(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    let pocket = i.pocket(place).unwrap_or(0);
    (i.moderator(place), Deed::RevokeInvitation { place, pocket })
}

fn see(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    let view = *i.random.one_of(&VIEWS);
    let who = match i.random.below(3) {
        0 => i.anybody(),
        _ => i.moderator(place),
    };
    (who, Deed::See { place, view })
}

/// All that can be looked at.
pub(super) const VIEWS: [View; 5] = [
    View::Group,
    View::Members,
    View::JoinRequests,
    View::Invitations,
    View::AuditLog,
];
