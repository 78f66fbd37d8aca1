//! A request in its parts: as pages show it, programs make it, and `trivium call` sends it.

use std::fmt;

use crate::encode::form;

/// A request, without what only its connection knows.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The verb of HTTP.
    pub method: &'static str,
    /// Where it goes to, without a query.
    pub path: String,
    /// What it gives.
    pub given: Given<'a>,
}

/// What a request gives.
#[derive(Clone, Debug)]
pub enum Given<'a> {
    /// Names and values: in the query of GET, else as a form.
    Arguments(Vec<(&'a str, &'a str)>),
    /// What is no form.
    Message {
        /// Its headers.
        headers: Vec<(&'static str, &'static str)>,
        /// The header Content-Type, and the body.
        body: Option<(&'static str, String)>,
    },
}

impl Request<'_> {
    /// Path and query.
    pub fn target(&self) -> String {
        match (self.method, &self.given) {
            ("GET", Given::Arguments(list)) if !list.is_empty() => {
                format!("{}?{}", self.path, form(list))
            }
            _ => self.path.clone(),
        }
    }

    /// The headers, without that of the body.
    pub fn headers(&self) -> &[(&'static str, &'static str)] {
        match &self.given {
            Given::Arguments(_) => &[],
            Given::Message { headers, .. } => headers,
        }
    }

    /// The header Content-Type, and the body.
    pub fn body(&self) -> Option<(&'static str, String)> {
        match (self.method, &self.given) {
            ("GET", Given::Arguments(_)) => None,
            (_, Given::Arguments(list)) => Some(("application/x-www-form-urlencoded", form(list))),
            (_, Given::Message { body, .. }) => body.clone(),
        }
    }

    /// The same request to what stands below a prefix.
    pub fn below(self, prefix: &str) -> Self {
        let path = format!("{prefix}{}", self.path);
        Self { path, ..self }
    }
}

impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} HTTP/1.1", self.method, self.target())?;
        for (name, value) in self.headers() {
            writeln!(f, "{name}: {value}")?;
        }
        match self.body() {
            Some((kind, body)) => {
                let length = body.len();
                write!(
                    f,
                    "Content-Type: {kind}\nContent-Length: {length}\n\n{body}"
                )
            }
            None => f.write_str("\n"),
        }
    }
}
