//! An HTTP client, for commands that ask a running server. Without TLS, as the server is.

use std::io;
use std::time::Duration;

use ureq::Agent;

use crate::failure::Failure;

/// Bytes of an answer that are read at the most.
const ANSWER: u64 = 64 * 1024 * 1024;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What sends requests: any status is an answer, and goes to nobody but who is named.
pub(crate) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("trivium/", env!("CARGO_PKG_VERSION")))
        .proxy(None)
        .timeout_global(Some(PATIENCE))
        .build()
        .new_agent()
}

/// A client of one server.
pub(crate) struct Client {
    agent: Agent,
    /// Where it is, without a slash at the end.
    base: String,
}

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// A client of the server at this address.
    ///
    /// # Errors
    /// When the address is none of a server without TLS.
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        let host = url.strip_prefix("http://").unwrap_or_default();
        if host.is_empty() || host.contains(['?', '#']) {
            return Err(Failure::Failed(format!(
                "'{url}' is no address of a server: it has the form http://HOST:PORT"
            )));
        }
        Ok(Self {
            agent: agent(),
            base: url.trim_end_matches('/').to_owned(),
        })
    }

    /// GET.
    ///
    /// # Errors
    /// When there is no answer.
    pub(crate) fn get(&self, path: &str) -> io::Result<Answer> {
        let url = format!("{}{path}", self.base);
        read(self.agent.get(url).call())
    }

    /// POST.
    ///
    /// # Errors
    /// When there is no answer.
    pub(crate) fn post(&self, path: &str, content_type: &str, body: &[u8]) -> io::Result<Answer> {
        let url = format!("{}{path}", self.base);
        let request = self.agent.post(url).header("Content-Type", content_type);
        read(request.send(body))
    }
}

fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> io::Result<Answer> {
    let mut answer = answer.map_err(ureq::Error::into_io)?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(ANSWER).read_to_vec();
    Ok(Answer {
        status,
        body: body.map_err(ureq::Error::into_io)?,
    })
}
