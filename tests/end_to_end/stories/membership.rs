//! Membership: readable examples of joinGroup, leaveGroup and getMember. The rules are tested in `model`.

use serde_json::{Value, json};

use crate::harness::{Person, Story, everywhere, plain};

/// The arguments of a call by a person on a group.
pub(crate) fn join(who: &Person, group: &str) -> Value {
    json!({"authToken": who.token, "id": group})
}

/// Id, role and member count of each group of a person.
fn my_groups(story: &Story<'_>, who: &Person) -> Vec<[String; 3]> {
    let answer = story.get("getMyGroups", json!({"authToken": who.token}));
    let groups = answer.value["groups"].as_array().into_iter().flatten();
    groups
        .map(|group| ["id", "role", "memberCount"].map(|name| plain(&group[name])))
        .collect()
}

#[test]
fn an_open_group_is_joined_and_left() {
    everywhere(|story| {
        let [anna, berta] = ["anna", "berta"].map(|name| story.person(name));
        let group = story.group(&anna, "Open", "open");
        story
            .post("joinGroup", join(&berta, &group))
            .is(json!({"joinState": "joined"}));
        assert_eq!(my_groups(story, &berta), [[group.as_str(), "member", "2"]]);
        // A second call changes nothing.
        story
            .post("joinGroup", join(&berta, &group))
            .fails("already_member");
        assert_eq!(my_groups(story, &berta), [[group.as_str(), "member", "2"]]);

        story.post("leaveGroup", join(&berta, &group)).is(json!({}));
        story
            .post("leaveGroup", join(&berta, &group))
            .fails("not_a_member");
        assert_eq!(my_groups(story, &berta), [[""; 3]; 0]);
        story
            .post("leaveGroup", join(&anna, &group))
            .fails("owner_cannot_leave");
        assert_eq!(my_groups(story, &anna), [[group.as_str(), "owner", "1"]]);
        story
            .post("joinGroup", join(&berta, &group))
            .is(json!({"joinState": "joined"}));
    });
}

#[test]
fn a_member_is_shown_as_in_the_list() {
    everywhere(|story| {
        let [anna, berta, cleo] = ["anna", "berta", "cleo"].map(|name| story.person(name));
        let group = story.group(&anna, "Shown", "moderated");
        let call =
            |by: &Person, on: &Person| json!({"authToken": by.token, "id": group, "user": on.id});
        let show = |who: &Person| story.get("getMember", call(&cleo, who));

        story.post("joinGroup", join(&berta, &group)).succeeds();
        show(&berta).fails("not_a_member");
        story
            .post("approveJoinRequest", call(&anna, &berta))
            .succeeds();

        let list = story.get("getMembers", join(&cleo, &group));
        for (position, (who, role)) in [(&anna, "owner"), (&berta, "member")].iter().enumerate() {
            let listed = &list.value["members"][position];
            show(who).is(json!({
                "login": who.login, "name": listed["name"], "role": role, "joinedAt": listed["joinedAt"],
            }));
        }
    });
}
