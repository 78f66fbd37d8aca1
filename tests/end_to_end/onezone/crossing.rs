//! Invitations of one front-end are valid in the others.

use serde_json::{Value, json};

use super::{Zone, on_both};
use crate::harness::PROTOCOLS;

/// Creates an invitation for one use over every front-end: its description and its secret.
fn invitations(zone: &Zone) -> Vec<(String, String)> {
    let mut made: Vec<(String, String)> = PROTOCOLS
        .map(|protocol| {
            let call = json!({"authToken": "$anna", "id": "group:$private", "usageLimit": 1});
            let answer = zone.call(protocol, "POST", "newInvitation", call);
            (protocol.via().to_owned(), answer.text("invitation"))
        })
        .to_vec();
    let group = zone.fill("group:$private");
    let create = ["invite", "create", &group, "--uses", "1"];
    made.push(("command line".to_owned(), zone.gateway.command(&create, "")));
    // The name is new each time, because names are unique.
    let name = format!("token {}", zone.bodies.borrow().len());
    let named = r#"{"name":"NAME","usageLimit":1,"type":{"inviteToken":{"inviteType":"userJoinGroup","groupId":"$private"}}}"#;
    let named = named.replace("NAME", &name);
    for request in [
        "POST /groups/$private/users/token as $anna".to_owned(),
        format!("POST /user/tokens/named as $anna <- {named}"),
    ] {
        let answer: Value = serde_json::from_str(&zone.ask(&request).text()).unwrap();
        made.push((request, answer["token"].as_str().unwrap().to_owned()));
    }
    made
}

#[test]
fn invitations_are_redeemed_over_other_front_ends() {
    on_both(|zone| {
        zone.people(&["anna", "berta"]);
        zone.group("private", "anna", "invite");
        for over in ["onezone", "rest-json", "rest-xml", "xml-rpc"] {
            for (made, secret) in invitations(zone) {
                let join = format!(r#"POST /user/groups/join as $berta <- {{"token":"{secret}"}}"#);
                match PROTOCOLS.iter().find(|protocol| protocol.via() == over) {
                    Some(protocol) => {
                        let call = json!({"authToken": "$berta", "invitation": secret});
                        let joined = zone.call(*protocol, "POST", "joinByInvitation", call);
                        assert_eq!(joined.text("id"), zone.fill("group:$private"), "{made}");
                    }
                    None => zone.check(&join, "201 at /user/groups/$private"),
                }
                zone.check(
                    "GET /user/groups as $berta",
                    r#"200 {"groups":["$private"]}"#,
                );
                zone.check("DELETE /user/groups/$private as $berta", "204");
                // It is used up in every front-end.
                let again = zone.ask(&join).text();
                assert!(
                    again.contains("inviteTokenUsageLimitReached"),
                    "{made} {over}: {again}"
                );
                for protocol in PROTOCOLS {
                    let call = json!({"authToken": zone.fill("$berta"), "invitation": secret});
                    let server = &zone.gateway.served;
                    let again = protocol.call(server, "POST", "joinByInvitation", &call);
                    again.fails("invitation_used_up");
                }
            }
        }
    });
}
