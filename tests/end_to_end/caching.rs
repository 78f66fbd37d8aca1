//! What browsers and proxies may keep of responses, and requests on the condition that a response has changed. The
//! random sequences of [`model`](crate::model) make conditional requests, too.

use crate::harness::{Connection, Request, Served, ask, form, get};

const MARC: &str = "123576abcdef6572134";
const PHIL: &str = "4312176fedcba675321";

/// Reads by the owner of a token, over each front-end that reads by GET.
fn reads(token: &str) -> [(&'static str, Request); 4] {
    let bearer = format!("Bearer {token}");
    let upcoming =
        format!("/services/rest/?method=group.getMyGroups&api_key=demo0demo0&token={token}");
    [
        (
            "json",
            get("json/getMyGroups").with("Authorization", &bearer),
        ),
        ("xml", get("xml/getMyGroups").with("Authorization", &bearer)),
        ("upcoming", get(&upcoming)),
        (
            "onezone",
            get("/api/v3/onezone/user/groups").with("X-Auth-Token", token),
        ),
    ]
}

#[test]
fn a_response_that_the_client_has_is_not_sent_again() {
    let server = Served::demonstration(&["--cors-origins", "https://page.example"]);
    for (name, request) in reads(MARC) {
        let request = request.with("Origin", "https://page.example");
        let first = server.send(&request.bytes());
        let tag = first.header("etag");
        assert!(tag.starts_with("W/\""), "{name}: {tag}");
        assert_eq!(first.header("cache-control"), "private, no-cache", "{name}");
        for condition in [tag, "*", &tag[2..], &format!("\"other\", {tag}")] {
            let conditional = request.clone().with("If-None-Match", condition);
            let unchanged = server.send(&conditional.bytes());
            assert_eq!((unchanged.status, unchanged.body.len()), (304, 0), "{name}");
            for header in [
                "etag",
                "cache-control",
                "vary",
                "access-control-allow-origin",
            ] {
                assert_eq!(
                    unchanged.header(header),
                    first.header(header),
                    "{name}: {header}"
                );
            }
            let exposed = unchanged.header("access-control-expose-headers");
            assert!(exposed.contains("ETag"), "{exposed}");
            for header in ["content-type", "content-length"] {
                assert!(
                    ["", "0"].contains(&unchanged.header(header)),
                    "{name}: {header}"
                );
            }
        }
        // HEAD has the same tag as GET.
        let mut head = request.clone().with("If-None-Match", tag);
        head.line = [b"HEAD", &head.line[3..]].concat();
        let mut connection = Connection::open(&server.address);
        connection.send(&head.bytes());
        assert_eq!(connection.receive_head().unwrap().status, 304, "{name}");
        // Another user's response is another one.
        let others = reads(PHIL)
            .into_iter()
            .find(|(other, _)| *other == name)
            .unwrap()
            .1;
        let response = server.send(&others.with("If-None-Match", tag).bytes());
        assert_eq!(response.status, 200, "{name}");
        assert_ne!(response.header("etag"), tag, "{name}");
        assert_ne!(response.body, first.body, "{name}");
        // What an invalid token has is never the response of a valid one.
        let invalid = reads("wrong")
            .into_iter()
            .find(|(other, _)| *other == name)
            .unwrap()
            .1;
        let response = server.send(&invalid.with("If-None-Match", "*").bytes());
        assert_ne!(response.status, 304, "{name}");
        assert_eq!(response.header("etag"), "", "{name}");
    }
}

#[test]
fn a_changed_response_is_sent_anew() {
    let server = Served::demonstration(&[]);
    let tags =
        || reads(MARC).map(|(_, request)| server.send(&request.bytes()).header("etag").to_owned());
    let before = tags();
    let join = form("json/joinGroup", format!("authToken={MARC}&id=group:1234"));
    let leave = form("json/leaveGroup", format!("authToken={MARC}&id=group:1234"));
    server.send(&join.bytes());
    for ((name, request), tag) in reads(MARC).into_iter().zip(&before) {
        let response = server.send(&request.with("If-None-Match", tag).bytes());
        assert_eq!(response.status, 200, "{name}");
        assert_ne!(response.header("etag"), tag, "{name}");
    }
    // What it was before is what the client has.
    server.send(&leave.bytes());
    assert_eq!(tags(), before);
}

#[test]
fn each_response_names_who_may_keep_it() {
    let server = Served::demonstration(&[]);
    let login = form("json/login", "login=marc&password=marcspassword");
    let posted = form("json/findGroup", format!("name=three&authToken={MARC}"));
    let sign_in = "/services/auth/?api_key=demo0demo0";
    let table = [
        (
            "a change",
            form("json/joinGroup", format!("authToken={MARC}&id=group:1234")),
            "no-store",
            false,
        ),
        ("a new token", login.clone(), "no-store", false),
        (
            "over XML",
            {
                let mut login = login;
                login.line = b"POST /api/xml/peopleaggregator/login HTTP/1.1".to_vec();
                login
            },
            "no-store",
            false,
        ),
        (
            "a token of Onezone",
            ask("POST", "/api/v3/onezone/groups/1236/users/token").with("X-Auth-Token", PHIL),
            "no-store",
            false,
        ),
        ("a read by POST", posted, "", false),
        (
            "a failed read",
            get("json/getGroup?id=group:999999"),
            "private, no-cache",
            false,
        ),
        ("a rejected call", get("json/nope"), "no-store", false),
        (
            "a document",
            get("/openapi.json"),
            "public, max-age=300",
            true,
        ),
        (
            "a style sheet",
            get("/style.css"),
            "public, max-age=300",
            true,
        ),
        (
            "a page of documentation",
            get("/docs"),
            "public, max-age=300",
            true,
        ),
        ("the page of a group", get("/group/1234"), "no-cache", true),
        ("no page", get("/nope"), "no-cache", false),
        ("a health check", get("/live"), "no-store", false),
        ("the page to sign in", get(sign_in), "no-store", false),
    ];
    for (name, request, policy, has_tag) in table {
        let response = server.send(&request.bytes());
        assert_eq!(
            response.header("cache-control"),
            policy,
            "{name}: {}",
            response.text()
        );
        assert_eq!(!response.header("etag").is_empty(), has_tag, "{name}");
        if has_tag {
            let conditional = request.with("If-None-Match", response.header("etag"));
            assert_eq!(server.send(&conditional.bytes()).status, 304, "{name}");
        }
    }
}
