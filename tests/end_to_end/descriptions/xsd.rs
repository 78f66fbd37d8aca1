//! Validates every response of REST (XML) with xmllint and the served schemas.

use std::path::Path;

use trivium_core::catalog;
use trivium_describe::examples::Format;
use trivium_front::StatusRule;

use super::{PROFILES, demonstration, each_operation, send_example};
use crate::harness::{attempt, run, trivium};

/// Validates files against a schema.
fn validate(schema: &Path, files: &[&str]) {
    let schema = schema.to_str().expect("a path");
    run(
        "xmllint",
        &[&["--noout", "--schema", schema], files].concat(),
        b"",
    );
}

#[test]
fn responses_are_valid_under_their_schemas() {
    for (_, profile) in PROFILES {
        let server = demonstration(profile, StatusRule::Ok);
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, body: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, body).expect("a file");
            path
        };
        let served = |path: &str| {
            let response = server.get(path);
            assert_eq!(response.status, 200, "{path}");
            assert_eq!(response.header("content-type"), "application/xml");
            response.body
        };
        let mut responses = Vec::new();
        each_operation(profile, StatusRule::Ok, |server, entry| {
            let response = send_example(server, entry, Format::Xml);
            let path = write(&format!("{}.xml", responses.len()), &response.body);
            responses.push((entry.name(), path.to_str().expect("a path").to_owned()));
        });
        for entry in catalog().entries.iter() {
            // Calls without arguments, and with a method that no operation has.
            let path = Format::Xml.path(catalog(), entry.name());
            let missing = [
                server.get(&path),
                server.post(&path, "", b""),
                server.send(
                    format!("PUT {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
                        .as_bytes(),
                ),
            ];
            for response in missing {
                let path = write(&format!("{}.xml", responses.len()), &response.body);
                responses.push((entry.name(), path.to_str().expect("a path").to_owned()));
            }
        }
        let any = served("/api/xml/schema.xsd");
        assert_eq!(any, trivium(&["xsd", "--profile", profile], "").stdout);
        let any = write("any.xsd", &any);
        let files: Vec<&str> = responses.iter().map(|(_, path)| path.as_str()).collect();
        validate(&any, &files);
        for entry in catalog().entries.iter() {
            let schema = served(&format!(
                "{}.xsd",
                Format::Xml.path(catalog(), entry.name())
            ));
            let printed = trivium(&["xsd", entry.name(), "--profile", profile], "");
            assert_eq!(schema, printed.stdout);
            let schema = write(&format!("{}.xsd", entry.name()), &schema);
            let files = responses.iter().filter(|(name, _)| *name == entry.name());
            let files: Vec<&str> = files.map(|(_, path)| path.as_str()).collect();
            assert!(files.len() > 3);
            validate(&schema, &files);
        }
    }
}

#[test]
fn other_responses_are_invalid() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = folder.path().join("joinGroup.xsd");
    std::fs::write(&schema, trivium(&["xsd", "joinGroup"], "").stdout).expect("a file");
    let schema = schema.to_str().expect("a path");
    for (members, fits) in [
        ("<joinState>joined</joinState><success>true</success>", true),
        (
            "<code>banned</code><msg>x</msg><success>false</success>",
            true,
        ),
        (
            "<success>true</success><joinState>joined</joinState>",
            false,
        ),
        ("<joinState>maybe</joinState><success>true</success>", false),
        ("<joinState>joined</joinState>", false),
        (
            "<code>owner_cannot_leave</code><msg>x</msg><success>false</success>",
            false,
        ),
        ("", false),
    ] {
        let document = format!("<response>{members}</response>");
        let output = attempt(
            "xmllint",
            &["--noout", "--schema", schema, "-"],
            document.as_bytes(),
        );
        assert_eq!(output.status.success(), fits, "{document}: {output:?}");
    }
}
