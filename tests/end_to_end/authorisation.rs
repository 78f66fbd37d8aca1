//! Who may do what, as data: every operation x every standing x own group and another x three
//! protocols x both databases. An operation without its row fails the test.

use std::cell::Cell;

use serde_json::{Value, json};
use trivium_core::catalog;
use trivium_rpc::{Effect, Verbs};
use trivium_test_support::Backend;

use crate::harness::{Gateway, PROTOCOLS, Person, Protocol, Story};

const OK: &str = "success";
const DENIED: &str = "user_access_denied";

/// What each standing is answered: stranger, member, requester, banned, moderator, owner.
type Codes = [&'static str; 6];

const EVERYBODY: Codes = [OK; 6];
const MODERATORS: Codes = [DENIED, DENIED, DENIED, DENIED, OK, OK];
const OWNER: Codes = [DENIED, DENIED, DENIED, DENIED, DENIED, OK];

/// An operation, what it is called with, and what it answers: in the caller's own group by
/// standing, and in somebody else's private group.
struct Row(
    &'static str,
    fn(&Scene<'_>, &Person) -> Value,
    Codes,
    &'static str,
);

const ROWS: &[Row] = &[
    Row("echo", |_, _| json!({"echoText": "x"}), EVERYBODY, OK),
    Row("echoPost", |_, _| json!({"echoText": "x"}), EVERYBODY, OK),
    Row(
        "errorTest",
        |_, _| json!({}),
        ["system_error"; 6],
        "system_error",
    ),
    Row(
        "exceptionTest",
        |_, _| json!({}),
        ["general_some_error"; 6],
        "general_some_error",
    ),
    Row("getUserList", |_, _| json!({}), EVERYBODY, OK),
    Row(
        "getUserProfile",
        |s, _| json!({"login": s.member.login}),
        EVERYBODY,
        OK,
    ),
    Row(
        "newUser",
        |_, _| json!({"adminPassword": "x", "login": "x", "firstName": "", "lastName": "", "password": "x", "email": ""}),
        ["operation_not_permitted"; 6],
        "operation_not_permitted",
    ),
    Row(
        "editUser",
        |s, _| json!({"adminPassword": "x", "id": s.member.id}),
        ["operation_not_permitted"; 6],
        "operation_not_permitted",
    ),
    Row(
        "deleteUser",
        |s, _| json!({"adminPassword": "x", "login": s.member.login}),
        ["operation_not_permitted"; 6],
        "operation_not_permitted",
    ),
    Row(
        "login",
        |s, _| json!({"login": s.owner.login, "password": s.owner.password}),
        EVERYBODY,
        OK,
    ),
    Row(
        "logout",
        |s, who| json!({"authToken": s.fresh_token(who)}),
        EVERYBODY,
        OK,
    ),
    Row("checkToken", |_, _| json!({}), EVERYBODY, OK),
    Row(
        "changePassword",
        |_, who| json!({"oldPassword": who.password, "newPassword": who.password}),
        EVERYBODY,
        OK,
    ),
    Row("getTokens", |_, _| json!({}), EVERYBODY, OK),
    Row(
        "revokeToken",
        |_, _| json!({"prefix": "-"}),
        ["user_token_not_found"; 6],
        "user_token_not_found",
    ),
    Row("getCategories", |_, _| json!({}), EVERYBODY, OK),
    Row("getGroups", |_, _| json!({}), EVERYBODY, OK),
    Row("getMyGroups", |_, _| json!({}), EVERYBODY, OK),
    Row("getGroup", |s, _| s.group(), EVERYBODY, "content_not_found"),
    Row(
        "getMembers",
        |s, _| s.group(),
        EVERYBODY,
        "content_not_found",
    ),
    Row("findGroup", |_, _| json!({"name": "x"}), EVERYBODY, OK),
    Row("newGroup", |s, _| s.new_group("moderated"), EVERYBODY, OK),
    Row(
        "editGroup",
        |s, _| with(s.group(), "tags", "x"),
        OWNER,
        DENIED,
    ),
    Row("deleteGroup", |s, _| s.group(), OWNER, DENIED),
    Row("canJoin", |s, _| s.group(), EVERYBODY, OK),
    Row(
        "joinGroup",
        |s, _| s.group(),
        [
            OK,
            "already_member",
            "join_request_pending",
            "banned",
            "already_member",
            "already_member",
        ],
        "group_not_invited",
    ),
    Row(
        "withdrawJoinRequest",
        |s, _| s.group(),
        [
            "join_request_not_found",
            "join_request_not_found",
            OK,
            "join_request_not_found",
            "join_request_not_found",
            "join_request_not_found",
        ],
        "join_request_not_found",
    ),
    Row(
        "leaveGroup",
        |s, _| s.group(),
        [
            "not_a_member",
            OK,
            "not_a_member",
            "not_a_member",
            OK,
            "owner_cannot_leave",
        ],
        "not_a_member",
    ),
    Row("newInvitation", |s, _| s.group(), MODERATORS, DENIED),
    Row("getInvitations", |s, _| s.group(), MODERATORS, DENIED),
    Row(
        "revokeInvitation",
        |s, _| with(s.group(), "invitationId", "invitation:999999"),
        [
            DENIED,
            DENIED,
            DENIED,
            DENIED,
            "invitation_invalid",
            "invitation_invalid",
        ],
        DENIED,
    ),
    Row(
        "joinByInvitation",
        |_, _| json!({"invitation": "x"}),
        ["invitation_invalid"; 6],
        "invitation_invalid",
    ),
    Row("getJoinRequests", |s, _| s.group(), MODERATORS, DENIED),
    Row(
        "approveJoinRequest",
        |s, _| with(s.group(), "user", &s.waiting.id),
        MODERATORS,
        DENIED,
    ),
    Row(
        "denyJoinRequest",
        |s, _| with(s.group(), "user", &s.waiting.id),
        MODERATORS,
        DENIED,
    ),
    Row(
        "removeMember",
        |s, _| with(s.group(), "user", &s.subject.id),
        MODERATORS,
        DENIED,
    ),
    Row(
        "banMember",
        |s, _| with(s.group(), "user", &s.subject.id),
        MODERATORS,
        DENIED,
    ),
    Row(
        "unbanMember",
        |s, _| with(s.group(), "user", &s.banned.id),
        MODERATORS,
        DENIED,
    ),
    Row(
        "setMemberRole",
        |s, _| with(with(s.group(), "user", &s.subject.id), "role", "moderator"),
        OWNER,
        DENIED,
    ),
    Row(
        "transferGroup",
        |s, _| with(s.group(), "user", &s.subject.id),
        OWNER,
        DENIED,
    ),
    Row("getAuditLog", |s, _| s.group(), MODERATORS, DENIED),
];

fn with(mut call: Value, name: &str, value: &str) -> Value {
    call[name] = json!(value);
    call
}

/// People in every standing towards a group, and a private group of somebody else.
struct Scene<'a> {
    story: Story<'a>,
    stranger: Person,
    member: Person,
    requester: Person,
    banned: Person,
    moderator: Person,
    owner: Person,
    /// A member on whom others act.
    subject: Person,
    /// Somebody who waits, on whom others act.
    waiting: Person,
    private: String,
    group: String,
    /// Whether the calls are about the private group.
    elsewhere: Cell<bool>,
    made: Cell<u32>,
}

impl<'a> Scene<'a> {
    fn new(story: Story<'a>) -> Self {
        let [
            stranger,
            member,
            requester,
            banned,
            moderator,
            owner,
            subject,
            waiting,
        ] = [
            "stranger",
            "member",
            "requester",
            "banned",
            "moderator",
            "owner",
            "subject",
            "waiting",
        ]
        .map(|name| story.person(name));
        let somebody = story.person("somebody");
        let private = story.group(&somebody, "Private", "invite");
        let mut scene = Self {
            story,
            stranger,
            member,
            requester,
            banned,
            moderator,
            owner,
            subject,
            waiting,
            private,
            group: String::new(),
            elsewhere: Cell::new(false),
            made: Cell::new(0),
        };
        scene.renew();
        scene
    }

    fn group(&self) -> Value {
        let id = if self.elsewhere.get() {
            &self.private
        } else {
            &self.group
        };
        json!({"id": id})
    }

    fn new_group(&self, registration: &str) -> Value {
        self.made.set(self.made.get() + 1);
        json!({
            "name": format!("Number {}", self.made.get()), "category": "cat:1", "tags": "",
            "description": "", "image": "", "accessType": "public",
            "registrationType": registration, "moderationType": "direct",
        })
    }

    /// Another group in which everybody stands as they should.
    fn renew(&mut self) {
        let call = |name: &str, who: &Person, arguments: Value| {
            let arguments = with(arguments, "authToken", &who.token);
            let answer = Protocol::Json.call(&self.story.gateway.served, "POST", name, &arguments);
            answer.succeeds();
            answer
        };
        let group = call("newGroup", &self.owner, self.new_group("moderated")).text("id");
        let of = |who: &Person| json!({"id": group, "user": who.id});
        for who in [
            &self.member,
            &self.moderator,
            &self.subject,
            &self.requester,
            &self.waiting,
        ] {
            call("joinGroup", who, json!({"id": group}));
        }
        for who in [&self.member, &self.moderator, &self.subject] {
            call("approveJoinRequest", &self.owner, of(who));
        }
        call(
            "setMemberRole",
            &self.owner,
            with(of(&self.moderator), "role", "moderator"),
        );
        call("banMember", &self.owner, of(&self.banned));
        self.group = group;
    }

    fn fresh_token(&self, who: &Person) -> String {
        self.story
            .gateway
            .command(&["user", "token", &who.login], "")
    }

    fn call(&self, row: &Row, who: &Person, token: Option<&str>) -> String {
        let entry = catalog().find(row.0).expect("an operation");
        let mut arguments = (row.1)(self, who);
        if entry.credential.is_token()
            && arguments.get("authToken").is_none()
            && let Some(token) = token
        {
            arguments["authToken"] = json!(token);
        }
        let answer = match entry.declared.verbs {
            Verbs::Get => self.story.get(row.0, arguments),
            Verbs::Post | Verbs::Any => self.story.post(row.0, arguments),
        };
        match answer.code().as_str() {
            // errorTest is a fault over XML-RPC.
            "fault -32603" if row.0 == "errorTest" => "system_error".to_owned(),
            code => code.to_owned(),
        }
    }
}

#[test]
fn every_operation_has_its_row() {
    let rows: Vec<&str> = ROWS.iter().map(|row| row.0).collect();
    let operations: Vec<&str> = catalog().entries.iter().map(|entry| entry.name()).collect();
    assert_eq!(rows, operations);
}

#[test]
fn everybody_may_what_the_matrix_says_and_no_more() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        for protocol in PROTOCOLS {
            matrix(&mut Scene::new(Story {
                gateway: &gateway,
                protocol,
            }));
        }
        assert!(
            !gateway.served.log().contains("ERROR"),
            "{}",
            gateway.served.log()
        );
    }
}

