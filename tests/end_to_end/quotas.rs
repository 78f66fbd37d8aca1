//! Quotas: small ones, filled over every front-end, and `trivium limits`.

use serde_json::{Value, json};
use trivium_test_support::Backend;

use crate::harness::{
    Gateway, PROTOCOLS, Person, Protocol, Story, approve, form, frob, json as json_body, new_group,
};

const QUOTAS: &[&str] = &[
    "--quota-groups=2",
    "--quota-memberships=3",
    "--quota-tokens=3",
    "--quota-invitations=2",
    "--quota-frobs=2",
];

/// Runs a story over every protocol and both databases, with small quotas.
fn everywhere(story: impl Fn(&Story<'_>)) {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, QUOTAS);
        for protocol in PROTOCOLS {
            story(&Story {
                gateway: &gateway,
                protocol,
            });
        }
    }
}

/// Creates groups at the command line, which is exempt from quotas.
fn groups(story: &Story<'_>, owner: &Person, names: &[&str]) -> Vec<String> {
    let add = |name: &&str| {
        let arguments = ["group", "add", name, "--owner", &owner.login];
        story.gateway.command(&arguments, "")
    };
    names.iter().map(add).collect()
}

fn of(who: &Person, id: &str) -> Value {
    json!({"authToken": who.token, "id": id})
}

#[test]
fn a_user_owns_a_limited_number_of_groups() {
    everywhere(|story| {
        let [anna, bert] = ["anna", "bert"].map(|name| story.person(name));
        let first = story.group(&anna, "One", "open");
        story.group(&anna, "Two", "open");
        let third = || story.post("newGroup", new_group(&anna.token, "Three", "open"));
        third().fails("quota_exceeded");

        let [berts] = &groups(story, &bert, &["Four"])[..] else {
            panic!("one group");
        };
        story
            .gateway
            .command(&["member", "add", berts, &anna.login], "");
        let give = json!({"authToken": bert.token, "id": berts, "user": anna.id});
        let transfer = || story.post("transferGroup", give.clone());
        transfer().fails("quota_exceeded");

        story.post("deleteGroup", of(&anna, &first)).succeeds();
        transfer().succeeds();
        third().fails("quota_exceeded");
    });
}

#[test]
fn a_user_has_a_limited_number_of_memberships_and_requests() {
    everywhere(|story| {
        let [anna, bert] = ["anna", "bert"].map(|name| story.person(name));
        let groups = groups(story, &anna, &["One", "Two", "Three", "Four", "Five"]);
        let moderated = ["group", "edit", &groups[0], "--registration", "moderated"];
        story.gateway.command(&moderated, "");
        let join = |group: &str| story.post("joinGroup", of(&bert, group));

        join(&groups[0]).is(json!({"joinState": "in_moderation"}));
        join(&groups[1]).succeeds();
        join(&groups[2]).succeeds();
        join(&groups[3]).fails("quota_exceeded");
        // These do not need more.
        join(&groups[2]).fails("already_member");
        let approve = json!({"authToken": anna.token, "id": groups[0], "user": bert.id});
        story.post("approveJoinRequest", approve).succeeds();
        join(&groups[3]).fails("quota_exceeded");
        let new = new_group(&bert.token, "Six", "open");
        story.post("newGroup", new).fails("quota_exceeded");
        let invited = story.post("newInvitation", of(&anna, &groups[3]));
        let secret = invited.text("invitation");
        let redeem = json!({"authToken": bert.token, "invitation": secret});
        story
            .post("joinByInvitation", redeem)
            .fails("quota_exceeded");

        // A ban is no membership.
        let ban = json!({"authToken": anna.token, "id": groups[2], "user": bert.id});
        story.post("banMember", ban).succeeds();
        join(&groups[3]).succeeds();
        join(&groups[4]).fails("quota_exceeded");
        story.post("leaveGroup", of(&bert, &groups[3])).succeeds();
        join(&groups[4]).succeeds();
    });
}

