//! The rules of actions on other users: by moderators on members and requests, by owners also on
//! moderators, by the administrator on accounts.

use super::actions::{Act, PEOPLE, Step, Until};
use super::rules::{Answer, State, World, done};

impl World {
    pub(super) fn act(&mut self, step: &Step, place: usize, whom: usize, act: Act) -> Answer {
        let group = self.shown(place, step.who)?;
        let here = &self.groups[group];
        if !here.moderated_by(step.who) {
            return Err("user_access_denied");
        }
        if self.deleted[whom] {
            return Err("user_not_found");
        }
        let owns = here.owner == step.who;
        let state = here.state(whom);
        match act {
            Act::SetRole(_) | Act::Transfer if !owns => return Err("user_access_denied"),
            Act::Approve | Act::Deny if state != Some(State::Requested) => {
                return Err("join_request_not_found");
            }
            Act::Unban if state != Some(State::Banned) => return Err("not_banned"),
            Act::Approve | Act::Deny | Act::Unban => {}
            _ if here.owner == whom => return Err("owner_protected"),
            Act::Remove | Act::Ban(_) | Act::SetEnd(_)
                if !owns && state == Some(State::Moderator) =>
            {
                return Err("user_access_denied");
            }
            Act::Ban(_) => {}
            Act::Remove | Act::SetRole(_) | Act::SetEnd(_) | Act::Transfer => {
                if !here.has(whom) {
                    return Err("not_a_member");
                }
                if act == Act::SetEnd(Until::LongAgo) {
                    return Err("validation_out_of_range");
                }
            }
        }
        let has_end = here.ending.contains(&whom);
        let becomes = match act {
            Act::Approve => Some(State::Member),
            Act::Deny | Act::Remove | Act::Unban | Act::Ban(Until::LongAgo) => None,
            Act::Ban(Until::Never | Until::FarAway) => Some(State::Banned),
            Act::SetRole(role) => Some(role.into()),
            Act::SetEnd(_) => state,
            Act::Transfer => {
                self.title_is_free(whom, self.groups[group].name)?;
                self.groups[group].owner = whom;
                Some(State::Moderator)
            }
        };
        self.put(group, whom, becomes);
        let keeps_end = has_end && matches!(act, Act::SetRole(_));
        if keeps_end || act == Act::SetEnd(Until::FarAway) {
            self.groups[group].ending.insert(whom);
        }
        self.log(group, step, act.operation(), PEOPLE[whom]);
        done()
    }

    pub(super) fn delete_user(&mut self, step: &Step, whom: usize) -> Answer {
        if self.deleted[whom] {
            return Err("user_not_found");
        }
        if self
            .groups
            .iter()
            .any(|group| !group.deleted && group.owner == whom)
        {
            return Err("owner_protected");
        }
        self.deleted[whom] = true;
        self.tokens[whom] = [false; 2];
        for group in &mut self.groups {
            group.ending.remove(&whom);
            if group.people.remove(&whom).is_some() {
                let (via, whom) = (step.protocol.via(), PEOPLE[whom]);
                let entry = format!("{via} (administrator) deleteUser {whom}");
                group.log.push(entry);
            }
        }
        done()
    }
}
