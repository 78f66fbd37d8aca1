//! Races for memberships and for the name of a group.

use std::collections::BTreeMap;

use serde_json::json;

use super::{CALLERS, Call, all_alike, group, on, replay, rounds, tally};

#[test]
fn a_user_joins_once() {
    rounds(|arena| {
        for (registration, refusal, then) in [
            ("open", "already_member", "member"),
            ("moderated", "join_request_pending", "requested"),
        ] {
            let [anna, berta] = arena.crowd.some();
            let group = arena.group(&anna, registration);
            let codes = arena.race(&all_alike("joinGroup", &on(&berta, &group, json!({}))));
            let expected = BTreeMap::from([("success", 1), (refusal, CALLERS - 1)]);
            assert_eq!(tally(&codes), expected);
            let log = arena.audit(&anna, &group);
            assert_eq!((log.len(), replay(&log, &berta.login)), (2, then));
            let members = arena.members(&anna, &group).len();
            assert_eq!(members, if then == "member" { 2 } else { 1 });
        }
    });
}

#[test]
fn an_invitation_for_k_uses_admits_k_members() {
    rounds(|arena| {
        for uses in [1, 5, 63] {
            let [anna] = arena.crowd.some();
            let group = arena.group(&anna, "invite");
            let secret = arena.invite(&anna, &group, json!({"usageLimit": uses}));
            let guests = arena.crowd.people(CALLERS);
            let calls: Vec<Call> = guests
                .iter()
                .enumerate()
                .map(|(number, guest)| match number % 3 {
                    0 => (
                        "joinGroup",
                        on(guest, &group, json!({"invitation": secret})),
                    ),
                    _ => (
                        "joinByInvitation",
                        json!({"authToken": guest.tokens[0], "invitation": secret}),
                    ),
                })
                .collect();
            let codes = arena.race(&calls);
            let expected =
                BTreeMap::from([("success", uses), ("invitation_used_up", CALLERS - uses)]);
            assert_eq!(tally(&codes), expected);
            let members = arena.members(&anna, &group);
            for (guest, code) in guests.iter().zip(&codes) {
                assert_eq!(members.contains_key(&guest.login), code == "success");
            }
            let list = arena.rows("getInvitations", "invitations", &anna, &group);
            assert_eq!(super::text(&list[0], "uses"), uses.to_string());
        }
    });
}

#[test]
fn an_owner_has_one_group_per_name() {
    rounds(|arena| {
        let [anna] = arena.crowd.some();
        let codes = arena.race(&all_alike("newGroup", &group(&anna, "Mine", "open")));
        let expected = BTreeMap::from([
            ("success", 1),
            ("content_collection_title_already_exist", CALLERS - 1),
        ]);
        assert_eq!(tally(&codes), expected);
        let mine = arena.ask("GET", "getMyGroups", &json!({"authToken": anna.tokens[0]}));
        assert_eq!(mine.text("totalResults"), "1");
    });
}

#[test]
fn the_member_count_survives_joins_and_leaves() {
    rounds(|arena| {
        let [anna] = arena.crowd.some();
        let group = arena.group(&anna, "open");
        let people = arena.crowd.people(CALLERS / 4);
        let calls: Vec<Call> = ["joinGroup", "leaveGroup", "joinGroup", "leaveGroup"]
            .into_iter()
            .flat_map(|operation| people.iter().map(move |who| (operation, who)))
            .map(|(operation, who)| (operation, on(who, &group, json!({}))))
            .collect();
        let codes = arena.race(&calls);
        let legal = ["success", "already_member", "not_a_member"];
        assert!(
            codes.iter().all(|code| legal.contains(&code.as_str())),
            "{codes:?}"
        );
        let (members, log) = (arena.members(&anna, &group), arena.audit(&anna, &group));
        let changes = codes.iter().filter(|code| *code == "success").count();
        assert_eq!(log.len(), 1 + changes);
        for who in people {
            let is_in = members.contains_key(&who.login);
            assert_eq!(
                replay(&log, &who.login),
                if is_in { "member" } else { "none" }
            );
        }
    });
}
