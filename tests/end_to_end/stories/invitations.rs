//! Invitations: made, listed, redeemed, ended; and canJoin, which knows them.

use serde_json::{Value, json};

use super::membership::join;
use crate::harness::{Person, Story, everywhere};

/// A new invitation: its id and its secret.
fn invite(story: &Story<'_>, who: &Person, group: &str, more: Value) -> (String, String) {
    let mut call = join(who, group);
    call.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let answer = story.post("newInvitation", call);
    answer.succeeds();
    (answer.text("invitationId"), answer.text("invitation"))
}

fn redeem(who: &Person, secret: &str) -> Value {
    json!({"authToken": who.token, "invitation": secret})
}

#[test]
fn an_invitation_opens_a_group_as_often_as_it_may() {
    everywhere(|story| {
        let [anna, berta, cleo, dora] = ["anna", "berta", "cleo", "dora"].map(|n| story.person(n));
        let group = story.group(&anna, "Private", "invite");
        let (id, secret) = invite(story, &anna, &group, json!({"usageLimit": 2}));
        let with = |who: &Person, secret: &str| json!({"authToken": who.token, "id": group, "invitation": secret});
        story
            .post("joinGroup", with(&berta, &secret))
            .is(json!({"joinState": "joined"}));
        // Who is in already uses none of it.
        story
            .post("joinGroup", with(&berta, &secret))
            .fails("already_member");
        story
            .post("joinByInvitation", redeem(&berta, &secret))
            .fails("already_member");
        story
            .post("joinByInvitation", redeem(&cleo, &secret))
            .is(json!({"id": group, "joinState": "joined"}));
        story
            .post("joinByInvitation", redeem(&dora, &secret))
            .fails("invitation_used_up");
        story
            .post("joinGroup", with(&dora, &secret))
            .fails("invitation_used_up");

        let list = story.get("getInvitations", join(&anna, &group));
        let created = list.value["invitations"][0]["createdAt"].clone();
        list.is(json!({
            "page": 1, "resultsPerPage": 100, "totalResults": 1, "totalPages": 1,
            "invitations": [{
                "invitationId": id, "prefix": secret[..8], "role": "member",
                "createdBy": anna.login, "createdAt": created, "usageLimit": 2, "uses": 2,
                "revoked": false,
            }],
        }));
        story
            .get("getInvitations", join(&berta, &group))
            .fails("user_access_denied");
        story
            .post("newInvitation", join(&berta, &group))
            .fails("user_access_denied");
        let limit = json!({"authToken": anna.token, "id": group, "usageLimit": 0});
        story
            .post("newInvitation", limit)
            .fails("validation_out_of_range");
    });
}

