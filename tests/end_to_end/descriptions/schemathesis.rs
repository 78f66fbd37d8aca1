//! Tests a server with Schemathesis, which generates calls from the OpenAPI document. The disabled
//! checks are listed in `tests/clients/schemathesis.toml`.

use trivium_describe::examples::Format;
use trivium_front::StatusRule;

use super::demonstration;
use crate::harness::run;

/// Tests a format on a server of its own, so that every run has the same data.
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
    // Enough calls were valid.
    let done = server.log().matches(" status=200 ").count();
    assert!(done > 500, "only {done} calls were successful");
}

#[test]
fn rest_json_conforms_to_the_document() {
    try_all(Format::Json);
}

#[test]
fn rest_xml_conforms_to_the_document() {
    try_all(Format::Xml);
}
