//! Proxies: whose forwarding header is believed, and what derives from it. [`documented`] runs those of the
//! documents.

mod documented;

use trivium_test_support::Backend;

use crate::harness::Gateway;

/// Headers of a request through a proxy, and what the server takes from them.
struct Case {
    options: &'static [&'static str],
    headers: &'static [(&'static str, &'static str)],
    is_secure: bool,
}

const TRUSTED: &[&str] = &["--trusted-proxies", "127.0.0.0/8"];

const CASES: [Case; 5] = [
    Case {
        options: &[],
        headers: &[
            ("X-Forwarded-For", "192.0.2.1"),
            ("X-Forwarded-Proto", "https"),
        ],
        is_secure: false,
    },
    Case {
        options: TRUSTED,
        headers: &[
            ("X-Forwarded-For", "192.0.2.1"),
            ("X-Forwarded-Proto", "https"),
        ],
        is_secure: true,
    },
    Case {
        options: TRUSTED,
        headers: &[
            ("X-Forwarded-For", "192.0.2.1"),
            ("X-Forwarded-Proto", "http"),
        ],
        is_secure: false,
    },
    Case {
        options: &[
            "--trusted-proxies",
            "10.0.0.0/8,127.0.0.1",
            "--forwarded-header",
            "forwarded",
        ],
        headers: &[("Forwarded", "for=192.0.2.1;proto=https;host=evil.example")],
        is_secure: true,
    },
    // The configured header alone is believed.
    Case {
        options: TRUSTED,
        headers: &[
            ("Forwarded", "for=192.0.2.1;proto=https"),
            ("X-Forwarded-Host", "evil.example"),
        ],
        is_secure: false,
    },
];

#[test]
fn scheme_and_cookie_derive_from_the_header_of_a_trusted_proxy() {
    for Case {
        options,
        headers,
        is_secure,
    } in CASES
    {
        let gateway = Gateway::start(Backend::Sqlite, options);
        let key = gateway.command(&["key", "create", "calendar"], "");
        let send = |path: &str| {
            let mut request =
                format!("GET {path} HTTP/1.1\r\nHost: groups.example\r\nConnection: close\r\n");
            for (name, value) in headers {
                request.push_str(&format!("{name}: {value}\r\n"));
            }
            gateway.served.send(format!("{request}\r\n").as_bytes())
        };
        let form = send(&format!("/services/auth/?api_key={key}"));
        assert_eq!(form.status, 200, "{}", form.text());
        let cookie = form.header("set-cookie");
        let context = format!("{options:?} {headers:?}");
        assert_eq!(
            cookie.contains("; Secure"),
            is_secure,
            "{context}: {cookie}"
        );
        // The page of the error.
        let failure = send("/api/json/peopleaggregator/unknown");
        let link = failure.header("link");
        let scheme = if is_secure { "https" } else { "http" };
        let expected = format!("<{scheme}://groups.example/docs/");
        assert!(link.starts_with(&expected), "{context}: {link}");
    }
}

#[test]
fn a_cookie_is_secure_if_the_base_url_is() {
    let gateway = Gateway::start(Backend::Sqlite, &["--base-url", "https://groups.example"]);
    let key = gateway.command(&["key", "create", "calendar"], "");
    let form = gateway
        .served
        .get(&format!("/services/auth/?api_key={key}"));
    assert!(form.header("set-cookie").contains("; Secure"));
}

#[test]
fn a_forwarding_header_of_an_untrusted_peer_on_this_machine_is_reported_once() {
    let gateway = Gateway::start(Backend::Sqlite, &[]);
    for _ in 0..3 {
        let request = b"GET /live HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n";
        assert_eq!(gateway.served.send(request).status, 200);
    }
    let warnings = gateway.served.log().matches("trusted_proxies").count();
    assert_eq!(warnings, 1, "{}", gateway.served.log());
}

/// Failed logins through a proxy count for the client behind it.
#[test]
fn failed_logins_count_for_the_client_behind_a_trusted_proxy() {
    let gateway = Gateway::start(Backend::Sqlite, TRUSTED);
    gateway.command(
        &["user", "add", "anna", "--password-stdin"],
        "annas password",
    );
    let login = |client: &str, password: &str| {
        let body = format!("login=anna&password={password}");
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("X-Forwarded-For", client),
        ];
        let path = "/api/json/peopleaggregator/login";
        gateway
            .served
            .post_with(path, &headers, body.as_bytes())
            .text()
    };
    for _ in 0..10 {
        // The attacker sends a header, too, to which the proxy appends.
        let answer = login("192.0.2.7, 192.0.2.1", "wrong");
        assert!(answer.contains("user_invalid_password"), "{answer}");
    }
    assert!(login("192.0.2.1", "wrong").contains("rate_limited"));
    assert!(login("192.0.2.7", "annas+password").contains("authToken"));
}
