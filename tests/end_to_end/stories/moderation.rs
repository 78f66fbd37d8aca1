//! Moderation: readable examples of requests, the audit log and editGroup. The rules are tested in
//! `model`.

use serde_json::{Value, json};

use super::membership::join;
use crate::harness::{Person, Story, everywhere, plain};

/// The arguments of a call on another user in a group.
fn act(who: &Person, group: &str, on: &Person, more: Value) -> Value {
    let mut arguments = json!({"authToken": who.token, "id": group, "user": on.id});
    let more = more.as_object().unwrap().clone();
    arguments.as_object_mut().unwrap().extend(more);
    arguments
}

/// Login and role of the members of a group, in the order of the list.
fn members(story: &Story<'_>, who: &Person, group: &str) -> Vec<[String; 2]> {
    let answer = story.get("getMembers", join(who, group));
    let members = answer.value["members"].as_array().into_iter().flatten();
    members
        .map(|member| ["login", "role"].map(|name| plain(&member[name])))
        .collect()
}

#[test]
fn a_moderator_decides_requests_and_the_audit_log_lists_it() {
    everywhere(|story| {
        let [zoe, berta, cleo, dora] = ["zoe", "berta", "cleo", "dora"].map(|n| story.person(n));
        let group = story.group(&zoe, "Queue", "moderated");
        story.post("joinGroup", join(&berta, &group)).succeeds();
        story
            .post("approveJoinRequest", act(&zoe, &group, &berta, json!({})))
            .succeeds();
        let role = act(&zoe, &group, &berta, json!({"role": "moderator"}));
        story.post("setMemberRole", role).is(json!({}));

        for (who, message) in [(&cleo, "Bitte, <b>江</b>"), (&dora, "")] {
            let call = json!({"authToken": who.token, "id": group, "message": message});
            story
                .post("joinGroup", call)
                .is(json!({"joinState": "in_moderation"}));
        }
        let answer = story.get("getJoinRequests", join(&berta, &group));
        let at = |n: usize| answer.value["requests"][n]["requestedAt"].clone();
        answer.is(json!({
            "page": 1, "resultsPerPage": 100, "totalResults": 2, "totalPages": 1,
            "requests": [
                {"id": cleo.id, "login": cleo.login, "name": cleo.login,
                 "message": "Bitte, <b>江</b>", "requestedAt": at(0)},
                {"id": dora.id, "login": dora.login, "name": dora.login,
                 "message": "", "requestedAt": at(1)},
            ],
        }));
        story
            .get("getJoinRequests", join(&cleo, &group))
            .fails("user_access_denied");
        let approve = act(&berta, &group, &cleo, json!({}));
        story
            .post("approveJoinRequest", approve.clone())
            .is(json!({}));
        story
            .post("approveJoinRequest", approve)
            .fails("join_request_not_found");
        let deny = act(&berta, &group, &dora, json!({"reason": "too loud"}));
        story.post("denyJoinRequest", deny).is(json!({}));
        story
            .get("getJoinRequests", join(&berta, &group))
            .is(json!({
                "page": 1, "resultsPerPage": 100, "totalResults": 0, "totalPages": 0,
                "requests": [],
            }));
        assert_eq!(
            members(story, &cleo, &group),
            [
                [zoe.login.as_str(), "owner"],
                [berta.login.as_str(), "moderator"],
                [cleo.login.as_str(), "member"],
            ]
        );

        let ban = act(&berta, &group, &dora, json!({"reason": "unheard of"}));
        story.post("banMember", ban).is(json!({}));
        story.post("joinGroup", join(&dora, &group)).fails("banned");

        story
            .get("getAuditLog", join(&cleo, &group))
            .fails("user_access_denied");
        let answer = story.get("getAuditLog", join(&zoe, &group));
        let entries = [
            (&berta, "banMember", Some(&dora), "unheard of"),
            (&berta, "denyJoinRequest", Some(&dora), "too loud"),
            (&berta, "approveJoinRequest", Some(&cleo), ""),
            (&dora, "requestToJoin", None, ""),
            (&cleo, "requestToJoin", None, "Bitte, <b>江</b>"),
            (&zoe, "setMemberRole", Some(&berta), "moderator"),
            (&zoe, "approveJoinRequest", Some(&berta), ""),
            (&berta, "requestToJoin", None, ""),
            (&zoe, "newGroup", None, ""),
        ];
        let expected: Value = entries
            .into_iter()
            .enumerate()
            .map(|(n, (actor, action, subject, reason))| {
                let shown = &answer.value["entries"][n];
                let mut entry = json!({
                    "number": 9 - n, "at": shown["at"], "actor": actor.login,
                    "action": action, "via": story.protocol.via(), "hash": shown["hash"],
                });
                let hash = plain(&shown["hash"]);
                assert!(hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()));
                if let Some(subject) = subject {
                    entry["subject"] = json!(subject.login);
                }
                if !reason.is_empty() {
                    entry["reason"] = json!(reason);
                }
                entry
            })
            .collect();
        answer.is(json!({
            "page": 1, "resultsPerPage": 100, "totalResults": 9, "totalPages": 1,
            "entries": expected,
        }));
    });
}

#[test]
fn edit_group_changes_given_fields_and_decides_requests() {
    everywhere(|story| {
        let [anna, berta] = ["anna", "berta"].map(|name| story.person(name));
        let group = story.group(&anna, "Before", "moderated");
        let edit = |name: &str, value: &str| {
            let mut call = join(&anna, &group);
            call[name] = json!(value);
            story.post("editGroup", call)
        };
        let before = story.get("getGroup", join(&anna, &group)).value["group"].clone();
        let mut group_now = before;
        for (name, value) in [
            ("name", "After"),
            ("description", "What for"),
            ("tags", "x, y"),
            ("image", "http://example.org/x.png"),
            ("accessType", "members"),
            ("moderationType", "moderated"),
            ("tags", ""),
        ] {
            group_now[name] = json!(value);
            assert_eq!(edit(name, value).value["group"], group_now, "{name}");
        }
        edit("name", " ").fails("group_parameter_error");

        // When the group becomes private, its requests are denied with a reason.
        story.post("joinGroup", join(&berta, &group)).succeeds();
        edit("registrationType", "invite").succeeds();
        let log = story.get("getAuditLog", join(&anna, &group));
        let newest = &log.value["entries"][0];
        assert_eq!(newest["action"], "denyJoinRequest");
        assert_eq!(newest["reason"], "the group is now invitation-only");
        story
            .post("joinGroup", join(&berta, &group))
            .fails("group_not_invited");

        // When it becomes open, its requests are approved.
        edit("registrationType", "moderated").succeeds();
        story.post("joinGroup", join(&berta, &group)).succeeds();
        edit("registrationType", "open").succeeds();
        assert_eq!(
            members(story, &anna, &group),
            [
                [anna.login.as_str(), "owner"],
                [berta.login.as_str(), "member"]
            ]
        );
    });
}
