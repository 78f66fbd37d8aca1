//! What the log says about the request of a call: its ID, its operation, and the user who makes it.

use std::sync::OnceLock;

use trivium_rpc::Error;

use crate::Origin;

/// The request of a call, which may have several calls.
#[derive(Debug)]
pub struct Trace {
    /// The ID of the request, which its response has too.
    pub id: String,
    login: OnceLock<String>,
    operation: OnceLock<&'static str>,
}

impl Trace {
    /// The trace of a request whose caller is not known yet.
    pub const fn new(id: String) -> Self {
        Self {
            id,
            login: OnceLock::new(),
            operation: OnceLock::new(),
        }
    }

    /// Records who makes a call.
    pub fn identify(&self, login: &str) {
        self.login.get_or_init(|| login.to_owned());
    }

    /// Records which operation is called.
    pub fn calls(&self, operation: &'static str) {
        self.operation.get_or_init(|| operation);
    }

    /// The operation that is called: the first, if several are.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation.get().copied()
    }

    /// The login of the user who makes the calls: the first, if several do.
    pub fn login(&self) -> Option<&str> {
        self.login.get().map(String::as_str)
    }
}

impl Origin {
    /// The ID of the request.
    pub fn id(&self) -> Option<&str> {
        self.trace.as_ref().map(|trace| trace.id.as_str())
    }

    /// Records who makes the call.
    pub(crate) fn identified(&self, login: &str) {
        if let Some(trace) = &self.trace {
            trace.identify(login);
        }
    }

    /// Logs that a password was accepted or not. The login is that of an existing user: any other text may
    /// be a password in the wrong place.
    pub(crate) fn signed_in<T>(&self, login: Option<&str>, result: &Result<T, Error>) {
        let code = result.as_ref().err().map(|error| error.code().name);
        let outcome = match code {
            None => "sign-in accepted",
            Some(_) => "sign-in rejected",
        };
        let client = self.address.map(tracing::field::display);
        tracing::info!(
            id = self.id(),
            client,
            login,
            via = self.via.0,
            code,
            "{outcome}"
        );
        if let (Some(login), None) = (login, code) {
            self.identified(login);
        }
    }
}
