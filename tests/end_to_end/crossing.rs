//! A change over one front-end is visible over all others, and the audit log names its front-end.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use trivium_test_support::Backend;

use crate::harness::{Gateway, PROTOCOLS, Person, Protocol, Request, Response, Story, form, get};

/// Sends a request with the credential of Onezone.
fn onezone(gateway: &Gateway, request: Request, who: &Person) -> Response {
    let request = request.with("X-Auth-Token", &who.token);
    gateway.served.send(&Vec::from(request))
}

fn json_of(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.text());
    serde_json::from_str(&response.text()).unwrap()
}

/// A group as a front-end shows it: name, creation time, and members.
type Seen = (String, String, BTreeSet<String>);

#[test]
fn five_front_ends_show_the_same_group() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let key = gateway.command(&["key", "create", "My calendar"], "");
        let over = |protocol| Story {
            gateway: &gateway,
            protocol,
        };
        let [anna, bert, carl] = ["anna", "bert", "carl"].map(|n| over(Protocol::Json).person(n));
        let group = over(Protocol::XmlRpc).group(&anna, "Café & <Friends>", "moderated");
        let id = group.strip_prefix("group:").unwrap();

        let path = format!("/api/v3/onezone/groups/{id}/users/token");
        let invitation = json_of(&onezone(&gateway, crate::harness::json(&path, "{}"), &anna));
        let join = crate::harness::json("/api/v3/onezone/user/groups/join", invitation.to_string());
        let joined = onezone(&gateway, join, &bert);
        assert_eq!((joined.status, joined.body.len()), (201, 0));
        assert_eq!(
            joined.header("location"),
            format!("http://test/api/v3/onezone/user/groups/{id}")
        );

        for _ in 0..2 {
            let body = format!(
                "method=group.join&api_key={key}&token={}&group_id={id}",
                carl.token
            );
            let requested = gateway
                .served
                .send(&Vec::from(form("/services/rest/", body)));
            assert_eq!(requested.status, 202, "{}", requested.text());
        }
        over(Protocol::Json)
            .post(
                "approveJoinRequest",
                json!({"authToken": anna.token, "id": group, "user": carl.id}),
            )
            .succeeds();

        let mut seen: Vec<Seen> = PROTOCOLS
            .map(|protocol| through_protocol(&over(protocol), &anna, &group))
            .into();
        seen.push(through_upcoming(&gateway, &key, &bert, id));
        seen.push(through_onezone(&gateway, &anna, id));
        let members = [&anna.id, &bert.id, &carl.id].map(Clone::clone);
        for (name, made, people) in &seen {
            assert_eq!(name, "Café & <Friends>");
            assert_eq!(made, &seen[0].1);
            assert_eq!(people, &BTreeSet::from(members.clone()));
        }

        let log =
            over(Protocol::Xml).get("getAuditLog", json!({"authToken": anna.token, "id": group}));
        let entries: Vec<String> = log.value["entries"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|entry| {
                let word = |name: &str| entry[name].as_str().unwrap().to_owned();
                format!("{} {} {}", word("actor"), word("action"), word("via"))
            })
            .collect();
        assert_eq!(
            entries,
            [
                format!("{} newGroup xml-rpc", anna.login),
                format!("{} newInvitation onezone", anna.login),
                format!("{} joinByInvitation onezone", bert.login),
                format!("{} requestToJoin upcoming", carl.login),
                format!("{} approveJoinRequest rest-json", anna.login),
            ]
        );
    }
}

fn through_protocol(story: &Story<'_>, who: &Person, group: &str) -> Seen {
    let arguments = json!({"authToken": who.token, "id": group});
    let shown = story.get("getGroup", arguments.clone());
    let shown = &shown.value["group"];
    let members = story.get("getMembers", arguments);
    let people = members.value["members"].as_array().unwrap();
    // The type for times in XML-RPC has no separators.
    let made = shown["created"].as_str().unwrap();
    (
        shown["name"].as_str().unwrap().to_owned(),
        made.replace(['-', ':', 'T', 'Z'], ""),
        people
            .iter()
            .map(|member| member["id"].as_str().unwrap().to_owned())
            .collect(),
    )
}

fn through_upcoming(gateway: &Gateway, key: &str, who: &Person, id: &str) -> Seen {
    let ask = |method: &str| {
        let path = format!(
            "/services/rest/?method={method}&api_key={key}&token={}&group_id={id}&format=json",
            who.token
        );
        json_of(&gateway.served.send(&Vec::from(get(&path))))
    };
    let shown = &ask("group.getInfo")["rsp"]["group"][0];
    assert_eq!(shown["member_count"], 3);
    let members = ask("group.getMembers");
    let people = members["rsp"]["user"].as_array().unwrap();
    let made = shown["timestamp"].as_str().unwrap();
    (
        shown["name"].as_str().unwrap().to_owned(),
        made.replace(['-', ':', ' '], ""),
        people
            .iter()
            .map(|user| format!("user:{}", user["id"]))
            .collect(),
    )
}

fn through_onezone(gateway: &Gateway, who: &Person, id: &str) -> Seen {
    let ask = |path: &str| {
        json_of(&onezone(
            gateway,
            get(&format!("/api/v3/onezone{path}")),
            who,
        ))
    };
    let shown = ask(&format!("/user/groups/{id}"));
    let people = ask(&format!("/groups/{id}/users"));
    let made = jiff::Timestamp::from_second(shown["creationTime"].as_i64().unwrap()).unwrap();
    (
        shown["name"].as_str().unwrap().to_owned(),
        made.strftime("%Y%m%d%H%M%S").to_string(),
        people["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| format!("user:{}", user.as_str().unwrap()))
            .collect(),
    )
}
