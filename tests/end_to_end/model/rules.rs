//! The rules of membership, implemented again in memory.
//!
//! The model is written from the published rules and the wire contract. It shares no table and no
//! type with the service, so that it can disagree with it. A result is a short text that does not
//! depend on the format, or the code of the failure. Invitations are in `invitations`, actions on
//! other users in `acts`, views in `views`.

use std::collections::{BTreeMap, BTreeSet};

use super::actions::{
    Action, Condition, PEOPLE, PLACES, POCKETS, Registration, Rights, Step, View,
};
use super::invitations::Invitation;

/// The result as a short text, or the code of the failure.
pub(super) type Answer = Result<String, &'static str>;

/// The state of a sequence.
#[derive(Clone)]
pub(super) struct World {
    /// Which tokens of each user are valid. Deletion revokes both.
    pub(super) tokens: [[bool; 2]; PEOPLE.len()],
    pub(super) deleted: [bool; PEOPLE.len()],
    pub(super) groups: Vec<Group>,
    pub(super) places: [Option<usize>; PLACES],
    pub(super) invitations: Vec<Invitation>,
    pub(super) pockets: [Option<usize>; POCKETS],
}

/// A group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) name: usize,
    pub(super) registration: Registration,
    pub(super) owner: usize,
    pub(super) deleted: bool,
    /// The condition of joining, and the group that was in its place.
    pub(super) condition: Option<(Condition, usize)>,
    /// The states of users. The owner is a moderator.
    pub(super) people: BTreeMap<usize, State>,
    /// The users whose membership ends, far away.
    pub(super) ending: BTreeSet<usize>,
    /// The audit log, oldest first, without the ends of memberships: the sweep of the server may come before.
    pub(super) log: Vec<String>,
}

/// What the condition of a group means for a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Neutral,
    /// The user joins at once.
    Admits,
    /// The user cannot join.
    Bars,
}

/// The state of a user in a group. A stranger has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Requested,
    Member,
    Moderator,
    Banned,
}

impl Group {
    /// The state of a user.
    pub(super) fn state(&self, who: usize) -> Option<State> {
        self.people.get(&who).copied()
    }

    /// True for members and moderators.
    pub(super) fn has(&self, who: usize) -> bool {
        matches!(self.state(who), Some(State::Member | State::Moderator))
    }

    /// True for moderators and the owner.
    pub(super) fn moderated_by(&self, who: usize) -> bool {
        self.state(who) == Some(State::Moderator)
    }

    /// The number of users in these states.
    pub(super) fn count(&self, states: &[State]) -> usize {
        self.people
            .values()
            .filter(|state| states.contains(state))
            .count()
    }
}

impl World {
    /// Five users with two tokens each, and no groups.
    pub(super) fn new() -> Self {
        Self {
            tokens: [[true; 2]; PEOPLE.len()],
            deleted: [false; PEOPLE.len()],
            groups: Vec::new(),
            places: [None; PLACES],
            invitations: Vec::new(),
            pockets: [None; POCKETS],
        }
    }

    /// True until the account of a user is deleted.
    pub(super) const fn has_account(&self, who: usize) -> bool {
        !self.deleted[who]
    }

    /// The group in a place, unless it is deleted.
    pub(super) fn at(&self, place: usize) -> Option<&Group> {
        self.group(place).ok().map(|group| &self.groups[group])
    }

    /// Takes a step and returns its result.
    pub(super) fn take(&mut self, step: &Step) -> Answer {
        let answer = self.answer(step);
        self.end_orphaned_invitations();
        answer
    }

