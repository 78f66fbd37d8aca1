//! The page of the membership rules, rendered from the tables of the rules.
//!
//! It is served at [`PATH`].

use askama::Template;
use trivium_core::groups::rules::{
    Act, Condition, Joining, RegistrationType, Standing, acting, joining,
};
use trivium_front::Reply;
use trivium_front::page::page as respond;

use crate::diagram::Diagram;

/// The path of the page.
pub const PATH: &str = "/docs/membership";

#[derive(Template)]
#[template(path = "membership.html")]
struct MembershipPage {
    diagram: Diagram,
    registrations: &'static [RegistrationType],
    standings: &'static [Standing],
    joining: Vec<Line>,
    on_condition: Vec<Line>,
    acting: Vec<(Act, Vec<Line>)>,
}

/// A row of a table: a standing, and the outcomes for it.
type Line = (Standing, Vec<Outcome>);

/// A cell of a table.
struct Outcome {
    /// The class, for the style sheet.
    class: &'static str,
    /// The result, or the code of the rejection.
    word: &'static str,
    refused: bool,
    /// The reason, if the table has one.
    reason: &'static str,
}

/// Renders the page.
pub fn page() -> Reply {
    let page = MembershipPage {
        diagram: Diagram::from_rules(),
        registrations: RegistrationType::ALL,
        standings: Standing::ALL,
        joining: lines(&[false, true], &[Condition::Neutral]),
        on_condition: lines(&[false], &[Condition::Admits, Condition::Bars]),
        acting: Act::ALL.iter().map(|act| (*act, acts(*act))).collect(),
    };
    respond(200, page.render())
}

/// The outcomes of joining for each standing.
fn lines(invited: &[bool], conditions: &[Condition]) -> Vec<Line> {
    Standing::ALL
        .iter()
        .map(|standing| (*standing, joins(*standing, invited, conditions)))
        .collect()
}

/// Lists the outcomes of joining for this standing: for each registration type, each of the cases.
fn joins(standing: Standing, invited: &[bool], conditions: &[Condition]) -> Vec<Outcome> {
    let cases = RegistrationType::ALL.iter().flat_map(|registration| {
        invited.iter().flat_map(move |invited| {
            let cases = conditions.iter();
            cases.map(move |condition| (*registration, *invited, *condition))
        })
    });
    cases
        .filter_map(|(registration, invited, condition)| {
            joining(standing, registration, invited, condition).ok()
        })
        .map(|rule| {
            let (class, word, refused) = match rule.joining {
                Joining::Let(state) => ("let", state.as_str(), false),
                Joining::Refuse(code) => ("refuse", code.name, true),
            };
            Outcome {
                class,
                word,
                refused,
                reason: rule.reason,
            }
        })
        .collect()
}

/// Lists the outcomes of an act, for each standing of the actor and each of the subject.
fn acts(act: Act) -> Vec<Line> {
    let outcome = |actor: Standing, subject: &Standing| match acting(act, actor, *subject) {
        Ok(()) => Outcome {
            class: "let",
            word: "done",
            refused: false,
            reason: "",
        },
        Err(error) => {
            let word = error.code().name;
            Outcome {
                class: "refuse",
                word,
                refused: true,
                reason: "",
            }
        }
    };
    let actors = Standing::ALL.iter().filter(|actor| actor.moderates());
    actors
        .map(|actor| {
            (
                *actor,
                Standing::ALL.iter().map(|s| outcome(*actor, s)).collect(),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn membership() {
        insta::assert_snapshot!(String::from_utf8(super::page().body.into()).expect("UTF-8"));
    }
}
