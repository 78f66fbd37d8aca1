//! The rules of membership, drawn from the tables that decide.

use askama::Template;
use trivium_core::groups::rules::{Act, Joining, RegistrationType, Standing, acting, joining};
use trivium_front::Reply;

use super::diagram::Diagram;
use crate::reply;

#[derive(Template)]
#[template(path = "docs/membership.html")]
struct MembershipPage {
    diagram: Diagram,
    registrations: &'static [RegistrationType],
    standings: &'static [Standing],
    joining: Vec<Line>,
    acting: Vec<(Act, Vec<Line>)>,
}

/// A line of a table: a person, and what becomes of them, or of what they do.
type Line = (Standing, Vec<Outcome>);

/// A cell: what becomes of a wish.
struct Outcome {
    /// Of which kind it is, for the style sheet.
    class: &'static str,
    /// What becomes of it; a code where it is refused.
    word: &'static str,
    refused: bool,
    /// Why, where the table says so.
    reason: &'static str,
}

/// The page.
pub(crate) fn page() -> Reply {
    let page = MembershipPage {
        diagram: Diagram::of_the_rules(),
        registrations: RegistrationType::ALL,
        standings: Standing::ALL,
        joining: Standing::ALL
            .iter()
            .map(|standing| (*standing, joins(*standing)))
            .collect(),
        acting: Act::ALL.iter().map(|act| (*act, acts(*act))).collect(),
    };
    reply::page(200, &page)
}

/// What becomes of a person of this standing: for each way in which a group is joined, without
/// an invitation and with one.
fn joins(standing: Standing) -> Vec<Outcome> {
    let ways = RegistrationType::ALL
        .iter()
        .flat_map(|way| [(*way, false), (*way, true)]);
    ways.filter_map(|(way, invited)| joining(standing, way, invited).ok())
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

/// What becomes of an act: for each who does it, and each to whom it is done.
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
