//! An HTTP client for the commands that call a running server. Like the server, without TLS.

use std::io;
use std::time::Duration;

use ureq::Agent;

use crate::failure::Failure;

/// Maximum size of a response body in bytes.
const MAX_RESPONSE: u64 = 64 * 1024 * 1024;

/// Time limit of a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Returns an agent that accepts every status, and uses no proxy and follows no redirect.
pub(crate) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("trivium/", env!("CARGO_PKG_VERSION")))
        .proxy(None)
        .timeout_global(Some(REQUEST_TIMEOUT))
        .build()
        .new_agent()
}

/// Checks the URL of a server.
///
/// # Errors
/// If it is not of the form `http://HOST:PORT`.
pub(crate) fn check_url(url: &str) -> Result<(), Failure> {
    if let Some(rest) = url.strip_prefix("https://") {
        return Err(Failure::usage(&format!(
            "this program does not speak TLS: name the port behind the proxy, without TLS: http://{rest}"
        )));
    }
    let host = url.strip_prefix("http://").unwrap_or_default();
    match host.is_empty() || host.contains(['?', '#', ' ']) {
        true => Err(Failure::usage(&format!(
            "invalid URL of a server: '{url}'; expected http://HOST:PORT"
        ))),
        false => Ok(()),
    }
}

/// A client of one server.
pub(crate) struct Client {
    agent: Agent,
    /// The URL of the server, without a trailing slash.
    base: String,
}

/// The response of a server.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// Creates a client of the server at this URL.
    ///
    /// # Errors
    /// If the URL is not of the form `http://HOST:PORT`.
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        check_url(url)?;
        Ok(Self {
            agent: agent(),
            base: url.trim_end_matches('/').to_owned(),
        })
    }

    /// Sends a GET request.
    ///
    /// # Errors
    /// If there is no response.
    pub(crate) fn get(&self, path: &str) -> io::Result<Response> {
        let url = format!("{}{path}", self.base);
        read(self.agent.get(url).call())
    }

    /// Sends a POST request.
    ///
    /// # Errors
    /// If there is no response.
    pub(crate) fn post(&self, path: &str, content_type: &str, body: &[u8]) -> io::Result<Response> {
        let url = format!("{}{path}", self.base);
        let request = self.agent.post(url).header("Content-Type", content_type);
        read(request.send(body))
    }
}

fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> io::Result<Response> {
    let mut response = response.map_err(ureq::Error::into_io)?;
    let status = response.status().as_u16();
    let body = response
        .body_mut()
        .with_config()
        .limit(MAX_RESPONSE)
        .read_to_vec();
    Ok(Response {
        status,
        body: body.map_err(ureq::Error::into_io)?,
    })
}
