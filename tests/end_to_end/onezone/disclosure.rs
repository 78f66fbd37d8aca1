//! Private groups are not disclosed: to strangers, they look like unknown groups.

use serde_json::json;

use super::{Zone, on_both};

/// Requests about a group and about an invitation to it.
const ABOUT: &[&str] = &[
    "GET /user/groups/GROUP",
    "GET /user/effective_groups/GROUP",
    "DELETE /user/groups/GROUP",
    "GET /groups/GROUP/users",
    "POST /groups/GROUP/users/token",
    "DELETE /groups/GROUP/users/$anna-id",
    "DELETE /groups/GROUP/users/999999",
    "DELETE /tokens/named/TOKEN",
];

const NAMED: &str = r#" <- {"name":"a token","type":{"inviteToken":{"inviteType":"userJoinGroup","groupId":"GROUP"}}}"#;

/// The responses about a private, a deleted and an unknown group.
fn answers(zone: &Zone, request: &str) -> [String; 3] {
    [
        ("$private", "$invitation-id"),
        ("$deleted", "$lost-id"),
        ("999999", "999999"),
    ]
    .map(|(group, token)| {
        let request = request.replace("GROUP", group).replace("TOKEN", token);
        super::line_of(&zone.ask(&request))
    })
}

#[test]
fn a_private_group_looks_unknown_to_strangers() {
    on_both(|zone| {
        zone.people(&["anna", "berta", "banned"]);
        zone.group("private", "anna", "open");
        zone.group("deleted", "anna", "invite");
        zone.invitation("invitation", "anna", "private", json!({}));
        zone.invitation("lost", "anna", "deleted", json!({}));
        let ban = json!({"authToken": "$anna", "id": "group:$private", "user": "user:$banned-id"});
        zone.change("banMember", ban);
        let private =
            json!({"authToken": "$anna", "id": "group:$private", "registrationType": "invite"});
        zone.change("editGroup", private);
        zone.change(
            "deleteGroup",
            json!({"authToken": "$anna", "id": "group:$deleted"}),
        );
        for who in ["", " as $berta", " as $banned"] {
            let named = format!("POST /user/tokens/named{who}{NAMED}");
            let requests = ABOUT.iter().map(|about| format!("{about}{who}"));
            for request in requests.chain([named]) {
                let [private, deleted, absent] = answers(zone, &request);
                assert_eq!(private, absent, "{request}");
                assert_eq!(deleted, absent, "{request}");
            }
        }
        // Members see it.
        zone.check(
            "GET /groups/$private/users as $anna",
            r#"200 {"users":["$anna-id"]}"#,
        );
        zone.check("DELETE /tokens/named/$invitation-id as $anna", "204");
    });
}
