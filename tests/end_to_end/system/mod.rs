//! What XML-RPC has beside the operations: the methods of `system`.
//!
//! - [`introspection`] holds what the service tells of itself; [`multicall`] makes several calls
//!   at once; [`hostile`] asks for too much, or for what is none.

mod hostile;
mod introspection;
mod multicall;

use serde_json::{Value, json};

use crate::harness::{Protocol, Request, Served, method_call, param, typed, xml_rpc};

/// The setting of each profile.
const PROFILES: [[&str; 2]; 2] = [
    ["--peopleaggregator-profile", "documented"],
    ["--peopleaggregator-profile", "original"],
];

/// A methodCall of a method of `system`, with these values as its parameters.
fn system(name: &str, params: &[&str]) -> String {
    let params: String = params.iter().map(|value| param(value)).collect();
    method_call(&format!("system.{name}"), &params)
}

/// A call of several, each given as what its `<value>` holds.
fn calls_of(items: &[String]) -> String {
    let items: String = items
        .iter()
        .map(|item| format!("<value>{item}</value>"))
        .collect();
    system(
        "multicall",
        &[&format!("<array><data>{items}</data></array>")],
    )
}

/// One of several calls, of any method, with these values as its parameters.
fn item(name: &str, params: &[String]) -> String {
    let params = params.concat();
    format!(
        "<struct><member><name>methodName</name><value>{name}</value></member>\
         <member><name>params</name><value><array><data>{params}</data></array></value></member>\
         </struct>"
    )
}

/// One of several calls, of an operation.
fn operation(name: &str, arguments: &Value) -> String {
    let arguments = format!("<value>{}</value>", typed(arguments));
    item(&format!("peopleaggregator.{name}"), &[arguments])
}

/// What a document is answered, as a value.
fn ask(server: &Served, document: impl Into<Vec<u8>>) -> Value {
    read(server, xml_rpc(document))
}

fn read(server: &Served, request: Request) -> Value {
    let response = server.send(&Vec::from(request));
    assert_eq!(response.status, 200, "{}", response.text());
    Protocol::XmlRpc.read(&response).value
}

/// The fault of one of several calls.
fn fault(number: i64, words: &str) -> Value {
    json!({"faultCode": number, "faultString": words})
}

/// The fault of a whole document.
fn whole(number: i64, words: &str) -> Value {
    json!({ "fault": fault(number, words) })
}

/// What one of several calls answers that echoes this.
fn echoed(text: &str) -> Value {
    json!([{"echoText": text, "success": true}])
}

/// One of several calls, which echoes this.
fn echo(text: &str) -> String {
    operation("echoPost", &json!({ "echoText": text }))
}
