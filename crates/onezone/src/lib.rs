//! The Onezone dialect: REST with JSON, for clients that were written against that service.
//!
//! - `routes` lists the calls by address; `calls` has what each does, in core's operations.
//! - `asked` walks a call in the order in which Onezone checks: `credentials`, then what
//!   `body` found in the head and the body, then the call itself.
//! - `values` reads the values of a body; `answer` prints what became of a call.
//! - `error` is Onezone's list of errors, and the one table from core's codes to them.
//!
//! Who may do what is decided in `trivium-core`, and what an address is served with in the server.

mod answer;
mod asked;
mod body;
mod calls;
mod credentials;
mod error;
mod routes;
mod values;

use trivium_core::Via;
use trivium_front::{Call, Calls, FrontEnd, Outcome, Reply, Request};

pub use crate::answer::{Answer, Location};
use crate::asked::Asked;
use crate::credentials::Credentials;
pub use crate::error::{Refusal, Row};
pub use crate::routes::{ROUTES, Route};

/// Where Onezone is served, unless the settings say otherwise.
pub const PREFIX: &str = "/api/v3/onezone";

/// The front-end.
#[derive(Clone, Debug)]
pub struct Onezone {
    /// Below which path it is served, without a slash at its end.
    pub prefix: String,
}

impl Onezone {
    /// True for a path that is this front-end's to answer.
    pub fn serves(&self, path: &str) -> bool {
        self.below(path).is_some()
    }

    /// What of a path stands below the prefix: nothing, or a slash and more.
    fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.prefix.as_str())
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn call(&self, request: &Request<'_>) -> Result<Call<Answer>, Refusal> {
        let (routes, ids) = routes::at(self.below(request.path).unwrap_or_default());
        let route = routes::choose(routes, request.method)?;
        let credentials = Credentials::of(request)?;
        let body = body::read(request);
        match (&credentials, body) {
            // Nobody has to be looked up.
            (Credentials::None, Err(refusal)) => Err(refusal),
            (_, body) => Ok(Call {
                action: route.action,
                effect: route.effect,
                prepares: credentials.is_password(),
                work: Box::new(Asked {
                    credentials,
                    body,
                    work: route.work(ids),
                }),
            }),
        }
    }
}

impl FrontEnd for Onezone {
    type Answer = Answer;

    fn via(&self) -> Via {
        Via("onezone")
    }

    fn read(&self, request: &Request<'_>) -> Result<Calls<Answer>, Box<Reply>> {
        self.call(request)
            .map(Calls::One)
            .map_err(|refusal| Box::new(answer::refuse(&refusal)))
    }

    fn write(&self, _: &Request<'_>, outcome: Outcome<Answer>) -> Reply {
        match outcome {
            Ok(answer) => answer.print(&self.prefix),
            Err(error) => answer::fail(&error),
        }
    }
}
