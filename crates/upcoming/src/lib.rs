//! The Upcoming dialect: `GET` or `POST /services/rest/?method=group.join&api_key=…`.
//!
//! Clients that were written for Upcoming call the same core as everybody, in their own words.
//! - [`methods`] is the table of methods; [`arguments`] reads what they are given.
//! - [`answer`] is what they answer, [`mod@print`] its bytes in XML, JSON and JSONP; [`error`] is the
//!   table of what can go wrong.
//! - [`sign_in`] is the page on which a person approves an application; [`mod@file`] reads an
//!   answer of group.getMyGroups that was kept.

pub mod answer;
pub mod arguments;
pub mod error;
pub mod file;
pub mod group;
pub mod methods;
pub mod print;
pub mod sign_in;

use trivium_core::operation::Bound;
use trivium_core::{Context, Error, Result, Via};
use trivium_front::{Call, Calls, FrontEnd, Outcome, Reply, Request, rest};

use crate::answer::Answer;
use crate::arguments::{Arguments, Format};
use crate::error::Refusal;
use crate::methods::{Method, Verb};

/// Where Upcoming is served, unless the settings say otherwise.
pub const PREFIX: &str = "/services";

/// True for this place below a prefix, with any number of slashes behind it.
fn is_at(path: &str, prefix: &str, place: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|below| below.trim_end_matches('/') == place)
}

/// The name of both front-ends in the audit log.
pub const VIA: Via = Via("upcoming");

/// The front-end.
#[derive(Clone, Debug)]
pub struct Upcoming {
    /// Below which path it is served, without a slash at its end.
    pub prefix: String,
    /// Whether JSONP is given to calls with a person's token: any page could then read what the
    /// token discloses.
    pub jsonp_with_token: bool,
}

/// Upcoming had this file: programs in a browser's plug-in may call from anywhere. No answer
/// depends on who the browser is.
const CROSS_DOMAIN: &str = "<?xml version=\"1.0\"?>\n<cross-domain-policy>\n  \
                            <allow-access-from domain=\"*\" />\n</cross-domain-policy>\n";

/// What a request asks for, as far as it is known.
struct Asked {
    method: Option<&'static Method>,
    format: Format,
}

impl FrontEnd for Upcoming {
    type Answer = Answer;

    fn via(&self) -> Via {
        VIA
    }

    fn read(&self, request: &Request<'_>) -> Result<Calls<Answer>, Box<Reply>> {
        let mut asked = Asked {
            method: None,
            format: Format::Xml,
        };
        self.call(request, &mut asked)
            .map(Calls::One)
            .map_err(|error| Box::new(asked.refuse(&error)))
    }

    fn write(&self, request: &Request<'_>, outcome: Outcome<Answer>) -> Reply {
        let mut asked = Asked {
            method: None,
            format: Format::Xml,
        };
        // It was read before: what matters here is who is answered, and how.
        let _read = self.call(request, &mut asked);
        match outcome {
            Ok(answer) => print::reply(answer.status(), None, print::body(&asked.format, &answer)),
            Err(error) => asked.refuse(&error),
        }
    }
}

impl Upcoming {
    /// True for a path that is this front-end's to answer.
    pub fn serves(&self, path: &str) -> bool {
        is_at(path, &self.prefix, "/rest")
    }

    /// What is served outside the prefix.
    pub fn beside(&self, path: &str) -> Option<Reply> {
        (path == "/crossdomain.xml").then(|| Reply {
            status: 200,
            content_type: "text/xml; charset=utf-8".into(),
            headers: Vec::new(),
            body: CROSS_DOMAIN.into(),
            code: None,
        })
    }

    /// Reads a call, and tells `asked` what it finds on the way.
    fn call(&self, request: &Request<'_>, asked: &mut Asked) -> Result<Call<Answer>> {
        let body = rest::body(request)?;
        let arguments = Arguments::read(request, body)?;
        asked.format = arguments.format()?;
        let method = methods::find(arguments.text("method")).ok_or(Refusal::MethodNotFound)?;
        asked.method = Some(method);
        method.verb.admits(request.method)?;
        if let Format::Jsonp(_) = asked.format
            && (method.verb == Verb::Post || arguments.has("token") && !self.jsonp_with_token)
        {
            asked.format = Format::Json;
            return Err(Refusal::InvalidCallback.into());
        }
        Ok(Call {
            action: method.action,
            effect: method.effect,
            prepares: false,
            work: Box::new(Work { method, arguments }),
        })
    }
}

impl Asked {
    fn refuse(&self, error: &Error) -> Reply {
        let status = error::status(error, self.method);
        let body = print::failure(&self.format, error.message());
        let mut reply = print::reply(status, Some(error.code().name()), body);
        if let Some(method) = self.method
            && status == 405
        {
            reply
                .headers
                .push(("Allow", method.verb.allow().to_owned()));
        }
        if let Some(seconds) = error.seconds_to_wait() {
            reply.headers.push(("Retry-After", seconds.to_string()));
        }
        reply
    }
}

/// A call of a method.
struct Work {
    method: &'static Method,
    arguments: Arguments,
}

impl Bound<Answer> for Work {
    fn run(&self, context: &mut Context<'_>) -> Result<Answer> {
        (self.method.run)(&self.arguments, context)
            .map_err(|error| error::in_the_words_of_the_page(self.method.name, error))
    }
}
