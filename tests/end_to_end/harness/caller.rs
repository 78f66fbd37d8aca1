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

    /// Sends a request to any front-end and reads the response.
    pub(crate) fn send(&mut self, request: &Request) -> Response {
        self.0.send(&request.bytes());
        self.0.receive().expect("a response")
    }
}
