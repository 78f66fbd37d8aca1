//! The history of memberships: who had which standing, when and why.

use serde_json::{Value, json};

use super::membership::join;
use crate::harness::{Answer, Person, Story, everywhere, plain};

/// A call about a user in a group, with more arguments.
fn about(who: &Person, group: &str, user: &str, more: Value) -> Value {
    let mut call = json!({"authToken": who.token, "id": group, "user": user});
    let more = more.as_object().unwrap().clone();
    call.as_object_mut().unwrap().extend(more);
    call
}

fn history(story: &Story<'_>, who: &Person, group: &str, user: &Person, more: Value) -> Answer {
    let answer = story.get("getMembershipHistory", about(who, group, &user.id, more));
    answer.succeeds();
    answer
}

/// Action, standing and actor of each change.
fn changes(answer: &Answer) -> Vec<String> {
    let rows = answer.value["changes"].as_array().into_iter().flatten();
    rows.map(|row| {
        ["action", "standing", "by"]
            .map(|name| plain(&row[name]))
            .join(" ")
    })
    .collect()
}

/// The name of a standing; `null` if it is not known.
fn standing(answer: &Answer) -> String {
    plain(&answer.value["standing"])
}

#[test]
fn a_history_has_each_standing_and_its_cause() {
    everywhere(|story| {
        let [anna, berta, cleo, dora] = ["anna", "berta", "cleo", "dora"].map(|n| story.person(n));
        let group = story.group(&anna, "Choir", "moderated");
        let act = |who: &Person, name: &str, whom: &Person, more: Value| {
            story
                .post(name, about(who, &group, &whom.id, more))
                .succeeds();
        };
        story.post("joinGroup", join(&berta, &group)).succeeds();
        act(&anna, "approveJoinRequest", &berta, json!({}));
        act(&anna, "setMemberRole", &berta, json!({"role": "moderator"}));
        act(&anna, "transferGroup", &berta, json!({}));
        let invitation = story.post("newInvitation", join(&berta, &group));
        let secret = json!({"authToken": cleo.token, "invitation": invitation.text("invitation")});
        story.post("joinByInvitation", secret).succeeds();
        story.post("leaveGroup", join(&cleo, &group)).succeeds();

        let [a, b, c] = [&anna, &berta, &cleo].map(|who| &who.login);
        let of_anna = history(story, &anna, &group, &anna, json!({}));
        let expected = [
            format!("newGroup owner {a}"),
            format!("transferGroup moderator {a}"),
        ];
        assert_eq!(changes(&of_anna), expected);
        assert_eq!(standing(&of_anna), "moderator");
        let of_berta = history(story, &anna, &group, &berta, json!({}));
        let expected = [
            format!("requestToJoin requested {b}"),
            format!("approveJoinRequest member {a}"),
            format!("setMemberRole moderator {a}"),
            format!("transferGroup owner {a}"),
        ];
        assert_eq!(changes(&of_berta), expected);
        assert_eq!(standing(&of_berta), "owner");
        assert_eq!(plain(&of_berta.value["changes"][2]["reason"]), "moderator");
        assert_eq!(
            plain(&of_berta.value["changes"][2]["via"]),
            story.protocol.via()
        );
        // A user who has left reads their own.
        let of_cleo = history(story, &cleo, &group, &cleo, json!({}));
        let expected = [
            format!("joinByInvitation member {c}"),
            format!("leaveGroup none {c}"),
        ];
        assert_eq!(changes(&of_cleo), expected);
        assert_eq!(standing(&of_cleo), "none");
        let of_invitation = &of_cleo.value["changes"][0]["invitationId"];
        assert_eq!(plain(of_invitation), invitation.text("invitationId"));
        assert!(of_cleo.value["changes"][1]["invitationId"].is_null());

        // A ban that has ended counts as none; one that has not, until it ends.
        act(
            &berta,
            "banMember",
            &dora,
            json!({"until": "2099-12-31T23:59:59Z", "reason": "loud"}),
        );
        let of_dora = history(story, &dora, &group, &dora, json!({}));
        assert_eq!(changes(&of_dora), [format!("banMember banned {b}")]);
        assert_eq!(standing(&of_dora), "banned");
        assert!(plain(&of_dora.value["changes"][0]["endsAt"]).contains("2099"));
        for (at, expected) in [
            ("2099-12-31T23:59:58Z", "banned"),
            ("2099-12-31T23:59:59Z", "none"),
            // Before the group existed, nothing is recorded.
            ("2000-01-01T00:00:00Z", "null"),
        ] {
            let then = history(story, &dora, &group, &dora, json!({"at": at}));
            assert_eq!(standing(&then), expected, "{at}");
            assert_eq!(changes(&then).len(), 1);
            assert_eq!(then.value["completeSince"], of_dora.value["completeSince"]);
        }
        assert_eq!(
            of_anna.value["completeSince"],
            of_anna.value["changes"][0]["at"]
        );
    });
}

#[test]
fn a_history_is_for_the_user_and_for_moderators() {
    everywhere(|story| {
        let [anna, berta, cleo] = ["anna", "berta", "cleo"].map(|n| story.person(n));
        let group = story.group(&anna, "Choir", "open");
        story.post("joinGroup", join(&berta, &group)).succeeds();
        let ask = |who: &Person, group: &str, user: &str| {
            story.get("getMembershipHistory", about(who, group, user, json!({})))
        };
        ask(&berta, &group, &anna.id).fails("user_access_denied");
        ask(&cleo, &group, &anna.id).fails("user_access_denied");
        ask(&cleo, &group, "user:999999").fails("user_access_denied");
        ask(&anna, &group, "user:999999").fails("user_not_found");
        // Whoever has never been there has no standing, which is known since the group exists.
        let of_cleo = history(story, &cleo, &group, &cleo, json!({}));
        assert_eq!(
            (standing(&of_cleo).as_str(), changes(&of_cleo).len()),
            ("none", 0)
        );
        // The history of a deleted user remains.
        story.gateway.command(&["user", "delete", &berta.login], "");
        let of_berta = history(story, &anna, &group, &berta, json!({}));
        let expected = [
            format!("joinGroup member {}", berta.login),
            "deleteUser none administrator".to_owned(),
        ];
        assert_eq!(changes(&of_berta), expected);

        let hidden = story.group(&anna, "Hidden", "invite");
        ask(&cleo, &hidden, &cleo.id).fails("content_not_found");
        ask(&anna, &hidden, &cleo.id).succeeds();
    });
}

#[test]
fn a_long_history_has_pages() {
    everywhere(|story| {
        let [anna, berta] = ["anna", "berta"].map(|n| story.person(n));
        let group = story.group(&anna, "Choir", "open");
        for _ in 0..6 {
            story.post("joinGroup", join(&berta, &group)).succeeds();
            story.post("leaveGroup", join(&berta, &group)).succeeds();
        }
        let page = |page: usize| {
            let more = json!({"page": page, "resultsPerPage": 10});
            history(story, &berta, &group, &berta, more)
        };
        let pages = [page(1), page(2), page(3)];
        assert_eq!(pages.each_ref().map(|it| changes(it).len()), [10, 2, 0]);
        let last = format!("leaveGroup none {}", berta.login);
        assert_eq!(changes(&pages[1])[1], last);
        for it in &pages {
            assert_eq!(plain(&it.value["totalResults"]), "12");
            assert_eq!(standing(it), "none");
        }
    });
}
