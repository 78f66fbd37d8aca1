//! What has ended is removed after the retention.

use std::time::{Duration, Instant};

use serde_json::json;
use trivium_test_support::Backend;

use crate::harness::{Gateway, Protocol, Story};

/// Repeats a question until this is the answer.
fn until<T: PartialEq + std::fmt::Debug>(expected: &T, question: impl Fn() -> T) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = question();
        if answer == *expected {
            return;
        }
        assert!(Instant::now() < deadline, "{answer:?}, not {expected:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_has_ended_is_removed_and_the_rest_is_kept() {
    for backend in Backend::ALL {
        let options = ["--retention=2s", "--token-lifetime=1h"];
        let gateway = Gateway::start(backend, &options);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let [anna, bert] = ["anna", "bert"].map(|name| story.person(name));
        let short = gateway.command(&["user", "token", &anna.login, "--ttl", "1s"], "");
        let group = story.group(&anna, "One", "invite");
        let invite = |more: serde_json::Value| {
            let mut call = json!({"authToken": anna.token, "id": group});
            let members = call.as_object_mut().expect("an object");
            members.extend(more.as_object().expect("an object").clone());
            story.post("newInvitation", call)
        };
        let kept = invite(json!({})).text("invitationId");
        let expires = invite(json!({"expiresIn": 1})).text("invitation");
        let used = invite(json!({"usageLimit": 1})).text("invitation");
        let redeem = |secret: &str| {
            let call = json!({"authToken": bert.token, "invitation": secret});
            story.post("joinByInvitation", call).code()
        };
        assert_eq!(redeem(&used), "success");
        let revoked = invite(json!({})).text("invitationId");
        let revoke = json!({"authToken": anna.token, "id": group, "invitationId": revoked});
        story.post("revokeInvitation", revoke).succeeds();

        let check = |token: &str| {
            let token = json!({"authToken": token});
            story.get("checkToken", token).code()
        };
        until(&"user_token_invalid".to_owned(), || check(&short));
        until(&"invitation_invalid".to_owned(), || redeem(&expires));
        let list = || {
            let call = json!({"authToken": anna.token, "id": group});
            let value = story.get("getInvitations", call).value;
            let ids = value["invitations"].as_array().expect("a list").iter();
            let ids = ids.map(|it| it["invitationId"].as_str().expect("an ID").to_owned());
            ids.collect::<Vec<_>>()
        };
        until(&vec![kept], list);
        assert_eq!(check(&anna.token), "success");
        let log = gateway.command(&["group", "log", &group, "--json"], "");
        assert!(log.contains("newGroup"), "audit entries are kept: {log}");
        gateway.served.log_with("removed what has ended");
        assert!(
            !gateway.served.log().contains("WARN"),
            "{}",
            gateway.served.log()
        );
    }
}

#[test]
fn old_audit_entries_are_removed_if_that_is_set() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &["--audit-retention=1s"]);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let anna = story.person("anna");
        let group = story.group(&anna, "One", "open");
        let log = || gateway.command(&["group", "log", &group, "--json"], "");
        until(&"[]".to_owned(), log);
        assert_eq!(
            story
                .get("checkToken", json!({"authToken": anna.token}))
                .code(),
            "success"
        );
    }
}
