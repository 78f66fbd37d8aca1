//! REST (JSON): `GET` or `POST /api/json/peopleaggregator/NAME`.
//!
//! The call is read by [`trivium_front::rest`]; here is how its answer looks: [`Json`] is the
//! front-end, [`syntax`] the bytes.

pub mod syntax;

use std::borrow::Cow;

use trivium_core::{Answer, Error, Via};
use trivium_front::contract::{headers, status};
use trivium_front::print::{Failure, print};
use trivium_front::{Calls, FrontEnd, Outcome, Profile, Reply, Request, Wire, rest};

use crate::syntax::JsonSyntax;

/// Where the operations are: the prefix of their names.
pub const PREFIX: &str = "/api/json/peopleaggregator/";

/// The front-end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json {
    /// The settings of the wire.
    pub wire: Wire,
}

impl FrontEnd for Json {
    type Answer = Answer;

    fn via(&self) -> Via {
        Via("rest-json")
    }

    fn read(&self, request: &Request<'_>) -> Result<Calls, Box<Reply>> {
        rest::read(request, name(request))
            .map(Calls::One)
            .map_err(|error| Box::new(self.refuse(request, &error)))
    }

    fn write(&self, request: &Request<'_>, outcome: Outcome) -> Reply {
        let profile = self.wire.profile;
        let mut body = Vec::new();
        let printed = outcome.and_then(|answer| {
            let syntax = JsonSyntax { profile };
            print(&mut body, syntax, profile, true, &answer)
                .map_err(|error| Error::unforeseen(&error))
        });
        match printed {
            Ok(()) => Reply {
                status: 200,
                content_type: self.content_type(request),
                headers: Vec::new(),
                body,
                code: None,
            },
            Err(error) => self.refuse(request, &error),
        }
    }
}

impl Json {
    fn refuse(&self, request: &Request<'_>, error: &Error) -> Reply {
        let Wire {
            profile,
            status: rule,
        } = self.wire;
        let failure = Failure::of(profile, error);
        let mut body = Vec::new();
        // A failure is two texts: it always has a form.
        let _printed = print(&mut body, JsonSyntax { profile }, profile, false, &failure);
        Reply {
            status: status(rule, error.code()),
            content_type: self.content_type(request),
            headers: headers(error, rest::allow(name(request))),
            body,
            code: Some(failure.code),
        }
    }

    fn content_type(&self, request: &Request<'_>) -> Cow<'static, str> {
        let wanted = request
            .accept
            .is_some_and(|accept| accept.to_ascii_lowercase().contains("application/json"));
        match self.wire.profile {
            Profile::Original => "application/x-javascript; charset=UTF-8",
            Profile::Documented if wanted => "application/json",
            Profile::Documented => "application/x-javascript",
        }
        .into()
    }
}

/// The operation that the address names.
fn name<'a>(request: &Request<'a>) -> &'a str {
    request.path.strip_prefix(PREFIX).unwrap_or_default()
}
