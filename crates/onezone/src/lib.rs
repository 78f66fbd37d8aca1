//! The Onezone dialect: REST with JSON, for clients that were written against that service.
//!
//! - `routes` lists the calls by address, from which [`describe`] makes their documentation; `calls`
//!   implements them as operations of core.
//! - `call` runs a call in the order in which Onezone checks: `credentials`, then the head and the body
//!   of the request (`body`), then the call itself.
//! - `values` reads the values of a body; `answer` prints the result of a call.
//! - `error` is Onezone's list of errors, and the one table from core's codes to them.
//!
//! Permissions are decided in `trivium-core`.

mod answer;
mod body;
mod call;
mod calls;
mod credentials;
mod description;
mod error;
mod routes;
mod values;

use trivium_core::{Credentials, Job, Via};
use trivium_front::{FrontEnd, Read, Reply, Request};

pub use crate::answer::{Answer, Location};
use crate::call::RouteCall;
pub use crate::description::describe;
pub use crate::error::{Refusal, Row};

/// The default prefix of the dialect's paths.
pub const PREFIX: &str = "/api/v3/onezone";

/// The front-end.
#[derive(Clone, Debug)]
pub struct Onezone {
    /// The prefix of its paths, without a slash at the end.
    pub prefix: String,
}

impl Onezone {
    /// True if the path is served by this front-end.
    pub fn serves(&self, path: &str) -> bool {
        self.below(path).is_some()
    }

    /// The path below the prefix: empty, or beginning with a slash.
    fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.prefix.as_str())
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn job(&self, request: &Request<'_>) -> Result<Job<Answer>, Refusal> {
        let (routes, ids) = routes::at(self.below(request.path).unwrap_or_default());
        let route = routes::choose(routes, request.method)?;
        let credentials = credentials::read(request)?;
        let body = body::read(request);
        match (&credentials, body) {
            // There is no caller to authenticate first.
            (Credentials::None, Err(refusal)) => Err(refusal),
            (_, body) => Ok(Job {
                action: route.action,
                effect: route.effect,
                credentials,
                work: Box::new(RouteCall { route, ids, body }),
            }),
        }
    }
}

impl FrontEnd for Onezone {
    type Call = Job<Answer>;
    type Answer = Answer;

    fn via(&self) -> Via {
        Via("onezone")
    }

    fn read<'r>(&'r self, request: &'r Request<'r>) -> Read<'r, Job<Answer>, Answer> {
        let write = |outcome: trivium_core::Result<Answer>| -> Reply {
            match outcome {
                Ok(answer) => answer.print(&self.prefix),
                Err(error) => answer::fail(&error),
            }
        };
        match self.job(request) {
            Ok(job) => Read::Call(job, Box::new(write)),
            Err(refusal) => Read::Reply(answer::refuse(&refusal)),
        }
    }
}