    fn answer(&mut self, step: &Step) -> Answer {
        let who = step.who;
        match step.action {
            Action::DeleteUser { whom } => return self.delete_user(step, whom),
            Action::EndMembership { place, whom } => return self.end_membership(place, whom),
            Action::Login => {
                self.tokens[who][0] = true;
                return done();
            }
            _ if !self.tokens[who][step.token] => return Err("user_token_invalid"),
            _ => {}
        }
        match step.action {
            Action::DeleteUser { .. } | Action::EndMembership { .. } | Action::Login => done(),
            Action::Logout => {
                self.tokens[who][step.token] = false;
                done()
            }
            Action::NewGroup {
                place,
                name,
                registration,
            } => self.new_group(step, place, name, registration),
            Action::EditGroup {
                place,
                registration,
                condition,
            } => self.edit_group(step, place, registration, condition),
            Action::DeleteGroup { place } => {
                let group = self.owned(place, who)?;
                self.groups[group].deleted = true;
                self.groups[group].people.clear();
                self.groups[group].ending.clear();
                done()
            }
            Action::JoinGroup { place, pocket } => self.join_group(step, place, pocket),
            Action::CanJoin { place, pocket } => {
                self.group(place)?;
                Ok(match self.clone().join_group(step, place, pocket) {
                    Ok(state) => format!("can: {state}"),
                    Err(code) => format!("cannot: {code}"),
                })
            }
            Action::JoinByInvitation { pocket } => self.join_by_invitation(step, pocket),
            Action::Withdraw { place } => {
                let group = self.shown(place, who)?;
                if self.groups[group].state(who) != Some(State::Requested) {
                    return Err("join_request_not_found");
                }
                self.put(group, who, None);
                self.log(group, step, "withdrawJoinRequest", "");
                done()
            }
            Action::Leave { place } => {
                let group = self.shown(place, who)?;
                if self.groups[group].owner == who {
                    return Err("owner_cannot_leave");
                }
                if !self.groups[group].has(who) {
                    return Err("not_a_member");
                }
                self.put(group, who, None);
                self.log(group, step, "leaveGroup", "");
                done()
            }
            Action::Act { place, whom, act } => self.act(step, place, whom, act),
            Action::NewInvitation {
                place,
                pocket,
                limit,
                role,
            } => self.new_invitation(step, place, pocket, limit, role),
            Action::RevokeInvitation { place, pocket } => self.revoke(step, place, pocket),
            Action::MyGroups => Ok(self.my_groups(who)),
            Action::InCommon { whom } if self.deleted[whom] => Err("user_not_found"),
            Action::InCommon { whom } => Ok(self.in_common(who, whom)),
            Action::See {
                place,
                view: View::Standings,
            } => Ok(self.standings(place, who)),
            Action::See { place, view } => {
                let group = self.shown(place, who)?;
                self.see(group, who, view)
            }
        }
    }

    // Groups.