#[test]
fn a_group_has_a_limited_number_of_invitations() {
    everywhere(|story| {
        let [anna, bert] = ["anna", "bert"].map(|name| story.person(name));
        let group = story.group(&anna, "One", "invite");
        let invite = || story.post("newInvitation", of(&anna, &group));
        let once = json!({"authToken": anna.token, "id": group, "usageLimit": 1});
        let once = story.post("newInvitation", once).text("invitation");
        let second = invite().text("invitationId");
        invite().fails("quota_exceeded");
        // One that is used up, and one that is revoked, make room.
        let redeem = json!({"authToken": bert.token, "invitation": once});
        story.post("joinByInvitation", redeem).succeeds();
        invite().succeeds();
        invite().fails("quota_exceeded");
        let revoke = json!({"authToken": anna.token, "id": group, "invitationId": second});
        story.post("revokeInvitation", revoke).succeeds();
        invite().succeeds();
        invite().fails("quota_exceeded");
    });
}

#[test]
fn a_login_revokes_the_oldest_token_instead_of_failing() {
    everywhere(|story| {
        let anna = story.person("anna");
        let login = json!({"login": anna.login, "password": anna.password});
        let login = || story.post("login", login.clone()).text("authToken");
        let check = |token: &str| story.get("checkToken", json!({"authToken": token})).code();
        let tokens = [login(), login(), login()];
        assert_eq!(check(&anna.token), "user_token_invalid");
        assert_eq!(tokens.each_ref().map(|token| check(token)), ["success"; 3]);
        let last = login();
        let codes = [&tokens[0], &tokens[1], &last].map(|token| check(token));
        assert_eq!(codes, ["user_token_invalid", "success", "success"]);
    });
}

