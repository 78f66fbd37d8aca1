//! A response that would be larger than 16 MiB is an error, in every format.

use serde_json::{Value, json};
use trivium_test_support::Backend;

use crate::harness::{
    Gateway, PROTOCOLS, Person, Protocol, Served, Story, ask, entry_with, multicall, new_group,
    xml_rpc,
};

/// The number of groups, and the length of the description of each: 100 of them do not fit, 80 do.
const GROUPS: usize = 120;
const DESCRIPTION: usize = 180_000;

const MAX: usize = 16 * 1024 * 1024;

/// A user with these groups, which were imported: a text that is written over the service is shorter.
fn member_of_many(gateway: &Gateway) -> Person {
    let story = Story {
        gateway,
        protocol: Protocol::Json,
    };
    let bert = story.person("bert");
    let groups: Vec<Value> = (1..=GROUPS)
        .map(|number| {
            json!({
                "id": number, "name": format!("Group {number}"),
                "description": "d".repeat(DESCRIPTION), "moderation_level": "unmoderated",
                "event_moderation": 0, "member_moderation": 0, "is_private": 0, "topic_count": 0,
                "member_count": 7, "timestamp": "2006-08-11 13:38:44", "owner_user_id": 11392,
                "commercial_account_id": 0, "num_members": 7, "num_topics": 0,
            })
        })
        .collect();
    let document = json!({"rsp": {"stat": "ok", "version": 1, "group": groups}});
    let file = gateway.scratch.folder.path().join("groups.json");
    std::fs::write(&file, document.to_string()).expect("a file");
    let file = file.to_string_lossy();
    gateway.command(&["import", "upcoming", &file, "--member", &bert.login], "");
    bert
}

#[test]
fn a_response_has_16_mib_at_the_most() {
    for backend in Backend::ALL {
        for status in ["ok", "http"] {
            let options = ["--peopleaggregator-status", status];
            let gateway = Gateway::start(backend, &options);
            let bert = member_of_many(&gateway);
            let served = gateway.served.unrecorded();
            for protocol in PROTOCOLS {
                let mine = |rows: usize| {
                    let call = json!({"authToken": bert.token, "resultsPerPage": rows});
                    protocol.call(&served, "GET", "getMyGroups", &call)
                };
                let refused = mine(100);
                refused.fails("response_too_large");
                let expected = match (protocol, status) {
                    (Protocol::Json | Protocol::Xml, "http") => 422,
                    _ => 200,
                };
                assert_eq!(refused.status, expected);
                mine(80).succeeds();
            }
        }
    }
}

#[test]
fn later_results_of_a_multicall_are_errors() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let bert = member_of_many(&gateway);
        let served = gateway.served.unrecorded();
        let mine = |rows: usize| {
            let call = json!({"authToken": bert.token, "resultsPerPage": rows});
            entry_with("getMyGroups", &call)
        };
        let made = |name: &str| entry_with("newGroup", &new_group(&bert.token, name, "open"));
        let call = |calls: &[String]| {
            let response = served.send(&Vec::from(xml_rpc(multicall(calls))));
            assert!(response.body.len() <= MAX, "{}", response.body.len());
            let results = Protocol::XmlRpc.read(&response).value;
            let code = |result: &Value| match result[0]["code"].as_str() {
                Some(code) => code.to_owned(),
                None => result[0]["success"].to_string(),
            };
            let results = results.as_array().expect("results").iter();
            results.map(code).collect::<Vec<_>>()
        };
        let too_large = "response_too_large";
        // A smaller result still fits, and so does that of a change.
        assert_eq!(
            call(&[mine(50), mine(50), mine(30), made("One"), mine(15)]),
            ["true", too_large, "true", "true", too_large]
        );
        assert_eq!(newest(&served, &bert), "One");
        // Once the response is full, no call is made.
        let mut calls = vec![mine(90)];
        let echo = entry_with("echo", &json!({"echoText": "e".repeat(8 * 1024)}));
        calls.extend(std::iter::repeat_n(echo, 40));
        calls.push(made("Two"));
        let codes = call(&calls);
        assert_eq!(
            (&*codes[0], &*codes[1], &*codes[41]),
            ("true", "true", too_large)
        );
        let full = codes
            .iter()
            .position(|code| code == too_large)
            .expect("one");
        assert!(
            codes[full..].iter().all(|code| code == too_large),
            "{codes:?}"
        );
        assert_eq!(newest(&served, &bert), "One");
    }
}

/// The name of the newest group of a user.
fn newest(served: &Served, who: &Person) -> String {
    let call = json!({"authToken": who.token, "resultsPerPage": 10});
    let value = Protocol::Json
        .call(served, "GET", "getMyGroups", &call)
        .value;
    value["groups"][0]["name"]
        .as_str()
        .expect("a name")
        .to_owned()
}

#[test]
fn upcoming_reports_it_in_its_own_words() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let bert = member_of_many(&gateway);
        let key = gateway.command(&["key", "create", "Calendar"], "");
        let served = gateway.served.unrecorded();
        let ids: Vec<String> = (1..=100).map(|id: i32| id.to_string()).collect();
        for arguments in [
            format!("method=group.getMyGroups&token={}", bert.token),
            format!("method=group.getInfo&group_id={}", ids.join(",")),
        ] {
            let get = |format: &str| {
                let query = format!("api_key={key}&{arguments}&format={format}");
                let response = served.get(&format!("/services/rest/?{query}"));
                (response.status, response.text())
            };
            let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rsp stat=\"fail\" \
                       version=\"1.0\"><error msg=\"Response too large.\" /></rsp>";
            assert_eq!(get("xml"), (413, xml.to_owned()));
            let (status, json) = get("json");
            assert_eq!(status, 413);
            assert!(json.contains("\"Response too large.\""), "{json}");
        }
        let call = format!("api_key={key}&method=group.getInfo&group_id=1,2");
        let small = served.get(&format!("/services/rest/?{call}"));
        assert_eq!(small.status, 200);
        // Onezone lists the numbers only.
        let zone = ask("GET", "/api/v3/onezone/user/groups");
        let zone = served.send(&Vec::from(zone.with("X-Auth-Token", &bert.token)));
        let ids: Value = serde_json::from_slice(&zone.body).expect("JSON");
        assert_eq!(ids["groups"].as_array().map(Vec::len), Some(GROUPS));
    }
}
