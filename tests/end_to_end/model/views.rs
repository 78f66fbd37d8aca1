//! The views of the model, as short texts.

use super::actions::{NAMES, PEOPLE, Rights, View};
use super::invitations::Invitation;
use super::rules::{Answer, State, World};

impl World {
    /// Describes a group in a line.
    pub(super) fn describe(&self, group: usize) -> String {
        let group = &self.groups[group];
        format!(
            "{}, {}, owner {}, {} members",
            NAMES[group.name],
            group.registration.word(),
            PEOPLE[group.owner],
            group.count(&[State::Member, State::Moderator]),
        )
    }

    /// Describes a group in a line, with its condition if a user may see the other group.
    pub(super) fn describe_to(&self, group: usize, who: usize) -> String {
        let line = self.describe(group);
        match self.groups[group].condition {
            Some((condition, other))
                if !self.groups[other].deleted && self.disclosed(other, who).is_ok() =>
            {
                format!("{line}, {} g{other}", condition.word())
            }
            _ => line,
        }
    }

    /// Describes the groups of a user, newest first.
    pub(super) fn my_groups(&self, who: usize) -> String {
        let mine = (0..self.groups.len())
            .rev()
            .filter(|group| self.groups[*group].has(who));
        let lines = mine.map(|index| {
            let group = &self.groups[index];
            let role = self.role(index, who);
            let waiting = match group.moderated_by(who) {
                true => format!(", {} waiting", group.count(&[State::Requested])),
                false => String::new(),
            };
            format!("g{index} as {role}: {}{waiting}", self.describe(index))
        });
        lines.collect::<Vec<_>>().join("; ")
    }

    /// Describes the groups that two users share, newest first.
    pub(super) fn in_common(&self, who: usize, whom: usize) -> String {
        let groups = self.groups.iter().enumerate().rev();
        let shared = groups.filter(|(_, group)| group.has(who) && group.has(whom));
        let lines = shared.map(|(index, _)| {
            let role = self.role(index, who);
            format!("g{index} as {role}: {}", self.describe(index))
        });
        lines.collect::<Vec<_>>().join("; ")
    }

    /// Lists the standings of all people in a group, as far as a user may see them.
    pub(super) fn standings(&self, place: usize, who: usize) -> String {
        let Ok(index) = self.shown(place, who) else {
            return "unknown".to_owned();
        };
        let group = &self.groups[index];
        let people = group.people.iter();
        list(people.filter_map(|(&person, state)| {
            let may_see = person == who || group.moderated_by(who);
            let standing = match state {
                State::Member | State::Moderator => self.role(index, person),
                State::Requested if may_see => "requested",
                State::Banned if may_see => "banned",
                State::Requested | State::Banned => return None,
            };
            Some(format!("{} {standing}", PEOPLE[person]))
        }))
    }

    /// Describes a group as a user sees it.
    pub(super) fn see(&self, index: usize, who: usize, view: View) -> Answer {
        let group = &self.groups[index];
        let open_to_all = matches!(view, View::Group | View::Members);
        if !open_to_all && !group.moderated_by(who) {
            return Err("user_access_denied");
        }
        let users_with = |states: &[State]| {
            let found = group
                .people
                .iter()
                .filter(|(_, state)| states.contains(state));
            found.map(|(person, _)| *person).collect::<Vec<_>>()
        };
        Ok(match view {
            View::Group => self.describe_to(index, who),
            View::Members => list(users_with(&[State::Member, State::Moderator]).iter().map(
                |member| {
                    let until = match group.ending.contains(member) {
                        true => " for a time",
                        false => "",
                    };
                    format!("{} {}{until}", PEOPLE[*member], self.role(index, *member))
                },
            )),
            View::JoinRequests => list(
                users_with(&[State::Requested])
                    .iter()
                    .map(|person| PEOPLE[*person].to_owned()),
            ),
            View::Invitations => {
                let all = self.invitations.iter().enumerate();
                let here = all.filter(|(_, invitation)| invitation.group == index);
                list(here.map(|(number, invitation)| format!("i{number} {}", card(invitation))))
            }
            View::AuditLog => list(group.log.iter().cloned()),
            // It has no failures of its own.
            View::Standings => return Err("user_access_denied"),
        })
    }

    fn role(&self, index: usize, who: usize) -> &'static str {
        let group = &self.groups[index];
        match group.moderated_by(who) {
            _ if group.owner == who => "owner",
            true => "moderator",
            false => "member",
        }
    }
}

fn card(invitation: &Invitation) -> String {
    let limit = invitation
        .limit
        .map_or("any".to_owned(), |limit| limit.to_string());
    let role = match invitation.role {
        Rights::Member => "member",
        Rights::Moderator => "moderator",
    };
    let ended = invitation.revoked || invitation.orphaned;
    format!(
        "{role} by {}, {} of {limit}, ended {ended}",
        PEOPLE[invitation.issuer], invitation.uses
    )
}

/// Joins lines in alphabetical order: the order of rows within a second is not defined.
pub(super) fn list(lines: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines.join("; ")
}
