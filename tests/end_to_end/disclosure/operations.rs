//! The operations that take a group.

use trivium_core::cases::{Of, Who};
use trivium_core::catalog::cases;

use super::{Differences, OUTSIDERS, number, observe, on_both, scene};
use crate::authorisation::scene::{Scene, Token, is_about_group, operations};
use crate::harness::PROTOCOLS;

/// A group that was never created.
const ABSENT: &str = "group:999999";

/// The operations that disclose that the group exists, but nothing else about it.
const JOINING: [&str; 2] = ["joinGroup", "canJoin"];

#[test]
fn hidden_group_is_absent_in_every_operation() {
    on_both(|gateway, statements| {
        let mut differences = Differences::default();
        for protocol in PROTOCOLS {
            let scene = scene(gateway, protocol);
            scene.hide();
            let deleted = scene.value(Of::DeletedGroup, Who::Owner);
            let about_groups = operations().filter(|entry| is_about_group(entry));
            for entry in about_groups.filter(|entry| !JOINING.contains(&entry.name())) {
                let causes = cases(entry).expect("a row").causes.iter();
                let others = causes.map(|cause| cause.arguments).filter(|arguments| {
                    // The namesake would have to join.
                    let outside = |(_, of): &(_, Of)| *of == Of::Id(Who::Namesake);
                    !arguments.iter().any(|(name, _)| *name == "id")
                        && !arguments.iter().any(outside)
                });
                for instead in others.chain([&[][..]]) {
                    for who in OUTSIDERS {
                        let observe = |group: &str| {
                            let request = scene.request(entry, who, Token::Own, instead, group);
                            observe(gateway, statements, request).of("the group", group)
                        };
                        let absent = observe(ABSENT);
                        let is_absent = ["content_not_found", "unknown"]
                            .iter()
                            .any(|text| absent.body.contains(text));
                        assert!(is_absent || who == Who::Nobody, "{absent:?}");
                        let about = format!(
                            "{} by {who:?} over {protocol:?} with {instead:?}",
                            entry.name()
                        );
                        for group in [&deleted, &scene.group] {
                            differences.compare(&about, &observe(group), &absent);
                        }
                    }
                }
            }
        }
        differences.assert_none();
    });
}

/// The responses of the operations of joining to a stranger and to a banned user.
fn joining(scene: &Scene<'_>) -> [String; 4] {
    let calls = JOINING
        .iter()
        .flat_map(|name| [Who::Stranger, Who::Banned].map(|who| (name, who)));
    let answers: Vec<String> = calls
        .map(|(name, who)| {
            let entry = operations().find(|entry| entry.name() == *name);
            let entry = entry.expect("an operation");
            let request = scene.request(entry, who, Token::Own, &[], &scene.group);
            let response = scene.story.gateway.served.send(&Vec::from(request));
            response.text()
        })
        .collect();
    answers.try_into().expect("four")
}

#[test]
fn joining_discloses_only_that_an_invitation_is_needed() {
    on_both(|gateway, _| {
        for protocol in PROTOCOLS {
            let scene = scene(gateway, protocol);
            scene.hide();
            let [join, by_banned, check, check_by_banned] = joining(&scene);
            for text in [&join, &check] {
                assert!(text.contains("group_not_invited"), "{text}");
                for part in ["Number", "emberCount", number(&scene.group)] {
                    assert!(!text.contains(part), "{text}");
                }
            }
            assert_eq!(join, by_banned);
            assert_eq!(check, check_by_banned);
        }
    });
}
