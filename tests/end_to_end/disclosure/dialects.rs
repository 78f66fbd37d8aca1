//! The methods of Upcoming and the calls of Onezone that take a group.

use trivium_core::cases::{Invitation, Of, Who};
use trivium_front::Payload;
use trivium_front::dialect::MethodDescription;
use trivium_upcoming::method::{Method, Verb};
use trivium_upcoming::methods::METHODS;

use super::{Differences, OUTSIDERS, Observation, number, observe, on_both, scene};
use crate::authorisation::scene::Scene;
use crate::harness::{Protocol, Request, ask, encode, form};

/// Compares the group of the scene, which is hidden, and one that was deleted, with one that was never
/// created; returns the observation of that. `observe` gets a group and an invitation to it, as numbers.
fn compare_with_absent(
    differences: &mut Differences,
    scene: &Scene<'_>,
    about: &str,
    observe: impl Fn(&str, &str) -> Observation,
) -> Observation {
    let value = |of| scene.value(of, Who::Owner);
    let invitation = |of| value(Of::InvitationId(of));
    let absent = observe("999999", "999999");
    for (group, invitation) in [
        (
            value(Of::DeletedGroup),
            invitation(Invitation::ToDeletedGroup),
        ),
        (scene.group.clone(), invitation(Invitation::Valid)),
    ] {
        let observed = observe(number(&group), number(&invitation));
        differences.compare(about, &observed, &absent);
    }
    absent
}

/// A call of Upcoming about these groups, with the other arguments of the example.
fn upcoming(
    method: &Method,
    key: &str,
    token: Option<&str>,
    format: &str,
    groups: &str,
) -> Request {
    let name = encode(method.name);
    let mut call = format!("method={name}&api_key={key}&format={format}&group_id={groups}");
    if let Some(token) = token {
        call.push_str(&format!("&token={token}"));
    }
    for (name, value) in method.example {
        if *name != "group_id" {
            call.push_str(&format!("&{name}={}", encode(value)));
        }
    }
    match method.verb {
        Verb::Get => ask("GET", &format!("/services/rest/?{call}")),
        Verb::Post => form("/services/rest/", call),
    }
}

#[test]
fn hidden_group_is_absent_in_every_method_of_upcoming() {
    on_both(|gateway, statements| {
        let key = gateway.command(&["key", "create", "My calendar"], "");
        let scene = scene(gateway, Protocol::Json);
        let open = scene.story.group(scene.person(Who::Owner), "Shown", "open");
        let open = number(&open);
        scene.hide();
        let mut differences = Differences::default();
        let takes_group = |method: &&Method| method.arguments.iter().any(|a| a.name == "group_id");
        for method in METHODS.iter().filter(takes_group) {
            for who in OUTSIDERS {
                let token = (who != Who::Nobody).then(|| scene.person(who).token.as_str());
                for format in ["xml", "json"] {
                    let about = format!("{} by {who:?} in {format}", method.name);
                    let compare = |differences: &mut Differences, others: &str| {
                        compare_with_absent(differences, &scene, &about, |group, _| {
                            let groups = format!("{others}{group}");
                            let request = upcoming(method, &key, token, format, &groups);
                            observe(gateway, statements, request)
                        })
                    };
                    let absent = compare(&mut differences, "");
                    let is_absent = absent.body.contains("group_id parameter");
                    assert!(is_absent || token.is_none(), "{about}: {absent:?}");
                    if method.name == "group.getInfo" {
                        let listed = compare(&mut differences, &format!("{open},"));
                        assert_eq!(listed.status, 200, "{about}");
                    }
                }
            }
        }
        differences.assert_none();
    });
}

/// A call of Onezone about a group and a user, as numbers.
fn onezone(
    method: &MethodDescription,
    token: Option<&str>,
    (group, invitation, user): (&str, &str, &str),
) -> Request {
    let path = method.path.replace("{id}", group);
    let path = path.replace("{token}", invitation).replace("{user}", user);
    let mut request = ask(method.verb, &format!("/api/v3/onezone{path}"));
    if let Some(token) = token {
        request = request.with("X-Auth-Token", token);
    }
    if let Payload::Message {
        body: Some((kind, body)),
        ..
    } = &method.example.payload
    {
        request = request.with("Content-Type", kind);
        request.body = Some(body.replace("\"1236\"", &format!("\"{group}\"")).into());
    }
    request
}

/// Leaves out the number of the group that a request named, and the length of the body that repeats it.
fn without_target(mut observed: Observation, group: &str) -> Observation {
    if observed.body.contains("inviteTokenTargetIdInvalid") {
        observed.body = observed.body.replace(group, "ID");
        observed
            .headers
            .retain(|(name, _)| name != "content-length");
    }
    observed
}

#[test]
fn hidden_group_is_absent_in_every_call_of_onezone() {
    on_both(|gateway, statements| {
        let scene = scene(gateway, Protocol::Json);
        scene.hide();
        let mut differences = Differences::default();
        let takes_group = |method: &MethodDescription| {
            let payload = format!("{:?}", method.example.payload);
            let paths = ["{id}", "{token}"];
            paths.iter().any(|name| method.path.contains(name)) || payload.contains("groupId")
        };
        let dialect = trivium_onezone::describe();
        let methods: Vec<_> = dialect.methods.into_iter().filter(takes_group).collect();
        assert!(methods.iter().any(|method| !method.path.contains("{id}")));
        for method in &methods {
            for who in OUTSIDERS {
                let token = (who != Who::Nobody).then(|| scene.person(who).token.as_str());
                for user in [scene.person(Who::OtherMember).id.as_str(), "user:999999"] {
                    let about = format!("{} by {who:?}", method.name);
                    let observe = |group: &str, invitation: &str| {
                        let request = onezone(method, token, (group, invitation, number(user)));
                        without_target(observe(gateway, statements, request), group)
                    };
                    let absent = compare_with_absent(&mut differences, &scene, &about, observe);
                    let is_absent =
                        absent.status == 404 || absent.body.contains("inviteTokenTargetIdInvalid");
                    assert!(is_absent || token.is_none(), "{about}: {absent:?}");
                }
            }
        }
        differences.assert_none();
    });
}
