//! A service of closures, for programs that define their own operations.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::call::{Call, Outcome};
use crate::catalog::Catalog;
use crate::code::Code;
use crate::declaration::{CredentialSpec, Declaration};
use crate::entry::{Entry, Example};
use crate::error::Error;

type Handler = Box<dyn Fn(Arguments) -> Outcome + Send + Sync>;

/// Operations, each with the closure that runs it.
///
/// They take no credential: a service with callers of its own writes its own dispatch.
pub struct Handlers {
    catalog: Catalog,
    handlers: Vec<Handler>,
}

impl Handlers {
    /// No operation yet, under this namespace, with the service's own codes.
    pub fn new(namespace: &'static str, codes: &[Code]) -> Self {
        Self {
            catalog: Catalog::new(namespace, codes),
            handlers: Vec::new(),
        }
    }

    /// Adds an operation: its declaration, its example, and the closure that runs it.
    #[must_use]
    pub fn on<I, O>(
        mut self,
        declared: &'static Declaration,
        example: Example,
        run: impl Fn(I) -> Result<O, Error> + Send + Sync + 'static,
    ) -> Self
    where
        I: DeserializeOwned + JsonSchema,
        O: Serialize + JsonSchema + Send + 'static,
    {
        let mut entry = Entry::of::<I, O>(declared, CredentialSpec::NONE);
        entry.subject = self.catalog.namespace;
        entry.example = Some(example);
        self.catalog.entries.push(entry);
        self.handlers.push(Box::new(move |arguments| {
            Ok(Box::new(run(arguments.fill()?)?) as Answer)
        }));
        self
    }

    /// States that the operation added last verifies or hashes a password.
    #[must_use]
    pub fn hashing_a_password(mut self) -> Self {
        if let Some(entry) = self.catalog.entries.last_mut() {
            entry.hashes_password = true;
        }
        self
    }

    /// The catalog, for front-ends.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Runs a call.
    ///
    /// # Errors
    /// The operation's, or `system_error` for a call of another catalog.
    pub fn call(&self, call: Call) -> Outcome {
        let position = self.catalog.position(call.entry);
        match position.and_then(|position| self.handlers.get(position)) {
            Some(run) => run(call.arguments),
            None => Err(crate::codes::UNKNOWN_METHOD.into()),
        }
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.catalog.fmt(f)
    }
}
