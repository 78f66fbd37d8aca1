//! The public pages, at the URLs in responses.

use serde_json::json;
use trivium_test_support::Backend;

use crate::harness::{Gateway, Protocol, Story};

#[test]
fn urls_in_responses_lead_to_pages() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let anna = story.person("anna");
        let group = story.group(&anna, "<b>Open & \"wide\"</b>", "open");
        let private = story.group(&anna, "Private", "invite");
        let mine = story.get("getMyGroups", json!({"authToken": anna.token}));
        let url = |n: usize| mine.value["groups"][n]["url"].as_str().unwrap().to_owned();
        let path = |url: String| url.strip_prefix("http://test").unwrap().to_owned();

        let page = gateway.served.get(&path(url(1)));
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(
            page.header("content-security-policy")
                .starts_with("default-src 'none'")
        );
        let text = page.text();
        assert!(
            text.contains("&#60;b&#62;Open &#38; &#34;wide&#34;&#60;/b&#62;"),
            "{text}"
        );
        assert!(!text.contains("<b>") && text.contains("Any user can join."));
        assert!(text.contains(&group) && text.contains(&anna.login));

        // A private group has a URL, but no page.
        let number = private.strip_prefix("group:");
        assert_eq!(url(0).rsplit('/').next(), number);
        assert_eq!(gateway.served.get(&path(url(0))).status, 404);

        let profile = story.get("getUserProfile", json!({"login": anna.login}));
        let page = gateway.served.get(&path(profile.text("url"))).text();
        assert!(page.contains(&anna.login) && page.contains("Open") && !page.contains("Private"));
        for path in ["/", "/style.css"] {
            assert_eq!(gateway.served.get(path).status, 200);
        }
        assert_eq!(gateway.served.post("/", "text/plain", b"x").status, 405);
    }
}

#[test]
fn no_response_may_be_sniffed_for_another_type() {
    let gateway = Gateway::start(Backend::Sqlite, &[]);
    for path in [
        "/api/json/peopleaggregator/echo?echoText=x",
        "/api/json/peopleaggregator/joinGroup",
        "/api/json/peopleaggregator/nope",
        "/api/xml/peopleaggregator/getGroups",
        "/api/xml/schema.xsd",
        "/api/xmlrpc",
        "/services/rest/?method=nope",
        "/services/rest/?method=user.getInfo&user_id=1&format=json&callback=f",
        "/services/auth/?api_key=nope",
        "/api/v3/onezone/user/groups",
        "/api/v3/onezone/nope",
        "/crossdomain.xml",
        "/openapi.json",
        "/docs",
        "/live",
        "/ready",
        "/nope",
    ] {
        let response = gateway.served.get(path);
        let header = response.header("x-content-type-options");
        assert_eq!(header, "nosniff", "{path}: {}", response.status);
    }
    let call = crate::harness::xml_rpc("<methodCall/>");
    let response = gateway.served.send(&Vec::from(call));
    assert_eq!(response.header("x-content-type-options"), "nosniff");
}