#[test]
fn an_invitation_that_is_not_good_says_why() {
    everywhere(|story| {
        let [anna, berta, cleo] = ["anna", "berta", "cleo"].map(|n| story.person(n));
        let group = story.group(&anna, "Private", "invite");
        let other = story.group(&anna, "Other", "invite");
        let (id, secret) = invite(story, &anna, &group, json!({}));
        for unknown in ["", "x", "inv_x", &secret[..secret.len() - 1], &anna.token] {
            story
                .post("joinByInvitation", redeem(&berta, unknown))
                .fails("invitation_invalid");
        }
        let elsewhere = json!({"authToken": berta.token, "id": other, "invitation": secret});
        story
            .post("joinGroup", elsewhere)
            .fails("invitation_invalid");

        let revoke = json!({"authToken": anna.token, "id": group, "invitationId": id});
        story.post("revokeInvitation", revoke.clone()).is(json!({}));
        story
            .post("revokeInvitation", revoke)
            .fails("invitation_revoked");
        story
            .post("joinByInvitation", redeem(&berta, &secret))
            .fails("invitation_revoked");

        let (_, short) = invite(story, &anna, &group, json!({"expiresIn": 1}));
        let can = || {
            story.get(
                "canJoin",
                json!({"authToken": berta.token, "id": group, "invitation": short}),
            )
        };
        while can().text("canJoin") == "true" {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        story
            .post("joinByInvitation", redeem(&berta, &short))
            .fails("invitation_expired");

        // An invitation ends with its issuer's right to invite, and does not come back with it.
        let (_, pass) = invite(story, &anna, &group, json!({"role": "moderator"}));
        story
            .post("joinByInvitation", redeem(&cleo, &pass))
            .succeeds();
        let (_, hers) = invite(story, &cleo, &group, json!({}));
        let more = json!({"authToken": cleo.token, "id": group, "role": "moderator"});
        story
            .post("newInvitation", more)
            .fails("user_access_denied");
        for role in ["member", "moderator"] {
            let set = json!({"authToken": anna.token, "id": group, "user": cleo.id, "role": role});
            story.post("setMemberRole", set).succeeds();
            story
                .post("joinByInvitation", redeem(&berta, &hers))
                .fails("invitation_issuer_invalid");
        }

        let (_, late) = invite(story, &anna, &group, json!({}));
        story.post("deleteGroup", join(&anna, &group)).succeeds();
        story
            .post("joinByInvitation", redeem(&berta, &late))
            .fails("content_not_found");
    });
}

#[test]
fn who_hands_a_group_over_invites_no_moderators_any_more() {
    everywhere(|story| {
        let [anna, berta, cleo] = ["anna", "berta", "cleo"].map(|n| story.person(n));
        let group = story.group(&anna, "Handed on", "invite");
        let (_, member) = invite(story, &anna, &group, json!({}));
        let (_, moderator) = invite(story, &anna, &group, json!({"role": "moderator"}));
        story
            .post("joinByInvitation", redeem(&berta, &member))
            .succeeds();
        let transfer = json!({"authToken": anna.token, "id": group, "user": berta.id});
        story.post("transferGroup", transfer).succeeds();
        story
            .post("joinByInvitation", redeem(&cleo, &moderator))
            .fails("invitation_issuer_invalid");
        // A moderator invites members, and anna is one.
        story
            .post("joinByInvitation", redeem(&cleo, &member))
            .succeeds();
    });
}

#[test]
fn an_invitation_skips_moderation_but_no_ban() {
    everywhere(|story| {
        let [anna, berta, cleo] = ["anna", "berta", "cleo"].map(|n| story.person(n));
        let group = story.group(&anna, "Moderated", "moderated");
        let (_, secret) = invite(story, &anna, &group, json!({}));
        story
            .post("joinGroup", join(&berta, &group))
            .is(json!({"joinState": "in_moderation"}));
        story
            .post("joinByInvitation", redeem(&berta, &secret))
            .succeeds();
        let ban = json!({"authToken": anna.token, "id": group, "user": cleo.id});
        story.post("banMember", ban).succeeds();
        story
            .post("joinByInvitation", redeem(&cleo, &secret))
            .fails("banned");
        let list = story.get("getInvitations", join(&anna, &group));
        let uses = &list.value["invitations"][0]["uses"];
        assert!(*uses == json!(1) || *uses == json!("1"), "{uses}");
    });
}

#[test]
fn can_join_answers_what_join_group_would() {
    everywhere(|story| {
        let [anna, berta] = ["anna", "berta"].map(|n| story.person(n));
        let open = story.group(&anna, "Open", "open");
        let moderated = story.group(&anna, "Moderated", "moderated");
        let private = story.group(&anna, "Private", "invite");
        let (_, secret) = invite(story, &anna, &private, json!({}));
        let can = |group: &str| story.get("canJoin", join(&berta, group));
        can(&open).is(json!({
            "canJoin": true, "joinState": "joined",
            "reason": "The group is open to everybody.", "nextStep": "Call joinGroup.",
        }));
        can(&moderated).is(json!({
            "canJoin": true, "joinState": "in_moderation",
            "reason": "A moderator decides who joins the group.",
            "nextStep": "Call joinGroup; a moderator then decides.",
        }));
        let refused = can(&private);
        assert_eq!(refused.text("canJoin"), "false");
        assert_eq!(refused.text("code"), "group_not_invited");
        let invited = json!({"authToken": berta.token, "id": private, "invitation": secret});
        assert_eq!(
            story.get("canJoin", invited.clone()).text("canJoin"),
            "true"
        );
        story.post("joinGroup", join(&berta, &moderated)).succeeds();
        assert_eq!(can(&moderated).text("code"), "join_request_pending");
        story.post("joinGroup", invited).succeeds();
        assert_eq!(can(&private).text("code"), "already_member");
        can("group:999999").fails("content_not_found");
    });
}
