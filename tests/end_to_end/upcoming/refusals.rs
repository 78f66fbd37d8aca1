//! Rejected requests, in the format of the dialect.

use super::{Fixture, everywhere};
use crate::harness::{Gateway, ask, get, post};
use trivium_test_support::Backend;

#[test]
fn bad_requests_are_rejected() {
    everywhere(|fixture| {
        let Fixture { key, bert, .. } = fixture;
        let good = format!(
            "method=group.getMyGroups&api_key={key}&token={}",
            bert.token
        );
        let get = |parameters: &str| fixture.send("GET", parameters);
        for parameters in ["", "method=", "method=group.joyn", "method=Group.Join"] {
            fixture.refused(&get(parameters), 404, "Method not found.");
        }
        fixture.refused(
            &get(&format!("{good}&method=group.join")),
            409,
            "Duplicate method parameter.",
        );
        fixture.refused(
            &get(&format!("{good}&%3C%22=1&%3C%22=2")),
            409,
            "Duplicate &lt;&quot; parameter.",
        );
        fixture.refused(
            &get(&format!("{good}&format=yaml")),
            409,
            "Invalid format parameter.",
        );
        let long = "x".repeat(129);
        assert_eq!(get(&format!("{good}&{long}=1")).status, 413);
        let values = "&a".repeat(1_001);
        assert_eq!(get(&format!("{good}{values}")).status, 413);

        let wrong = "Wrong HTTP verb. The header Allow contains the accepted verbs.";
        let post_only = get(&format!("method=group.join&api_key={key}"));
        fixture.refused(&post_only, 405, wrong);
        assert_eq!(post_only.header("allow"), "POST");
        let get_only = fixture.send("POST", &good);
        fixture.refused(&get_only, 405, wrong);
        assert_eq!(get_only.header("allow"), "GET, HEAD");

        let served = &fixture.gateway.served;
        for verb in ["OPTIONS", "PUT", "DELETE"] {
            let target = format!("/services/rest/?{good}");
            let response = served.send(&Vec::from(ask(verb, &target)));
            assert_eq!(
                (response.status, response.header("allow")),
                (405, "GET, HEAD")
            );
        }
        let head = served.send(&Vec::from(ask("HEAD", &format!("/services/rest/?{good}"))));
        assert_eq!((head.status, head.body.len()), (200, 0));
        for (kind, status) in [
            ("application/json", 415),
            ("application/x-www-form-urlencoded; charset=UTF-8", 200),
        ] {
            let body = format!(
                "method=group.join&api_key={key}&token={}&group_id={}",
                bert.token, fixture.open
            );
            let response = served.post("/services/rest/", kind, body.as_bytes());
            assert_eq!(response.status, status, "{kind}");
        }
        let squeezed = post(
            "/services/rest/",
            "application/x-www-form-urlencoded",
            "a=b",
        )
        .with("Content-Encoding", "gzip");
        assert_eq!(served.send(&Vec::from(squeezed)).status, 415);
        let much = vec![b'a'; 300 * 1024];
        let response = served.post(
            "/services/rest/",
            "application/x-www-form-urlencoded",
            &much,
        );
        fixture.refused(
            &response,
            413,
            "The request has a body of more than 256 KiB, which exceeds the limits of this service.",
        );
    });
}

#[test]
fn parameters_are_read_from_query_and_form() {
    everywhere(|fixture| {
        let Fixture {
            key, bert, open, ..
        } = fixture;
        let path = format!("/services/rest//?method=group.join&api_key={key}&group_id=999999");
        let body = format!("token={}&group_id={open}", bert.token);
        let response = fixture.gateway.served.post(
            &path,
            "application/x-www-form-urlencoded",
            body.as_bytes(),
        );
        assert_eq!(response.status, 200, "{}", response.text());
        // Clients behind a proxy send an absolute target, in HTTP/1.0.
        let line = format!(
            "GET http://upcoming.org/services/rest/?method=group.getMyGroups&api_key={key}&token={} HTTP/1.0\r\n\r\n",
            bert.token
        );
        let response = fixture.gateway.served.send(line.as_bytes());
        assert_eq!(response.status, 200);
        assert!(response.text().contains(&format!("<group id=\"{open}\"")));
    });
}

