//! Invitations: a readable example, with canJoin. The rules are tested in `model`.

use serde_json::json;

use super::membership::join;
use crate::harness::{Person, everywhere};

#[test]
fn an_invitation_is_redeemed_up_to_its_limit() {
    everywhere(|story| {
        let [anna, berta, cleo, dora] = ["anna", "berta", "cleo", "dora"].map(|n| story.person(n));
        let group = story.group(&anna, "Private", "invite");
        let new = json!({"authToken": anna.token, "id": group, "usageLimit": 2});
        let made = story.post("newInvitation", new);
        let (id, secret) = (made.text("invitationId"), made.text("invitation"));
        let with = |who: &Person, secret: &str| json!({"authToken": who.token, "id": group, "invitation": secret});
        let redeem = |who: &Person, secret: &str| {
            let call = json!({"authToken": who.token, "invitation": secret});
            story.post("joinByInvitation", call)
        };

        story.get("canJoin", join(&berta, &group)).is(json!({
            "canJoin": false, "code": "group_not_invited",
            "reason": "The group can be joined by invitation only.",
            "nextStep": "Ask a moderator for an invitation.",
        }));
        story.get("canJoin", with(&berta, &secret)).is(json!({
            "canJoin": true, "joinState": "joined",
            "reason": "The invitation is valid.", "nextStep": "Call joinGroup with the invitation.",
        }));
        story
            .post("joinGroup", with(&berta, &secret))
            .is(json!({"joinState": "joined"}));
        // A member does not count as a use.
        story
            .post("joinGroup", with(&berta, &secret))
            .fails("already_member");
        redeem(&berta, &secret).fails("already_member");
        redeem(&cleo, &secret).is(json!({"id": group, "joinState": "joined"}));
        redeem(&dora, &secret).fails("invitation_used_up");
        for unknown in ["", "x", "inv_x", &secret[..secret.len() - 1], &anna.token] {
            redeem(&dora, unknown).fails("invitation_invalid");
        }

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
    });
}
