//! The rules of membership as a diagram: the states stand side by side, and every row below is
//! what leads from some to another. The rules themselves are the data.

use trivium_core::groups::rules::{
    Act, JOINING, JoinRule, JoinState, Joining, RegistrationType, Standing, acting,
};

/// Where the first state stands, how far the next, and how wide a state is.
const FIRST: usize = 182;
const STEP: usize = 90;
const STATE: usize = 86;

/// How far down the first row is, and how far the next.
const TOP: usize = 60;
const ROW: usize = 34;

/// The diagram.
pub(crate) struct Diagram {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) states: Vec<State>,
    pub(crate) steps: Vec<Step>,
}

/// A state, and where it stands.
pub(crate) struct State {
    pub(crate) name: &'static str,
    pub(crate) x: usize,
    pub(crate) left: usize,
    pub(crate) width: usize,
}

/// What leads from some states to another.
pub(crate) struct Step {
    pub(crate) operation: &'static str,
    /// Where, or by whom.
    pub(crate) note: &'static str,
    pub(crate) y: usize,
    pub(crate) to: &'static str,
    pub(crate) from: Vec<Arrow>,
}

/// An arrow: the state where it begins, and from where to where it is drawn.
pub(crate) struct Arrow {
    pub(crate) name: &'static str,
    pub(crate) begin: usize,
    pub(crate) end: usize,
}

/// A step before it has its place: operation, note, states before, state after.
type Rule = (&'static str, &'static str, Vec<Standing>, Standing);

/// What people do to themselves, which is in no table.
const OWN: [(&str, &[Standing]); 2] = [
    ("withdrawJoinRequest", &[Standing::Requested]),
    ("leaveGroup", &[Standing::Member, Standing::Moderator]),
];

impl Diagram {
    /// It, as the rules are.
    pub(crate) fn of_the_rules() -> Self {
        let own =
            OWN.map(|(operation, from)| (operation, "by oneself", from.to_vec(), Standing::None));
        let rules = JOINING.iter().filter_map(joins).chain(own);
        let rules = rules.chain(Act::ALL.iter().flat_map(|act| acts(*act)));
        let steps: Vec<Step> = rules
            .enumerate()
            .map(|(row, rule)| step(row, rule))
            .collect();
        let states = Standing::ALL.iter().map(|standing| State {
            name: standing.as_str(),
            x: place(*standing),
            left: place(*standing) - STATE / 2,
            width: STATE,
        });
        Self {
            width: FIRST + STEP * Standing::ALL.len() - STEP / 2,
            height: TOP + ROW * steps.len(),
            states: states.collect(),
            steps,
        }
    }
}

/// What a row of the table of joining lets people do.
fn joins(rule: &JoinRule) -> Option<Rule> {
    let to = match rule.joining {
        Joining::Let(JoinState::Joined) => Standing::Member,
        Joining::Let(JoinState::InModeration) => Standing::Requested,
        Joining::Refuse(_) => return None,
    };
    let note = match rule.registration {
        [RegistrationType::Open] => "an open group",
        [RegistrationType::Moderated] => "a moderated group",
        _ => "with an invitation",
    };
    Some(("joinGroup", note, rule.standing.to_vec(), to))
}

/// What an act makes of those to whom it may be done.
fn acts(act: Act) -> Vec<Rule> {
    let may = |actor, subject: &Standing| acting(act, actor, *subject).is_ok();
    let after: &[Standing] = match act {
        Act::Approve => &[Standing::Member],
        Act::Deny | Act::Remove | Act::Unban => &[Standing::None],
        Act::Ban => &[Standing::Banned],
        Act::SetRole => &[Standing::Member, Standing::Moderator],
        Act::Transfer => &[Standing::Owner],
    };
    let rule = |to: &Standing| {
        let others = Standing::ALL.iter().filter(|subject| *subject != to);
        let from: Vec<Standing> = others
            .filter(|subject| may(Standing::Owner, subject))
            .copied()
            .collect();
        let moderated = from
            .iter()
            .filter(|subject| may(Standing::Moderator, subject));
        let note = match moderated.count() {
            0 => "by the owner",
            all if all == from.len() => "by moderators",
            _ => "by those above them",
        };
        (act.as_str(), note, from, *to)
    };
    after.iter().map(rule).collect()
}

fn step(row: usize, (operation, note, from, to): Rule) -> Step {
    let arrow = |standing: &Standing| Arrow {
        name: standing.as_str(),
        begin: place(*standing),
        end: place(to),
    };
    Step {
        operation,
        note,
        y: TOP + ROW * row + ROW / 2,
        to: to.as_str(),
        from: from.iter().map(arrow).collect(),
    }
}

/// Where a state stands.
fn place(standing: Standing) -> usize {
    let before = Standing::ALL.iter().take_while(|other| **other != standing);
    FIRST + STEP * before.count()
}

#[cfg(test)]
mod tests {
    use trivium_core::catalog;

    use super::*;

    #[test]
    fn every_step_is_an_operation_from_somewhere() {
        for step in Diagram::of_the_rules().steps {
            assert!(
                catalog().find(step.operation).is_some(),
                "{}",
                step.operation
            );
            assert!(!step.from.is_empty(), "{}", step.operation);
        }
    }
}
