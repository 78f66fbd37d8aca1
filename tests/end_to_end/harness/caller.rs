//! A client that keeps its connection, for tests that call often.

use serde_json::Value;

use super::http::{Connection, Response};
use super::protocol::{Answer, Protocol};
use super::request::Request;

/// A connection to a server, reused for every call in any protocol.
pub(crate) struct Caller(Connection);

impl Caller {
    /// Connects to a server.
    pub(crate) fn new(address: &str) -> Self {
        Self(Connection::open(address))
    }

    /// Calls an operation. `verb` is the HTTP method of the operation.
    pub(crate) fn call(
        &mut self,
        protocol: Protocol,
        verb: &str,
        name: &str,
        arguments: &Value,
    ) -> Answer {
        protocol.read(&self.send(&protocol.request(verb, name, arguments)))
    }

    /// Reads the rows on all pages of a list.
    pub(crate) fn rows(
        &mut self,
        protocol: Protocol,
        operation: &str,
        list: &str,
        arguments: &Value,
    ) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut arguments = arguments.clone();
        for page in 1.. {
            arguments["page"] = page.into();
            let answer = self.call(protocol, "GET", operation, &arguments);
            answer.succeeds();
            match answer.value[list].as_array() {
                Some(more) if !more.is_empty() => rows.extend_from_slice(more),
                _ => {
                    assert_eq!(answer.text("totalResults"), rows.len().to_string());
                    break;
                }
            }
        }
        rows
    }

    /// Sends a request to any front-end and reads the response.
    pub(crate) fn send(&mut self, request: &Request) -> Response {
        self.0.send(&request.bytes());
        self.0.receive().expect("a response")
    }
}
