//! Lets schemathesis, a tool of other hands, try a server with calls that it makes from the OpenAPI
//! document. Which findings are none is told in `tests/clients/schemathesis.toml`.

use trivium_describe::examples::Format;
use trivium_front::StatusRule;

use super::demonstration;
use crate::harness::run;

/// Each format has a server of its own, so that the same calls meet the same data in every run.
fn try_all(format: Format) {
    let server = demonstration("documented", StatusRule::Http);
    let here = format!("http://{}", server.address);
    let paths = format!("^/api/{}/", format.word());
    let document = format!("{here}/openapi.json");
    let arguments = ["run", "--url", &here, "--include-path-regex", &paths];
    run(
        "venv/bin/schemathesis",
        &[&arguments, &[document.as_str()][..]].concat(),
        b"",
    );
    // They were not all refused at the door.
    let done = server.log().matches(" status=200 ").count();
    assert!(done > 500, "{done} calls did what they asked for");
}

#[test]
fn a_server_is_as_its_document_says_in_json() {
    try_all(Format::Json);
}

#[test]
fn a_server_is_as_its_document_says_in_xml() {
    try_all(Format::Xml);
}
