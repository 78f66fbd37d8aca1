//! What clients call after they have joined: users, groups and privileges.

use serde_json::{Value, json};

use super::{FORBIDDEN, NO_NAME, NOT_FOUND, UNAUTHORIZED, Zone, on_both};

/// The user of a response, whose creation time is checked and left out.
fn user(zone: &Zone, request: &str) -> Value {
    let response = zone.ask(request);
    assert_eq!(response.status, 200, "{request}: {}", response.text());
    let mut user: Value = serde_json::from_str(&response.text()).unwrap();
    let created = user.as_object_mut().unwrap().remove("creationTime");
    assert!(created.unwrap().as_i64().unwrap() > 1_700_000_000);
    user
}

/// Three people; an open group of Anna that Berta has joined, and a hidden one.
fn found(zone: &mut Zone) {
    zone.people(&["anna", "berta", "cleo"]);
    zone.group("open", "anna", "open");
    zone.group("hidden", "anna", "invite");
    let join = json!({"authToken": "$berta", "id": "group:$open"});
    zone.change("joinGroup", join);
}

/// The owner of a group, as a member sees it.
fn owner(zone: &Zone, group: &str, member: &str) -> String {
    let shown = zone.ask(&format!("GET /groups/${group} as ${member}"));
    let shown: Value = serde_json::from_str(&shown.text()).unwrap();
    shown["creator"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn users_see_themselves_and_other_members() {
    on_both(|zone| {
        found(zone);
        let id = zone.fill("$berta-id");
        let mut shown = user(zone, "GET /groups/$open/users/$berta-id as $anna");
        let login = shown["username"].clone();
        let name = shown["fullName"].clone();
        let expected = json!({
            "userId": id, "fullName": name, "username": login, "name": name, "login": login,
            "alias": login,
        });
        assert_eq!(shown, expected);
        let own = user(zone, "GET /user as $berta");
        for (name, value) in [
            ("emails", json!(own["emails"])),
            ("linkedAccounts", json!([])),
            ("basicAuthEnabled", json!(true)),
            ("blocked", json!(false)),
        ] {
            shown[name] = value;
        }
        assert_eq!(own, shown);
        assert!(own["emails"].is_array());
        let other = user(zone, "GET /groups/$open/effective_users/$anna-id as $berta");
        assert_eq!(other["userId"], json!(zone.fill("$anna-id")));
        zone.rows(&[
            ("GET /user", UNAUTHORIZED),
            ("GET /groups/$open/users/$anna-id", UNAUTHORIZED),
            ("GET /groups/$open/users/$anna-id as $cleo", FORBIDDEN),
            ("GET /groups/$open/users/999999 as $cleo", FORBIDDEN),
            ("GET /groups/$open/users/$cleo-id as $cleo", NOT_FOUND),
            ("GET /groups/$open/users/$cleo-id as $anna", NOT_FOUND),
            ("GET /groups/$open/users/999999 as $anna", NOT_FOUND),
            ("GET /groups/$hidden/users/$anna-id", NOT_FOUND),
            ("GET /groups/$hidden/users/$anna-id as $cleo", NOT_FOUND),
            (
                "GET /groups/$open/effective_users as $anna",
                r#"200 {"users":["$anna-id","$berta-id"]}"#,
            ),
            ("GET /groups/$open/effective_users", UNAUTHORIZED),
        ]);
    });
}

#[test]
fn privileges_follow_from_the_role() {
    const MEMBER: &str = r#"200 {"privileges":["group_view"]}"#;
    const MODERATOR: &str = r#"200 {"privileges":["group_add_user","group_remove_user","group_view","group_view_privileges"]}"#;
    const OWNER: &str = r#"200 {"privileges":["group_add_user","group_delete","group_remove_user","group_update","group_view","group_view_privileges"]}"#;
    on_both(|zone| {
        zone.people(&["anna", "berta", "cleo", "dora"]);
        zone.group("open", "anna", "open");
        for who in ["berta", "cleo"] {
            let join = json!({"authToken": format!("${who}"), "id": "group:$open"});
            zone.change("joinGroup", join);
        }
        let role = json!({"authToken": "$anna", "id": "group:$open", "user": "user:$berta-id", "role": "moderator"});
        zone.change("setMemberRole", role);
        zone.rows(&[
            ("GET /groups/$open/users/$anna-id/privileges as $anna", OWNER),
            ("GET /groups/$open/users/$anna-id/privileges as $berta", OWNER),
            ("GET /groups/$open/users/$berta-id/privileges as $anna", MODERATOR),
            ("GET /groups/$open/users/$cleo-id/privileges as $berta", MEMBER),
            ("GET /groups/$open/effective_users/$cleo-id/privileges as $cleo", MEMBER),
            ("GET /groups/$open/users/$anna-id/privileges as $cleo", FORBIDDEN),
            ("GET /groups/$open/users/$anna-id/privileges as $dora", FORBIDDEN),
            ("GET /groups/$open/users/$anna-id/privileges", UNAUTHORIZED),
            ("GET /groups/$open/users/$dora-id/privileges as $anna", NOT_FOUND),
            ("GET /groups/999999/users/$anna-id/privileges as $anna", NOT_FOUND),
            (
                "GET /groups/privileges",
                r#"200 {"member":["group_view"],"manager":["group_add_user","group_remove_user","group_view","group_view_privileges"],"admin":["group_add_user","group_delete","group_remove_user","group_update","group_view","group_view_privileges"]}"#,
            ),
        ]);
    });
}

#[test]
fn clients_can_start() {
    on_both(|zone| {
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!(
            r#"200 {{"name":"Trivium","domain":"test","version":"{version}","build":"{version}","subdomainDelegationSupported":false,"compatibleOneproviderVersions":[],"compatibilityRegistryRevision":0,"supportedIdPs":[],"availableSpaceTags":{{}}}}"#
        );
        zone.rows(&[("GET /configuration", &expected)]);
    });
}

#[test]
fn groups_are_shown_changed_and_deleted() {
    const NOTHING: &str = r#"400 {"error":{"id":"missingAtLeastOneValue","details":{"keys":["name","type"]},"description":"Missing data, you must provide at least one of: name, type."}}"#;
    on_both(|zone| {
        found(zone);
        let same = ["/groups/$open", "/user/groups/$open"]
            .map(|path| zone.ask(&format!("GET {path} as $berta")).text());
        assert_eq!(same[0], same[1]);
        zone.rows(&[
            ("GET /groups/$open", UNAUTHORIZED),
            ("GET /groups/$open as $cleo", FORBIDDEN),
            ("GET /user/groups/$open as $cleo", NOT_FOUND),
            ("GET /groups/$hidden as $cleo", NOT_FOUND),
            ("GET /groups/$hidden", NOT_FOUND),
            ("PATCH /groups/$hidden <- {}", NOT_FOUND),
            ("PATCH /groups/$open <- {}", UNAUTHORIZED),
            ("PATCH /groups/$open as $berta <- {}", FORBIDDEN),
            ("PATCH /groups/$open as $cleo <- {}", FORBIDDEN),
            ("PATCH /groups/$open as $anna <- {}", NOTHING),
            (r#"PATCH /groups/$open as $anna <- {"description":"x"}"#, NOTHING),
            (r#"PATCH /groups/$open as $anna <- {"name":"."}"#, NO_NAME),
            (
                r#"PATCH /groups/$open as $anna <- {"name":1}"#,
                r#"400 {"error":{"id":"badValueString","details":{"key":"name"},"description":"Bad value: provided \"name\" must be a string."}}"#,
            ),
            (
                r#"PATCH /groups/$open as $anna <- {"name":"New name","type":"club"}"#,
                r#"400 {"error":{"id":"badValueNotAllowed","details":{"key":"type","allowed":["organization","unit","team","role_holders"]},"description":"Bad value: provided \"type\" must be one of: organization, unit, team, role_holders."}}"#,
            ),
            (r#"PATCH /groups/$open as $anna <- {"type":"unit"}"#, "204"),
            (r#"PATCH /groups/$open as $anna <- {"name":"New name"}"#, "204"),
        ]);
        let shown = zone.ask("GET /groups/$open as $berta").text();
        let shown: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(
            (&shown["name"], &shown["type"]),
            (&json!("New name"), &json!("unit"))
        );
        zone.rows(&[
            ("DELETE /groups/$hidden as $cleo", NOT_FOUND),
            ("DELETE /groups/$open", UNAUTHORIZED),
            ("DELETE /groups/$open as $berta", FORBIDDEN),
            ("DELETE /groups/$open as $anna", "204"),
            ("DELETE /groups/$open as $anna", NOT_FOUND),
            ("GET /groups/$open as $berta", NOT_FOUND),
        ]);
    });
}

/// The sequence of a client that sets up a group and leaves it.
#[test]
fn an_owner_who_leaves_has_a_successor() {
    on_both(|zone| {
        zone.people(&["anna", "berta", "cleo"]);
        let create = |zone: &mut Zone, name: &str, who: &str| {
            let made = zone.ask(&format!(
                r#"POST /user/groups as ${who} <- {{"name":"Club"}}"#
            ));
            let (_, id) = made.header("location").rsplit_once('/').unwrap();
            zone.name(name, id.to_owned());
        };
        create(zone, "club", "anna");
        // Berta has a group of this name, so she is passed over.
        create(zone, "other", "berta");
        let named = r#"POST /user/tokens/named as $anna <- {"name":"a token","type":{"inviteToken":{"inviteType":"userJoinGroup","groupId":"$club"}},"usageLimit":"infinity"}"#;
        let made: Value = serde_json::from_str(&zone.ask(named).text()).unwrap();
        zone.name("token", made["token"].as_str().unwrap());
        let join =
            |who: &str| format!(r#"POST /user/groups/join as ${who} <- {{"token":"$token"}}"#);
        zone.rows(&[
            (&join("berta"), "201 at /user/groups/$club"),
            // Nobody else can be the owner.
            ("DELETE /user/groups/$club as $anna", FORBIDDEN),
            (&join("cleo"), "201 at /user/groups/$club"),
            ("DELETE /user/groups/$club as $anna", "204"),
            ("GET /user/groups/$club as $anna", NOT_FOUND),
        ]);
        assert_eq!(owner(zone, "club", "berta"), zone.fill("$cleo-id"));
        zone.rows(&[
            ("DELETE /user/groups/$club as $berta", "204"),
            // The last member deletes the group.
            ("DELETE /user/groups/$club as $cleo", "204"),
            ("GET /groups/$club as $cleo", NOT_FOUND),
        ]);
    });
}