#[test]
fn jsonp_is_available_without_a_token() {
    everywhere(|fixture| {
        let Fixture {
            key, open, bert, ..
        } = fixture;
        let info = |rest: &str| {
            fixture.send(
                "GET",
                &format!("method=group.getInfo&api_key={key}&group_id={open}&format=json&{rest}"),
            )
        };
        fixture.gateway.command(
            &[
                "group",
                "edit",
                &format!("group:{open}"),
                "--description",
                "</script>\u{2028}",
            ],
            "",
        );
        let script = info("callback=a.b");
        let text = script.text();
        assert!(
            text.starts_with("/**/a.b({\n") && text.ends_with("\n});"),
            "{text}"
        );
        assert!(
            text.contains("\\u003c\\/script>\\u2028") && !text.contains('<'),
            "{text}"
        );
        assert_eq!(
            script.header("content-type"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(script.header("x-content-type-options"), "nosniff");

        let token = format!("callback=f&token={}", bert.token);
        for rest in [
            "callback=",
            "callback=a%28%29",
            "callback=1",
            "callback=a.b.c.d.e.f",
            &token,
        ] {
            let refused = info(rest);
            assert_eq!(refused.status, 409, "{rest}");
            assert!(
                refused.text().contains("Invalid callback parameter."),
                "{rest}"
            );
            assert!(!refused.header("content-type").contains("javascript"));
        }
        let changed = fixture.call(
            "POST",
            "group.join",
            bert,
            &format!("group_id={open}&format=json&callback=f"),
        );
        assert_eq!(changed.status, 409);
        // Without format=json, other parameters do not select JSONP.
        let xml = fixture.send(
            "GET",
            &format!("method=group.getInfo&api_key={key}&group_id={open}&callback=f"),
        );
        assert!(xml.text().starts_with("<?xml"));
    });
}

#[test]
fn jsonp_with_a_token_requires_a_setting() {
    let gateway = Gateway::start(Backend::Sqlite, &["--upcoming-jsonp-with-token"]);
    let fixture = Fixture::build(gateway);
    let response = fixture.call(
        "GET",
        "group.getMyGroups",
        &fixture.anna,
        "format=json&callback=f",
    );
    assert_eq!(response.status, 200);
    assert!(response.text().starts_with("/**/f({"));
}

#[test]
fn the_prefix_is_configurable_and_off_returns_404() {
    let moved = Gateway::start(Backend::Sqlite, &["--upcoming", "/elsewhere/up"]);
    let fixture = Fixture::build(moved);
    let served = &fixture.gateway.served;
    for (path, status) in [
        ("/elsewhere/up/rest/?method=group.getInfo", 404),
        ("/elsewhere/up/auth/?api_key=nope", 404),
        ("/services/rest/?method=group.getInfo", 404),
        ("/crossdomain.xml", 200),
    ] {
        assert_eq!(served.get(path).status, status, "{path}");
    }
    let there = served
        .get("/elsewhere/up/rest/?method=group.getInfo")
        .text();
    assert!(there.contains("Missing valid api_key"), "{there}");
    let gone = served.get("/services/rest/?method=group.getInfo").text();
    assert!(gone.starts_with("not_found"), "{gone}");
    let form = served.get(&format!("/elsewhere/up/auth?api_key={}", fixture.key));
    assert!(form.text().contains("action=\"/elsewhere/up/auth/\""));

    let off = Gateway::start(Backend::Sqlite, &["--upcoming", "off"]);
    for path in ["/services/rest/", "/services/auth/", "/crossdomain.xml"] {
        let response = off.served.send(&Vec::from(get(path)));
        assert_eq!(response.status, 404, "{path}");
        assert!(response.text().starts_with("not_found"));
    }
}
