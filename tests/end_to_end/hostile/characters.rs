//! Characters that XML 1.0 cannot carry, NUL among them, in every text of every front-end on both databases. Postgres
//! cannot store NUL; a text that reached it would be a failure of the server.

use base64ct::{Base64, Encoding};
use serde_json::Value;
use trivium_core::catalog;
use trivium_test_support::Backend;
use trivium_upcoming::methods::METHODS;

use crate::harness::{
    Gateway, Request, Response, ask, encode, form, get, json, outcome, xml_body, xml_rpc,
};

/// The characters, and how XML spells them.
const CHARACTERS: [(char, &str); 3] = [('\0', "&#0;"), ('\u{1}', "&#1;"), ('\u{fffe}', "&#xFFFE;")];

/// Runs a test with each character on both databases.
fn everywhere(test: impl Fn(&Gateway, char, &str)) {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        for (character, xml) in CHARACTERS {
            test(&gateway, character, xml);
        }
        let log = gateway.served.log();
        assert!(!log.contains("ERROR"), "{backend:?}: {log}");
    }
}

fn send(gateway: &Gateway, request: &Request) -> Response {
    gateway.served.send(&Vec::from(request.clone()))
}

/// Asserts that a request is rejected, not failed.
#[track_caller]
fn rejected(gateway: &Gateway, request: &Request) -> Response {
    let response = send(gateway, request);
    let line = String::from_utf8_lossy(&request.line).into_owned();
    assert!(
        (400..500).contains(&response.status),
        "{line}: {response:?}"
    );
    response
}

#[test]
fn unportable_arguments_of_operations_are_rejected() {
    everywhere(|gateway, character, reference| {
        let odd = format!("a{character}b");
        for entry in &catalog().entries {
            let name = entry.name();
            let example = entry.example.as_ref().expect("an example");
            for rule in &entry.rules {
                let others: Vec<(&str, String)> = entry
                    .rules
                    .iter()
                    .filter(|other| other.required && other.name != rule.name)
                    .map(|other| {
                        let given = example.arguments.iter().find(|(n, _)| *n == other.name);
                        (other.name, given.map_or("x", |(_, value)| value).to_owned())
                    })
                    .collect();
                let pairs = |value: &str| {
                    let mut pairs = others.clone();
                    pairs.push((rule.name, value.to_owned()));
                    pairs
                };
                let query: Vec<String> = pairs(&odd)
                    .iter()
                    .map(|(name, value)| format!("{name}={}", encode(value)))
                    .collect();
                let query = query.join("&");
                let object: serde_json::Map<String, Value> = pairs(&odd)
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value.into()))
                    .collect();
                let object = Value::from(object).to_string();
                let elements: String = pairs(&format!("a{reference}b"))
                    .iter()
                    .map(|(name, value)| format!("<{name}>{value}</{name}>"))
                    .collect();
                let members: String = pairs(&format!("a{reference}b"))
                    .iter()
                    .map(|(name, value)| {
                        format!("<member><name>{name}</name><value>{value}</value></member>")
                    })
                    .collect();
                let call = format!(
                    "<methodCall><methodName>peopleaggregator.{name}</methodName><params><param>\
                     <value><struct>{members}</struct></value></param></params></methodCall>"
                );
                let mut requests = vec![xml_rpc(call)];
                for protocol in ["json", "xml"] {
                    let target = format!("{protocol}/{name}");
                    requests.push(get(&format!("{target}?{query}")));
                    requests.push(form(&target, query.clone()));
                    requests.push(json(&target, object.clone()));
                    requests.push(xml_body(&target, format!("<r>{elements}</r>")));
                }
                for request in requests {
                    let got = outcome(&send(gateway, &request));
                    let expected = [
                        "200 validation_invalid_value: ",
                        "200 validation_incorrect_type: ",
                        "200 validation_not_in_enum: ",
                        "200 invalid_id: ",
                        "200 malformed_body: ",
                        "200 invalid_request_method: ",
                        "200 fault -32700: ",
                    ];
                    let fits = expected.iter().any(|start| got.starts_with(start));
                    assert!(fits, "{name} {} {character:?}: {got}", rule.name);
                }
            }
        }
    });
}

#[test]
fn unportable_arguments_of_upcoming_are_rejected() {
    everywhere(|gateway, character, _| {
        let key = gateway.command(&["key", "create", "My calendar"], "");
        gateway.command(&["user", "add", &format!("u{}", u32::from(character))], "");
        let login = format!("u{}", u32::from(character));
        let token = gateway.command(&["user", "token", &login], "");
        let odd = encode(&format!("a{character}b"));
        for method in METHODS {
            let own = method.arguments.iter().map(|argument| argument.name);
            for name in own.chain(["method", "api_key", "token", "format", "other"]) {
                let mut query = format!("{name}={odd}");
                for (other, value) in [
                    ("method", method.name),
                    ("api_key", &key),
                    ("token", &token),
                ] {
                    if other != name {
                        query.push_str(&format!("&{other}={value}"));
                    }
                }
                for (other, value) in method.example {
                    if *other != name {
                        query.push_str(&format!("&{other}={}", encode(value)));
                    }
                }
                let path = "/services/rest/";
                let request = match method.verb.as_str() {
                    "POST" => form(path, query),
                    _ => get(&format!("{path}?{query}")),
                };
                let response = rejected(gateway, &request);
                assert!(
                    response.text().contains("stat=\"fail\""),
                    "{}",
                    response.text()
                );
            }
            let query = format!("method={}&api_key={key}&a{odd}=x", method.name);
            rejected(
                gateway,
                &ask(method.verb.as_str(), &format!("/services/rest/?{query}")),
            );
        }
    });
}

