//! Requests written by hand, and their outcomes in one line.

use std::collections::BTreeMap;

use serde_json::Value;

use super::gateway::Served;
use super::http::Response;
use super::protocol::{Protocol, encode, field, plain, xml};
use super::xmlrpc::{struct_call, typed};

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Method, target and version.
    pub(crate) line: Vec<u8>,
    /// Without Host, Connection and Content-Length.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// Sent with its length, if there is a body.
    pub(crate) body: Option<Vec<u8>>,
}

/// Expands `json/echo` to `/api/json/peopleaggregator/echo`; a text with a leading slash is a path.
fn path(short: &str) -> String {
    match short.split_once('/') {
        Some((protocol @ ("json" | "xml" | "xmlrpc"), name)) => {
            format!("/api/{protocol}/peopleaggregator/{name}")
        }
        _ => short.to_owned(),
    }
}

/// A request without a body.
pub(crate) fn ask(method: &str, target: &str) -> Request {
    Request {
        line: format!("{method} {} HTTP/1.1", path(target)).into_bytes(),
        headers: Vec::new(),
        body: None,
    }
}

/// A GET request.
pub(crate) fn get(target: &str) -> Request {
    ask("GET", target)
}

/// A POST request with a body of this type.
pub(crate) fn post(target: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Request {
    Request {
        body: Some(body.into()),
        ..ask("POST", target).with("Content-Type", content_type)
    }
}

/// A POST request with a form.
pub(crate) fn form(target: &str, body: impl Into<Vec<u8>>) -> Request {
    post(target, "application/x-www-form-urlencoded", body)
}

/// A POST request with a JSON body.
pub(crate) fn json(target: &str, body: impl Into<Vec<u8>>) -> Request {
    post(target, "application/json", body)
}

/// A POST request with an XML body.
pub(crate) fn xml_body(target: &str, body: impl Into<Vec<u8>>) -> Request {
    post(target, "application/xml", body)
}

/// A POST request with a methodCall.
pub(crate) fn xml_rpc(body: impl Into<Vec<u8>>) -> Request {
    post("/api/xmlrpc", "text/xml", body)
}

impl Request {
    /// Adds a header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Its bytes on a connection that stays open.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.line.clone();
        bytes.extend_from_slice(b"\r\nHost: test\r\n");
        for (name, value) in &self.headers {
            bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        if let Some(body) = &self.body {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

impl From<Request> for Vec<u8> {
    /// Its bytes on a connection that closes after it.
    fn from(request: Request) -> Self {
        request.with("Connection", "close").bytes()
    }
}

/// Converts line feeds to CRLF.
pub(crate) fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

/// A response in one line: `200 {"echoText":"x"}`, `200 invalid_id: Group ID …`,
/// `200 fault -32700: The body …`, `404 not_found: nothing …`, or a status alone.
pub(crate) fn outcome(response: &Response) -> String {
    let status = response.status;
    let protocol = match response.header("content-type").split(';').next() {
        Some("application/x-javascript" | "application/json") => Protocol::Json,
        Some("application/xml") => Protocol::Xml,
        Some("text/xml") => Protocol::XmlRpc,
        _ => {
            let text = String::from_utf8_lossy(&response.body);
            return format!("{status} {}", text.trim_end())
                .trim_end()
                .to_owned();
        }
    };
    if response.body.is_empty() {
        return status.to_string();
    }
    let value = protocol.read(response).value;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(fault) = value.get("fault") {
        let words = text(&fault["faultString"]);
        return format!("{status} fault {}: {words}", fault["faultCode"]);
    }
    if let Some(code) = value.get("code") {
        assert_eq!(value["success"].to_string().trim_matches('"'), "false");
        return format!("{status} {}: {}", text(code), text(&value["msg"]));
    }
    let mut members: BTreeMap<String, Value> = serde_json::from_value(value).expect("a struct");
    let success = members.remove("success").expect("success");
    assert_eq!(success.to_string().trim_matches('"'), "true");
    format!("{status} {}", serde_json::to_string(&members).unwrap())
}

/// Sends a request over a new connection and asserts its outcome. `…` at the end of the expected
/// outcome matches any rest.
#[track_caller]
pub(crate) fn check(server: &Served, request: impl Into<Vec<u8>>, expect: &str) -> Response {
    let request = request.into();
    let response = server.send(&request);
    let got = outcome(&response);
    let fits = match expect.strip_suffix('…') {
        Some(beginning) => got.starts_with(beginning),
        None => got == expect,
    };
    let sent = String::from_utf8_lossy(&request);
    let sent: String = sent.chars().take(600).collect();
    assert!(fits, "sent: {sent}\nexpected: {expect}\ngot:      {got}");
    response
}

/// Calls an operation over every protocol, with its arguments in a query, a form, a JSON body, an
/// XML body and a methodCall. `{input}` in the expected outcome is replaced by the name of the
/// input.
#[track_caller]
pub(crate) fn check_everywhere(
    server: &Served,
    verb: &str,
    name: &str,
    arguments: &[(&str, Value)],
    expect: &str,
) {
    let rest = expect.replace("{input}", "REST input");
    for protocol in ["json", "xml", "xmlrpc"] {
        let target = format!("{protocol}/{name}");
        let query = ask(verb, &format!("{target}?{}", form_of(arguments)));
        check(server, query, &rest);
        if verb == "POST" {
            check(server, form(&target, form_of(arguments)), &rest);
            check(server, json(&target, json_of(arguments)), &rest);
            check(server, xml_body(&target, xml_of(arguments)), &rest);
        }
    }
    let values: Vec<String> = arguments.iter().map(|(_, value)| typed(value)).collect();
    let names = arguments.iter().map(|(name, _)| *name);
    let members: Vec<(&str, &str)> = names.zip(values.iter().map(String::as_str)).collect();
    let rpc = expect.replace("{input}", "input to XML-RPC function");
    check(server, xml_rpc(struct_call(name, &members)), &rpc);
}

fn form_of(arguments: &[(&str, Value)]) -> String {
    let pairs: Vec<String> = arguments
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(&field(value))))
        .collect();
    pairs.join("&")
}

fn json_of(arguments: &[(&str, Value)]) -> String {
    let members: Vec<String> = arguments
        .iter()
        .map(|(name, value)| format!("{}:{value}", Value::from(*name)))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn xml_of(arguments: &[(&str, Value)]) -> String {
    let elements: String = arguments
        .iter()
        .map(|(name, value)| format!("<{name}>{}</{name}>", xml(&plain(value))))
        .collect();
    format!("<request>{elements}</request>")
}
