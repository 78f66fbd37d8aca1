//! Conditions of joining: only what the rules of `model` do not show.

use serde_json::{Value, json};

use super::membership::join;
use crate::harness::{Person, Story, everywhere, new_group, plain, post};

/// The arguments of editGroup.
fn edit(who: &Person, group: &str, name: &str, value: &str) -> Value {
    let mut call = join(who, group);
    call[name] = json!(value);
    call
}

fn people<const N: usize>(story: &Story<'_>, names: [&str; N]) -> [Person; N] {
    names.map(|name| story.person(name))
}

/// The condition that getGroup shows.
fn shown(story: &Story<'_>, who: &Person, group: &str) -> String {
    let value = story.get("getGroup", join(who, group)).value;
    plain(&value["group"]["joinCondition"])
}

#[test]
fn members_of_another_group_join_at_once() {
    everywhere(|story| {
        let [anna, berta, cleo, dora] = people(story, ["anna", "berta", "cleo", "dora"]);
        let club = story.group(&anna, "Club", "open");
        let mut team = new_group(&anna.token, "Team", "moderated");
        team["joinCondition"] = json!(format!("member_of:{club}"));
        let team = story.post("newGroup", team).text("id");
        assert_eq!(shown(story, &berta, &team), format!("member_of:{club}"));
        story.post("joinGroup", join(&berta, &club)).succeeds();
        let joins = |who: &Person, group: &str, state: &str| {
            let can = story.get("canJoin", join(who, group));
            assert_eq!(can.text("joinState"), state, "{}", can.value);
            let joined = story.post("joinGroup", join(who, group));
            joined.is(json!({"joinState": state}));
        };
        joins(&berta, &team, "joined");
        joins(&cleo, &team, "in_moderation");
        // The membership stays when the condition lapses, and a request is not decided by a membership.
        story.post("leaveGroup", join(&berta, &club)).succeeds();
        story.post("joinGroup", join(&cleo, &club)).succeeds();
        let members = |group: &str| {
            let value = story.get("getMembers", join(&anna, group)).value;
            plain(&value["totalResults"])
        };
        assert_eq!(members(&team), "2");
        // But the user may join.
        joins(&cleo, &team, "joined");

        // A new condition decides on requests.
        joins(&dora, &team, "in_moderation");
        story.post("joinGroup", join(&dora, &club)).succeeds();
        for kind in ["member_of", "only_member_of", "member_of"] {
            // The same condition decides nothing.
            assert_eq!(members(&team), "3");
            let condition = format!("{kind}:{club}");
            let call = edit(&anna, &team, "joinCondition", &condition);
            story.post("editGroup", call).succeeds();
        }
        assert_eq!(members(&team), "4");
        let none = edit(&anna, &team, "joinCondition", "");
        let changed = story.post("editGroup", none);
        assert_eq!(plain(&changed.value["group"]["joinCondition"]), "null");
    });
}

#[test]
fn others_cannot_join() {
    everywhere(|story| {
        let [anna, berta, cleo, dora] = people(story, ["anna", "berta", "cleo", "dora"]);
        let key = story.gateway.command(&["key", "create", "Calendar"], "");
        let club = story.group(&anna, "Club", "open");
        let team = story.group(&anna, "Team", "moderated");
        for who in [&berta, &cleo] {
            story.post("joinGroup", join(who, &team)).succeeds();
        }
        story.post("joinGroup", join(&cleo, &club)).succeeds();
        let only = format!("only_member_of:{club}");
        story
            .post("editGroup", edit(&anna, &team, "joinCondition", &only))
            .succeeds();
        // A member's request stays, another's is denied.
        let requests = story.get("getJoinRequests", join(&anna, &team)).value;
        assert_eq!(plain(&requests["requests"][0]["login"]), cleo.login);
        assert_eq!(plain(&requests["totalResults"]), "1");
        let log = story.get("getAuditLog", join(&anna, &team)).value;
        assert_eq!(plain(&log["entries"][0]["action"]), "denyJoinRequest");
        assert_eq!(
            plain(&log["entries"][0]["reason"]),
            "the condition of joining is not met"
        );
        story
            .post("editGroup", edit(&anna, &team, "registrationType", "open"))
            .succeeds();
        let can = story.get("canJoin", join(&berta, &team));
        assert_eq!(can.text("code"), "condition_not_met");
        story
            .post("joinGroup", join(&berta, &team))
            .fails("condition_not_met");
        let number = team.trim_start_matches("group:");
        let path = format!(
            "/services/rest/?method=group.join&api_key={key}&token={}&group_id={number}",
            berta.token
        );
        let refused = story.gateway.served.send(&post(&path, "", "").bytes());
        assert_eq!(refused.status, 409);
        let text = "Only members of another group can join this group.";
        assert!(refused.text().contains(text), "{}", refused.text());

        // An invitation is not affected.
        let invited = story.post("newInvitation", join(&anna, &team));
        let mut call = join(&berta, &team);
        call["invitation"] = json!(invited.text("invitation"));
        story
            .post("joinGroup", call)
            .is(json!({"joinState": "joined"}));
        // When the other group is deleted, the condition stays, and nobody meets it.
        story.post("joinGroup", join(&dora, &club)).succeeds();
        story.post("deleteGroup", join(&anna, &club)).succeeds();
        story
            .post("joinGroup", join(&dora, &team))
            .fails("condition_not_met");
        assert_eq!(shown(story, &anna, &team), "null");
    });
}

