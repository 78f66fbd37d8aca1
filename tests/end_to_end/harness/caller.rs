//! A client that keeps its connection, for tests that call often.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::http::{Connection, Response};
use super::protocol::{Answer, Protocol};
use super::request::Request;

/// Number of responses that a caller keeps for each operation.
const KEPT: usize = 8;

/// A connection to a server, reused for every call in any protocol.
///
/// It calls as browsers do: each GET names the last responses of that operation, to whomever and about whatever they
/// were, and a response that the server reports as unchanged is the kept one. So a wrong report is a wrong result.
pub(crate) struct Caller {
    connection: Connection,
    /// The last responses to GET by the path of the request, with their tags.
    kept: HashMap<String, VecDeque<(String, Response)>>,
    /// The number of responses that were reported as unchanged.
    pub(crate) unchanged: u64,
}

impl Caller {
    /// Connects to a server.
    pub(crate) fn new(address: &str) -> Self {
        Self {
            connection: Connection::open(address),
            kept: HashMap::new(),
            unchanged: 0,
        }
    }

    /// Calls an operation. `verb` is the HTTP method of the operation.
    pub(crate) fn call(
        &mut self,
        protocol: Protocol,
        verb: &str,
        name: &str,
        arguments: &Value,
    ) -> Answer {
        let request = protocol.request(verb, name, arguments);
        let response = match request.line.starts_with(b"GET ") {
            true => self.send_conditionally(format!("{protocol:?} {name}"), request),
            false => self.send(&request),
        };
        protocol.read(&response)
    }

    fn send_conditionally(&mut self, key: String, mut request: Request) -> Response {
        let kept = self.kept.entry(key).or_default();
        if !kept.is_empty() {
            let tags: Vec<&str> = kept.iter().map(|(tag, _)| tag.as_str()).collect();
            request = request.with("If-None-Match", &tags.join(", "));
        }
        self.connection.send(&request.bytes());
        let response = self.connection.receive().expect("a response");
        let tag = response.header("etag").to_owned();
        if response.status == 304 {
            self.unchanged += 1;
            let (_, kept) = kept
                .iter()
                .find(|(other, _)| *other == tag)
                .expect("a known tag");
            return kept.clone();
        }
        if !tag.is_empty() {
            kept.retain(|(other, _)| *other != tag);
            kept.push_front((tag, response.clone()));
            kept.truncate(KEPT);
        }
        response
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
        self.connection.send(&request.bytes());
        self.connection.receive().expect("a response")
    }
}