#[test]
fn unportable_texts_of_the_sign_in_page_are_rejected() {
    everywhere(|gateway, character, _| {
        let key = gateway.command(&["key", "create", "My calendar"], "");
        let odd = encode(&format!("a{character}b"));
        let page = gateway
            .served
            .get(&format!("/services/auth/?api_key={key}"));
        let cookie = page.header("set-cookie").split(';').next().expect("one");
        let secret = cookie.split_once('=').expect("a value").1;
        rejected(gateway, &get(&format!("/services/auth/?api_key={odd}")));
        rejected(
            gateway,
            &get(&format!("/services/auth/?api_key={key}&x={odd}")),
        );
        for name in ["api_key", "form", "login", "password"] {
            let mut body = format!("{name}={odd}");
            for (other, value) in [
                ("api_key", key.as_str()),
                ("form", secret),
                ("login", "anna"),
                ("password", "a long password"),
            ] {
                if other != name {
                    body.push_str(&format!("&{other}={}", encode(value)));
                }
            }
            let request = form("/services/auth/", body).with("Cookie", cookie);
            let response = rejected(gateway, &request);
            assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
            // Such a password is not verified, so it is not a failed attempt either.
            assert!(!response.text().contains("is wrong"), "{}", response.text());
        }
    });
}

#[test]
fn unportable_texts_of_onezone_are_rejected() {
    everywhere(|gateway, character, _| {
        let login = format!("u{}", u32::from(character));
        gateway.command(&["user", "add", &login], "");
        let token = gateway.command(&["user", "token", &login], "");
        let groups = "/api/v3/onezone/user/groups";
        for pair in [
            format!("{login}{character}:a long password"),
            format!("{login}:a long{character} password"),
            format!("{character}:{character}"),
        ] {
            let pair = Base64::encode_string(pair.as_bytes());
            let request = get(groups).with("Authorization", &format!("Basic {pair}"));
            let response = rejected(gateway, &request);
            assert!(
                response.text().contains("badBasicCredentials"),
                "{}",
                response.text()
            );
        }
        let odd = format!("a{character}b");
        for (name, value) in [
            ("X-Auth-Token", odd.clone()),
            ("Macaroon", odd.clone()),
            ("Authorization", format!("Bearer {odd}")),
        ] {
            rejected(gateway, &get(groups).with(name, &value));
        }
        let text = Value::from(odd).to_string();
        for (path, body) in [
            ("/user/groups", format!("{{\"name\":{text}}}")),
            (
                "/user/groups",
                format!("{{\"name\":\"Chess\",\"type\":{text}}}"),
            ),
            ("/user/groups/join", format!("{{\"token\":{text}}}")),
            (
                "/user/tokens/named",
                format!(
                    "{{\"name\":{text},\"type\":{{\"inviteToken\":{{\"inviteType\":\
                     \"userJoinGroup\",\"groupId\":\"1\"}}}}}}"
                ),
            ),
            (
                "/user/tokens/named",
                format!(
                    "{{\"name\":\"Chess\",\"type\":{{\"inviteToken\":{{\"inviteType\":\
                     \"userJoinGroup\",\"groupId\":{text}}}}}}}"
                ),
            ),
        ] {
            let path = format!("/api/v3/onezone{path}");
            rejected(gateway, &json(&path, body).with("X-Auth-Token", &token));
        }
    });
}

#[test]
fn unportable_paths_are_rejected() {
    everywhere(|gateway, character, _| {
        let odd = encode(&format!("1{character}"));
        for path in [
            "/{}",
            "/group/{}",
            "/user/{}",
            "/docs/{}",
            "/api/xml/schema.xsd{}",
            "/api/v3/onezone/groups/{}/users",
            "/api/v3/onezone/user/groups/{}",
            "/api/v3/onezone/tokens/named/{}",
            "/services/{}",
        ] {
            for method in ["GET", "POST", "DELETE"] {
                rejected(gateway, &ask(method, &path.replace("{}", &odd)));
            }
        }
        for path in ["json/{}", "xml/{}"] {
            let got = outcome(&send(gateway, &get(&path.replace("{}", &odd))));
            assert!(got.starts_with("200 system_error: "), "{got}");
        }
    });
}