#[test]
fn the_dialects_report_quotas_in_their_own_words() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, QUOTAS);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let served = &gateway.served;
        let [anna, bert] = ["anna", "bert"].map(|name| story.person(name));
        let key = gateway.command(&["key", "create", "Calendar"], "");
        let upcoming = |who: &Person, arguments: &str| {
            let body = format!("api_key={key}&token={}&{arguments}", who.token);
            let response = served.send(&Vec::from(form("/services/rest/", body)));
            (response.status, response.text())
        };
        let zone = |who: &Person, path: &str, body: &str| {
            let request = json_body(&format!("/api/v3/onezone{path}"), body);
            let response = served.send(&Vec::from(request.with("X-Auth-Token", &who.token)));
            (response.status, response.text())
        };
        let exceeded = (
            409,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <rsp stat=\"fail\" version=\"1.0\"><error msg=\"Quota exceeded.\" /></rsp>"
                .to_owned(),
        );
        let forbidden = (
            403,
r#"{"error":{"id":"forbidden","description":"You are not authorized to perform this operation."}}"#
                .to_owned(),
        );

        // Groups.
        let add = |name: &str| upcoming(&anna, &format!("method=group.add&name={name}"));
        assert_eq!(add("One").0, 200);
        assert_eq!(zone(&anna, "/user/groups", r#"{"name": "Two"}"#).0, 201);
        assert_eq!(add("Three"), exceeded);
        assert_eq!(
            zone(&anna, "/user/groups", r#"{"name": "Three"}"#),
            forbidden
        );

        // Memberships: bert joins as many as are permitted.
        let groups = groups(&story, &anna, &["Four", "Five", "Six", "Seven"]);
        let number = |id: &str| id.trim_start_matches("group:").to_owned();
        let join =
            |id: &str| upcoming(&bert, &format!("method=group.join&group_id={}", number(id)));
        for group in &groups[..3] {
            assert_eq!(join(group).0, 200);
        }
        assert_eq!(join(&groups[3]), exceeded);
        let invited = story.post("newInvitation", of(&anna, &groups[3]));
        let token = json!({"token": invited.text("invitation")}).to_string();
        assert_eq!(zone(&bert, "/user/groups/join", &token), forbidden);

        // The owner of more groups than are permitted leaves one to bert, who may own two.
        let leave = |id: &str| {
            upcoming(
                &anna,
                &format!("method=group.leave&group_id={}", number(id)),
            )
        };
        assert_eq!(leave(&groups[0]).0, 200);
        assert_eq!(leave(&groups[1]).0, 200);
        assert_eq!(leave(&groups[2]), exceeded);

        // Invitations.
        let invite = |id: &str| zone(&anna, &format!("/groups/{}/users/token", number(id)), "");
        assert_eq!(invite(&groups[3]).0, 200);
        assert_eq!(invite(&groups[3]), forbidden);

        // Frobs, and tokens of applications: those of anna are the one of the command line and two more.
        let pages = [(); 3].map(|()| approve(served, &key, &anna));
        assert_eq!(pages.each_ref().map(|page| page.status), [200, 200, 409]);
        assert!(
            pages[2].text().contains("is used up"),
            "{}",
            pages[2].text()
        );
        let exchange = |frob: &str| {
            let query = format!("method=auth.getToken&api_key={key}&frob={frob}");
            let response = served.get(&format!("/services/rest/?{query}"));
            (response.status, response.text())
        };
        assert_eq!(exchange(&frob(&pages[0])).0, 200);
        assert_eq!(exchange(&frob(&pages[1])).0, 200);
        let unused = frob(&approve(served, &key, &anna));
        assert_eq!(exchange(&unused), exceeded);
        // A login is never refused, and ends the token that is not of an application. Then all are.
        let login = json!({"login": anna.login, "password": anna.password});
        let token = story.post("login", login).text("authToken");
        story
            .get("checkToken", json!({"authToken": anna.token}))
            .fails("user_token_invalid");
        story.post("logout", json!({"authToken": token})).succeeds();
        // The frob was not used up.
        assert_eq!(exchange(&unused).0, 200);
    }
}

#[test]
fn the_command_shows_who_has_most() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, QUOTAS);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let limits = || {
            let arguments = [&["limits", "--json"], QUOTAS].concat();
            let rows = gateway.command(&arguments, "");
            serde_json::from_str::<Value>(&rows).expect("JSON")
        };
        let row = |setting: &str, limit: i64, most: i64, holder: Option<&str>| {
            let setting = format!("quota_{setting}");
            json!({"setting": setting, "limit": limit, "most": most, "holder": holder})
        };
        assert_eq!(
            limits(),
            json!([
                row("groups", 2, 0, None),
                row("memberships", 3, 0, None),
                row("tokens", 3, 0, None),
                row("invitations", 2, 0, None),
                row("frobs", 2, 0, None),
            ])
        );

        let file = gateway.scratch.folder.path().join("trivium.toml");
        std::fs::write(&file, "[quota]\ngroups = 7").expect("a file");
        let file = file.to_string_lossy();
        let rows = gateway.command(&["limits", "--json", "--config", &file], "");
        let rows: Value = serde_json::from_str(&rows).expect("JSON");
        assert_eq!(rows[0], row("groups", 7, 0, None));
        assert_eq!(rows[1], row("memberships", 10_000, 0, None));

        let [anna, bert] = ["anna", "bert"].map(|name| story.person(name));
        story.gateway.command(&["user", "token", &bert.login], "");
        let groups = groups(&story, &anna, &["One", "Two", "Three"]);
        gateway.command(&["group", "add", "Four", "--owner", &bert.login], "");
        for group in &groups {
            gateway.command(&["member", "add", group, &bert.login], "");
        }
        story
            .post("newInvitation", of(&anna, &groups[1]))
            .succeeds();
        let key = gateway.command(&["key", "create", "Calendar"], "");
        assert_eq!(approve(&gateway.served, &key, &anna).status, 200);
        let (anna, bert) = (Some(&*anna.login), Some(&*bert.login));
        assert_eq!(
            limits(),
            json!([
                row("groups", 2, 3, anna),
                row("memberships", 3, 4, bert),
                row("tokens", 3, 2, bert),
                row("invitations", 2, 1, Some(&groups[1])),
                row("frobs", 2, 1, anna),
            ])
        );
    }
}
