//! A caller that keeps its connection, for those who call often.

use serde_json::Value;

use super::http::{Connection, Response};
use super::protocol::{Answer, Protocol, form, method_call};
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
        let path = format!("/api/{}/peopleaggregator/{name}", protocol.word());
        let request = match (protocol, verb) {
            (Protocol::XmlRpc, _) => post("/api/xmlrpc", "text/xml", &method_call(name, arguments)),
            (_, "GET") => format!(
                "GET {path}?{} HTTP/1.1\r\nHost: test\r\n\r\n",
                form(arguments)
            ),
            _ => post(&path, "application/x-www-form-urlencoded", &form(arguments)),
        };
        protocol.read(&self.exchange(request.as_bytes()))
    }

    /// Sends a request of any front-end.
    pub(crate) fn send(&mut self, request: &Request) -> Response {
        self.exchange(&request.bytes())
    }

    fn exchange(&mut self, request: &[u8]) -> Response {
        self.0.send(request);
        self.0.receive().expect("a response")
    }
}

fn post(path: &str, content_type: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
