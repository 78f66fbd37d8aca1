//! `POST /user/groups/join`: a row for each case of the contract.

use std::time::Duration;

use serde_json::json;

use super::{FORBIDDEN, UNAUTHORIZED, Zone, on_both};
use crate::harness::Protocol;

const BAD_TOKEN: &str = r#"400 {"error":{"id":"badValueToken","details":{"key":"token","tokenError":{"id":"badToken","description":"Provided token could not be understood by the server."}},"description":"Bad value: provided \"token\" is not a valid token (see details)."}}"#;
const NOT_AN_INVITE_TOKEN: &str = r#"400 {"error":{"id":"badValueToken","details":{"key":"token","tokenError":{"id":"notAnInviteToken","details":{"expectedInviteType":"userJoinGroup","received":{"accessToken":{}}},"description":"Expected an invitation token of type 'userJoinGroup', but received a(n) access token."}},"description":"Bad value: provided \"token\" is not a valid token (see details)."}}"#;
const TOO_LARGE: &str = r#"400 {"error":{"id":"badValueToken","details":{"key":"token","tokenError":{"id":"tokenTooLarge","details":{"limit":2048},"description":"Provided token exceeds the allowed size (2048 characters)."}},"description":"Bad value: provided \"token\" is not a valid token (see details)."}}"#;
const INVALID: &str =
    r#"400 {"error":{"id":"tokenInvalid","description":"Provided token is not valid."}}"#;
const REVOKED: &str =
    r#"400 {"error":{"id":"tokenRevoked","description":"Provided token has been revoked."}}"#;
const USED_UP: &str = r#"400 {"error":{"id":"inviteTokenUsageLimitReached","description":"The usage limit of this invite token has been reached."}}"#;
const NOT_AUTHORIZED: &str = r#"400 {"error":{"id":"inviteTokenSubjectNotAuthorized","description":"The subject of this token is not (or no longer) authorized to issue such invitations."}}"#;
const ISSUER_DELETED: &str = r#"400 {"error":{"id":"tokenSubjectInvalid","description":"The token subject is invalid (does not exist or is different than expected)."}}"#;
const EXPIRED: &str = r#"400 {"error":{"id":"tokenCaveatUnverified","details":{"caveat":{"type":"time","validUntil":$end}},"description":"Provided token is not valid - unverified time caveat: this token has expired at '$date'."}}"#;
const GROUP_DELETED: &str = r#"400 {"error":{"id":"inviteTokenTargetIdInvalid","details":{"id":"$ended"},"description":"The target id '$ended' is invalid for this type of invite token."}}"#;
const ALREADY: &str = r#"409 {"error":{"id":"relationAlreadyExists","details":{"childType":"user","childId":"$berta-id","parentType":"group","parentId":"$still"},"description":"Bad value: user:$berta-id is already a member of group:$still."}}"#;

