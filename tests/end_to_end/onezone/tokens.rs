//! Named tokens: access tokens and invitations, as those who created them see and change them.

use serde_json::{Value, json};

use super::{FORBIDDEN, NOT_FOUND, UNAUTHORIZED, Zone, on_both};
use crate::harness::Protocol;

const OCCUPIED: &str = r#"400 {"error":{"id":"badValueIdentifierOccupied","details":{"key":"name"},"description":"Bad value: provided identifier (\"name\") is already occupied."}}"#;

const MISSING: &str = r#"400 {"error":{"id":"missingRequiredValue","details":{"key":"token"},"description":"Missing required value: token."}}"#;

const BAD_TOKEN: &str = r#"400 {"error":{"id":"badValueToken","details":{"key":"token","tokenError":{"id":"badToken","description":"Provided token could not be understood by the server."}},"description":"Bad value: provided \"token\" is not a valid token (see details)."}}"#;

/// The values of an invitation to the group `$club`.
const INVITE: &str = r#","type":{"inviteToken":{"inviteType":"userJoinGroup","groupId":"$club"}}"#;

/// The values of a token that expires.
const FAR: &str = r#","caveats":[{"type":"time","validUntil":2000000000}]"#;

/// A response that succeeds, as JSON.
fn value(zone: &Zone, request: &str) -> Value {
    let response = zone.ask(request);
    assert!(
        [200, 201].contains(&response.status),
        "{request}: {response:?}"
    );
    serde_json::from_str(&response.text()).unwrap()
}

