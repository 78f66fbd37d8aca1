//! REST (XML): `GET` or `POST /api/xml/peopleaggregator/NAME`.
//!
//! The call is read by [`trivium_front::rest`]; here is how its answer looks: [`Xml`] is the
//! front-end, [`syntax`] the bytes.

pub mod syntax;

use trivium_core::{Answer, Error, Via};
use trivium_front::contract::{headers, status};
use trivium_front::print::{Failure, print};
use trivium_front::{Calls, FrontEnd, Outcome, Reply, Request, Wire, rest};

use crate::syntax::document;

/// Where the operations are: the prefix of their names.
pub const PREFIX: &str = "/api/xml/peopleaggregator/";

const CONTENT_TYPE: &str = "application/xml";

/// The front-end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Xml {
    /// The settings of the wire.
    pub wire: Wire,
}

impl FrontEnd for Xml {
    type Answer = Answer;

    fn via(&self) -> Via {
        Via("rest-xml")
    }

    fn read(&self, request: &Request<'_>) -> Result<Calls, Box<Reply>> {
        rest::read(request, name(request))
            .map(Calls::One)
            .map_err(|error| Box::new(self.refuse(request, &error)))
    }

    fn write(&self, request: &Request<'_>, outcome: Outcome) -> Reply {
        let profile = self.wire.profile;
        let printed = outcome.and_then(|answer| {
            document(profile, |out, syntax| {
                print(out, syntax, profile, true, &answer)
            })
            .map_err(|error| Error::unforeseen(&error))
        });
        match printed {
            Ok(body) => Reply {
                status: 200,
                content_type: CONTENT_TYPE.into(),
                headers: Vec::new(),
                body,
                code: None,
            },
            Err(error) => self.refuse(request, &error),
        }
    }
}

impl Xml {
    fn refuse(&self, request: &Request<'_>, error: &Error) -> Reply {
        let Wire {
            profile,
            status: rule,
        } = self.wire;
        let failure = Failure::of(profile, error);
        let printed = document(profile, |out, syntax| {
            print(out, syntax, profile, false, &failure)
        });
        Reply {
            status: status(rule, error.code()),
            content_type: CONTENT_TYPE.into(),
            headers: headers(error, rest::allow(name(request))),
            // A failure is two texts: it always has a form.
            body: printed.unwrap_or_default(),
            code: Some(failure.code),
        }
    }
}

/// The operation that the address names.
fn name<'a>(request: &Request<'a>) -> &'a str {
    request.path.strip_prefix(PREFIX).unwrap_or_default()
}
