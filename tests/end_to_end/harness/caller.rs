//! A caller that keeps its connection, for those who call often.

use serde_json::Value;

use super::http::{Connection, Response};
use super::protocol::{Answer, Protocol};
use super::request::Request;

/// One connection to a server, used call after call, in any protocol.
pub(crate) struct Caller(Connection);

impl Caller {
    /// Connects.
    pub(crate) fn new(address: &str) -> Self {
        Self(Connection::open(address))
    }

    /// Calls an operation. `verb` is that of the operation.
    pub(crate) fn call(
        &mut self,
        protocol: Protocol,
        verb: &str,
        name: &str,
        arguments: &Value,
    ) -> Answer {
        protocol.read(&self.send(&protocol.request(verb, name, arguments)))
    }

    /// Sends a request of any front-end.
    pub(crate) fn send(&mut self, request: &Request) -> Response {
        self.0.send(&request.bytes());
        self.0.receive().expect("a response")
    }
}