/// Creates a token: `$name` is its secret, `$name-id` its ID.
fn create(zone: &mut Zone, name: &str, who: &str, more: &str) {
    let request = format!(r#"POST /user/tokens/named as ${who} <- {{"name":"{name}"{more}}}"#);
    let made = value(zone, &request);
    zone.name(
        &format!("{name}-id"),
        made["tokenId"].as_str().unwrap().to_owned(),
    );
    zone.name(name, made["token"].as_str().unwrap().to_owned());
}

fn start(zone: &mut Zone) {
    zone.people(&["anna", "berta"]);
    zone.group("club", "anna", "invite");
    create(zone, "laptop", "anna", "");
    create(zone, "spring", "anna", INVITE);
}

#[test]
fn tokens_are_listed_for_those_who_created_them() {
    on_both(|zone| {
        start(zone);
        // An access token authenticates its user, and an invitation does not.
        zone.check("GET /user/groups as $laptop", r#"200 {"groups":["$club"]}"#);
        assert_eq!(zone.ask("GET /user/groups as $spring").status, 401);
        let ids = r#"200 {"tokens":["$laptop-id","$spring-id"]}"#;
        zone.rows(&[
            ("GET /user/tokens/named as $anna", ids),
            ("GET /users/$anna-id/tokens/named as $laptop", ids),
            ("GET /user/tokens/named as $berta", r#"200 {"tokens":[]}"#),
            ("GET /users/$anna-id/tokens/named as $berta", FORBIDDEN),
            (
                r#"POST /users/$anna-id/tokens/named as $berta <- {"name":"hers"}"#,
                FORBIDDEN,
            ),
            ("GET /users/$anna-id/tokens/named", UNAUTHORIZED),
            ("GET /user/tokens/named", UNAUTHORIZED),
            ("GET /tokens/named/$laptop-id", UNAUTHORIZED),
            ("GET /tokens/named/$laptop-id as $berta", FORBIDDEN),
            ("GET /tokens/named/$spring-id/status as $berta", FORBIDDEN),
            ("GET /tokens/named/a999999", NOT_FOUND),
            ("GET /tokens/named/999999 as $anna", NOT_FOUND),
            ("GET /tokens/named/a as $anna", NOT_FOUND),
            ("GET /user/tokens/named/name/autumn as $anna", NOT_FOUND),
            ("GET /user/tokens/named/name/%00 as $anna", NOT_FOUND),
            ("GET /user/tokens/named/name/%ff as $anna", NOT_FOUND),
            ("GET /user/tokens/named/name/laptop as $berta", NOT_FOUND),
            (
                "GET /users/$anna-id/tokens/named/name/laptop as $berta",
                FORBIDDEN,
            ),
            (
                "GET /tokens/named/$laptop-id/status as $anna",
                r#"200 {"revoked":false}"#,
            ),
        ]);
    });
}

#[test]
fn tokens_are_shown_without_their_secrets() {
    on_both(|zone| {
        start(zone);
        let more = format!(r#"{FAR},"usageLimit":"x","customMetadata":{{"a":[1]}}"#);
        create(zone, "phone", "anna", &more);
        let more = format!(r#"{INVITE}{FAR},"usageLimit":"5""#);
        create(zone, "summer", "anna", &more);
        let access = json!({"accessToken": {}});
        let invite = json!({"inviteToken": {"inviteType": "userJoinGroup", "groupId": "$club"}});
        let far = json!([{"type": "time", "validUntil": 2_000_000_000}]);
        let usage = |limit: Value| json!({"custom": {}, "privileges": ["group_view"], "usageLimit": limit, "usageCount": 0});
        for (name, kind, caveats, metadata) in [
            ("laptop", &access, &json!([]), json!({"custom": {}})),
            ("phone", &access, &far, json!({"custom": {"a": [1]}})),
            ("spring", &invite, &json!([]), usage("infinity".into())),
            ("summer", &invite, &far, usage(5.into())),
        ] {
            let by_name = format!("GET /user/tokens/named/name/{name} as $anna");
            let mut shown = value(zone, &by_name);
            let also = value(zone, &format!("GET /tokens/named/${name}-id as $anna"));
            assert_eq!(shown, also);
            let metadata_shown = shown["metadata"].as_object_mut().unwrap();
            let created = metadata_shown.remove("creationTime").unwrap();
            assert!(created.as_i64().unwrap() > 1_700_000_000);
            let expected = json!({
                "id": format!("${name}-id"), "name": name,
                "subject": {"type": "user", "id": "$anna-id"},
                "type": kind, "caveats": caveats, "revoked": false, "metadata": metadata,
            });
            let expected: Value = serde_json::from_str(&zone.fill(&expected.to_string())).unwrap();
            assert_eq!(shown, expected);
        }
    });
}

#[test]
fn tokens_are_renamed() {
    on_both(|zone| {
        start(zone);
        let patch =
            |who: &str, body: &str| format!("PATCH /tokens/named/$laptop-id{who} <- {body}");
        let anna = |body: &str| patch(" as $anna", body);
        zone.rows(&[
            (&patch("", r#"{"name":"desk top"}"#), UNAUTHORIZED),
            (&patch(" as $berta", r#"{"name":"desk top"}"#), FORBIDDEN),
            ("PATCH /tokens/named/a999999 as $anna <- {}", NOT_FOUND),
            (
                &anna(r#"{"type":{}}"#),
                r#"400 {"error":{"id":"missingAtLeastOneValue","details":{"keys":["customMetadata","name","revoked"]},"description":"Missing data, you must provide at least one of: customMetadata, name, revoked."}}"#,
            ),
            (
                &anna(r#"{"name":"desk top","revoked":"yes"}"#),
                r#"400 {"error":{"id":"badValueBoolean","details":{"key":"revoked"},"description":"Bad value: provided \"revoked\" must be a boolean."}}"#,
            ),
            (&anna(r#"{"name":"spring"}"#), OCCUPIED),
            // Nothing of a rejected call remains.
            (&anna(r#"{"revoked":true,"name":"spring"}"#), OCCUPIED),
            (
                "GET /tokens/named/$laptop-id/status as $anna",
                r#"200 {"revoked":false}"#,
            ),
            (&anna(r#"{"name":"desk top"}"#), "204"),
            (&anna(r#"{"customMetadata":{"b":null}}"#), "204"),
            (
                r#"POST /user/tokens/named as $anna <- {"name":"desk top"}"#,
                OCCUPIED,
            ),
        ]);
        let shown = value(zone, "GET /user/tokens/named/name/desk%20top as $anna");
        assert_eq!(shown["metadata"]["custom"], json!({"b": null}));
        // Another user may have the name, too.
        create(zone, "spring", "berta", "");
    });
}

#[test]
fn access_tokens_are_revoked_and_restored() {
    on_both(|zone| {
        start(zone);
        let revoked =
            |to: bool| format!(r#"PATCH /tokens/named/$laptop-id as $anna <- {{"revoked":{to}}}"#);
        zone.check(&revoked(true), "204");
        assert_eq!(zone.ask("GET /user as $laptop").status, 401);
        zone.rows(&[
            (
                "GET /tokens/named/$laptop-id/status as $anna",
                r#"200 {"revoked":true}"#,
            ),
            ("DELETE /tokens/named/$laptop-id as $anna", NOT_FOUND),
            (&revoked(false), "204"),
            (&revoked(false), "204"),
        ]);
        assert_eq!(zone.ask("GET /user as $laptop").status, 200);
        zone.check("DELETE /tokens/named/$laptop-id as $berta", FORBIDDEN);
        zone.check("DELETE /tokens/named/$laptop-id as $anna", "204");
        assert_eq!(zone.ask("GET /user as $laptop").status, 401);
    });
}

#[test]
fn invitations_are_revoked_and_restored_by_moderators() {
    on_both(|zone| {
        start(zone);
        let revoked = |token: &str, who: &str, to: bool| {
            format!(r#"PATCH /tokens/named/${token}-id as ${who} <- {{"revoked":{to}}}"#)
        };
        let join = r#"POST /user/groups/join as $berta <- {"token":"$spring"}"#;
        zone.rows(&[
            (&revoked("spring", "anna", true), "204"),
            (
                join,
                r#"400 {"error":{"id":"tokenRevoked","description":"Provided token has been revoked."}}"#,
            ),
            (&revoked("spring", "anna", false), "204"),
            (join, "201 at /user/groups/$club"),
        ]);
        let log = json!({"authToken": "$anna", "id": "group:$club"});
        let log = zone.call(Protocol::Json, "GET", "getAuditLog", log);
        let entries = log.value["entries"].as_array().unwrap();
        let actions: Vec<&str> = entries
            .iter()
            .filter_map(|entry| entry["action"].as_str())
            .collect();
        let last = ["joinByInvitation", "restoreInvitation", "revokeInvitation"];
        assert_eq!(actions[..3], last);
        // Who moderates the group no more cannot restore an invitation.
        let role = |role: &str| json!({"authToken": "$anna", "id": "group:$club", "user": "user:$berta-id", "role": role});
        zone.change("setMemberRole", role("moderator"));
        create(zone, "hers", "berta", INVITE);
        zone.check(&revoked("hers", "berta", true), "204");
        zone.change("setMemberRole", role("member"));
        zone.check(&revoked("hers", "berta", false), FORBIDDEN);
        zone.check(
            "GET /tokens/named/$hers-id/status as $berta",
            r#"200 {"revoked":true}"#,
        );
    });
}

#[test]
fn tokens_are_examined() {
    on_both(|zone| {
        start(zone);
        create(zone, "phone", "anna", FAR);
        let examine = |token: &str| format!(r#"POST /tokens/examine <- {{"token":"{token}"}}"#);
        let shown = |name: &str, rest: &str| {
            format!(
                r#"200 {{"onezoneDomain":"test","id":"${name}-id","persistence":"named","subject":{{"type":"user","id":"$anna-id"}},{rest}}}"#
            )
        };
        let invite = r#""type":{"inviteToken":{"inviteType":"userJoinGroup","groupId":"$club"}},"caveats":[]"#;
        let far =
            r#""type":{"accessToken":{}},"caveats":[{"type":"time","validUntil":2000000000}]"#;
        zone.rows(&[
            (
                &examine("$laptop"),
                &shown("laptop", r#""type":{"accessToken":{}},"caveats":[]"#),
            ),
            (&examine("$phone"), &shown("phone", far)),
            (&examine("$spring"), &shown("spring", invite)),
            (&examine("unknown"), BAD_TOKEN),
            (
                &examine(""),
                r#"400 {"error":{"id":"badValueEmpty","details":{"key":"token"},"description":"Bad value: provided \"token\" must not be empty."}}"#,
            ),
            ("POST /tokens/examine", MISSING),
        ]);
    });
}

#[test]
fn invitations_are_verified() {
    on_both(|zone| {
        start(zone);
        create(
            zone,
            "once",
            "anna",
            &format!(r#"{INVITE}{FAR},"usageLimit":1"#),
        );
        let verify = |token: &str, more: &str| {
            format!(r#"POST /tokens/verify_invite_token <- {{"token":"${token}"{more}}}"#)
        };
        let group = r#","expectedInviteType":"userJoinGroup""#;
        let space = r#","expectedInviteType":"userJoinSpace""#;
        zone.rows(&[
            ("POST /tokens/verify_invite_token", MISSING),
            (r#"POST /tokens/verify_invite_token <- {"token":"unknown"}"#, BAD_TOKEN),
            (
                &verify("spring", space),
                r#"400 {"error":{"id":"badValueInviteType","details":{"key":"expectedInviteType"},"description":"Bad value: provided \"expectedInviteType\" is not a valid invite type."}}"#,
            ),
            (
                &verify("laptop", ""),
                r#"400 {"error":{"id":"notAnInviteToken","details":{"expectedInviteType":"any","received":{"accessToken":{}}},"description":"Expected an invitation token, but received a(n) access token."}}"#,
            ),
            (
                &verify("laptop", group),
                r#"400 {"error":{"id":"notAnInviteToken","details":{"expectedInviteType":"userJoinGroup","received":{"accessToken":{}}},"description":"Expected an invitation token of type 'userJoinGroup', but received a(n) access token."}}"#,
            ),
        ]);
        let genuine = r#"200 {"subject":{"type":"user","id":"$anna-id"},"ttl":null}"#;
        zone.check(
            &verify("spring", r#","peerIp":"::1","consumerToken":"x""#),
            genuine,
        );
        // Neither its usage limit nor its group is checked.
        zone.check(
            r#"POST /user/groups/join as $berta <- {"token":"$once"}"#,
            "201 at /user/groups/$club",
        );
        assert!(value(zone, &verify("once", group))["ttl"].as_i64().unwrap() > 0);
        zone.check("DELETE /groups/$club as $anna", "204");
        zone.check(&verify("spring", ""), genuine);
        // Its issuer is.
        zone.gateway.command(&["user", "disable", "anna"], "");
        zone.check(
            &verify("spring", ""),
            r#"400 {"error":{"id":"userBlocked","description":"The user is blocked."}}"#,
        );
    });
}

/// The calls of a client from the creation of a group to its end, under another owner.
#[test]
fn a_group_lives() {
    on_both(|zone| {
        zone.people(&["anna", "berta"]);
        let made = zone.ask(r#"POST /user/groups as $anna <- {"name":"Reading Club"}"#);
        let (_, id) = made.header("location").rsplit_once('/').unwrap();
        zone.name("club", id.to_owned());
        create(
            zone,
            "door",
            "anna",
            &format!(r#"{INVITE},"usageLimit":"infinity""#),
        );
        zone.rows(&[
            (
                r#"POST /tokens/verify_invite_token <- {"token":"$door","expectedInviteType":"userJoinGroup"}"#,
                r#"200 {"subject":{"type":"user","id":"$anna-id"},"ttl":null}"#,
            ),
            (
                r#"POST /user/groups/join as $berta <- {"token":"$door"}"#,
                "201 at /user/groups/$club",
            ),
            (
                "GET /groups/$club/users/$berta-id/privileges as $berta",
                r#"200 {"privileges":["group_view"]}"#,
            ),
        ]);
        assert_eq!(
            value(zone, "GET /groups/$club as $berta")["name"],
            "Reading Club"
        );
        let users = value(zone, "GET /groups/$club/users as $berta");
        assert_eq!(users["users"].as_array().unwrap().len(), 2);
        let shown = value(zone, "GET /groups/$club/users/$anna-id as $berta");
        assert_eq!(shown["username"], "anna");
        zone.check(
            r#"PATCH /groups/$club as $anna <- {"name":"Readers"}"#,
            "204",
        );
        assert_eq!(
            value(zone, "GET /groups/$club as $berta")["name"],
            "Readers"
        );
        zone.check("DELETE /user/groups/$club as $anna", "204");
        zone.rows(&[
            ("GET /groups/$club as $anna", NOT_FOUND),
            // The issuer of the invitation has left.
            (
                r#"POST /user/groups/join as $anna <- {"token":"$door"}"#,
                r#"400 {"error":{"id":"inviteTokenSubjectNotAuthorized","description":"The subject of this token is not (or no longer) authorized to issue such invitations."}}"#,
            ),
            ("DELETE /groups/$club as $berta", "204"),
            ("GET /groups/$club as $berta", NOT_FOUND),
        ]);
    });
}

#[test]
fn the_groups_of_everybody_are_for_nobody() {
    on_both(|zone| {
        zone.person("anna");
        zone.rows(&[
            ("GET /groups", UNAUTHORIZED),
            ("GET /groups as $anna", FORBIDDEN),
        ]);
    });
}