#[test]
fn a_condition_discloses_a_group_to_those_whom_it_admits() {
    everywhere(|story| {
        let [anna, berta, cleo, dora] = people(story, ["anna", "berta", "cleo", "dora"]);
        let club = story.group(&anna, "Club", "open");
        let team = story.group(&anna, "Team", "invite");
        for who in [&berta, &dora] {
            story.post("joinGroup", join(who, &club)).succeeds();
        }
        let ban = json!({"authToken": anna.token, "id": team, "user": dora.id});
        story.post("banMember", ban).succeeds();
        let sees = |who: &Person| {
            let listed = json!({"authToken": who.token, "context": anna.id});
            let listed = story.get("getGroups", listed).value;
            let ids = listed["groups"].as_array().into_iter().flatten();
            let is_listed = ids.map(|row| plain(&row["id"])).any(|id| id == team);
            assert_eq!(
                plain(&listed["totalResults"]),
                (1 + usize::from(is_listed)).to_string()
            );
            let check = json!({"authToken": who.token, "users": [anna.id], "groups": [team]});
            let checked = story.get("checkMemberships", check).value;
            let is_known = plain(&checked["groups"][0]["unknown"]) == "false";
            let found = story.get("getGroup", join(who, &team)).code() == "success";
            assert_eq!([is_listed, is_known], [found; 2], "{}", who.login);
            found
        };
        assert_eq!([&berta, &cleo, &dora].map(sees), [false; 3]);
        let of_club = |kind: &str| edit(&anna, &team, "joinCondition", &format!("{kind}:{club}"));
        story
            .post("editGroup", of_club("only_member_of"))
            .succeeds();
        assert_eq!([&berta, &cleo, &dora].map(sees), [false; 3]);
        story
            .post("joinGroup", join(&berta, &team))
            .fails("group_not_invited");
        story.post("editGroup", of_club("member_of")).succeeds();
        assert_eq!([&berta, &cleo, &dora].map(sees), [true, false, false]);
        for who in [&cleo, &dora] {
            story
                .post("joinGroup", join(who, &team))
                .fails("group_not_invited");
        }
        story
            .post("joinGroup", join(&berta, &team))
            .is(json!({"joinState": "joined"}));
    });
}

#[test]
fn nothing_names_a_group_to_those_who_cannot_see_it() {
    everywhere(|story| {
        let [anna, berta] = people(story, ["anna", "berta"]);
        let secret = story.group(&anna, "Secret", "invite");
        let team = story.group(&anna, "Team", "open");
        let set = |value: &str| story.post("editGroup", edit(&anna, &team, "joinCondition", value));
        let condition = format!("only_member_of:{secret}");
        set(&condition).succeeds();
        assert_eq!(shown(story, &anna, &team), condition);
        assert_eq!(shown(story, &berta, &team), "null");
        let public = story.get("getGroup", json!({"id": team})).value;
        for value in [
            &public,
            &story.post("joinGroup", join(&berta, &team)).value,
            &story.get("canJoin", join(&berta, &team)).value,
        ] {
            let text = value.to_string();
            assert!(
                !text.contains(&secret) && !text.contains("Secret"),
                "{text}"
            );
        }
        // Nor can a condition find it.
        let mut call = new_group(&berta.token, "Probe", "open");
        for id in [&secret, "group:999999"] {
            call["joinCondition"] = json!(format!("member_of:{id}"));
            story
                .post("newGroup", call.clone())
                .fails("content_not_found");
        }
        set(&format!("member_of:{team}")).fails("content_not_found");
        // What it decides would show who the members are.
        let mut private = new_group(&anna.token, "Private", "open");
        private["accessType"] = json!("members");
        call["joinCondition"] = json!(format!(
            "member_of:{}",
            story.post("newGroup", private).text("id")
        ));
        story.post("newGroup", call).fails("content_not_found");
        for malformed in [
            "member_of",
            "member_of:",
            "member_of:7",
            "friend_of:group:7",
            "group:7",
        ] {
            set(malformed).fails("validation_invalid_value");
        }
        assert_eq!(shown(story, &anna, &team), condition);
    });
}