    pub(super) fn group(&self, place: usize) -> Result<usize, &'static str> {
        self.places[place]
            .filter(|group| !self.groups[*group].deleted)
            .ok_or("content_not_found")
    }

    /// The group in a place, if it is disclosed to a user: a group by invitation is disclosed to its
    /// members and requesters, and to those whom its condition admits.
    pub(super) fn shown(&self, place: usize, who: usize) -> Result<usize, &'static str> {
        let group = self.group(place)?;
        self.disclosed(group, who)
    }

    /// This group, if it is disclosed to a user.
    pub(super) fn disclosed(&self, group: usize, who: usize) -> Result<usize, &'static str> {
        let here = &self.groups[group];
        let outside = match here.state(who) {
            None => self.meaning(group, who) != Meaning::Admits,
            state => state == Some(State::Banned),
        };
        if outside && here.registration == Registration::Invite {
            return Err("content_not_found");
        }
        Ok(group)
    }

    fn owned(&self, place: usize, who: usize) -> Result<usize, &'static str> {
        let group = self.shown(place, who)?;
        if self.groups[group].owner == who {
            Ok(group)
        } else {
            Err("user_access_denied")
        }
    }

    pub(super) fn title_is_free(&self, owner: usize, name: usize) -> Result<(), &'static str> {
        let taken = |group: &Group| !group.deleted && (group.owner, group.name) == (owner, name);
        if self.groups.iter().any(taken) {
            return Err("content_collection_title_already_exist");
        }
        Ok(())
    }

    fn new_group(
        &mut self,
        step: &Step,
        place: usize,
        name: usize,
        registration: Registration,
    ) -> Answer {
        self.title_is_free(step.who, name)?;
        let group = self.groups.len();
        self.places[place] = Some(group);
        self.groups.push(Group {
            name,
            registration,
            owner: step.who,
            deleted: false,
            condition: None,
            people: BTreeMap::from([(step.who, State::Moderator)]),
            ending: BTreeSet::new(),
            log: Vec::new(),
        });
        self.log(group, step, "newGroup", "");
        done()
    }

    /// What the condition of a group means for a user who is not a member of it.
    fn meaning(&self, group: usize, who: usize) -> Meaning {
        match self.groups[group].condition {
            Some((condition, other)) => match (condition.only, self.groups[other].has(who)) {
                (false, true) => Meaning::Admits,
                (true, false) => Meaning::Bars,
                _ => Meaning::Neutral,
            },
            None => Meaning::Neutral,
        }
    }

    fn edit_group(
        &mut self,
        step: &Step,
        place: usize,
        registration: Registration,
        condition: Option<Option<Condition>>,
    ) -> Answer {
        let group = self.owned(place, step.who)?;
        let rules = |world: &Self| {
            let group = &world.groups[group];
            let condition = group.condition.map(|(it, other)| (it.only, other));
            (group.registration, condition)
        };
        let before = rules(self);
        if let Some(condition) = condition {
            self.groups[group].condition = match condition {
                Some(condition) => {
                    let other = self.shown(condition.place, step.who)?;
                    if other == group {
                        return Err("content_not_found");
                    }
                    Some((condition, other))
                }
                None => None,
            };
        }
        self.groups[group].registration = registration;
        self.log(group, step, "editGroup", "");
        let is_changed = rules(self) != before;
        for (waiting, name) in PEOPLE.iter().enumerate() {
            if is_changed && self.groups[group].state(waiting) == Some(State::Requested) {
                let (action, state) = match (registration, self.meaning(group, waiting)) {
                    (_, Meaning::Admits) | (Registration::Open, Meaning::Neutral) => {
                        ("approveJoinRequest", Some(State::Member))
                    }
                    (_, Meaning::Bars) | (Registration::Invite, _) => ("denyJoinRequest", None),
                    (Registration::Moderated, Meaning::Neutral) => continue,
                };
                self.put(group, waiting, state);
                self.log(group, step, action, name);
            }
        }
        Ok(self.describe_to(group, step.who))
    }

    // Joining.

    fn join_group(&mut self, step: &Step, place: usize, pocket: Option<usize>) -> Answer {
        let (group, who) = (self.group(place)?, step.who);
        let state = self.groups[group].state(who);
        let registration = self.groups[group].registration;
        match state {
            Some(State::Banned) if registration == Registration::Invite => {
                return Err("group_not_invited");
            }
            Some(State::Banned) => return Err("banned"),
            Some(State::Member | State::Moderator) => return Err("already_member"),
            Some(State::Requested) | None => {}
        }
        if let Some(pocket) = pocket {
            let invitation = self.pockets[pocket]
                .filter(|invitation| self.invitations[*invitation].group == group)
                .ok_or("invitation_invalid")?;
            self.usable(invitation)?;
            self.rightly_issued(invitation)?;
            self.redeem(step, invitation, "joinGroup");
            return Ok("joined".into());
        }
        let meaning = self.meaning(group, who);
        if meaning == Meaning::Admits {
            self.put(group, who, Some(State::Member));
            self.log(group, step, "joinGroup", "");
            return Ok("joined".into());
        }
        if state == Some(State::Requested) {
            return Err("join_request_pending");
        }
        match registration {
            Registration::Open | Registration::Moderated if meaning == Meaning::Bars => {
                Err("condition_not_met")
            }
            Registration::Open => {
                self.put(group, who, Some(State::Member));
                self.log(group, step, "joinGroup", "");
                Ok("joined".into())
            }
            Registration::Moderated => {
                self.put(group, who, Some(State::Requested));
                self.log(group, step, "requestToJoin", "");
                Ok("in_moderation".into())
            }
            Registration::Invite => Err("group_not_invited"),
        }
    }

    // Effects of changes.

    fn end_membership(&mut self, place: usize, whom: usize) -> Answer {
        if let Ok(group) = self.group(place)
            && self.groups[group].has(whom)
            && self.groups[group].owner != whom
        {
            self.put(group, whom, None);
        }
        done()
    }

    /// Stores a state, of a membership without an end.
    pub(super) fn put(&mut self, group: usize, who: usize, state: Option<State>) {
        self.groups[group].ending.remove(&who);
        let people = &mut self.groups[group].people;
        match state {
            Some(state) => people.insert(who, state),
            None => people.remove(&who),
        };
    }

    pub(super) fn log(&mut self, group: usize, step: &Step, action: &str, subject: &str) {
        let (via, actor) = (step.protocol.via(), PEOPLE[step.who]);
        self.groups[group]
            .log
            .push(format!("{via} {actor} {action} {subject}"));
    }
}

impl From<Rights> for State {
    fn from(rights: Rights) -> Self {
        match rights {
            Rights::Member => Self::Member,
            Rights::Moderator => Self::Moderator,
        }
    }
}

/// The result of a change without a result of its own.
pub(super) fn done() -> Answer {
    Ok("done".into())
}
