//! Clients that third-party programs generate from the OpenAPI documents. Two of them are tried by `make interop`
//! alone, because their programs are large.

use std::path::PathBuf;

use trivium_describe::openapi;
use trivium_front::StatusRule;
use trivium_site::description::service;

use super::{PROFILES, demonstration};
use crate::documents::Document;
use crate::harness::{project, run};

#[test]
fn typescript_is_typed() {
    let server = demonstration("documented", StatusRule::Ok);
    let url = format!("http://{}", server.address);
    let folder = empty_folder("tests/clients/build");
    std::fs::write(
        folder.join("openapi.json"),
        server.get("/openapi.json").body,
    )
    .unwrap();
    let generate = ["build/openapi.json", "--output", "build/trivium.ts"];
    run("node_modules/.bin/openapi-typescript", &generate, b"");
    // The story of a caller, and the program in the documents.
    std::fs::copy(
        project().join("tests/clients/typed.mts"),
        folder.join("typed.mts"),
    )
    .unwrap();
    let protocols = Document::read("docs/PROTOCOLS.md");
    let mut blocks = protocols.blocks().into_iter();
    let documented = blocks.find(|block| block.language == "ts").unwrap().text;
    let documented = documented.replace("http://127.0.0.1:8080", &url);
    std::fs::write(folder.join("documented.mts"), documented).unwrap();
    let compile =
        "node_modules/.bin/tsc --strict --module nodenext --target es2022 --types node build/*.mts";
    run("sh", &["-c", compile], b"");
    let printed = run("node", &["build/documented.mjs"], b"").stdout;
    assert_eq!(
        String::from_utf8(printed).unwrap(),
        "joined\nalready_member\n"
    );
    server.post(
        "/api/json/peopleaggregator/leaveGroup",
        "application/x-www-form-urlencoded",
        b"authToken=123576abcdef6572134&id=group:1234",
    );
    run("node", &["build/typed.mjs", &url], b"");
}

#[test]
#[ignore = "`make interop` installs its programs"]
fn linters_find_nothing() {
    let folder = empty_folder("tests/interop/build/documents");
    for (_, profile) in PROFILES {
        for (status, word) in [(StatusRule::Ok, "ok"), (StatusRule::Http, "http")] {
            let server = demonstration(profile, status);
            for name in openapi::names(service()) {
                let document = server.get(&openapi::path(name)).body;
                let file = format!("{name}-{profile}-{word}.json");
                std::fs::write(folder.join(file), document).unwrap();
            }
        }
    }
    let folder = folder.to_str().unwrap();
    run("sh", &["../interop/documents.sh", folder], b"");
}

#[test]
#[ignore = "`make interop` installs its programs"]
fn generated_clients_work() {
    for (status, word) in [(StatusRule::Ok, "ok"), (StatusRule::Http, "http")] {
        let server = demonstration("documented", status);
        let url = format!("http://{}", server.address);
        let folder = empty_folder(&format!("tests/interop/build/{word}"));
        let folder = folder.to_str().unwrap();
        run("sh", &["../interop/clients.sh", &url, folder], b"");
    }
}

/// Empties a folder of the project, and returns its path.
fn empty_folder(name: &str) -> PathBuf {
    let folder = project().join(name);
    let _absent = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
