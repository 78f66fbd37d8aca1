//! joinGroup, leaveGroup.

use serde_json::{Value, json};

use crate::harness::{Person, Story, everywhere};

/// The arguments of a call by somebody on a group.
pub(crate) fn join(who: &Person, group: &str) -> Value {
    json!({"authToken": who.token, "id": group})
}

/// Name and role of each group of a person, and the count of its members.
fn roles(story: &Story<'_>, who: &Person) -> Vec<(String, String, String)> {
    let answer = story.get("getMyGroups", json!({"authToken": who.token}));
    let groups = answer.value["groups"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    groups
        .iter()
        .map(|group| {
            (
                text(&group["id"]),
                text(&group["role"]),
                text(&group["memberCount"]),
            )
        })
        .collect()
}

#[test]
fn an_open_group_is_joined_at_once() {
    everywhere(|story| {
        let anna = story.person("anna");
        let berta = story.person("berta");
        let group = story.group(&anna, "Open", "open");
        story
            .post("joinGroup", join(&berta, &group))
            .is(json!({"joinState": "joined"}));
        let member = (group.clone(), "member".to_owned(), "2".to_owned());
        assert_eq!(roles(story, &berta), std::slice::from_ref(&member));
        // A second call changes nothing.
        story
            .post("joinGroup", join(&berta, &group))
            .fails("already_member");
        assert_eq!(roles(story, &berta), [member]);
        story
            .post("joinGroup", join(&anna, &group))
            .fails("already_member");
    });
}

#[test]
fn a_moderated_group_is_asked() {
    everywhere(|story| {
        let anna = story.person("anna");
        let berta = story.person("berta");
        let group = story.group(&anna, "Moderated", "moderated");
        story
            .post("joinGroup", join(&berta, &group))
            .is(json!({"joinState": "in_moderation"}));
        story
            .post("joinGroup", join(&berta, &group))
            .fails("join_request_pending");
        assert!(roles(story, &berta).is_empty());
        let waiting = story.get("getMyGroups", json!({"authToken": anna.token}));
        let count = &waiting.value["groups"][0]["waitingRequests"];
        assert!(*count == json!(1) || *count == json!("1"), "{count}");
        story
            .post("leaveGroup", join(&berta, &group))
            .fails("not_a_member");
    });
}

#[test]
fn a_group_by_invitation_is_not_joined_without() {
    everywhere(|story| {
        let anna = story.person("anna");
        let berta = story.person("berta");
        let group = story.group(&anna, "Private", "invite");
        story
            .post("joinGroup", join(&berta, &group))
            .fails("group_not_invited");
    });
}

#[test]
fn join_group_checks_in_its_order() {
    everywhere(|story| {
        let anna = story.person("anna");
        let berta = story.person("berta");
        let group = story.group(&anna, "Open", "open");
        for (token, id, code) in [
            // The form of every argument comes before the token is looked at.
            ("x", "1234", "invalid_id"),
            ("x", "group:", "invalid_id"),
            ("x", "group:-1", "invalid_id"),
            ("x", "group:1x", "invalid_id"),
            ("x", "Group:1", "invalid_id"),
            ("x", "group:9999999999999999999", "invalid_id"),
            ("x", group.as_str(), "user_token_invalid"),
            (berta.token.as_str(), "group:999999", "content_not_found"),
        ] {
            story
                .post("joinGroup", json!({"authToken": token, "id": id}))
                .fails(code);
        }
        let answer = story.post("joinGroup", json!({"authToken": "x", "id": "x"}));
        assert_eq!(
            answer.text("msg"),
            "Group ID must be of the form 'group:123' ('x' is not valid)"
        );
        story
            .post("joinGroup", json!({"id": "x"}))
            .fails("validation_missing_key");
        story
            .post("joinGroup", json!({"authToken": "x"}))
            .fails("validation_missing_key");
    });
}

#[test]
fn leave_group_ends_a_membership() {
    everywhere(|story| {
        let anna = story.person("anna");
        let berta = story.person("berta");
        let group = story.group(&anna, "Open", "open");
        story
            .post("leaveGroup", join(&berta, &group))
            .fails("not_a_member");
        story.post("joinGroup", join(&berta, &group)).succeeds();
        story.post("leaveGroup", join(&berta, &group)).is(json!({}));
        story
            .post("leaveGroup", join(&berta, &group))
            .fails("not_a_member");
        assert!(roles(story, &berta).is_empty());
        let owner = (group.clone(), "owner".to_owned(), "1".to_owned());
        assert_eq!(roles(story, &anna), [owner]);
        story
            .post("leaveGroup", join(&anna, &group))
            .fails("owner_cannot_leave");
        story
            .post("leaveGroup", join(&berta, "group:999999"))
            .fails("content_not_found");
        story
            .post("leaveGroup", join(&berta, "x"))
            .fails("invalid_id");
        story
            .post("joinGroup", join(&berta, &group))
            .is(json!({"joinState": "joined"}));
    });
}
