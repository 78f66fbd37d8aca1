//! Programs of other hands: a client written from the documentation, and tools that know XML and
//! JSON better than we do.

use serde_json::{Value, json};

use crate::harness::{Served, form, get, run};

const CASE: &str = include_str!("../../cases/upcoming.group.getMyGroups.json");

#[test]
fn a_client_of_upcoming() {
    let server = Served::demonstration(&[]);
    let base = format!("http://{}", server.address);
    let output = run("python3", &["upcoming.py", &base], b"");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let document: Value = serde_json::from_str(CASE).unwrap();
    let groups: Vec<Value> = document["rsp"]["group"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| json!([group["id"], group["name"], group["description"]]))
        .collect();
    assert_eq!(
        found,
        json!({
            "user": "marc",
            "used up": [404, "Frob not found or was invalid."],
            "groups": groups,
            "joined": [200, "2"],
            "again": [409, "You are already a member of this group."],
            "asked": [202, 202],
            "private": [409, "Invalid group_id parameter."],
            "members": [["marc", "0"], ["phil", "1"]],
            "made": ["Café & 江", "a\r\nb", "1", "moderated"],
            "left": [],
            "gone": [404, "Missing valid group_id parameter"],
            "name": "Marc",
            "nobody": [404, "Missing valid email parameter"],
        })
    );
    assert!(!server.log().contains("ERROR"));
}

#[test]
fn tools_of_xml_and_json_take_every_answer() {
    let server = Served::demonstration(&[]);
    let known = "api_key=demo0demo0&token=123576abcdef6572134";
    for call in [
        "method=group.getMyGroups",
        "method=group.getMembers&group_id=1234",
        "method=group.getMembers&group_id=1234&page=9",
        "method=group.getInfo&group_id=15,157",
        "method=group.getInfo&group_id=1236",
        "method=user.getInfo&user_id=1,2",
        "method=auth.checkToken",
        "method=auth.getToken&frob=%3C%26%22",
        "method=group.join",
        "method=%3C%26%22%01",
        "",
    ] {
        let answer = |format: &str| {
            let path = format!("/services/rest/?{call}&{known}{format}");
            server.send(&Vec::from(get(&path))).body
        };
        run("xmllint", &["--noout", "-"], &answer(""));
        run(
            "jq",
            &["--exit-status", ".rsp.version == 1"],
            &answer("&format=json"),
        );
    }
    for call in [
        "join&group_id=1234",
        "join&group_id=1235",
        "add&name=%3C%22%0A%09%3E",
        "leave&group_id=1234",
    ] {
        let body = format!("method=group.{call}&{known}");
        let answer = server.send(&Vec::from(form("/services/rest/", body.as_str())));
        assert!(matches!(answer.status, 200 | 202));
        run("xmllint", &["--noout", "-"], &answer.body);
        let answer = server.send(&Vec::from(form(
            "/services/rest/",
            format!("{body}&format=json"),
        )));
        run("jq", &["--exit-status", ".rsp.version == 1"], &answer.body);
    }
}
