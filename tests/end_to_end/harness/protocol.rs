//! The three protocols: how each writes a request and parses a response.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};

use super::gateway::Served;
use super::http::Response;
use super::request::{self, Request};
use super::xmlrpc::call_with;

/// A protocol of the PeopleAggregator front-ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// REST (JSON).
    Json,
    /// REST (XML).
    Xml,
    /// XML-RPC.
    XmlRpc,
}

/// All protocols.
pub(crate) const PROTOCOLS: [Protocol; 3] = [Protocol::Json, Protocol::Xml, Protocol::XmlRpc];

/// The parsed response of a call. Over REST (XML) every leaf is a text.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The protocol of the call.
    pub(crate) protocol: Protocol,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The members of the response, or `{"fault": {…}}`.
    pub(crate) value: Value,
}

impl Protocol {
    /// Its name in paths and in logins.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
            Self::XmlRpc => "xmlrpc",
        }
    }

    /// Its name in the audit log.
    pub(crate) const fn via(self) -> &'static str {
        match self {
            Self::Json => "rest-json",
            Self::Xml => "rest-xml",
            Self::XmlRpc => "xml-rpc",
        }
    }

    /// Writes a request for an operation. `verb` is the HTTP method of the operation.
    pub(crate) fn request(self, verb: &str, name: &str, arguments: &Value) -> Request {
        let path = format!("/api/{}/peopleaggregator/{name}", self.word());
        match (self, verb) {
            (Self::XmlRpc, _) => request::xml_rpc(call_with(name, arguments)),
            (_, "GET") => request::get(&format!("{path}?{}", form(arguments))),
            _ => request::form(&path, form(arguments)),
        }
    }

    /// Calls an operation over a new connection.
    pub(crate) fn call(self, server: &Served, verb: &str, name: &str, arguments: &Value) -> Answer {
        let request = self.request(verb, name, arguments);
        self.read(&server.send(&Vec::from(request)))
    }

    /// Parses a response.
    pub(crate) fn read(self, response: &Response) -> Answer {
        let text = response.text();
        let value = match self {
            Self::Json => serde_json::from_str(&text)
                .unwrap_or_else(|e| panic!("{e}: {} {text}", response.status)),
            Self::Xml => rest_xml(&text),
            Self::XmlRpc => method_response(&text),
        };
        Answer {
            protocol: self,
            status: response.status,
            value,
        }
    }
}

impl Answer {
    /// The code of a failure, or `success`.
    pub(crate) fn code(&self) -> String {
        match &self.value["code"] {
            // A successful response of canJoin has a code, too.
            Value::String(code) if self.text("success") != "true" => code.clone(),
            _ if self.value["fault"].is_object() => {
                format!("fault {}", self.value["fault"]["faultCode"])
            }
            _ => "success".to_owned(),
        }
    }

    /// A member of any type as text.
    pub(crate) fn text(&self, name: &str) -> String {
        plain(&self.value[name])
    }

    /// Asserts that the call succeeded with exactly these members beside `success`.
    #[track_caller]
    pub(crate) fn is(&self, expected: Value) -> &Self {
        let mut whole = Map::from_iter([("success".to_owned(), json!(true))]);
        whole.extend(expected.as_object().expect("an object").clone());
        self.holds(&Value::Object(whole))
    }

    /// Asserts that the call failed with this code.
    #[track_caller]
    pub(crate) fn fails(&self, code: &str) -> &Self {
        assert_eq!(self.code(), code, "{:?} {}", self.protocol, self.value);
        assert_eq!(plain(&self.value["success"]), "false");
        assert!(!self.text("msg").is_empty());
        self
    }

    /// Asserts that the call succeeded.
    #[track_caller]
    pub(crate) fn succeeds(&self) -> &Self {
        assert_eq!(
            plain(&self.value["success"]),
            "true",
            "{:?} {}",
            self.protocol,
            self.value
        );
        self
    }

    /// Asserts that the response is this value, up to what its format can represent.
    #[track_caller]
    pub(crate) fn holds(&self, expected: &Value) -> &Self {
        let expected = match self.protocol {
            Protocol::Xml => texts(expected),
            Protocol::Json | Protocol::XmlRpc => expected.clone(),
        };
        assert_eq!(self.value, expected, "over {:?}", self.protocol);
        self
    }
}

