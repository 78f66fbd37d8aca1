//! A front-end under test: requests and responses as text.

use trivium_front::{self as front, FrontEnd, Profile, Read, Reply, Request, StatusRule, Wire};
use trivium_rpc::{Answer, Call};

use crate::service;

/// A front-end under test.
///
/// A request is written `VERB TARGET [TYPE BODY]`. The target is an operation with its query, or a path
/// with a leading slash; the type is `form`, `json`, `xml` or a Content-Type without spaces, or `unread`
/// for a body that was too large for the server to read, or `refused` for one for which it has no memory.
///
/// A response is written `STATUS BODY`, where `'x'` is the result of `echo` with this text,
/// `CODE: MESSAGE` a failure and `fault NUMBER: MESSAGE` a fault; any other body is written as sent.
/// `…` is any text.
pub struct Subject {
    /// The front-end.
    pub front_end: Box<dyn FrontEnd<Call = Call, Answer = Answer>>,
    /// The path of an operation, without its name.
    pub base: &'static str,
    /// Writes the body that is expected, in profile `documented`.
    pub body: fn(Body<'_>) -> String,
}

/// A body that is written in short.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// The result of `echo`.
    Text(&'a str),
    /// Code and message.
    Failure(&'a str, &'a str),
    /// Number and message.
    Fault(&'a str, &'a str),
}

/// Asserts the responses of a table, whose lines begin with:
///
/// - `> `: a request; several in a row have the same response;
/// - `+ `: a header of these requests, Accept or Content-Encoding;
/// - `= `: the Content-Type of the response, and its further headers;
/// - `< `: the response; more such lines continue its body, and `|` marks an end in white space;
/// - `wire `: the profile and the status rule of the requests that follow, at first `documented ok`;
/// - `#`: a comment.
#[track_caller]
pub fn table(subject: fn(Wire) -> Subject, text: &str) {
    let mut current = subject(Wire::DEFAULT);
    let mut differences = Vec::new();
    let (mut requests, mut headers, mut head) = (Vec::new(), Vec::new(), None);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("wire", words) => current = subject(wire(words)),
            (">", request) => requests.push(request),
            ("+", header) => headers.push(header.split_once(": ").expect("a header")),
            ("=", expected) => head = Some(expected),
            ("<", first) => {
                let mut response = first.to_owned();
                while let Some(more) = lines.next_if(|line| line.starts_with('<')) {
                    response.push('\n');
                    response.push_str(more.strip_prefix("< ").unwrap_or_default());
                }
                let response = response.strip_suffix('|').unwrap_or(&response);
                for request in requests.drain(..) {
                    let reply = current.send(request.as_bytes(), &headers);
                    let further = reply.headers.iter();
                    let further = further.map(|(name, value)| format!(" {name}: {value}"));
                    let got = format!("{}{}", reply.content_type, further.collect::<String>());
                    if head.is_some_and(|head| !matches(head, &got)) {
                        differences.push(format!("request:  {request}\nhead:     {got}"));
                    }
                    differences.extend(current.difference(request.as_bytes(), reply, response));
                }
                (headers, head) = (Vec::new(), None);
            }
            (mark, _) => assert!(mark.is_empty() || mark.starts_with('#'), "{line}"),
        }
    }
    assert!(requests.is_empty(), "no response for {requests:?}");
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

/// The settings that a line of a table names.
fn wire(words: &str) -> Wire {
    let profile = match words.split(' ').next() {
        Some("original") => Profile::Original,
        _ => Profile::Documented,
    };
    let status = match words.ends_with("http") {
        true => StatusRule::Http,
        false => StatusRule::Ok,
    };
    Wire { profile, status }
}

/// True if a text is the expected one, in which `…` is any text.
fn matches(expected: &str, got: &str) -> bool {
    match expected.split_once('…') {
        Some((before, after)) => got.starts_with(before) && got.ends_with(after),
        None => got == expected,
    }
}

/// A text as the content of an XML element.
pub fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('\r', "&#13;")
}

impl Subject {
    /// Asserts the response to a request.
    #[track_caller]
    pub fn check(&self, request: impl AsRef<[u8]>, response: &str) {
        self.check_with(request, &[], response);
    }

    /// Asserts the response to a request with these headers.
    #[track_caller]
    pub fn check_with(&self, request: impl AsRef<[u8]>, headers: &[(&str, &str)], response: &str) {
        let request = request.as_ref();
        let reply = self.send(request, headers);
        let difference = self.difference(request, reply, response);
        assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }

    fn send(&self, text: &[u8], headers: &[(&str, &str)]) -> Reply {
        let mut parts = text.splitn(4, |&b| b == b' ');
        let mut word = || std::str::from_utf8(parts.next().unwrap_or_default()).expect("UTF-8");
        let (method, target, content_type) = (word(), word(), word());
        let target = match target.strip_prefix('/') {
            Some(_) => target.to_owned(),
            None => format!("{}{target}", self.base),
        };
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let content_type = match content_type {
            "form" => "application/x-www-form-urlencoded",
            "json" => "application/json",
            "xml" => "application/xml",
            other => other,
        };
        let header = |name: &str| headers.iter().find(|it| it.0 == name).map(|it| it.1);
        let body = parts.next().unwrap_or_default();
        let request = Request {
            method,
            path,
            query,
            content_type: Some(content_type).filter(|name| !name.is_empty()),
            content_encoding: header("Content-Encoding"),
            accept: header("Accept"),
            body: match content_type {
                "unread" => front::Body::TooLarge,
                "refused" => front::Body::Refused,
                _ => front::Body::Whole(body),
            },
            ..Request::default()
        };
        match self.front_end.read(&request) {
            Read::Reply(reply) => reply,
            Read::Call(call, write) => write(service().call(call)),
            Read::Batch(mut batch) => {
                while let Some(call) = batch.next() {
                    batch.write(service().call(call));
                }
                batch.finish()
            }
        }
    }

    /// The difference between a response and the expected one.
    fn difference(&self, request: &[u8], reply: Reply, response: &str) -> Option<String> {
        let got = String::from_utf8(reply.body.into()).expect("UTF-8");
        let got = format!("{} {got}", reply.status);
        let expected = self.expand(response);
        let request = String::from_utf8_lossy(request);
        let request: String = request.chars().take(600).collect();
        (!matches(&expected, &got))
            .then(|| format!("request:  {request}\nexpected: {expected:?}\ngot:      {got:?}"))
    }

    /// A response with its body as sent.
    fn expand(&self, response: &str) -> String {
        let (status, short) = response.split_once(' ').expect("status and body");
        let quoted = short
            .strip_prefix('\'')
            .and_then(|it| it.strip_suffix('\''));
        let body = match (quoted, short.split_once(": ")) {
            _ if short.starts_with(['<', '{']) => short.to_owned(),
            (Some(text), _) => (self.body)(Body::Text(text)),
            (None, Some((code, message))) => (self.body)(match code.strip_prefix("fault ") {
                Some(number) => Body::Fault(number, message),
                None => Body::Failure(code, message),
            }),
            (None, None) => panic!("unknown response {response}"),
        };
        format!("{status} {body}")
    }
}
