//! Tests a server with Schemathesis, which generates calls from an OpenAPI document. The disabled
//! checks are listed in `tests/clients/schemathesis.toml`.

use trivium_describe::examples::Format;
use trivium_describe::openapi;
use trivium_front::StatusRule;

use super::demonstration;
use crate::harness::run;

/// Tests a format on its own server, so that every run has the same data.
fn test_format(format: Format) {
    let server = demonstration("documented", StatusRule::Http);
    let url = format!("http://{}", server.address);
    let document = format!("{url}{}", openapi::path(format.word()));
    let arguments = ["run", "--url", &url];
    run(
        "venv/bin/schemathesis",
        &[&arguments, &[document.as_str()][..]].concat(),
        b"",
    );
    // A minimum of valid calls is required.
    let successful = server.log().matches(" status=200 ").count();
    assert!(successful > 500, "only {successful} calls were successful");
}

#[test]
fn rest_json_conforms_to_the_document() {
    test_format(Format::Json);
}

#[test]
fn rest_xml_conforms_to_the_document() {
    test_format(Format::Xml);
}
