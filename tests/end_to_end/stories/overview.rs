//! Several users and groups at once: checkMemberships and getGroupsInCommon.

use serde_json::{Value, json};

use super::membership::join;
use crate::harness::{Person, Story, everywhere, plain};

/// What checkMemberships shows of a group.
fn checked(
    id: &str,
    members: &[(&Person, &str)],
    requested: &[&Person],
    banned: &[&Person],
) -> Value {
    let members: Vec<Value> = members
        .iter()
        .map(|(who, role)| json!({"user": who.id, "role": role}))
        .collect();
    let ids = |people: &[&Person]| people.iter().map(|who| who.id.clone()).collect::<Vec<_>>();
    json!({
        "id": id, "members": members, "requested": ids(requested), "banned": ids(banned), "unknown": false,
    })
}

/// What it shows of a group whose members the caller may not see.
fn unknown(id: &str) -> Value {
    json!({"id": id, "members": [], "requested": [], "banned": [], "unknown": true})
}

/// People with every standing in three groups of the first of them: one that everybody sees, one whose members only
/// members see, and one by invitation.
struct Scene {
    people: [Person; 5],
    groups: [String; 3],
}

fn scene(story: &Story<'_>) -> Scene {
    let people = ["anna", "berta", "cleo", "dora", "emil"].map(|name| story.person(name));
    let [anna, berta, cleo, dora, _] = &people;
    let groups = [
        story.group(anna, "Seen", "moderated"),
        story.group(anna, "Members only", "moderated"),
        story.group(anna, "Invited", "open"),
    ];
    let on =
        |group: &str, who: &Person| json!({"authToken": anna.token, "id": group, "user": who.id});
    let edit = json!({"authToken": anna.token, "id": groups[1], "accessType": "members"});
    story.post("editGroup", edit).succeeds();
    for group in &groups[..2] {
        for who in [berta, cleo] {
            story.post("joinGroup", join(who, group)).succeeds();
        }
        story
            .post("approveJoinRequest", on(group, berta))
            .succeeds();
        story.post("banMember", on(group, dora)).succeeds();
    }
    story.post("joinGroup", join(berta, &groups[2])).succeeds();
    let edit = json!({"authToken": anna.token, "id": groups[2], "registrationType": "invite"});
    story.post("editGroup", edit).succeeds();
    Scene { people, groups }
}

#[test]
fn standings_are_shown_as_far_as_the_caller_may_see_them() {
    everywhere(|story| {
        let Scene { people, groups } = scene(story);
        let [anna, berta, cleo, dora, emil] = &people;
        let [seen, members_only, invited] = &groups;
        let absent = "group:999999";
        let users: Vec<&str> = people.iter().map(|who| who.id.as_str()).collect();
        let asked = [seen, members_only, invited, absent];
        let both = [(anna, "owner"), (berta, "member")];
        for (by, expected) in [
            (
                anna,
                [
                    checked(seen, &both, &[cleo], &[dora]),
                    checked(members_only, &both, &[cleo], &[dora]),
                    checked(invited, &both, &[], &[]),
                    unknown(absent),
                ],
            ),
            (
                berta,
                [
                    checked(seen, &both, &[], &[]),
                    checked(members_only, &both, &[], &[]),
                    checked(invited, &both, &[], &[]),
                    unknown(absent),
                ],
            ),
            (
                cleo,
                [
                    checked(seen, &both, &[cleo], &[]),
                    json!({
                        "id": members_only, "members": [], "requested": [cleo.id], "banned": [], "unknown": true,
                    }),
                    unknown(invited),
                    unknown(absent),
                ],
            ),
            (
                emil,
                [
                    checked(seen, &both, &[], &[]),
                    unknown(members_only),
                    unknown(invited),
                    unknown(absent),
                ],
            ),
        ] {
            let call = json!({"authToken": by.token, "users": users, "groups": asked});
            let expected = json!({"groups": expected});
            story
                .get("checkMemberships", call.clone())
                .is(expected.clone());
            story.post("checkMemberships", call).is(expected);
        }
        // A user who is asked for alone, and one who does not exist.
        let call =
            json!({"authToken": emil.token, "users": [berta.id, "user:999999"], "groups": [seen]});
        let expected = json!({"groups": [checked(seen, &[(berta, "member")], &[], &[])]});
        story.get("checkMemberships", call).is(expected);
    });
}

#[test]
fn lists_are_checked_by_element() {
    everywhere(|story| {
        let anna = story.person("anna");
        let group = story.group(&anna, "One", "open");
        let many: Vec<String> = (1..=101).map(|number| format!("user:{number}")).collect();
        for (users, code, place) in [
            (
                json!(many),
                "validation_out_of_range",
                "/users must have 1 to 100 elements",
            ),
            (
                json!([anna.id, anna.id]),
                "validation_duplicate_key",
                "/users/1",
            ),
            (
                json!([anna.id, "anna"]),
                "invalid_id",
                "'anna' is not valid",
            ),
        ] {
            let call = json!({"authToken": anna.token, "users": users, "groups": [group]});
            let answer = story.get("checkMemberships", call);
            answer.fails(code);
            assert!(answer.text("msg").contains(place), "{}", answer.value);
        }
        let most = json!(many[..100]);
        let call = json!({"authToken": anna.token, "users": most, "groups": [group]});
        story.get("checkMemberships", call).succeeds();
    });
}

#[test]
fn groups_in_common_are_those_of_both() {
    everywhere(|story| {
        let Scene { people, groups } = scene(story);
        let [anna, berta, cleo, dora, _] = &people;
        let common = |by: &Person, user: &Person| {
            let call = json!({"authToken": by.token, "user": user.id});
            let answer = story.get("getGroupsInCommon", call);
            answer.succeeds();
            let rows = answer.value["groups"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let shown = |row: &Value| (plain(&row["id"]), plain(&row["role"]));
            rows.iter().map(shown).collect::<Vec<_>>()
        };
        let all = |role: &str| {
            let groups = groups.iter().rev();
            groups
                .map(|id| (id.clone(), role.to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(common(berta, anna), all("member"));
        assert_eq!(common(anna, berta), all("owner"));
        // Those who requested to join or are banned have none.
        for who in [cleo, dora] {
            assert_eq!(common(anna, who), []);
            assert_eq!(common(who, anna), []);
        }
        let missing = json!({"authToken": anna.token, "user": "user:999999"});
        story
            .get("getGroupsInCommon", missing)
            .fails("user_not_found");
        let page = json!({"authToken": berta.token, "user": anna.id, "page": 2});
        let answer = story.get("getGroupsInCommon", page);
        assert_eq!(answer.value["groups"].as_array().map_or(0, Vec::len), 0);
        assert_eq!(answer.text("totalResults"), "3");
    });
}
