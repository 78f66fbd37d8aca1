//! The documented responses, byte for byte.

use serde_json::Value;
use trivium_test_support::Backend;

use crate::harness::{Gateway, PROTOCOLS, Protocol, Served};

const FORM: &[u8] = include_bytes!("../cases/peopleaggregator.joinGroup.form.request");
const XML_RPC: &[u8] = include_bytes!("../cases/peopleaggregator.joinGroup.xmlrpc.request");
const UPCOMING: &str = include_str!("../cases/upcoming.group.getMyGroups.json");

fn documented_call(server: &Served, protocol: Protocol) -> crate::harness::Response {
    match protocol {
        Protocol::XmlRpc => server.post("/api/xmlrpc", "text/xml", XML_RPC),
        _ => server.post(
            &format!("/api/{}/peopleaggregator/joinGroup", protocol.word()),
            "application/x-www-form-urlencoded",
            FORM,
        ),
    }
}

#[test]
fn documented_requests_return_the_documented_bytes() {
    for (protocol, content_type, bytes) in [
        (
            Protocol::Json,
            "application/x-javascript",
            &include_bytes!("../cases/peopleaggregator.joinGroup.json.response")[..],
        ),
        (
            Protocol::Xml,
            "application/xml",
            include_bytes!("../cases/peopleaggregator.joinGroup.xml.response"),
        ),
        (
            Protocol::XmlRpc,
            "text/xml",
            include_bytes!("../cases/peopleaggregator.joinGroup.xmlrpc.response"),
        ),
    ] {
        let server = Served::demonstration(&[]);
        let response = documented_call(&server, protocol);
        assert_eq!(response.status, 200);
        assert_eq!(response.header("content-type"), content_type);
        assert_eq!(response.header("content-length"), bytes.len().to_string());
        assert_eq!(
            String::from_utf8_lossy(&response.body),
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn the_original_profile_returns_the_original_bytes() {
    for (protocol, content_type, text) in [
        (
            Protocol::Json,
            "application/x-javascript; charset=UTF-8",
            r#"{"success":true,"joinState":"joined"}"#,
        ),
        (
            Protocol::Xml,
            "application/xml",
            "<?xml version=\"1.0\"?>\n<response xmlns=\"http://peopleaggregator.com/api/xmlns#\">\
             <success>true</success><joinState>joined</joinState></response>",
        ),
        (
            Protocol::XmlRpc,
            "text/xml",
            "<?xml version=\"1.0\"?>\n<methodResponse>\n  <params>\n    <param>\n      <value>\n        <struct>\n  \
             <member><name>success</name><value><boolean>1</boolean></value></member>\n  \
             <member><name>joinState</name><value><string>joined</string></value></member>\n\
             </struct>\n      </value>\n    </param>\n  </params>\n</methodResponse>\n",
        ),
    ] {
        let server = Served::demonstration(&["--peopleaggregator-profile", "original"]);
        let response = documented_call(&server, protocol);
        assert_eq!(response.status, 200);
        assert_eq!(response.header("content-type"), content_type);
        assert_eq!(response.text(), text);
    }
}

#[test]
fn no_break_spaces_of_a_copied_request_are_accepted() {
    let server = Served::demonstration(&[]);
    let text = String::from_utf8(XML_RPC.to_vec()).unwrap();
    let copied = text
        .replace("\n ", "\n\u{A0}")
        .replace("\u{A0} ", "\u{A0}\u{A0}");
    let response = server.post("/api/xmlrpc", "text/xml", copied.as_bytes());
    assert_eq!(Protocol::XmlRpc.read(&response).text("joinState"), "joined");
}

#[test]
fn imported_groups_keep_every_field_in_every_format() {
    let document: Value = serde_json::from_str(UPCOMING).unwrap();
    let groups = document["rsp"]["group"].as_array().unwrap();
    assert_eq!(groups.len(), 18);
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let file = gateway.scratch.folder.path().join("groups.json");
        std::fs::write(&file, UPCOMING).unwrap();
        let file = file.to_str().unwrap();
        gateway.command(&["user", "add", "marc"], "");
        let imported = gateway.command(&["import", "upcoming", file, "--member", "marc"], "");
        assert_eq!(imported, "18");
        let token = gateway.command(&["user", "token", "marc"], "");
        for protocol in PROTOCOLS {
            let arguments = serde_json::json!({"authToken": token});
            let answer = protocol.call(&gateway.served, "GET", "getMyGroups", &arguments);
            assert_eq!(answer.text("totalResults"), "18");
            let got = answer.value["groups"].as_array().unwrap();
            for (group, got) in groups.iter().zip(got) {
                let text = |name: &str| match &got[name] {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(text("id"), format!("group:{}", group["id"]));
                assert_eq!(got["name"], group["name"]);
                assert_eq!(got["description"], group["description"]);
                assert_eq!(text("memberCount"), group["member_count"].to_string());
                assert_eq!(text("topicCount"), group["topic_count"].to_string());
                assert_eq!(text("owner"), format!("user:{}", group["owner_user_id"]));
                let created = group["timestamp"].as_str().unwrap().replace(' ', "T") + "Z";
                assert_eq!(text("created"), created);
                let registration = match (&group["is_private"], &group["member_moderation"]) {
                    (private, _) if *private == 1 => "invite",
                    (_, moderated) if *moderated == 1 => "moderated",
                    _ => "open",
                };
                assert_eq!(text("registrationType"), registration);
                let moderation = if group["event_moderation"] == 1 {
                    "moderated"
                } else {
                    "direct"
                };
                assert_eq!(text("moderationType"), moderation);
                assert_eq!(text("role"), "member");
            }
        }
        // New numbers follow the imported ones.
        let next = gateway.command(&["group", "add", "New", "--owner", "marc"], "");
        assert_eq!(next, "group:2084");
    }
}