/// A value as REST (XML) represents it: every leaf is a text, and an empty list and an empty struct
/// are empty texts.
pub(crate) fn texts(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.is_empty() => json!(""),
        Value::Array(items) => items.iter().map(texts).collect(),
        Value::Object(members) if members.is_empty() => json!(""),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), texts(value)));
            Value::Object(members.collect())
        }
        leaf => json!(plain(leaf)),
    }
}

/// A leaf of any type as text.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Encodes arguments as a form.
pub(crate) fn form(arguments: &Value) -> String {
    let pairs = arguments.as_object().expect("an object").iter();
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{}={}", encode(name), encode(&field(value))))
        .collect();
    pairs.join("&")
}

/// A value of a form: a list is one text.
pub(crate) fn field(value: &Value) -> String {
    match value {
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(","),
        value => plain(value),
    }
}

/// Percent-encodes a text.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Escapes a text as the content of an element.
pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\r', "&#13;")
}

/// An XML element.
#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Self>,
}

fn parse(document: &str) -> Element {
    let mut reader = Reader::from_str(document);
    let mut open = vec![Element::default()];
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|e| panic!("{e}: {document}"))
        {
            Event::Start(start) => open.push(Element {
                name: start.name().as_ref().to_owned(),
                ..Element::default()
            }),
            Event::End(_) => {
                let element = open.pop().unwrap();
                open.last_mut().unwrap().children.push(element);
            }
            Event::Text(text) => open
                .last_mut()
                .unwrap()
                .text
                .push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let c = reference
                    .resolve_char_ref()
                    .unwrap()
                    .unwrap_or_else(|| match &*reference.xml10_content() {
                        "lt" => '<',
                        "gt" => '>',
                        "amp" => '&',
                        "quot" => '"',
                        "apos" => '\'',
                        other => panic!("&{other};"),
                    });
                open.last_mut().unwrap().text.push(c);
            }
            Event::Eof => return open.pop().unwrap().children.pop().unwrap(),
            Event::Decl(_) | Event::Comment(_) => {}
            other => panic!("{other:?} in a response"),
        }
    }
}

fn rest_xml(document: &str) -> Value {
    fn value(element: &Element) -> Value {
        if element.children.is_empty() {
            return json!(element.text);
        }
        if element.children.iter().all(|child| child.name == "item") {
            return element.children.iter().map(value).collect();
        }
        let members = element
            .children
            .iter()
            .map(|child| (child.name.clone(), value(child)));
        Value::Object(members.collect())
    }
    let root = parse(document);
    assert_eq!(root.name, "response");
    value(&root)
}

fn method_response(document: &str) -> Value {
    fn child<'a>(element: &'a Element, name: &str) -> &'a Element {
        element
            .children
            .iter()
            .find(|child| child.name == name)
            .unwrap_or_else(|| panic!("no <{name}> in <{}>", element.name))
    }
    fn value(element: &Element) -> Value {
        let Some(typed) = element.children.first() else {
            return json!(element.text);
        };
        match typed.name.as_str() {
            "string" => json!(typed.text),
            "int" | "i4" | "i8" => json!(typed.text.parse::<i64>().unwrap()),
            "boolean" => json!(typed.text == "1"),
            "dateTime.iso8601" => {
                let t = &typed.text;
                json!(format!("{}-{}-{}Z", &t[..4], &t[4..6], &t[6..]))
            }
            "struct" => {
                let members = typed.children.iter().map(|member| {
                    (
                        child(member, "name").text.clone(),
                        value(child(member, "value")),
                    )
                });
                Value::Object(members.collect())
            }
            "array" => child(typed, "data").children.iter().map(value).collect(),
            other => panic!("a value of type {other}"),
        }
    }
    let root = parse(document);
    assert_eq!(root.name, "methodResponse");
    match root.children.first().unwrap().name.as_str() {
        "fault" => json!({ "fault": value(child(child(&root, "fault"), "value")) }),
        _ => value(child(child(child(&root, "params"), "param"), "value")),
    }
}
