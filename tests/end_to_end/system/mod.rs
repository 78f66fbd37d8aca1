//! The methods of `system` in XML-RPC.
//!
//! - [`introspection`] tests the descriptions of methods; [`multicall`] several calls in a request;
//!   [`hostile`] oversized multicalls. `crates/xml-rpc` tests malformed calls, without sockets.

mod hostile;
mod introspection;
mod multicall;

use serde_json::{Value, json};

use crate::harness::{Protocol, Request, Served, entry_with, method_call, param, xml_rpc};

/// The option of each profile.
const PROFILES: [[&str; 2]; 2] = [
    ["--peopleaggregator-profile", "documented"],
    ["--peopleaggregator-profile", "original"],
];

/// A methodCall of a method of `system`, with these values as its parameters.
fn system(name: &str, params: &[&str]) -> String {
    let params: String = params.iter().map(|value| param(value)).collect();
    method_call(&format!("system.{name}"), &params)
}

/// Sends a document and returns the value of the response.
fn ask(server: &Served, document: impl Into<Vec<u8>>) -> Value {
    read(server, xml_rpc(document))
}

fn read(server: &Served, request: Request) -> Value {
    let response = server.send(&Vec::from(request));
    assert_eq!(response.status, 200, "{}", response.text());
    Protocol::XmlRpc.read(&response).value
}

/// The fault of a call in a multicall.
fn fault(number: i64, words: &str) -> Value {
    json!({"faultCode": number, "faultString": words})
}

/// The response of [`echo`] in a multicall.
fn echoed(text: &str) -> Value {
    json!([{"echoText": text, "success": true}])
}

/// A call of echoPost in a multicall.
fn echo(text: &str) -> String {
    entry_with("echoPost", &json!({ "echoText": text }))
}
