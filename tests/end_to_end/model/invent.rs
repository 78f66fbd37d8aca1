//! Invents steps: at random, and with an eye on the model, so that most of them matter.

use super::deeds::{
    Act, Deed, NAMES, PEOPLE, PLACES, POCKETS, Registration, Rights, Step, Until, View,
};
use super::rules::{State, World};
use crate::harness::{PROTOCOLS, Random};

/// Makes a deed, and says who does it.
type Inventor = fn(&mut Inventing<'_>) -> (usize, Deed);

/// What is invented, and how often of the sum.
const DEEDS: &[(usize, Inventor)] = &[
    (5, new_group),
    (7, edit_group),
    (1, delete_group),
    (18, join_group),
    (8, can_join),
    (6, join_by_invitation),
    (3, withdraw),
    (4, leave),
    (8, |i| {
        i.act(Act::Approve, |state| state == Some(State::Requested))
    }),
    (4, |i| {
        i.act(Act::Deny, |state| state == Some(State::Requested))
    }),
    (4, |i| {
        i.act(Act::Remove, |state| state == Some(State::Member))
    }),
    (6, |i| {
        let until = *i
            .random
            .one_of(&[Until::Never, Until::LongAgo, Until::FarAway]);
        i.act(Act::Ban(until), |state| state != Some(State::Banned))
    }),
    (4, |i| {
        i.act(Act::Unban, |state| state == Some(State::Banned))
    }),
    (8, |i| {
        let role = *i
            .random
            .one_of(&[Rights::Moderator, Rights::Moderator, Rights::Member]);
        i.act(Act::SetRole(role), |state| state == Some(State::Member))
    }),
    (3, |i| {
        i.act(Act::Transfer, |state| state == Some(State::Moderator))
    }),
    (9, new_invitation),
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

    /// Mostly somebody who stands so towards the group, where there is one.
    fn somebody(&mut self, place: usize, wanted: impl Fn(Option<State>) -> bool) -> usize {
        let fits = |who: &usize| {
            self.world
                .at(place)
                .is_some_and(|group| wanted(group.state(*who)))
        };
        let fitting: Vec<usize> = (0..PEOPLE.len()).filter(fits).collect();
        if fitting.is_empty() || self.random.below(4) == 0 {
            self.anybody()
        } else {
            *self.random.one_of(&fitting)
        }
    }

    /// Mostly a moderator, and of these the owner every other time.
    fn moderator(&mut self, place: usize) -> usize {
        match self.world.at(place) {
            Some(group) if self.random.below(2) == 0 => group.owner,
            _ => self.somebody(place, |state| state == Some(State::Moderator)),
        }
    }

    fn act(&mut self, act: Act, wanted: fn(Option<State>) -> bool) -> (usize, Deed) {
        let place = self.place();
        let who = self.moderator(place);
        let whom = self.somebody(place, wanted);
        (who, Deed::Act { place, whom, act })
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
    let pocket = if i.random.below(3) == 0 {
        i.pocket(place)
    } else {
        None
    };
    (
        i.somebody(place, |state| state.is_none()),
        Deed::JoinGroup { place, pocket },
    )
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
    match i.pocket(place) {
        Some(pocket) => (
            i.somebody(place, |state| state.is_none()),
            Deed::JoinByInvitation { pocket },
        ),
        None => new_invitation(i),
    }
}

fn withdraw(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    (
        i.somebody(place, |state| state == Some(State::Requested)),
        Deed::Withdraw { place },
    )
}

fn leave(i: &mut Inventing<'_>) -> (usize, Deed) {
    let place = i.place();
    let who = i.somebody(place, |state| {
        matches!(state, Some(State::Member | State::Moderator))
    });
    (who, Deed::Leave { place })
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