fn matrix(scene: &mut Scene<'_>) {
    let protocol = scene.story.protocol;
    for row in ROWS {
        let changes =
            catalog().find(row.0).expect("an operation").declared.effect == Effect::Change;
        let people = [
            scene.stranger.clone(),
            scene.member.clone(),
            scene.requester.clone(),
            scene.banned.clone(),
            scene.moderator.clone(),
            scene.owner.clone(),
        ];
        for (who, expected) in people.iter().zip(row.2) {
            scene.elsewhere.set(true);
            let answer = scene.call(row, who, Some(&who.token));
            assert_eq!(
                answer, row.3,
                "{} by {} elsewhere, {protocol:?}",
                row.0, who.login
            );
            scene.elsewhere.set(false);
            let answer = scene.call(row, who, Some(&who.token));
            assert_eq!(answer, expected, "{} by {}, {protocol:?}", row.0, who.login);
            // What succeeded may have changed how people stand.
            if changes && expected == OK && scene.group().get("id").is_some() {
                scene.renew();
            }
        }
    }
    nobody(scene);
}

/// Without a token, with one that has expired, and with one of a disabled person.
fn nobody(scene: &mut Scene<'_>) {
    let gateway = scene.story.gateway;
    let disabled = scene.story.person("disabled");
    gateway.command(&["user", "disable", &disabled.login], "");
    let expired = gateway.command(&["user", "token", &scene.owner.login, "--ttl", "1s"], "");
    let check = || {
        scene
            .story
            .get("checkToken", json!({"authToken": expired}))
            .code()
    };
    while check() == OK {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    for row in ROWS {
        let entry = catalog().find(row.0).expect("an operation");
        let rule = entry.rules.iter().find(|rule| rule.name == "authToken");
        // Logging out takes a token of its own above.
        let row = &Row(
            row.0,
            if row.0 == "logout" {
                |_, _| json!({})
            } else {
                row.1
            },
            row.2,
            row.3,
        );
        let owner = scene.owner.clone();
        let (none, old, shut) = match rule {
            // Who needs no token is not asked for one.
            None => (row.2[5], row.2[5], row.2[5]),
            Some(rule) if rule.required => (
                "validation_missing_key",
                "user_token_expired",
                "user_token_invalid",
            ),
            Some(_) => (OK, "user_token_expired", "user_token_invalid"),
        };
        let name = row.0;
        assert_eq!(
            scene.call(row, &owner, None),
            none,
            "{name} without a token"
        );
        assert_eq!(
            scene.call(row, &owner, Some(&expired)),
            old,
            "{name} with an old token"
        );
        assert_eq!(
            scene.call(row, &owner, Some(&disabled.token)),
            shut,
            "{name}, disabled"
        );
    }
}
