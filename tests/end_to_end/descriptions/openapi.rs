//! Validates the OpenAPI documents with a third-party validator.

use serde_json::{Value, json};
use trivium_core::catalog;
use trivium_describe::examples::Format;
use trivium_describe::openapi;
use trivium_front::StatusRule;
use trivium_rpc::Verbs;
use trivium_site::description::service;

use super::{PROFILES, demonstration, each_operation, send_example};
use crate::harness::{Served, attempt, run, trivium};

#[test]
fn the_documents_are_valid_openapi() {
    for (_, profile) in PROFILES {
        for (status, word) in [(StatusRule::Ok, "ok"), (StatusRule::Http, "http")] {
            let server = demonstration(profile, status);
            for name in openapi::names(service()) {
                let served = server.get(&openapi::path(name));
                assert_eq!(served.header("content-type"), "application/json");
                run("venv/bin/openapi-spec-validator", &["-"], &served.body);
                // The command prints the same document.
                let options = ["openapi", name, "--profile", profile, "--status", word];
                assert_eq!(served.body, trivium(&options, "").stdout, "{name}");
            }
        }
    }
}

#[test]
fn documents_of_dialects_that_are_not_served_are_missing() {
    let server = Served::demonstration(&["--onezone", "off", "--upcoming", "/up"]);
    assert_eq!(server.get("/openapi/onezone.json").status, 404);
    let document: Value =
        serde_json::from_slice(&server.get("/openapi/upcoming.json").body).unwrap();
    assert_eq!(document["servers"][0]["url"], "/up");
    let refused = trivium(&["openapi", "nope"], "");
    let error = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(error.contains("json, xml, upcoming, onezone"), "{error}");
}

#[test]
fn an_operation_takes_few_bytes() {
    let printed = trivium(&["openapi"], "").stdout;
    let document: Value = serde_json::from_slice(&printed).unwrap();
    let size = document.to_string().len() / catalog().entries.len();
    assert!(size <= 5_500, "{size} bytes for each operation");
}

#[test]
fn the_documents_have_exactly_the_served_paths() {
    for name in ["json", "xml"] {
        let printed = trivium(&["openapi", name, "--status", "http"], "").stdout;
        check_paths(&serde_json::from_slice(&printed).unwrap());
    }
}

fn check_paths(document: &Value) {
    let server = demonstration("documented", StatusRule::Http);
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), catalog().entries.len());
    for (path, item) in paths {
        for verb in ["get", "post"] {
            let response = match verb {
                "get" => server.get(path),
                _ => server.post(path, "", b""),
            };
            let status = response.status.to_string();
            match item.get(verb) {
                Some(operation) => assert!(
                    operation["responses"].get(&status).is_some(),
                    "{verb} {path}: {status}"
                ),
                None => assert_eq!(status, "405", "{verb} {path}"),
            }
        }
    }
}

#[test]
fn responses_are_valid_under_the_document() {
    for status in [StatusRule::Ok, StatusRule::Http] {
        let server = demonstration("documented", status);
        let mut responses = Vec::new();
        let mut add = |name: &str, verb: &str, status: u16, body: &str| {
            let body: Value = serde_json::from_str(body).unwrap();
            let path = Format::Json.path(catalog(), name);
            responses.push(json!({"verb": verb, "path": path, "status": status, "body": body}));
        };
        each_operation("documented", status, |server, entry| {
            let response = send_example(server, entry, Format::Json);
            let verb = if entry.declared.verbs == Verbs::Get {
                "get"
            } else {
                "post"
            };
            add(entry.name(), verb, response.status, &response.text());
        });
        // Without arguments, most operations fail.
        for entry in catalog().entries.iter() {
            let path = Format::Json.path(catalog(), entry.name());
            let (verb, response) = match entry.declared.verbs {
                Verbs::Get => ("get", server.get(&path)),
                Verbs::Post | Verbs::Any => ("post", server.post(&path, "", b"")),
            };
            add(entry.name(), verb, response.status, &response.text());
        }
        let document: Value = serde_json::from_slice(&server.get("/openapi.json").body).unwrap();
        let validate = |responses: &Value| {
            let input = json!({"document": document, "answers": responses}).to_string();
            attempt("venv/bin/python", &["openapi.py"], input.as_bytes())
        };
        let validated = validate(&json!(responses));
        assert!(
            validated.status.success(),
            "{}",
            String::from_utf8_lossy(&validated.stdout)
        );
        // Other responses are invalid.
        let other = json!([{
            "verb": "post", "path": Format::Json.path(catalog(), "joinGroup"), "status": 200,
            "body": {"success": true, "joinState": "maybe"},
        }]);
        assert!(!validate(&other).status.success());
    }
}

#[test]
fn pages_show_everything_in_the_document() {
    let server = demonstration("documented", StatusRule::Ok);
    let document: Value = serde_json::from_slice(&server.get("/openapi.json").body).unwrap();
    let page = server.get("/docs/openapi").text();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let verb = verb.to_ascii_uppercase();
            let summary = format!("<summary><code>{verb} {path}</code></summary>");
            let (_, shown) = page.split_once(&summary).expect(path);
            let (shown, _) = shown.split_once("</details>").unwrap();
            for status in operation["responses"].as_object().unwrap().keys() {
                let term = format!("<dt>{status}</dt>");
                assert!(shown.contains(&term), "{verb} {path}: {status}");
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                let dt = format!("<dt><code>{name}</code></dt>");
                assert!(shown.contains(&dt), "{verb} {path}: {name}");
            }
        }
    }
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
}
