//! Hands the OpenAPI document to a validator of another hand.

use serde_json::Value;

use super::{PROFILES, demonstration};
use crate::harness::{run, trivium};

#[test]
fn a_validator_of_another_hand_takes_the_document() {
    for (_, profile) in PROFILES {
        let server = demonstration(profile, trivium_front::StatusRule::Ok);
        let served = server.get("/openapi.json");
        assert_eq!(served.header("content-type"), "application/json");
        run("venv/bin/openapi-spec-validator", &["-"], &served.body);
        // The command prints the same.
        let printed = trivium(&["openapi", "--profile", profile], "");
        assert_eq!(served.body, printed.stdout);
    }
}

#[test]
fn the_document_names_every_address_and_no_other() {
    let printed = trivium(&["openapi"], "").stdout;
    let document: Value = serde_json::from_slice(&printed).unwrap();
    let server = demonstration("documented", trivium_front::StatusRule::Http);
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 2 * trivium_core::catalog::CATALOG.len());
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
