//! The diagram of the membership rules: a column for each state, and a row for each transition. It is
//! generated from the rules.

use trivium_core::groups::rules::{
    Act, Condition, JOINING, JoinRule, JoinState, Joining, RegistrationType, Standing, acting,
};

/// The center of the first column.
const FIRST_COLUMN: usize = 182;
/// The distance between the centers of two columns.
const COLUMN_DISTANCE: usize = 90;
/// The width of the box of a state.
const STATE_WIDTH: usize = 86;

/// The top of the first row.
const FIRST_ROW: usize = 60;
/// The height of a row.
const ROW_HEIGHT: usize = 34;

/// The diagram.
pub(crate) struct Diagram {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) states: Vec<State>,
    pub(crate) steps: Vec<Step>,
}

/// A state, and the position of its box.
pub(crate) struct State {
    pub(crate) name: &'static str,
    pub(crate) x: usize,
    pub(crate) left: usize,
    pub(crate) width: usize,
}

/// A transition from some states to another.
pub(crate) struct Step {
    pub(crate) operation: &'static str,
    /// A condition, such as the type of the group or the role of the caller.
    pub(crate) note: &'static str,
    pub(crate) y: usize,
    pub(crate) to: &'static str,
    pub(crate) from: Vec<Arrow>,
}

/// An arrow: the state where it begins, and its horizontal start and end.
pub(crate) struct Arrow {
    pub(crate) name: &'static str,
    pub(crate) begin: usize,
    pub(crate) end: usize,
}

/// A transition without its position.
struct Transition {
    operation: &'static str,
    note: &'static str,
    from: Vec<Standing>,
    to: Standing,
}

/// What ends a membership or request besides the tables of the rules, how, and in which states: operations of the users
/// themselves, and time.
const LEAVING: [(&str, &str, &[Standing]); 3] = [
    ("withdrawJoinRequest", "by the user", &[Standing::Requested]),
    ("leaveGroup", "by the user", MEMBERS),
    ("setMembershipEnd", "when the end has come", MEMBERS),
];

/// The states of members whose membership can end.
const MEMBERS: &[Standing] = &[Standing::Member, Standing::Moderator];

impl Diagram {
    /// Generates the diagram from the rules.
    pub(crate) fn from_rules() -> Self {
        let leaving = LEAVING.map(|(operation, note, from)| Transition {
            operation,
            note,
            from: from.to_vec(),
            to: Standing::None,
        });
        let joining = JOINING.iter().filter_map(joins);
        let acting = Act::ALL.iter().flat_map(|act| acts(*act));
        let transitions = joining.chain(leaving).chain(acting);
        let steps: Vec<Step> = transitions
            .enumerate()
            .map(|(row, transition)| step(row, &transition))
            .collect();
        let states = Standing::ALL.iter().map(|standing| State {
            name: standing.as_str(),
            x: column(*standing),
            left: column(*standing) - STATE_WIDTH / 2,
            width: STATE_WIDTH,
        });
        Self {
            width: FIRST_COLUMN + COLUMN_DISTANCE * Standing::ALL.len() - COLUMN_DISTANCE / 2,
            height: FIRST_ROW + ROW_HEIGHT * steps.len(),
            states: states.collect(),
            steps,
        }
    }
}

/// Converts a rule of joining; `None` if the rule rejects the call.
fn joins(rule: &JoinRule) -> Option<Transition> {
    let to = match rule.joining {
        Joining::Let(JoinState::Joined) => Standing::Member,
        Joining::Let(JoinState::InModeration) => Standing::Requested,
        Joining::Refuse(_) => return None,
    };
    let note = match (rule.condition, rule.registration) {
        ([Condition::Admits], _) => "a condition admits",
        (_, [RegistrationType::Open]) => "an open group",
        (_, [RegistrationType::Moderated]) => "a moderated group",
        _ => "with an invitation",
    };
    Some(Transition {
        operation: "joinGroup",
        note,
        from: rule.standing.to_vec(),
        to,
    })
}

/// Lists the transitions of an act: one for each state in which the subject can be afterwards.
fn acts(act: Act) -> Vec<Transition> {
    let may = |actor, subject: &Standing| acting(act, actor, *subject).is_ok();
    let after: &[Standing] = match act {
        Act::Approve => &[Standing::Member],
        Act::Deny | Act::Remove | Act::Unban => &[Standing::None],
        Act::Ban => &[Standing::Banned],
        Act::SetRole => &[Standing::Member, Standing::Moderator],
        Act::Transfer => &[Standing::Owner],
        // It changes nothing before the end.
        Act::SetEnd => &[],
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
            _ => "by a higher role",
        };
        Transition {
            operation: act.as_str(),
            note,
            from,
            to: *to,
        }
    };
    after.iter().map(rule).collect()
}

/// Places a transition in a row.
fn step(row: usize, transition: &Transition) -> Step {
    let arrow = |standing: &Standing| Arrow {
        name: standing.as_str(),
        begin: column(*standing),
        end: column(transition.to),
    };
    Step {
        operation: transition.operation,
        note: transition.note,
        y: FIRST_ROW + ROW_HEIGHT * row + ROW_HEIGHT / 2,
        to: transition.to.as_str(),
        from: transition.from.iter().map(arrow).collect(),
    }
}

/// Returns the center of a state's column.
fn column(standing: Standing) -> usize {
    let before = Standing::ALL.iter().take_while(|other| **other != standing);
    FIRST_COLUMN + COLUMN_DISTANCE * before.count()
}

#[cfg(test)]
mod tests {
    use trivium_core::catalog;

    use super::*;

    #[test]
    fn every_step_has_an_operation_and_a_first_state() {
        for step in Diagram::from_rules().steps {
            assert!(
                catalog().find(step.operation).is_some(),
                "{}",
                step.operation
            );
            assert!(!step.from.is_empty(), "{}", step.operation);
        }
    }
}
