//! Several calls in a request: each has its own response, transaction and audit entry.

use serde_json::{Value, json};
use trivium_test_support::Backend;

use super::{PROFILES, ask, echo, echoed, fault, read};
use crate::harness::{Gateway, Protocol, Story, entry, entry_with, multicall, xml_rpc};

/// Runs a story in both profiles on both databases.
fn in_both_profiles(story: impl Fn(&Story<'_>, &str)) {
    for backend in Backend::ALL {
        for profile in PROFILES {
            let gateway = Gateway::start(backend, &profile);
            let protocol = Protocol::XmlRpc;
            story(
                &Story {
                    gateway: &gateway,
                    protocol,
                },
                profile[1],
            );
            let log = gateway.served.log();
            assert!(!log.contains("ERROR"), "{log}");
        }
    }
}

#[test]
fn a_call_has_the_same_response_as_a_single_call() {
    in_both_profiles(|story, profile| {
        let anna = story.person("anna");
        let berta = story.person("berta");
        let group = story.group(&anna, "Open", "open");
        let join = json!({"authToken": berta.token, "id": group});
        let again = match profile {
            "documented" => "already_member",
            _ => "operation_not_permitted",
        };
        let failed = |code: &str, msg: &str| json!([{"code": code, "msg": msg, "success": false}]);
        let unknown = "Call to nonexistent function 'peopleaggregator.nope'.";
        let unknown = match profile {
            "documented" => fault(-32601, unknown),
            _ => failed("system_error", unknown),
        };
        let broken = match profile {
            "documented" => -32603,
            _ => 42,
        };
        let response = ask(
            &story.gateway.served,
            multicall(&[
                entry_with("joinGroup", &join),
                entry_with("joinGroup", &join),
                entry_with("nope", &json!({})),
                entry_with("errorTest", &json!({})),
                entry_with("exceptionTest", &json!({})),
                entry_with("leaveGroup", &join),
                entry_with("joinGroup", &json!({"authToken": berta.token, "id": 1})),
                entry("peopleaggregator.echo", &[]),
                echo("last"),
            ]),
        );
        let expected = json!([
            [{"joinState": "joined", "success": true}],
            failed(again, "The user is already a member."),
            unknown,
            fault(broken, "This is a test error."),
            failed("general_some_error", "This is a test exception."),
            [{"success": true}],
            failed(
                "validation_incorrect_type",
                "Validation error (input to XML-RPC function): \
                 expected type string at position '/id', got integer"
            ),
            failed(
                "validation_request_wrapper",
                "Validation error (input to XML-RPC function): \
                 exactly one parameter, a struct, is required"
            ),
            echoed("last"),
        ]);
        assert_eq!(response, expected);
        assert_eq!(ask(&story.gateway.served, multicall(&[])), json!([]));
    });
}

#[test]
fn sixty_four_joins_have_sixty_four_audit_entries() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let protocol = Protocol::XmlRpc;
        let story = Story {
            gateway: &gateway,
            protocol,
        };
        let anna = story.person("anna");
        let group = story.group(&anna, "Open", "open");
        let crowd = crate::harness::Crowd::new(&gateway).people(64);
        let joins: Vec<String> = crowd
            .iter()
            .map(|one| {
                entry_with(
                    "joinGroup",
                    &json!({"authToken": one.tokens[0], "id": group}),
                )
            })
            .collect();
        let response = ask(&gateway.served, multicall(&joins));
        let joined = json!([{"joinState": "joined", "success": true}]);
        assert_eq!(response, json!(vec![joined; 64]));
        let log = story.get("getAuditLog", json!({"authToken": anna.token, "id": group}));
        let entries = log.value["entries"].as_array().expect("entries");
        let actors: Vec<&Value> = entries
            .iter()
            .filter(|entry| entry["action"] == "joinGroup" && entry["via"] == "xml-rpc")
            .map(|entry| &entry["actor"])
            .collect();
        // They are made in order; the log has the newest first.
        let logins: Vec<&str> = crowd.iter().rev().map(|one| one.login.as_str()).collect();
        assert_eq!(json!(actors), json!(logins));
    }
}

#[test]
fn calls_with_passwords_are_rejected_in_a_multicall() {
    in_both_profiles(|story, _| {
        let anna = story.person("anna");
        let refused = fault(
            -32602,
            "Invalid parameters: methods that take a password cannot be called in system.multicall.",
        );
        let login = json!({"login": anna.login, "password": anna.password});
        let password = json!({
            "authToken": anna.token, "oldPassword": anna.password, "newPassword": "another password",
        });
        let person = json!({
            "adminPassword": "x", "login": "new", "firstName": "", "lastName": "",
            "password": "a long password", "email": "",
        });
        let token = json!({"authToken": anna.token});
        let response = ask(
            &story.gateway.served,
            multicall(&[
                entry_with("login", &login),
                entry_with("changePassword", &password),
                entry_with("newUser", &person),
                entry_with("checkToken", &token),
            ]),
        );
        let items = response.as_array().expect("an array");
        assert_eq!(items[..3], [refused.clone(), refused.clone(), refused]);
        assert_eq!(items[3][0]["login"], json!(anna.login));
        story.post("login", login).succeeds();
    });
}

#[test]
fn a_bearer_token_applies_to_every_call() {
    in_both_profiles(|story, _| {
        let [anna, berta] = ["anna", "berta"].map(|name| story.person(name));
        let calls = multicall(&[
            entry_with("checkToken", &json!({})),
            entry_with("checkToken", &json!({"authToken": berta.token})),
        ]);
        let bearer = format!("Bearer {}", anna.token);
        let request = xml_rpc(calls).with("Authorization", &bearer);
        let response = read(&story.gateway.served, request);
        let logins = [&response[0][0]["login"], &response[1][0]["login"]];
        assert_eq!(json!(logins), json!([anna.login, berta.login]));
    });
}
