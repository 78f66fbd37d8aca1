//! Third-party XML-RPC clients, and the curl lines of the demonstration.

use serde_json::{Value, json};
use trivium_core::catalog;

use crate::harness::{Protocol, Response, Served, run};

const UPCOMING: &str = include_str!("../cases/upcoming.group.getMyGroups.json");

/// What XML-RPC clients report: the results of [`findings`], of introspection, and of a multicall.
fn findings_over_xml_rpc() -> Value {
    let mut findings = findings();
    let system = json!({
        "methods": catalog().entries.len() + 5,
        "signature": [["struct", "struct"]],
        "help": "Joins a user to a group.",
        "faults": 20_010_516,
        "several": ["marc", "already_member", -32601],
    });
    let members = system.as_object().unwrap().clone();
    findings.as_object_mut().unwrap().extend(members);
    findings
}

/// What every client reports after it logged in, joined, listed its groups and got a fault.
fn findings() -> Value {
    let document: Value = serde_json::from_str(UPCOMING).unwrap();
    let imported = document["rsp"]["group"].as_array().unwrap();
    let mut groups: Vec<Value> = imported
        .iter()
        .map(|group| {
            json!({
                "id": format!("group:{}", group["id"]), "name": group["name"],
                "description": group["description"], "memberCount": group["member_count"],
            })
        })
        .collect();
    let joined = json!({
        "id": "group:1234", "name": "Three Ways",
        "description": "A group of the demonstration.", "memberCount": 2,
    });
    // Newest first.
    groups.push(joined);
    groups.sort_by_key(|group| {
        let id = group["id"].as_str().unwrap();
        std::cmp::Reverse(id["group:".len()..].parse::<u32>().unwrap())
    });
    // The list contains texts that some clients cannot read.
    let texts = json!(groups).to_string();
    for text in ["江", "\\r\\n", "\"description\":\"\""] {
        assert!(texts.contains(text), "{text}");
    }
    json!({
        "tokenLifetime": 86_400,
        "joinState": "joined",
        "again": [false, "already_member"],
        "total": 19,
        "groups": groups,
        "fault": [-32601, "Call to nonexistent function 'peopleaggregator.nope'."],
    })
}

#[track_caller]
fn check_client(program: &str, script: &str, expected: &Value) {
    let server = Served::demonstration(&[]);
    let base = format!("http://{}", server.address);
    let output = run(program, &[script, &base], b"");
    let found: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{script}: {error}: {output:?}"));
    for (name, value) in expected.as_object().unwrap() {
        match (value.as_array(), found[name].as_array()) {
            (Some(values), Some(found)) if values.len() == found.len() => {
                for (value, found) in values.iter().zip(found) {
                    assert_eq!(found, value, "{script}: {name}");
                }
            }
            _ => assert_eq!(&found[name], value, "{script}: {name}"),
        }
    }
    assert!(!server.log().contains("ERROR"));
}

#[test]
fn python() {
    check_client("python3", "python.py", &findings_over_xml_rpc());
}

#[test]
fn node() {
    check_client("node", "node.js", &findings_over_xml_rpc());
}

#[test]
fn perl() {
    check_client("perl", "perl.pl", &findings_over_xml_rpc());
}

#[test]
fn curl() {
    check_client("sh", "curl.sh", &findings());
}

#[test]
fn printed_curl_lines_work() {
    let server = Served::demonstration(&[]);
    let lines: Vec<&str> = server
        .announcement
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("curl "))
        .collect();
    let answers: Vec<Response> = lines
        .iter()
        .map(|line| Response {
            status: 200,
            headers: Vec::new(),
            body: run("sh", &["-c", line], b"").stdout,
        })
        .collect();
    let [json, xml, upcoming, onezone, xml_rpc] = answers.as_slice() else {
        panic!("{lines:?}");
    };
    assert_eq!(upcoming.text().matches("\t<group id=").count(), 19);
    assert_eq!(onezone.text().matches(',').count(), 18);
    Protocol::Json.read(json).is(json!({"joinState": "joined"}));
    for (protocol, answer) in [(Protocol::Xml, xml), (Protocol::XmlRpc, xml_rpc)] {
        let answer = protocol.read(answer);
        answer.succeeds();
        assert_eq!(answer.text("totalResults"), "19");
    }
}
