//! Races for requests, bans, accounts and ownership.

use serde_json::json;

use super::{Call, deletion, group, on, replay, rounds, tally};

#[test]
fn the_audit_log_explains_the_state_of_a_request() {
    rounds(|arena| {
        let [anna, berta, cleo] = arena.crowd.some();
        let group = arena.group(&anna, "moderated");
        let secret = arena.invite(&anna, &group, json!({"role": "moderator"}));
        let with = on(&berta, &group, json!({"invitation": secret}));
        arena.ask("POST", "joinGroup", &with);
        arena.ask("POST", "joinGroup", &on(&cleo, &group, json!({})));
        let before = arena.audit(&anna, &group).len();

        let mut calls: Vec<Call> = Vec::new();
        for moderator in [&anna, &berta] {
            for act in [
                "approveJoinRequest",
                "denyJoinRequest",
                "banMember",
                "unbanMember",
            ] {
                calls.push((act, on(moderator, &group, json!({"user": cleo.id}))));
            }
            for operation in ["withdrawJoinRequest", "joinGroup", "leaveGroup"] {
                calls.push((operation, on(&cleo, &group, json!({}))));
            }
        }
        // Rotate the order of the calls.
        let by = arena.round % calls.len();
        calls.rotate_left(by);
        let codes = arena.race(&calls);
        let legal = [
            "success",
            "already_member",
            "banned",
            "join_request_not_found",
            "join_request_pending",
            "not_a_member",
            "not_banned",
        ];
        assert!(
            codes.iter().all(|code| legal.contains(&code.as_str())),
            "{codes:?}"
        );

        let log = arena.audit(&anna, &group);
        let changes = codes.iter().filter(|code| *code == "success").count();
        assert_eq!(log.len(), before + changes, "{codes:?} {log:?}");
        let members = arena.members(&anna, &group);
        let now = arena.ask("GET", "canJoin", &on(&cleo, &group, json!({})));
        let state = match now.text("code").as_str() {
            "already_member" => "member",
            "join_request_pending" => "requested",
            "banned" => "banned",
            _ => "none",
        };
        assert_eq!(replay(&log, &cleo.login), state, "{codes:?} {log:?}");
        assert_eq!(members.contains_key(&cleo.login), state == "member");
        let waiting = arena.rows("getJoinRequests", "requests", &anna, &group);
        assert_eq!(waiting.len(), usize::from(state == "requested"));
    });
}

#[test]
fn groups_name_each_other() {
    rounds(|arena| {
        let [anna, berta] = arena.crowd.some();
        let groups = [&anna, &berta].map(|owner| arena.group(owner, "open"));
        let mut calls: Vec<Call> = Vec::new();
        for kind in ["member_of", "only_member_of", "member_of", "only_member_of"] {
            for (owner, [group, other]) in [
                (&anna, [&groups[0], &groups[1]]),
                (&berta, [&groups[1], &groups[0]]),
            ] {
                let condition = json!({"joinCondition": format!("{kind}:{other}")});
                calls.push(("editGroup", on(owner, group, condition)));
            }
        }
        let codes = arena.race(&calls);
        assert_eq!(
            tally(&codes).get("success"),
            Some(&calls.len()),
            "{codes:?}"
        );
        // Only one level counts.
        let call = on(&berta, &groups[0], json!({}));
        let can = arena.ask("GET", "canJoin", &call);
        assert_eq!(can.text("canJoin"), "true", "{}", can.value);
    });
}

#[test]
fn a_deleted_user_is_in_no_group() {
    rounds(|arena| {
        let [anna] = arena.crowd.some();
        let [open, moderated, closed, other] =
            ["open", "moderated", "invite", "open"].map(|registration| {
                let name = format!("Race {}", arena.crowd.some::<1>()[0].login);
                let call = group(&anna, &name, registration);
                arena.ask("POST", "newGroup", &call).text("id")
            });
        let secret = arena.invite(&anna, &closed, json!({}));
        // Fewer than the allowed failures of the administrator's password.
        let people = arena.crowd.people(8);
        let mut calls: Vec<Call> = Vec::new();
        for who in &people {
            let whom = json!({"user": who.id});
            calls.extend([
                ("joinGroup", on(who, &open, json!({}))),
                ("joinGroup", on(who, &moderated, json!({}))),
                ("approveJoinRequest", on(&anna, &moderated, whom.clone())),
                ("joinGroup", on(who, &closed, json!({"invitation": secret}))),
                ("deleteUser", deletion(who)),
                ("banMember", on(&anna, &other, whom.clone())),
                (
                    "setMemberRole",
                    on(&anna, &open, json!({"user": who.id, "role": "moderator"})),
                ),
                ("newGroup", group(who, "Mine", "open")),
            ]);
        }
        let by = arena.round % calls.len();
        let (at_deletion, at_creation) = (4, 7);
        let each = calls.len() / people.len();
        let mut order: Vec<usize> = (0..calls.len()).collect();
        order.rotate_left(by);
        let rotated: Vec<Call> = order.iter().map(|number| calls[*number].clone()).collect();
        let mut codes = vec![String::new(); calls.len()];
        for (number, code) in order.iter().zip(arena.race(&rotated)) {
            codes[*number] = code;
        }

        for (who, codes) in people.iter().zip(codes.chunks(each)) {
            let deleted = codes[at_deletion] == "success";
            let owns = codes[at_creation] == "success";
            assert_ne!(deleted, owns, "{codes:?}");
            if deleted {
                assert_eq!(arena.crowd.rows_of(who), [], "{codes:?}");
            } else {
                assert_eq!(codes[at_deletion], "owner_protected");
            }
        }
        for group in [&open, &moderated, &closed, &other] {
            let members = arena.members(&anna, group);
            for (who, codes) in people.iter().zip(codes.chunks(each)) {
                let deleted = codes[at_deletion] == "success";
                assert!(!deleted || !members.contains_key(&who.login), "{codes:?}");
            }
        }
    });
}

#[test]
fn a_group_is_not_transferred_to_a_deleted_user() {
    rounds(|arena| {
        let [anna, berta] = arena.crowd.some();
        let group = arena.group(&anna, "open");
        arena.ask("POST", "joinGroup", &on(&berta, &group, json!({})));
        let transfer = on(&anna, &group, json!({"user": berta.id}));
        let mut calls: Vec<Call> = Vec::new();
        for _ in 0..4 {
            calls.push(("transferGroup", transfer.clone()));
            calls.push(("deleteUser", deletion(&berta)));
        }
        let by = arena.round % calls.len();
        calls.rotate_left(by);
        let codes = arena.race(&calls);
        let tally = tally(&codes);
        assert_eq!(tally.get("success"), Some(&1), "{codes:?}");
        let deleted = calls
            .iter()
            .zip(&codes)
            .any(|((operation, _), code)| *operation == "deleteUser" && code == "success");
        let members = arena.members(&anna, &group);
        if deleted {
            // The other deletions and all transfers fail.
            assert_eq!(tally.get("user_not_found"), Some(&7), "{codes:?}");
            assert_eq!(members.len(), 1);
            assert_eq!(members[&anna.login], "owner");
            assert_eq!(arena.crowd.rows_of(&berta), []);
        } else {
            assert_eq!(tally.get("owner_protected"), Some(&4), "{codes:?}");
            assert_eq!(tally.get("user_access_denied"), Some(&3), "{codes:?}");
            assert_eq!(members[&berta.login], "owner");
            assert_eq!(members[&anna.login], "moderator");
        }
    });
}
