//! The Onezone dialect, on both databases. Each request and each expected response is a line.
//!
//! - [`joining`], [`neighbours`], [`groups`] and [`tokens`] have a row for each case of each call; [`authentication`] has
//!   the credentials and the order of the checks.
//! - [`hostile`] has malformed and oversized input.
//! - [`crossing`] redeems invitations over other front-ends; [`serving`] tests the prefix and
//!   third-party clients.

mod authentication;
mod crossing;
mod groups;
mod hostile;
mod joining;
mod neighbours;
mod serving;
mod tokens;

use std::cell::RefCell;

use serde_json::{Value, json};
use trivium_test_support::Backend;

use crate::harness::run;
use crate::harness::{Answer, Gateway, Protocol, Request, Response, ask};

/// The prefix of Onezone.
const PREFIX: &str = "/api/v3/onezone";

/// A gateway, with names for its users, groups and invitations in requests and responses.
struct Zone {
    gateway: Gateway,
    /// `$name` and its value.
    names: Vec<(String, String)>,
    /// The bodies of all responses.
    bodies: RefCell<Vec<u8>>,
}

/// Runs a test on both databases.
fn on_both(test: impl Fn(&mut Zone)) {
    for backend in Backend::ALL {
        let mut zone = Zone::start(backend, &[]);
        test(&mut zone);
        zone.end();
    }
}

impl Zone {
    fn start(backend: Backend, options: &[&str]) -> Self {
        Self {
            gateway: Gateway::start(backend, options),
            names: Vec::new(),
            bodies: RefCell::default(),
        }
    }

    /// Asserts that the log has no errors, and that every response is a JSON object.
    fn end(self) {
        let log = self.gateway.served.log();
        assert!(!log.contains("ERROR"), "{log}");
        let bodies = self.bodies.into_inner();
        run("jq", &["--exit-status", "type == \"object\""], &bodies);
    }

    /// Sets the value of `$name`.
    fn name(&mut self, name: &str, value: impl Into<String>) {
        self.names.push((format!("${name}"), value.into()));
        // Longer names first: `$anna-id` is not `$anna` with a suffix.
        self.names
            .sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    }

    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.names {
            text = text.replace(name, value);
        }
        assert!(!text.contains('$'), "{text}");
        text
    }

    /// Creates a user: `$name` is a token of theirs, `$name-id` their number.
    fn person(&mut self, name: &str) {
        let add = ["user", "add", name, "--password-stdin"];
        let id = self.gateway.command(&add, &password(name));
        let token = self.gateway.command(&["user", "token", name], "");
        self.name(&format!("{name}-id"), id.replace("user:", ""));
        self.name(name, token);
    }

    fn people(&mut self, names: &[&str]) {
        for name in names {
            self.person(name);
        }
    }

    /// Creates a group: `$name` is its number.
    fn group(&mut self, name: &str, owner: &str, registration: &str) {
        let add = ["group", "add", name, "--owner", owner];
        let more = ["--registration", registration];
        let id = self.gateway.command(&[&add[..], &more].concat(), "");
        self.name(name, id.replace("group:", ""));
    }

    /// Calls an operation over another protocol, with names replaced.
    fn call(&self, protocol: Protocol, verb: &str, operation: &str, arguments: Value) -> Answer {
        let arguments = serde_json::from_str(&self.fill(&arguments.to_string())).unwrap();
        let answer = protocol.call(&self.gateway.served, verb, operation, &arguments);
        answer.succeeds();
        answer
    }

    /// Calls an operation that changes something over REST (JSON).
    fn change(&self, operation: &str, arguments: Value) -> Answer {
        self.call(Protocol::Json, "POST", operation, arguments)
    }

    /// Creates an invitation: `$name` is its secret, `$name-id` its number.
    fn invitation(&mut self, name: &str, issuer: &str, group: &str, more: Value) {
        let mut call = json!({"authToken": format!("${issuer}"), "id": format!("group:${group}")});
        let more = more.as_object().unwrap().clone();
        call.as_object_mut().unwrap().extend(more);
        let made = self.change("newInvitation", call);
        let id = made.text("invitationId").replace("invitation:", "");
        self.name(&format!("{name}-id"), id);
        self.name(name, made.text("invitation"));
    }

    /// Sends `METHOD /path as TOKEN [Header: value] <- body` with names replaced. All but the first
    /// two parts are optional.
    fn ask(&self, request: &str) -> Response {
        let response = self.gateway.served.send(&Vec::from(self.request(request)));
        assert!(response.status < 500, "{request}: {response:?}");
        self.bodies.borrow_mut().extend_from_slice(&response.body);
        response
    }

    fn request(&self, text: &str) -> Request {
        let text = self.fill(text);
        let (head, body) = match text.split_once(" <- ") {
            Some((head, body)) => (head, Some(body)),
            None => (text.as_str(), None),
        };
        let mut parts = head.split(" [");
        let mut words = parts.next().unwrap().split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let mut request = ask(method, &format!("{PREFIX}{path}"));
        match (words.next(), words.next()) {
            (Some("as"), Some(token)) => request = request.with("X-Auth-Token", token),
            (None, None) => {}
            other => panic!("{other:?}"),
        }
        for header in parts {
            let (name, value) = header.trim_end_matches(']').split_once(": ").unwrap();
            request = request.with(name, value);
        }
        if let Some(body) = body {
            if !head.contains("[Content-Type: ") {
                request = request.with("Content-Type", "application/json");
            }
            request.body = Some(body.into());
        }
        request
    }

    /// Asserts the response: `STATUS at /location allow METHODS body`. All but the status are
    /// optional.
    #[track_caller]
    fn check(&self, request: &str, expect: &str) {
        assert_eq!(line_of(&self.ask(request)), self.fill(expect), "{request}");
    }

    /// Asserts the responses to several requests, in order.
    #[track_caller]
    fn rows(&self, rows: &[(&str, &str)]) {
        for (request, expect) in rows {
            self.check(request, expect);
        }
    }
}

/// The password of a user in a zone.
fn password(name: &str) -> String {
    format!("the password of {name}")
}

/// A response in a line. Its body is JSON or empty.
#[track_caller]
fn line_of(response: &Response) -> String {
    let mut line = response.status.to_string();
    let location = response.header("location");
    if !location.is_empty() {
        let path = location.strip_prefix(&format!("http://test{PREFIX}"));
        line.push_str(&format!(" at {}", path.expect("a location")));
    }
    if !response.header("allow").is_empty() {
        line.push_str(&format!(" allow {}", response.header("allow")));
    }
    assert_eq!(response.header("www-authenticate"), "");
    if response.body.is_empty() {
        return line;
    }
    assert_eq!(response.header("content-type"), "application/json");
    line + " " + &response.text()
}

/// Common errors.
const NOT_FOUND: &str =
    r#"404 {"error":{"id":"notFound","description":"The resource could not be found."}}"#;
const UNAUTHORIZED: &str = r#"401 {"error":{"id":"unauthorized","description":"You must authenticate yourself to perform this operation."}}"#;
const FORBIDDEN: &str = r#"403 {"error":{"id":"forbidden","description":"You are not authorized to perform this operation."}}"#;
const MALFORMED: &str = r#"400 {"error":{"id":"malformedData","description":"Provided data could not be understood by the server."}}"#;
const NO_NAME: &str = r#"400 {"error":{"id":"badValueName","description":"Bad value: Name must be 2-50 characters long and composed only of UTF-8 letters, digits, brackets and underscores. Dashes, spaces and dots are allowed (but not at the beginning or the end)."}}"#;
