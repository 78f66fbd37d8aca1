//! The sign-in page, on which a user grants an application access.

use super::{Fixture, attribute, everywhere};
use crate::harness::{self, Person, Response, encode, frob};

/// Opens the form; returns its cookie and its hidden fields.
fn open_form(fixture: &Fixture, key: &str) -> (String, String) {
    let page = fixture
        .gateway
        .served
        .get(&format!("/services/auth/?api_key={key}"));
    assert_eq!(page.status, 200);
    let cookie = page.header("set-cookie");
    assert!(
        cookie.ends_with("; Path=/services/auth; Max-Age=3600; HttpOnly; SameSite=Strict"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let (_, form) = cookie.split_once('=').unwrap();
    assert!(
        page.text()
            .contains(&format!("name=\"form\" value=\"{form}\""))
    );
    (cookie.clone(), format!("api_key={key}&form={form}"))
}

/// Posts the form.
fn sign_in(
    fixture: &Fixture,
    headers: &[(&str, &str)],
    form: &str,
    login: &str,
    password: &str,
) -> Response {
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let body = format!(
        "{form}&login={}&password={}",
        encode(login),
        encode(password)
    );
    fixture.gateway.served.post_with(
        "/services/auth/",
        &[headers, &[kind]].concat(),
        body.as_bytes(),
    )
}

fn approve(fixture: &Fixture, key: &str, who: &Person) -> Response {
    harness::approve(&fixture.gateway.served, key, who)
}

fn get_token(fixture: &Fixture, key: &str, frob: &str) -> Response {
    fixture.send(
        "GET",
        &format!("method=auth.getToken&api_key={key}&frob={frob}"),
    )
}

#[test]
fn a_frob_is_exchanged_for_a_token_once() {
    everywhere(|fixture| {
        let (key, bert) = (&fixture.key, &fixture.bert);
        let page = approve(fixture, key, bert);
        assert_eq!(page.status, 200);
        let frob = frob(&page);
        assert_eq!(
            (
                frob.len(),
                frob.trim_matches(|c: char| c.is_ascii_hexdigit())
            ),
            (40, "")
        );
        // Another application cannot use it.
        let other = fixture.gateway.command(&["key", "create", "Another"], "");
        fixture.refused(
            &get_token(fixture, &other, &frob),
            404,
            "Frob not found or was invalid.",
        );

        let given = get_token(fixture, key, &frob);
        assert_eq!(given.status, 200, "{}", given.text());
        let token = attribute(&given, "token");
        assert_eq!(token.len(), 40);
        assert_eq!(attribute(&given, "user_username"), bert.login);
        for frob in [frob.as_str(), "", "nope"] {
            fixture.refused(
                &get_token(fixture, key, frob),
                404,
                "Frob not found or was invalid.",
            );
        }

        // The token is valid in every front-end.
        let bert = Person {
            token: token.clone(),
            ..bert.clone()
        };
        let checked = fixture.call("GET", "auth.checkToken", &bert, "format=json");
        let id = bert.id.strip_prefix("user:").unwrap();
        assert_eq!(
            checked.text(),
            format!(
                "{{\n   \"rsp\":{{\n      \"stat\":\"ok\",\n      \"version\":1,\n      \"token\":[\n         {{\n            \
                 \"token\":\"{token}\",\n            \"user_id\":{id},\n            \
                 \"user_username\":\"{login}\",\n            \"user_name\":\"{login}\"\n         }}\n      ]\n   }}\n}}\n",
                login = bert.login
            )
        );
        let mine = fixture
            .story()
            .get("getMyGroups", serde_json::json!({"authToken": token}));
        mine.succeeds();
        let wrong = Person {
            token: "nope".into(),
            ..bert
        };
        let checked = fixture.call("GET", "auth.checkToken", &wrong, "");
        fixture.refused(
            &checked,
            404,
            "Token not found, is expired, or was invalid.",
        );
        assert!(!fixture.gateway.served.log().contains(&frob));
    });
}

#[test]
fn a_browser_is_redirected_with_the_frob() {
    everywhere(|fixture| {
        for (callback, begin) in [
            ("https://example.org/back", "https://example.org/back?frob="),
            (
                "http://localhost:8081/?a=b",
                "http://localhost:8081/?a=b&frob=",
            ),
        ] {
            let key = fixture
                .gateway
                .command(&["key", "create", "Back", "--callback", callback], "");
            let page = fixture
                .gateway
                .served
                .get(&format!("/services/auth/?api_key={key}"));
            let policy = page.header("content-security-policy");
            let host = callback.split('/').take(3).collect::<Vec<_>>().join("/");
            assert!(
                policy.contains(&format!("form-action 'self' {host};")),
                "{policy}"
            );
            let sent = approve(fixture, &key, &fixture.bert);
            assert_eq!(sent.status, 303);
            let frob = sent.header("location").strip_prefix(begin).unwrap();
            assert_eq!(get_token(fixture, &key, frob).status, 200);
        }
    });
}

#[test]
fn other_sites_cannot_post_or_frame_the_page() {
    everywhere(|fixture| {
        let (key, bert) = (&fixture.key, &fixture.bert);
        let page = fixture
            .gateway
            .served
            .get(&format!("/services/auth/?api_key={key}"));
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert!(
            page.header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
        assert!(
            page.header("content-security-policy")
                .contains("default-src 'none'")
        );
        assert_eq!(page.header("cache-control"), "no-store");

        let (cookie, form) = open_form(fixture, key);
        let (other, _) = open_form(fixture, key);
        let right = ("Cookie", cookie.as_str());
        for (headers, form) in [
            (vec![], form.as_str()),
            (vec![("Cookie", other.as_str())], &form),
            (vec![right], &format!("api_key={key}")),
            (
                vec![("Cookie", "trivium-form=")],
                &format!("api_key={key}&form="),
            ),
            (vec![right, ("Origin", "https://elsewhere.example")], &form),
            (vec![right, ("Origin", "null")], &form),
        ] {
            let refused = sign_in(fixture, &headers, form, &bert.login, &bert.password);
            assert_eq!(refused.status, 403, "{headers:?} {form}");
            assert!(!refused.text().contains("<output>"));
            assert!(refused.text().contains("Open the page again"));
        }
        let from_here = [right, ("Origin", "http://test")];
        let done = sign_in(fixture, &from_here, &form, &bert.login, &bert.password);
        assert_eq!(done.status, 200);
    });
}

#[test]
fn wrong_passwords_and_keys_are_rejected_with_a_page() {
    everywhere(|fixture| {
        let (key, bert) = (&fixture.key, &fixture.bert);
        let (cookie, form) = open_form(fixture, key);
        let with = |login: &str, password: &str| {
            sign_in(fixture, &[("Cookie", &cookie)], &form, login, password)
        };
        let wrong = with(&bert.login, "not the password");
        let nobody = with("<nobody>", "not the password");
        assert_eq!((wrong.status, nobody.status), (403, 403));
        assert_eq!(wrong.text(), nobody.text());
        assert!(wrong.text().contains("The login or the password is wrong."));
        assert!(
            wrong
                .text()
                .contains(&format!("href=\"/services/auth/?api_key={key}\""))
        );
        for _ in 0..10 {
            with("guess", "not the password");
        }
        let slowed = with("guess", "not the password");
        assert_eq!(slowed.status, 429);
        assert!(!slowed.header("retry-after").is_empty());

        let served = &fixture.gateway.served;
        for path in [
            "/services/auth/",
            "/services/auth/?api_key=nope",
            "/services/auth?api_key=%3Cb%3E",
        ] {
            let page = served.get(path);
            assert_eq!(page.status, 404, "{path}");
            assert!(!page.text().contains("<b>") && page.header("set-cookie").is_empty());
        }
        fixture.gateway.command(&["key", "revoke", key], "");
        assert_eq!(
            served.get(&format!("/services/auth/?api_key={key}")).status,
            404
        );
        let put =
            served.send(b"PUT /services/auth/ HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        assert_eq!((put.status, put.header("allow")), (405, "GET, HEAD, POST"));
    });
}

#[test]
fn keys_are_created_listed_and_revoked() {
    everywhere(|fixture| {
        let command = |words: &[&str]| fixture.gateway.command(words, "");
        let list = || -> serde_json::Value {
            serde_json::from_str(&command(&["key", "list", "--json"])).unwrap()
        };
        assert_eq!(list()[0]["name"], "My calendar");
        assert_eq!(list()[0]["key"], fixture.key);
        assert_eq!(list()[0]["revoked"], false);
        assert_eq!(
            fixture
                .key
                .trim_matches(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()),
            ""
        );
        assert_eq!(fixture.key.len(), 10);
        command(&["key", "revoke", &fixture.key]);
        assert_eq!(list()[0]["revoked"], true);
        let database = fixture.gateway.scratch.url.as_str();
        for words in [
            vec!["key", "revoke", &fixture.key],
            vec!["key", "revoke", "nope"],
            vec!["key", "create", " "],
            vec!["key", "create", "a", "--callback", "javascript:alert(1)"],
            vec!["key", "create", "a", "--callback", "https://"],
            vec!["key", "create", "a", "--callback", "https://a b/"],
            vec!["key", "create", "a", "--callback", "https://a.example;x/"],
            vec!["key", "create", "a", "--callback", "https://a.example/#x"],
        ] {
            let output =
                crate::harness::trivium(&[&words[..], &["--database", database]].concat(), "");
            assert_eq!(output.status.code(), Some(1), "{words:?}");
            assert!(output.stdout.is_empty() && !output.stderr.is_empty());
        }
    });
}
