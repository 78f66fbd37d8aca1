//! A client of Upcoming, written from its documentation.

use serde_json::{Value, json};

use crate::harness::{Served, run};

const CASE: &str = include_str!("../../cases/upcoming.group.getMyGroups.json");

#[test]
fn a_client_written_from_the_documentation_works() {
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
