//! REST (XML): requests and responses as text, in `xml.txt`.

use trivium_front::Wire;
use trivium_rest_xml::RestXml;
use trivium_test_catalog::{Body, Subject, documents, escaped, rest, service, table};

fn subject(wire: Wire) -> Subject {
    Subject {
        front_end: Box::new(RestXml::new(service().catalog(), wire)),
        base: "/api/xml/sample/",
        body: |body| match body {
            Body::Text(text) => {
                let text = escaped(text);
                format!("<response>\n <success>true</success>\n <text>{text}</text>\n</response>\n")
            }
            Body::Failure(code, message) | Body::Fault(code, message) => {
                let message = escaped(message);
                format!(
                    "<response>\n <code>{code}</code>\n <msg>{message}</msg>\n \
                     <success>false</success>\n</response>\n"
                )
            }
        },
    }
}

#[test]
fn requests_have_these_responses() {
    table(subject, rest::REQUESTS);
    table(subject, rest::STATUSES);
    table(subject, include_str!("xml.txt"));
}

#[test]
fn limits_are_checked() {
    rest::check_limits(&subject(Wire::DEFAULT));
}

#[test]
fn malformed_bodies_are_rejected() {
    let subject = subject(Wire::DEFAULT);
    documents::check(
        &subject,
        "POST echo xml",
        documents::BODY,
        "200 malformed_body: …",
    );
}
