//! The requests of clients: pages show them, example programs send them, and so does `trivium call`.

use std::fmt;

use crate::form;

/// A request that a client sends, without the headers of its connection.
#[derive(Clone, Debug)]
pub struct ClientRequest<'a> {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, without a query.
    pub path: String,
    /// Its arguments, or its headers and body.
    pub payload: Payload<'a>,
}

/// The payload of a request.
#[derive(Clone, Debug)]
pub enum Payload<'a> {
    /// Names and values: in the query of GET, otherwise as a form.
    Arguments(Vec<(&'a str, &'a str)>),
    /// Headers, and a body that is not a form.
    Message {
        /// The headers, without that of the body.
        headers: Vec<(&'static str, &'static str)>,
        /// The header Content-Type, and the body.
        body: Option<(&'static str, String)>,
    },
}

impl ClientRequest<'_> {
    /// Path and query.
    pub fn target(&self) -> String {
        match (self.method, &self.payload) {
            ("GET", Payload::Arguments(list)) if !list.is_empty() => {
                format!("{}?{}", self.path, form::encode(list))
            }
            _ => self.path.clone(),
        }
    }

    /// The headers, without that of the body.
    pub fn headers(&self) -> &[(&'static str, &'static str)] {
        match &self.payload {
            Payload::Arguments(_) => &[],
            Payload::Message { headers, .. } => headers,
        }
    }

    /// The header Content-Type, and the body.
    pub fn body(&self) -> Option<(&'static str, String)> {
        match (self.method, &self.payload) {
            ("GET", Payload::Arguments(_)) => None,
            (_, Payload::Arguments(list)) => {
                Some(("application/x-www-form-urlencoded", form::encode(list)))
            }
            (_, Payload::Message { body, .. }) => body.clone(),
        }
    }

    /// The same request to a path below a prefix.
    pub fn below(self, prefix: &str) -> Self {
        let path = format!("{prefix}{}", self.path);
        Self { path, ..self }
    }
}

impl fmt::Display for ClientRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} HTTP/1.1", self.method, self.target())?;
        for (name, value) in self.headers() {
            writeln!(f, "{name}: {value}")?;
        }
        match self.body() {
            Some((content_type, body)) => {
                let length = body.len();
                write!(
                    f,
                    "Content-Type: {content_type}\nContent-Length: {length}\n\n{body}"
                )
            }
            None => f.write_str("\n"),
        }
    }
}
