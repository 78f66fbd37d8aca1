//! The Upcoming dialect: `GET` or `POST /services/rest/?method=group.join&api_key=…`.
//!
//! Clients that were written for Upcoming call the same core as all other clients.
//!
//! - [`methods`] is the table of methods, from which [`describe`] makes their documentation;
//!   [`method`] is what a method is, [`arguments`] parses its arguments.
//! - [`answer`] is their result, [`mod@print`] its bytes in XML, JSON and JSONP; [`error`] is the table
//!   of errors.
//! - [`sign_in`] is the page on which a user approves an application; [`mod@file`] parses a stored
//!   response of group.getMyGroups.

pub mod answer;
pub mod arguments;
mod description;
pub mod error;
pub mod file;
pub mod group;
pub mod method;
pub mod methods;
pub mod print;
pub mod sign_in;

use trivium_core::{Credentials, Error, Job, Proof, Result, Session, Via, Work};
use trivium_front::{FrontEnd, Read, Reply, Request, rest};

use crate::answer::Answer;
use crate::arguments::{Arguments, Format};
pub use crate::description::describe;
use crate::error::Refusal;
use crate::method::{Method, Verb};

/// The default prefix of the dialect's paths.
pub const PREFIX: &str = "/services";

/// True for this path below a prefix, with any number of trailing slashes.
fn is_at(path: &str, prefix: &str, place: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|below| below.trim_end_matches('/') == place)
}

/// The name of both front-ends of the dialect in the audit log.
pub const VIA: Via = Via("upcoming");

/// The front-end.
#[derive(Clone, Debug)]
pub struct Upcoming {
    /// The prefix of its paths, without a slash at the end.
    pub prefix: String,
    /// Whether calls with a user's token may use JSONP: any web page could then read what the token
    /// discloses.
    pub jsonp_with_token: bool,
}

/// The policy file of Upcoming: programs in a browser's plug-in may call from any site. This is safe,
/// because no response depends on cookies of the browser.
const CROSS_DOMAIN: &str = "<?xml version=\"1.0\"?>\n<cross-domain-policy>\n  \
                            <allow-access-from domain=\"*\" />\n</cross-domain-policy>\n";

/// The parts of a request that its response depends on.
#[derive(Clone)]
struct Target {
    method: Option<&'static Method>,
    format: Format,
}

impl FrontEnd for Upcoming {
    type Call = Job<Answer>;
    type Answer = Answer;

    fn via(&self) -> Via {
        VIA
    }

    fn read<'r>(&'r self, request: &'r Request<'r>) -> Read<'r, Job<Answer>, Answer> {
        let mut target = Target {
            method: None,
            format: Format::Xml,
        };
        match self.call(request, &mut target) {
            Ok(job) => Read::Call(job, Box::new(move |outcome| target.write(outcome))),
            Err(error) => Read::Reply(target.write(Err(error))),
        }
    }
}

impl Upcoming {
    /// True if the path is served by this front-end.
    pub fn serves(&self, path: &str) -> bool {
        is_at(path, &self.prefix, "/rest")
    }

    /// The reply to a path outside the prefix, if there is one.
    pub fn beside(&self, path: &str) -> Option<Reply> {
        (path == "/crossdomain.xml").then(|| Reply {
            status: 200,
            content_type: "text/xml; charset=utf-8".into(),
            headers: Vec::new(),
            body: CROSS_DOMAIN.into(),
            code: None,
        })
    }

    /// Reads a call, and sets the fields of `target` as soon as they are known.
    fn call(&self, request: &Request<'_>, target: &mut Target) -> Result<Job<Answer>> {
        let body = rest::body(request)?;
        let arguments = Arguments::read(request, body)?;
        target.format = arguments.format()?;
        let method = methods::find(arguments.text("method")).ok_or(Refusal::MethodNotFound)?;
        target.method = Some(method);
        method.verb.check(request.method)?;
        arguments
            .check_characters()
            .map_err(|error| error::to_upcoming_error(method.name, error))?;
        if let Format::Jsonp(_) = target.format
            && (method.verb == Verb::Post || arguments.has("token") && !self.jsonp_with_token)
        {
            target.format = Format::Json;
            return Err(Refusal::InvalidCallback.into());
        }
        let credentials = match arguments.token() {
            Some(token) => Credentials::Token(token),
            None => Credentials::None,
        };
        Ok(Job {
            action: method.action,
            effect: method.effect,
            credentials,
            work: Box::new(MethodCall { method, arguments }),
        })
    }
}

impl Target {
    fn write(&self, outcome: Result<Answer>) -> Reply {
        let printed = outcome.and_then(|answer| {
            let body = print::body(&self.format, &answer)?;
            Ok(print::reply(answer.status(), None, body))
        });
        printed.unwrap_or_else(|error| self.reject(&error))
    }

    fn reject(&self, error: &Error) -> Reply {
        let reads = self.method.is_some_and(|method| method.verb == Verb::Get);
        let status = error::status(error, reads);
        let body = print::failure(&self.format, error.message());
        let mut reply = print::reply(status, Some(error.code().name), body);
        if let Some(method) = self.method
            && status == 405
        {
            reply
                .headers
                .push(("Allow", method.verb.allow().to_owned()));
        }
        if let Some(seconds) = error.retry_after() {
            reply.headers.push(("Retry-After", seconds.to_string()));
        }
        reply
    }
}

/// A call of a method.
struct MethodCall {
    method: &'static Method,
    arguments: Arguments,
}

impl Work<Answer> for MethodCall {
    fn run(&self, proof: &Proof, session: &mut Session<'_>) -> Result<Answer> {
        (self.method.run)(&self.arguments, proof, session)
            .map_err(|error| error::to_upcoming_error(self.method.name, error))
    }
}