/// A request of a user to join with this token.
fn join(who: &str, token: &str) -> String {
    format!(r#"POST /user/groups/join as ${who} <- {{"token":"{token}"}}"#)
}

#[test]
fn invalid_tokens_have_different_errors() {
    on_both(|zone| {
        zone.people(&["anna", "berta"]);
        zone.group("still", "anna", "invite");
        zone.invitation("good", "anna", "still", json!({}));
        let good = zone.fill("$good");
        let (long, longest) = ("x".repeat(2_049), "x".repeat(2_048));
        zone.rows(&[
            (
                r#"POST /user/groups/join as $berta <- {}"#,
                r#"400 {"error":{"id":"missingRequiredValue","details":{"key":"token"},"description":"Missing required value: token."}}"#,
            ),
            (
                "POST /user/groups/join as $berta",
                r#"400 {"error":{"id":"missingRequiredValue","details":{"key":"token"},"description":"Missing required value: token."}}"#,
            ),
            (
                &join("berta", ""),
                r#"400 {"error":{"id":"badValueEmpty","details":{"key":"token"},"description":"Bad value: provided \"token\" must not be empty."}}"#,
            ),
            (r#"POST /user/groups/join as $berta <- {"token":7}"#, BAD_TOKEN),
            (r#"POST /user/groups/join as $berta <- {"token":null}"#, BAD_TOKEN),
            (r#"POST /user/groups/join as $berta <- {"token":["$good"]}"#, BAD_TOKEN),
            (&join("berta", "9ef3973a007d616cb6b3e95829dec18a"), BAD_TOKEN),
            // An altered prefix, altered digits, and an extra digit.
            (&join("berta", &good.replacen("inv_", "inv-", 1)), BAD_TOKEN),
            (&join("berta", &good.to_uppercase()), BAD_TOKEN),
            (&join("berta", &format!("{good}0")), BAD_TOKEN),
            (&join("berta", &longest), BAD_TOKEN),
            (&join("berta", &long), TOO_LARGE),
            (&join("berta", &"江".repeat(2_049)), TOO_LARGE),
            (&join("berta", "$anna"), NOT_AN_INVITE_TOKEN),
            // Well-formed, but unknown.
            (
                &join("berta", "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"),
                INVALID,
            ),
            // The invitation is still valid, and unknown keys are ignored.
            (
                r#"POST /user/groups/join as $berta <- {"colour":{"is":[1]},"token":"$good"}"#,
                "201 at /user/groups/$still",
            ),
        ]);
    });
}

#[test]
fn errors_of_ended_invitations_have_a_fixed_order() {
    on_both(|zone| {
        zone.people(&["anna", "berta", "cleo", "dora", "emil", "finn"]);
        for group in ["still", "ended"] {
            zone.group(group, "anna", "invite");
            for moderator in ["cleo", "dora"] {
                let add = [
                    "member",
                    "add",
                    &zone.fill(&format!("group:${group}")),
                    moderator,
                ];
                zone.gateway
                    .command(&[&add[..], &["--role", "moderator"]].concat(), "");
            }
        }
        // Each of these has the defects of the one before it, and one more.
        zone.invitation("good", "anna", "still", json!({}));
        zone.invitation("orphan", "cleo", "still", json!({}));
        zone.invitation("heir", "dora", "still", json!({}));
        zone.invitation("gone", "cleo", "ended", json!({}));
        zone.invitation("spent", "cleo", "ended", json!({"usageLimit": 1}));
        let brief = json!({"usageLimit": 1, "expiresIn": 3});
        zone.invitation("expired", "cleo", "ended", brief.clone());
        zone.invitation("revoked", "cleo", "ended", brief);
        for used in ["spent", "expired", "revoked"] {
            zone.check(
                &join("finn", &format!("${used}")),
                "201 at /user/groups/$ended",
            );
            zone.check("DELETE /user/groups/$ended as $finn", "204");
        }
        let list = json!({"authToken": "$anna", "id": "group:$ended"});
        let list = zone.call(Protocol::Json, "GET", "getInvitations", list);
        let end = list.value["invitations"][1]["expiresAt"].as_str().unwrap();
        let until: trivium_core::types::DateTime = end.parse().unwrap();
        zone.name("date", end);
        zone.name("end", until.0.to_string());
        zone.check("DELETE /tokens/named/$revoked-id as $anna", "204");
        for who in ["emil", "finn"] {
            let ban = json!({"authToken": "$anna", "id": "group:$still", "user": format!("user:${who}-id")});
            zone.change("banMember", ban);
        }
        for group in ["still", "ended"] {
            let demotion = json!({"authToken": "$anna", "id": format!("group:${group}"), "user": "user:$cleo-id", "role": "member"});
            zone.change("setMemberRole", demotion);
        }
        zone.gateway.command(&["user", "delete", "dora"], "");
        zone.change(
            "deleteGroup",
            json!({"authToken": "$anna", "id": "group:$ended"}),
        );
        std::thread::sleep(Duration::from_secs(4));

        zone.rows(&[
            (&join("emil", "$good"), FORBIDDEN),
            (&join("emil", "$orphan"), NOT_AUTHORIZED),
            (&join("emil", "$heir"), ISSUER_DELETED),
            (&join("emil", "$gone"), GROUP_DELETED),
            (&join("emil", "$spent"), USED_UP),
            (&join("emil", "$expired"), EXPIRED),
            (&join("emil", "$revoked"), REVOKED),
            (
                r#"POST /user/groups/join <- {"token":"$revoked"}"#,
                UNAUTHORIZED,
            ),
            (&join("berta", "$orphan"), NOT_AUTHORIZED),
            (&join("berta", "$heir"), ISSUER_DELETED),
            (&join("berta", "$good"), "201 at /user/groups/$still"),
            (&join("berta", "$good"), ALREADY),
            // For a member, the error of the token comes first.
            (&join("berta", "$orphan"), NOT_AUTHORIZED),
            ("GET /user/groups as $berta", r#"200 {"groups":["$still"]}"#),
        ]);
    });
}

#[test]
fn a_join_is_in_the_audit_log() {
    on_both(|zone| {
        zone.people(&["anna", "berta"]);
        zone.group("still", "anna", "moderated");
        zone.invitation("good", "anna", "still", json!({"usageLimit": 1}));
        zone.check(&join("berta", "$good"), "201 at /user/groups/$still");
        let log = audit(zone, "still");
        assert_eq!(log[0], ["berta", "joinByInvitation", "onezone"]);
    });
}

/// The audit log of a group, newest first: actor, action, front-end.
fn audit(zone: &Zone, group: &str) -> Vec<[String; 3]> {
    let ask = json!({"authToken": "$anna", "id": format!("group:${group}")});
    let log = zone.call(Protocol::Json, "GET", "getAuditLog", ask);
    let entries = log.value["entries"].as_array().unwrap().clone();
    entries
        .iter()
        .map(|entry| ["actor", "action", "via"].map(|name| entry[name].as_str().unwrap().into()))
        .collect()
}
