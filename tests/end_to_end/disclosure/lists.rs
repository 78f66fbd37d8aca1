//! The lists and counts: to users outside, they are the same before and after a group by invitation is
//! created.

use serde_json::{Value, json};
use trivium_core::Effect;
use trivium_core::cases::Who;
use trivium_rpc::Credential;
use trivium_test_support::Backend;

use super::{Differences, OUTSIDERS, number, observe, on_both, scene};
use crate::authorisation::scene::{Scene, Token, is_about_group, operations};
use crate::harness::{Gateway, PROTOCOLS, Protocol, Request, Story, get};

/// The name of the hidden group.
const NAME: &str = "Hidden away";

/// Everything that shows groups without being asked for one of them, as a user sees it.
fn requests(scene: &Scene<'_>, key: &str, who: Who) -> Vec<(String, Request)> {
    let token = (who != Who::Nobody).then(|| scene.person(who).token.as_str());
    let protocol = scene.story.protocol;
    let public = operations().filter(|entry| {
        let has_token = entry.credential == Credential::Token;
        entry.declared.effect == Effect::Read && !has_token && !is_about_group(entry)
    });
    let mut all: Vec<Request> = public
        .map(|entry| scene.request(entry, who, Token::Own, &[], &scene.group))
        .collect();
    let mut call = |verb: &str, name: &str, mut arguments: Value| {
        if let Some(token) = token {
            arguments["authToken"] = json!(token);
        }
        all.push(protocol.request(verb, name, &arguments));
    };
    for other in [Who::Owner, Who::Member, Who::Banned] {
        let context = &scene.person(other).id;
        call("GET", "getGroups", json!({"context": context}));
    }
    call("GET", "getGroups", json!({"resultsPerPage": 10}));
    call("GET", "getMyGroups", json!({}));
    call("POST", "findGroup", json!({"name": "hidden"}));
    let owner = number(&scene.person(Who::Owner).id);
    let token = token.unwrap_or_default();
    let rest = format!("/services/rest/?api_key={key}&token={token}");
    all.push(get(&format!("/user/{owner}")));
    all.push(get(&format!("{rest}&method=user.getInfo&user_id={owner}")));
    all.push(get(&format!("{rest}&method=group.getMyGroups")));
    for path in ["/user/groups", "/user/effective_groups"] {
        let request = get(&format!("/api/v3/onezone{path}"));
        all.push(request.with("X-Auth-Token", token));
    }
    let named = |request: Request| (String::from_utf8_lossy(&request.line).into_owned(), request);
    all.into_iter().map(named).collect()
}

/// Creates the hidden group, with members and a banned user.
fn create_hidden(scene: &Scene<'_>) -> String {
    let owner = scene.person(Who::Owner);
    let group = scene.story.group(owner, NAME, "invite");
    let invited = scene.act(Who::Owner, "newInvitation", json!({"id": group}));
    let invitation = invited.text("invitation");
    scene.act(
        Who::Member,
        "joinByInvitation",
        json!({"invitation": invitation}),
    );
    let banned = &scene.person(Who::Banned).id;
    let ban = json!({"id": group, "user": banned});
    scene.act(Who::Owner, "banMember", ban);
    group
}

#[test]
fn hidden_group_changes_no_list_and_no_count() {
    on_both(|gateway, statements| {
        let key = gateway.command(&["key", "create", "My calendar"], "");
        for protocol in PROTOCOLS {
            let scene = scene(gateway, protocol);
            let look = || -> Vec<_> {
                let all = OUTSIDERS.map(|who| requests(&scene, &key, who));
                let all = all.into_iter().flatten();
                all.map(|(name, request)| (name, observe(gateway, statements, request)))
                    .collect()
            };
            let before = look();
            let group = create_hidden(&scene);
            let mut differences = Differences::default();
            for ((about, before), (_, after)) in before.iter().zip(look()) {
                differences.compare(about, &after, before);
            }
            differences.assert_none();
            // The public page.
            let page = |id: &str| observe(gateway, statements, get(&format!("/group/{id}")));
            assert_eq!(page(number(&group)), page("999999"));
        }
    });
}

#[test]
fn get_groups_shows_a_hidden_group_to_its_members() {
    on_both(|gateway, _| {
        for protocol in PROTOCOLS {
            let scene = scene(gateway, protocol);
            let group = create_hidden(&scene);
            let shown_to = |who: Option<Who>, context: Who| {
                let context = &scene.person(context).id;
                let mut call = json!({"context": context});
                if let Some(who) = who {
                    call["authToken"] = json!(scene.person(who).token);
                }
                let answer = scene.story.get("getGroups", call);
                let groups = answer.value["groups"].as_array().cloned();
                let groups = groups.unwrap_or_default();
                assert_eq!(answer.text("totalResults"), groups.len().to_string());
                groups.iter().any(|other| other["id"] == *group)
            };
            for context in [Who::Owner, Who::Member] {
                assert!(shown_to(Some(Who::Owner), context));
                assert!(shown_to(Some(Who::Member), context));
                assert!(!shown_to(Some(Who::Stranger), context));
                assert!(!shown_to(Some(Who::Banned), context));
                assert!(!shown_to(None, context));
            }
            // The banned user is not one of its members.
            assert!(!shown_to(Some(Who::Owner), Who::Banned));
        }
    });
}

#[test]
fn get_groups_of_a_user_needs_a_token_if_the_directory_is_for_members() {
    for protocol in PROTOCOLS {
        directory_for_members(protocol);
    }
}

fn directory_for_members(protocol: Protocol) {
    let gateway = Gateway::start(Backend::Sqlite, &["--directory", "members"]);
    let gateway = &gateway;
    let story = Story { gateway, protocol };
    let anna = story.person("anna");
    let of = |context: &str| json!({"context": context});
    let by_anna = |context: &str| json!({"context": context, "authToken": anna.token});
    story.get("getGroups", of("global")).succeeds();
    // Nor does it say whether the user exists.
    for context in [anna.id.as_str(), "user:999999"] {
        story
            .get("getGroups", of(context))
            .fails("user_token_invalid");
    }
    story.get("getGroups", by_anna(&anna.id)).succeeds();
    story
        .get("getGroups", by_anna("user:999999"))
        .fails("user_not_found");
}
