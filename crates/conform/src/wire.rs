//! Requests, responses and formats, without the connection.

use std::io;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// GET or POST.
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// The header Content-Type; empty if there is no body.
    pub content_type: &'static str,
    /// The body of a POST.
    pub body: Vec<u8>,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// A running server.
pub trait Server {
    /// Sends a request and waits for the response, whatever its status.
    ///
    /// # Errors
    /// If no response arrives.
    fn send(&self, request: &Request) -> io::Result<Response>;
}

/// The formats in which every operation is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
    XmlRpc,
}

impl Format {
    pub(crate) const ALL: [Self; 3] = [Self::Json, Self::Xml, Self::XmlRpc];

    /// The name in reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Json => "REST (JSON)",
            Self::Xml => "REST (XML)",
            Self::XmlRpc => "XML-RPC",
        }
    }
}
