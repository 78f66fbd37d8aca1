//! Calls over XML-RPC as older clients write them: each must have the outcome of the usual form.

use std::io;

use base64ct::{Base64, Encoding};
use trivium_rpc::Entry;

use crate::argument::{self, ArgumentList, ArgumentValue};
use crate::examine::Examination;
use crate::reads::is_open;
use crate::wire::{Format, Request};

/// The namespace of types that some libraries add.
const EXTENSIONS: &str = "http://ws.apache.org/xmlrpc/namespaces/extensions";

/// Makes each call that needs no token in every form.
pub(crate) fn examine(examination: &mut Examination<'_>) -> io::Result<()> {
    let catalog = examination.catalog;
    for entry in catalog.entries.iter().filter(|entry| is_open(entry)) {
        // Numbers and texts, so that each type is sent.
        let arguments: ArgumentList = entry
            .rules
            .iter()
            .filter(|rule| rule.required || rule.minimum.is_some())
            .map(|rule| (rule.name, ArgumentValue::valid_for(entry, rule)))
            .collect();
        let usual = argument::call(catalog, Format::XmlRpc, entry, &arguments);
        for (words, request) in spellings(entry, &arguments, &usual) {
            examination.expect_equal(Format::XmlRpc, entry, &usual, &request, words)?;
        }
    }
    Ok(())
}

/// The same call in other forms, each with a phrase for it.
fn spellings(
    entry: &Entry,
    arguments: &ArgumentList,
    usual: &Request,
) -> Vec<(&'static str, Request)> {
    let at = |path: &str| Request {
        path: path.to_owned(),
        ..usual.clone()
    };
    let body = String::from_utf8_lossy(&usual.body).into_owned();
    let with = |body: String| Request {
        body: body.into_bytes(),
        ..usual.clone()
    };
    let in_namespace = |body: &str| {
        let start = format!("<methodCall xmlns:ex=\"{EXTENSIONS}\">");
        with(body.replacen("<methodCall>", &start, 1))
    };
    let in_base64 = arguments
        .iter()
        .fold(body.clone(), |body, (_, value)| match value {
            ArgumentValue::Text(text) => {
                let encoded = Base64::encode_string(text.as_bytes());
                let encoded = format!("<base64>{encoded}</base64>");
                body.replacen(&value.to_xml_rpc(), &encoded, 1)
            }
            _ => body,
        });
    let absent = entry
        .rules
        .iter()
        .filter(|rule| !rule.required && !arguments.iter().any(|(name, _)| *name == rule.name));
    let nil: String = absent
        .map(|rule| {
            let name = rule.name;
            format!("<member><name>{name}</name><value><ex:nil/></value></member>")
        })
        .collect();
    let as_i8 = body
        .replace("<int>", "<ex:i8>")
        .replace("</int>", "</ex:i8>");
    let with_nil = body.replacen("</struct>", &format!("{nil}</struct>"), 1);
    vec![
        ("at //api/xmlrpc", at("//api/xmlrpc")),
        ("at /api/xmlrpc.php", at("/api/xmlrpc.php")),
        ("with texts in base64", with(in_base64)),
        ("with numbers as i8 of the namespace", in_namespace(&as_i8)),
        ("with nil for absent arguments", in_namespace(&with_nil)),
    ]
}
