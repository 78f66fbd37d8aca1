//! An HTTP client for the commands that call a running server.

use std::io;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::failure::Failure;
use crate::options::Trust;
use crate::tls;

/// Maximum size of a response body in bytes.
const MAX_RESPONSE: u64 = 64 * 1024 * 1024;

/// Time limit of a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Returns an agent for a server, that accepts every status, and uses no proxy and follows no redirect.
///
/// # Errors
/// If the URL is not of the form `http://HOST:PORT` or `https://HOST:PORT`, or the certificates to trust cannot be
/// read.
pub(crate) fn agent(url: &str, trust: &Trust) -> Result<Agent, Failure> {
    let host = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"));
    let host = host.unwrap_or_default();
    if host.is_empty() || host.contains(['?', '#', ' ']) {
        return Err(Failure::usage(&format!(
            "invalid URL of a server: '{url}'; expected http://HOST:PORT or https://HOST:PORT"
        )));
    }
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("trivium/", env!("CARGO_PKG_VERSION")))
        .proxy(None)
        .timeout_global(Some(REQUEST_TIMEOUT));
    if url.starts_with("https://") {
        let trusted = tls::trusted(trust.cacert.as_deref()).map_err(Failure::Failed)?;
        let trusted: Vec<_> = trusted
            .iter()
            .map(|der| Certificate::from_der(der).to_owned())
            .collect();
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(tls::provider())
            .root_certs(RootCerts::new_with_certs(&trusted));
        config = config.tls_config(tls.build());
    }
    Ok(config.build().new_agent())
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
    /// As for [`agent`].
    pub(crate) fn new(url: &str, trust: &Trust) -> Result<Self, Failure> {
        Ok(Self {
            agent: agent(url, trust)?,
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
