//! The queue, members, bans, roles, transfer, the audit log.

use serde_json::{Value, json};

use super::membership::join;
use crate::harness::{Person, Story, everywhere};

/// An act of somebody on somebody in a group.
fn act(who: &Person, group: &str, on: &Person) -> Value {
    json!({"authToken": who.token, "id": group, "user": on.id})
}

fn members(story: &Story<'_>, who: &Person, group: &str) -> Vec<(String, String)> {
    let answer = story.get("getMembers", json!({"authToken": who.token, "id": group}));
    let members = answer.value["members"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    members
        .iter()
        .map(|m| (text(&m["login"]), text(&m["role"])))
        .collect()
}

fn pair(who: &Person, role: &str) -> (String, String) {
    (who.login.clone(), role.to_owned())
}

#[test]
fn a_moderator_decides_who_waits() {
    everywhere(|story| {
        let [anna, berta, cleo, dora] = ["anna", "berta", "cleo", "dora"].map(|n| story.person(n));
        let group = story.group(&anna, "Queue", "moderated");
        for (who, message) in [(&berta, "Bitte, <b>江</b>"), (&cleo, "")] {
            let call = json!({"authToken": who.token, "id": group, "message": message});
            story
                .post("joinGroup", call)
                .is(json!({"joinState": "in_moderation"}));
        }
        let queue = json!({"authToken": anna.token, "id": group});
        let answer = story.get("getJoinRequests", queue.clone());
        let at = |n: usize| answer.value["requests"][n]["requestedAt"].clone();
        answer.is(json!({
            "page": 1, "resultsPerPage": 100, "totalResults": 2, "totalPages": 1,
            "requests": [
                {"id": berta.id, "login": berta.login, "name": berta.login,
                 "message": "Bitte, <b>江</b>", "requestedAt": at(0)},
                {"id": cleo.id, "login": cleo.login, "name": cleo.login,
                 "message": "", "requestedAt": at(1)},
            ],
        }));
        story
            .get("getJoinRequests", join(&berta, &group))
            .fails("user_access_denied");
        story
            .post("approveJoinRequest", act(&berta, &group, &cleo))
            .fails("user_access_denied");
        story
            .post("approveJoinRequest", act(&anna, &group, &berta))
            .is(json!({}));
        story
            .post("approveJoinRequest", act(&anna, &group, &berta))
            .fails("join_request_not_found");
        story
            .post("denyJoinRequest", act(&anna, &group, &dora))
            .fails("join_request_not_found");
        let mut deny = act(&anna, &group, &cleo);
        deny["reason"] = json!("too loud");
        story.post("denyJoinRequest", deny).is(json!({}));
        assert_eq!(
            members(story, &berta, &group),
            [pair(&anna, "owner"), pair(&berta, "member")]
        );
        story.get("getJoinRequests", queue).is(json!({
            "page": 1, "resultsPerPage": 100, "totalResults": 0, "totalPages": 0, "requests": [],
        }));
        // Who was turned away may ask again, and take it back.
        story
            .post("joinGroup", join(&cleo, &group))
            .is(json!({"joinState": "in_moderation"}));
        story
            .post("withdrawJoinRequest", join(&cleo, &group))
            .is(json!({}));
        story
            .post("withdrawJoinRequest", join(&cleo, &group))
            .fails("join_request_not_found");
        for name in ["approveJoinRequest", "denyJoinRequest"] {
            let nobody = json!({"authToken": anna.token, "id": group, "user": "user:999999"});
            story.post(name, nobody).fails("user_not_found");
            let wrong = json!({"authToken": anna.token, "id": group, "user": "x"});
            story.post(name, wrong).fails("invalid_id");
        }
    });
}

#[test]
fn moderators_act_on_members_and_owners_on_moderators() {
    everywhere(|story| {
        let [anna, berta, cleo, dora] = ["anna", "berta", "cleo", "dora"].map(|n| story.person(n));
        let group = story.group(&anna, "Hands", "open");
        for who in [&berta, &cleo, &dora] {
            story.post("joinGroup", join(who, &group)).succeeds();
        }
        let role = |by: &Person, on: &Person, role: &str| {
            let mut call = act(by, &group, on);
            call["role"] = json!(role);
            story.post("setMemberRole", call)
        };
        role(&berta, &cleo, "moderator").fails("user_access_denied");
        role(&anna, &berta, "moderator").is(json!({}));
        role(&anna, &cleo, "moderator").is(json!({}));
        role(&berta, &dora, "moderator").fails("user_access_denied");
        role(&anna, &anna, "member").fails("owner_protected");
        role(&anna, &dora, "owner").fails("validation_invalid_value");

        story
            .post("removeMember", act(&berta, &group, &cleo))
            .fails("user_access_denied");
        story
            .post("removeMember", act(&berta, &group, &anna))
            .fails("owner_protected");
        story
            .post("banMember", act(&berta, &group, &anna))
            .fails("owner_protected");
        story
            .post("removeMember", act(&dora, &group, &berta))
            .fails("user_access_denied");
        story
            .post("removeMember", act(&berta, &group, &dora))
            .is(json!({}));
        story
            .post("removeMember", act(&berta, &group, &dora))
            .fails("not_a_member");
        role(&anna, &dora, "member").fails("not_a_member");
        // Who was removed may come back.
        story
            .post("joinGroup", join(&dora, &group))
            .is(json!({"joinState": "joined"}));

        story
            .post("banMember", act(&berta, &group, &dora))
            .is(json!({}));
        story.post("joinGroup", join(&dora, &group)).fails("banned");
        story
            .post("leaveGroup", join(&dora, &group))
            .fails("not_a_member");
        story
            .post("unbanMember", act(&dora, &group, &dora))
            .fails("user_access_denied");
        story
            .post("unbanMember", act(&berta, &group, &dora))
            .is(json!({}));
        story
            .post("unbanMember", act(&berta, &group, &dora))
            .fails("not_banned");
        story
            .post("joinGroup", join(&dora, &group))
            .is(json!({"joinState": "joined"}));

        role(&anna, &cleo, "member").is(json!({}));
        story
            .post("removeMember", act(&berta, &group, &cleo))
            .is(json!({}));
        assert_eq!(
            members(story, &anna, &group),
            [
                pair(&anna, "owner"),
                pair(&berta, "moderator"),
                pair(&dora, "member")
            ]
        );
    });
}

#[test]
fn a_ban_ends_when_its_time_is_up() {
    everywhere(|story| {
        let [anna, berta] = ["anna", "berta"].map(|n| story.person(n));
        let group = story.group(&anna, "Bans", "open");
        let ban = |until: &str| {
            let mut call = act(&anna, &group, &berta);
            call["reason"] = json!("shouting");
            call["until"] = json!(until);
            story.post("banMember", call)
        };
        ban("2999-01-01T00:00:00Z").is(json!({}));
        story
            .post("joinGroup", join(&berta, &group))
            .fails("banned");
        // A ban may be given another end; one in the past is over.
        ban("2001-01-01T00:00:00Z").is(json!({}));
        story
            .post("joinGroup", join(&berta, &group))
            .is(json!({"joinState": "joined"}));
    });
}

#[test]
fn a_group_can_be_handed_over() {
    everywhere(|story| {
        let [anna, berta] = ["anna", "berta"].map(|n| story.person(n));
        let group = story.group(&anna, "Heirloom", "open");
        story
            .post("transferGroup", act(&anna, &group, &berta))
            .fails("not_a_member");
        story.post("joinGroup", join(&berta, &group)).succeeds();
        story
            .post("transferGroup", act(&berta, &group, &berta))
            .fails("user_access_denied");
        story
            .post("transferGroup", act(&anna, &group, &anna))
            .fails("owner_protected");
        story
            .post("transferGroup", act(&anna, &group, &berta))
            .is(json!({}));
        assert_eq!(
            members(story, &anna, &group),
            [pair(&anna, "moderator"), pair(&berta, "owner")]
        );
        story
            .post("leaveGroup", join(&berta, &group))
            .fails("owner_cannot_leave");
        story.post("leaveGroup", join(&anna, &group)).is(json!({}));

        // Two groups of one name cannot come into one hand.
        let other = story.group(&anna, "Heirloom", "open");
        story.post("joinGroup", join(&berta, &other)).succeeds();
        story
            .post("transferGroup", act(&anna, &other, &berta))
            .fails("content_collection_title_already_exist");
    });
}

#[test]
fn the_audit_log_tells_who_did_what() {
    everywhere(|story| {
        let [anna, berta, cleo] = ["anna", "berta", "cleo"].map(|n| story.person(n));
        let group = story.group(&anna, "Record", "moderated");
        let ask = json!({"authToken": berta.token, "id": group, "message": "please"});
        story.post("joinGroup", ask).succeeds();
        story
            .post("approveJoinRequest", act(&anna, &group, &berta))
            .succeeds();
        let mut ban = act(&anna, &group, &cleo);
        ban["reason"] = json!("unheard of");
        story.post("banMember", ban).succeeds();
        // What was refused left nothing.
        story.post("joinGroup", join(&cleo, &group)).fails("banned");

        story
            .get("getAuditLog", join(&berta, &group))
            .fails("user_access_denied");
        let answer = story.get("getAuditLog", join(&anna, &group));
        let at = |n: usize| answer.value["entries"][n]["at"].clone();
        let via = story.protocol.via();
        answer.is(json!({
            "page": 1, "resultsPerPage": 100, "totalResults": 4, "totalPages": 1,
            "entries": [
                {"at": at(0), "actor": anna.login, "action": "banMember",
                 "subject": cleo.login, "reason": "unheard of", "via": via},
                {"at": at(1), "actor": anna.login, "action": "approveJoinRequest",
                 "subject": berta.login, "via": via},
                {"at": at(2), "actor": berta.login, "action": "requestToJoin",
                 "reason": "please", "via": via},
                {"at": at(3), "actor": anna.login, "action": "newGroup", "via": via},
            ],
        }));
    });
}

#[test]
fn edit_group_is_its_owners_and_moves_the_queue() {
    everywhere(|story| {
        let [anna, berta, cleo] = ["anna", "berta", "cleo"].map(|n| story.person(n));
        let group = story.group(&anna, "Before", "moderated");
        let edit = |who: &Person, name: &str, value: &str| {
            let mut call = json!({"authToken": who.token, "id": group});
            call[name] = json!(value);
            story.post("editGroup", call)
        };
        let member = |answer: &crate::harness::Answer, name: &str| {
            answer.value["group"][name].as_str().unwrap().to_owned()
        };
        story.post("joinGroup", join(&berta, &group)).succeeds();
        edit(&berta, "name", "Mine").fails("user_access_denied");
        assert_eq!(member(&edit(&anna, "name", "After"), "name"), "After");
        assert_eq!(member(&edit(&anna, "tags", "x, y"), "tags"), "x, y");
        assert_eq!(member(&edit(&anna, "tags", ""), "name"), "After");
        edit(&anna, "name", " ").fails("group_parameter_error");
        edit(&anna, "category", "cat:99").fails("category_does_not_exist");
        story.group(&anna, "Other", "open");
        edit(&anna, "name", "Other").fails("content_collection_title_already_exist");

        // To invite: those who wait are turned away, with the reason in the log.
        edit(&anna, "registrationType", "invite").succeeds();
        story
            .post("joinGroup", join(&berta, &group))
            .fails("group_not_invited");
        let log = story.get("getAuditLog", join(&anna, &group));
        let newest = &log.value["entries"][0];
        assert_eq!(newest["action"], "denyJoinRequest");
        assert_eq!(newest["reason"], "the group is now by invitation only");

        // To open: those who wait are let in.
        edit(&anna, "registrationType", "moderated").succeeds();
        for who in [&berta, &cleo] {
            story
                .post("joinGroup", join(who, &group))
                .is(json!({"joinState": "in_moderation"}));
        }
        edit(&anna, "registrationType", "open").succeeds();
        assert_eq!(
            members(story, &anna, &group),
            [
                pair(&anna, "owner"),
                pair(&berta, "member"),
                pair(&cleo, "member")
            ]
        );
        let mine = story.get("getMyGroups", json!({"authToken": cleo.token}));
        let count = &mine.value["groups"][0]["memberCount"];
        assert!(*count == json!(3) || *count == json!("3"), "{count}");
    });
}

#[test]
fn members_are_shown_to_whom_the_group_shows_them() {
    everywhere(|story| {
        let [anna, berta] = ["anna", "berta"].map(|n| story.person(n));
        let open = story.group(&anna, "Open", "open");
        let private = story.group(&anna, "Private", "invite");
        let answer = story.get("getMembers", join(&berta, &open));
        let joined = answer.value["members"][0]["joinedAt"].clone();
        answer.is(json!({
            "page": 1, "resultsPerPage": 100, "totalResults": 1, "totalPages": 1,
            "members": [{"id": anna.id, "login": anna.login, "name": anna.login,
                         "role": "owner", "joinedAt": joined}],
        }));
        story
            .get("getMembers", join(&berta, &private))
            .fails("content_not_found");
        story
            .get("getGroup", join(&berta, &private))
            .fails("content_not_found");
        story
            .get("getGroup", json!({"id": private}))
            .fails("content_not_found");
        story.get("getGroup", join(&anna, &private)).succeeds();
        story.get("getGroup", json!({"id": open})).succeeds();
        story
            .get("getGroup", json!({"id": open, "authToken": "x"}))
            .fails("user_token_invalid");
        let hide = json!({"authToken": anna.token, "id": open, "accessType": "members"});
        story.post("editGroup", hide).succeeds();
        story
            .get("getMembers", join(&berta, &open))
            .fails("user_access_denied");
    });
}
