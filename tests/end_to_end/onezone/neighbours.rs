//! The other calls: a row for each success and each error of the contract.

use serde_json::json;

use super::{FORBIDDEN, NO_NAME, NOT_FOUND, UNAUTHORIZED, on_both};
use crate::harness::{Crowd, Protocol};

const NO_TYPE: &str = r#"400 {"error":{"id":"badValueTokenType","details":{"key":"type"},"description":"Bad value: provided \"type\" is not a valid token type."}}"#;

#[test]
fn groups_are_created_shown_listed_and_left() {
    on_both(|zone| {
        zone.people(&["anna", "berta"]);
        zone.rows(&[
            ("GET /user/groups", UNAUTHORIZED),
            ("GET /user/effective_groups", UNAUTHORIZED),
            ("GET /user/groups as $anna", r#"200 {"groups":[]}"#),
            ("GET /user/effective_groups as $anna", r#"200 {"groups":[]}"#),
            (r#"POST /user/groups <- {"name":"Three Ways"}"#, UNAUTHORIZED),
            (
                "POST /user/groups as $anna <- {}",
                r#"400 {"error":{"id":"missingRequiredValue","details":{"key":"name"},"description":"Missing required value: name."}}"#,
            ),
            (
                r#"POST /user/groups as $anna <- {"name":["Three Ways"]}"#,
                r#"400 {"error":{"id":"badValueString","details":{"key":"name"},"description":"Bad value: provided \"name\" must be a string."}}"#,
            ),
            (r#"POST /user/groups as $anna <- {"name":"a"}"#, NO_NAME),
            (r#"POST /user/groups as $anna <- {"name":"-abc"}"#, NO_NAME),
            (r#"POST /user/groups as $anna <- {"name":"a\u0001b"}"#, NO_NAME),
            (
                r#"POST /user/groups as $anna <- {"name":"Three Ways","type":"club"}"#,
                r#"400 {"error":{"id":"badValueNotAllowed","details":{"key":"type","allowed":["organization","unit","team","role_holders"]},"description":"Bad value: provided \"type\" must be one of: organization, unit, team, role_holders."}}"#,
            ),
            (
                r#"POST /user/groups as $anna <- {"name":"Three Ways","type":7}"#,
                r#"400 {"error":{"id":"badValueNotAllowed","details":{"key":"type","allowed":["organization","unit","team","role_holders"]},"description":"Bad value: provided \"type\" must be one of: organization, unit, team, role_holders."}}"#,
            ),
        ]);
        let mut made = Vec::new();
        for (kind, body) in [
            ("team", r#"{"name":"江大 (1)"}"#),
            ("organization", r#"{"name":"Whole","type":"organization"}"#),
            ("unit", r#"{"name":"Part","type":"unit"}"#),
            ("team", r#"{"name":"Team","type":"team"}"#),
            (
                "role_holders",
                r#"{"name":"Holders","type":"role_holders"}"#,
            ),
        ] {
            let answer = zone.ask(&format!("POST /user/groups as $anna <- {body}"));
            assert_eq!((answer.status, answer.body.len()), (201, 0));
            let (_, id) = answer.header("location").rsplit_once('/').unwrap();
            let mine = zone.ask(&format!("GET /user/groups/{id} as $anna")).text();
            let mine: serde_json::Value = serde_json::from_str(&mine).unwrap();
            assert_eq!(
                (mine["type"].as_str(), mine["groupId"].as_str()),
                (Some(kind), Some(id))
            );
            made.insert(0, id.to_owned());
        }
        zone.name("made", made.join("\",\""));
        zone.name("last", made[0].as_str());
        let shown = zone.call(
            Protocol::Json,
            "GET",
            "getGroup",
            json!({"authToken": "$anna", "id": "group:$last"}),
        );
        // Groups created over Onezone are private.
        let group = &shown.value["group"];
        assert_eq!(group["registrationType"], "invite");
        assert_eq!(group["accessType"], "members");
        let created: trivium_core::types::DateTime =
            group["created"].as_str().unwrap().parse().unwrap();
        zone.name("created", created.0.to_string());
        let body = r#"200 {"groupId":"$last","name":"Holders","type":"role_holders","creator":{"type":"user","id":"$anna-id"},"creationTime":$created}"#;
        zone.rows(&[
            ("GET /user/groups as $anna", r#"200 {"groups":["$made"]}"#),
            ("GET /user/effective_groups as $anna", r#"200 {"groups":["$made"]}"#),
            ("HEAD /user/groups as $anna", "200"),
            ("GET /user/groups/$last as $anna", body),
            ("GET /user/effective_groups/$last as $anna", body),
            (
                r#"POST /user/groups as $anna <- {"name":"Holders"}"#,
                r#"400 {"error":{"id":"badValueIdentifierOccupied","details":{"key":"name"},"description":"Bad value: provided identifier (\"name\") is already occupied."}}"#,
            ),
            ("GET /user/groups/$last", UNAUTHORIZED),
            ("GET /user/groups/$last as $berta", NOT_FOUND),
            ("GET /user/groups/999999 as $anna", NOT_FOUND),
            ("GET /user/groups/group:$last as $anna", NOT_FOUND),
            ("DELETE /user/groups/$last", UNAUTHORIZED),
            ("DELETE /user/groups/$last as $berta", NOT_FOUND),
            ("DELETE /user/groups/999999 as $berta", NOT_FOUND),
        ]);
        zone.invitation("good", "anna", "last", json!({}));
        zone.rows(&[
            (
                r#"POST /user/groups/join as $berta <- {"token":"$good"}"#,
                "201 at /user/groups/$last",
            ),
            ("GET /user/groups/$last as $berta", body),
            ("DELETE /user/groups/$last as $berta <- {}", "204"),
            ("DELETE /user/groups/$last as $berta", NOT_FOUND),
            ("DELETE /user/groups/$last as $anna", "204"),
            ("GET /user/groups/$last as $anna", NOT_FOUND),
        ]);
    });
}

#[test]
fn members_are_listed_and_removed() {
    on_both(|zone| {
        zone.people(&["anna", "berta", "cleo"]);
        zone.group("open", "anna", "open");
        let join = json!({"authToken": "$berta", "id": "group:$open"});
        zone.change("joinGroup", join);
        zone.rows(&[
            ("GET /groups/999999/users", NOT_FOUND),
            ("GET /groups/999999/users as $anna", NOT_FOUND),
            ("GET /groups/$open/users", UNAUTHORIZED),
            (
                "GET /groups/$open/users as $cleo",
                r#"200 {"users":["$anna-id","$berta-id"]}"#,
            ),
            ("DELETE /groups/999999/users/$berta-id as $anna", NOT_FOUND),
            ("DELETE /groups/$open/users/$berta-id", UNAUTHORIZED),
            ("DELETE /groups/$open/users/$anna-id as $berta", FORBIDDEN),
            ("DELETE /groups/$open/users/$berta-id as $cleo", FORBIDDEN),
            // Whether a user exists is not disclosed to strangers.
            ("DELETE /groups/$open/users/999999 as $cleo", FORBIDDEN),
            ("DELETE /groups/$open/users/999999 as $anna", NOT_FOUND),
            ("DELETE /groups/$open/users/$cleo-id as $anna", NOT_FOUND),
            ("DELETE /groups/$open/users/$anna-id as $anna", FORBIDDEN),
            ("DELETE /groups/$open/users/$berta-id as $anna", "204"),
            ("DELETE /groups/$open/users/$berta-id as $anna", NOT_FOUND),
            (
                "GET /groups/$open/users as $anna",
                r#"200 {"users":["$anna-id"]}"#,
            ),
        ]);
        let edit = json!({"authToken": "$anna", "id": "group:$open", "accessType": "members"});
        zone.change("editGroup", edit);
        zone.check("GET /groups/$open/users as $cleo", FORBIDDEN);
    });
}

#[test]
fn lists_are_not_paged() {
    on_both(|zone| {
        zone.person("anna");
        zone.group("first", "anna", "open");
        let crowd = Crowd::new(&zone.gateway);
        let people = crowd.people(101);
        for person in &people {
            zone.name("someone", person.tokens[0].as_str());
            let join = json!({"authToken": "$someone", "id": "group:$first"});
            zone.change("joinGroup", join);
            zone.names.retain(|(name, _)| name != "$someone");
        }
        let ids: Vec<&str> = people.iter().map(|one| &one.id["user:".len()..]).collect();
        zone.name("everybody", ids.join("\",\""));
        zone.check(
            "GET /groups/$first/users as $anna",
            r#"200 {"users":["$anna-id","$everybody"]}"#,
        );
    });
}

#[test]
fn tokens_are_created_and_revoked() {
    on_both(|zone| {
        zone.people(&["anna", "berta", "cleo"]);
        zone.group("open", "anna", "open");
        zone.rows(&[
            ("POST /groups/999999/users/token", NOT_FOUND),
            ("POST /groups/$open/users/token", UNAUTHORIZED),
            ("POST /groups/$open/users/token as $berta", FORBIDDEN),
            ("POST /groups/$open/users/token as $berta <- {}", FORBIDDEN),
        ]);
        let answer = zone.ask("POST /groups/$open/users/token as $anna <- {}");
        assert_eq!(answer.status, 200);
        let body: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!(body.as_object().unwrap().len(), 1);
        zone.name("once", body["token"].as_str().unwrap());
        zone.rows(&[
            (
                r#"POST /user/groups/join as $berta <- {"token":"$once"}"#,
                "201 at /user/groups/$open",
            ),
            (
                r#"POST /user/groups/join as $cleo <- {"token":"$once"}"#,
                r#"400 {"error":{"id":"inviteTokenUsageLimitReached","description":"The usage limit of this invite token has been reached."}}"#,
            ),
        ]);

        let called = |name: &str, group: &str, more: &str| {
            format!(
                r#"{{"name":"{name}","type":{{"inviteToken":{{"inviteType":"userJoinGroup","groupId":"{group}"}}}}{more}}}"#
            )
        };
        let far = r#","usageLimit":2,"caveats":[{"type":"time","validUntil":2000000000},{"type":"time","validUntil":1999999999}]"#;
        for (name, more, limit, end) in [
            ("near", "", "null", "null"),
            ("far", far, "2", "\"2033-05-18T03:33:19Z\""),
        ] {
            let body = called(name, "$open", more);
            let answer = zone.ask(&format!("POST /user/tokens/named as $anna <- {body}"));
            let made: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
            let (id, token) = (
                made["tokenId"].as_str().unwrap(),
                made["token"].as_str().unwrap(),
            );
            let expected =
                format!(r#"201 at /tokens/named/{id} {{"tokenId":"{id}","token":"{token}"}}"#);
            assert_eq!(super::line_of(&answer), expected);
            let list = json!({"authToken": "$anna", "id": "group:$open"});
            let list = zone.call(Protocol::Json, "GET", "getInvitations", list);
            let first = &list.value["invitations"][0];
            assert_eq!(first["invitationId"], format!("invitation:{id}"));
            assert_eq!(first["usageLimit"].to_string(), limit);
            assert_eq!(first["expiresAt"].to_string(), end);
            zone.names
                .retain(|(name, _)| name != "$named" && name != "$named-id");
            zone.name("named-id", id);
            zone.name("named", token);
        }
        zone.rows(&[
            ("DELETE /tokens/named/999999", NOT_FOUND),
            ("DELETE /tokens/named/999999 as $anna", NOT_FOUND),
            ("DELETE /tokens/named/x as $anna", NOT_FOUND),
            ("DELETE /tokens/named/$named-id", UNAUTHORIZED),
            ("DELETE /tokens/named/$named-id as $berta", FORBIDDEN),
            ("DELETE /tokens/named/$named-id as $anna", "204"),
            ("DELETE /tokens/named/$named-id as $anna", NOT_FOUND),
            (
                r#"POST /user/groups/join as $cleo <- {"token":"$named"}"#,
                r#"400 {"error":{"id":"tokenRevoked","description":"Provided token has been revoked."}}"#,
            ),
        ]);
        let named = |group: &str, more: &str| called("a token", group, more);
        let all = |who: &str, body: &str| format!("POST /user/tokens/named{who} <- {body}");
        let mine = |body: &str| all(" as $anna", body);
        zone.rows(&[
            (&all("", &named("999999", "")), UNAUTHORIZED),
            (&all("", "{}"), UNAUTHORIZED),
            (
                &all(" as $berta", &named("$open", "")),
                r#"400 {"error":{"id":"inviteTokenSubjectNotAuthorized","description":"The subject of this token is not (or no longer) authorized to issue such invitations."}}"#,
            ),
            (
                &mine(&named("x", "")),
                r#"400 {"error":{"id":"inviteTokenTargetIdInvalid","details":{"id":"x"},"description":"The target id 'x' is invalid for this type of invite token."}}"#,
            ),
            (
                &mine("{}"),
                r#"400 {"error":{"id":"missingRequiredValue","details":{"key":"name"},"description":"Missing required value: name."}}"#,
            ),
            (&mine(r#"{"name":"."}"#), NO_NAME),
            (
                &mine(&called("far", "$open", "")),
                r#"400 {"error":{"id":"badValueIdentifierOccupied","details":{"key":"name"},"description":"Bad value: provided identifier (\"name\") is already occupied."}}"#,
            ),
            (&mine(r#"{"name":"a token","type":"inviteToken"}"#), NO_TYPE),
            (&mine(r#"{"name":"a token","type":{}}"#), NO_TYPE),
            (
                &mine(r#"{"name":"a token","type":{"inviteToken":{"inviteType":"userJoinSpace"}}}"#),
                NO_TYPE,
            ),
            (
                &mine(r#"{"name":"a token","type":{"inviteToken":{"inviteType":"userJoinGroup","groupId":7}}}"#),
                NO_TYPE,
            ),
            (
                &mine(&named("$open", r#","usageLimit":"two""#)),
                r#"400 {"error":{"id":"badValueInteger","details":{"key":"usageLimit"},"description":"Bad value: provided \"usageLimit\" must be an integer."}}"#,
            ),
            (
                &mine(&named("$open", r#","usageLimit":0"#)),
                r#"400 {"error":{"id":"badValueTooLow","details":{"key":"usageLimit","limit":1},"description":"Bad value: provided \"usageLimit\" must be at least 1."}}"#,
            ),
            (
                &mine(&named("$open", r#","usageLimit":18446744073709551615"#)),
                r#"400 {"error":{"id":"badValueTooHigh","details":{"key":"usageLimit","limit":1000000},"description":"Bad value: provided \"usageLimit\" must not exceed 1000000."}}"#,
            ),
            (
                &mine(&named("$open", r#","caveats":{}"#)),
                r#"400 {"error":{"id":"badValueJSON","details":{"key":"caveats"},"description":"Bad value: provided \"caveats\" must be a valid JSON."}}"#,
            ),
            (
                &mine(&named("$open", r#","caveats":[{"type":"ip"}]"#)),
                r#"400 {"error":{"id":"badValueCaveat","details":{"caveat":{"type":"ip"}},"description":"Bad value: provided caveat is invalid, or cannot be kept by this service."}}"#,
            ),
            (
                &mine(&named("$open", r#","privileges":["group_view","group_update"]"#)),
                r#"400 {"error":{"id":"badValueListNotAllowed","details":{"key":"privileges","allowed":["group_view"]},"description":"Bad value: values of provided list \"privileges\" must be: group_view."}}"#,
            ),
            (
                &mine(&named("$open", r#","customMetadata":[]"#)),
                r#"400 {"error":{"id":"badValueJSON","details":{"key":"customMetadata"},"description":"Bad value: provided \"customMetadata\" must be a valid JSON."}}"#,
            ),
            (
                &mine(&named("$open", r#","caveats":[{"type":"time"}]"#)),
                r#"400 {"error":{"id":"missingRequiredValue","details":{"key":"validUntil"},"description":"Missing required value: validUntil."}}"#,
            ),
        ]);
        let past = mine(&named(
            "$open",
            r#","caveats":[{"type":"time","validUntil":1}]"#,
        ));
        let past = zone.ask(&past);
        assert_eq!(past.status, 400);
        assert!(past.text().starts_with(
            r#"{"error":{"id":"badValueTooLow","details":{"key":"validUntil","limit":"#
        ));
    });
}
