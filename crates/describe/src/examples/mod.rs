//! One example call for every operation, with the answer that a server gave to it.
//!
//! - [`story`] has the calls, in an order in which all of them work on the demonstration.
//! - [`request`] is a request in its parts.
//! - [`exchange`] shows a call and its answer as they travel, in each [`Format`].
//! - [`answers`] are the answers: recorded, and held against a running server by the
//!   end-to-end tests, which also write them anew.

pub mod answers;
pub mod exchange;
pub mod request;
pub mod story;

pub use exchange::{Exchange, Format};
pub use request::{Given, Request};
pub use story::{Example, STORY};

use trivium_rpc::{Entry, ValueType};

/// The example of an operation: its first call in the story.
pub fn of(entry: &Entry) -> Option<&'static Example> {
    STORY
        .iter()
        .find(|example| example.operation == entry.name())
}

/// The arguments of an example with their types, in the order in which the operation declares
/// them.
pub fn arguments(entry: &Entry, example: &Example) -> Vec<(&'static str, &'static str, ValueType)> {
    let given = |name: &str| {
        let argument = example.arguments.iter().find(|(other, _)| *other == name);
        match argument {
            Some((_, value)) => Some(*value),
            None if name == "authToken" => example.caller.token(),
            None => None,
        }
    };
    let rules = entry.rules.iter();
    rules
        .filter_map(|rule| Some((rule.name, given(rule.name)?, rule.value_type)))
        .collect()
}

#[cfg(test)]
mod tests {
    use trivium_core::catalog;
    use trivium_front::Profile;

    use super::*;

    #[test]
    fn every_operation_has_an_example_and_its_answers() {
        for entry in catalog().entries.iter() {
            assert!(
                of(entry).is_some(),
                "{}: no call in the story",
                entry.name()
            );
            for profile in [Profile::Documented, Profile::Original] {
                for format in Format::ALL {
                    let answer = answers::of(profile, entry.name(), format);
                    assert!(answer.is_some(), "{} {format:?} {profile:?}", entry.name());
                }
            }
        }
    }

    #[test]
    fn examples_give_what_their_operations_take() {
        for example in STORY {
            let entry = catalog().find(example.operation).expect(example.operation);
            for (name, _) in example.arguments {
                assert!(entry.rule(name).is_some(), "{}: {name}", entry.name());
            }
            let given = arguments(entry, example);
            for rule in entry.rules.iter().filter(|rule| rule.required) {
                let found = given.iter().any(|(name, ..)| *name == rule.name);
                assert!(found, "{}: {}", entry.name(), rule.name);
            }
        }
    }
}
