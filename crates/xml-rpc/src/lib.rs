//! XML-RPC: `POST /api/xmlrpc`, method `peopleaggregator.NAME`, one struct as its parameter;
//! and `/api/xmlrpc/peopleaggregator/NAME`, which is asked like REST and answers in XML-RPC.
//!
//! - `read` takes a request apart: `document` knows the shapes of a methodCall, `walk` and
//!   `scalar` its values.
//! - `syntax` writes a result as a methodResponse; `fault` is the table of faults.
//! - `system` has the methods of XML-RPC itself, with what `help` and `capabilities` tell;
//!   `multicall` makes several calls.
//!
//! [`XmlRpc`] is the front-end.

mod capabilities;
mod document;
mod fault;
mod help;
mod multicall;
mod read;
mod scalar;
mod syntax;
mod system;
mod walk;

use trivium_core::{Answer, Code, Error, Via};
use trivium_front::contract::{StatusRule, headers, status};
use trivium_front::print::{Failure, plain, print};
use trivium_front::{Calls, FrontEnd, Outcome, Profile, Reply, Request, Wire, rest};

use crate::fault::Fault;
use crate::multicall::Multicall;
use crate::read::{Asked, read};
use crate::syntax::{Envelope, document};

/// Where calls are posted.
pub const PATH: &str = "/api/xmlrpc";

/// Where the operations are asked like REST: the prefix of their names.
pub const PREFIX: &str = "/api/xmlrpc/peopleaggregator/";

const CONTENT_TYPE: &str = "text/xml";

/// The front-end.
#[derive(Clone, Copy, Debug, Default)]
pub struct XmlRpc {
    /// The settings of the wire.
    pub wire: Wire,
}

impl FrontEnd for XmlRpc {
    type Answer = Answer;

    fn via(&self) -> Via {
        Via("xml-rpc")
    }

    fn read(&self, request: &Request<'_>) -> Result<Calls, Box<Reply>> {
        let profile = self.wire.profile;
        let asked = match request.path.strip_prefix(PREFIX) {
            Some(name) => rest::read(request, name)
                .map(Asked::Call)
                .map_err(Fault::Refused),
            None => read(request, profile),
        };
        match asked {
            Ok(Asked::Call(call)) => Ok(Calls::One(call)),
            Ok(Asked::Calls(calls)) => {
                let multicall = Multicall::new(profile, request.bearer(), calls);
                Ok(Calls::Several(Box::new(multicall)))
            }
            Ok(Asked::Known(answer)) => {
                let body = document(profile, Envelope::Params, |out, syntax| {
                    plain(out, syntax, profile, &answer)
                });
                // Texts and numbers always have a form.
                Err(Box::new(reply(200, None, body.unwrap_or_default())))
            }
            Err(fault) => Err(Box::new(self.refuse(request, &fault))),
        }
    }

    fn write(&self, request: &Request<'_>, outcome: Outcome) -> Reply {
        let profile = self.wire.profile;
        let printed = outcome.and_then(|answer| {
            document(profile, Envelope::Params, |out, syntax| {
                print(out, syntax, profile, true, &answer)
            })
            .map_err(|error| Error::unforeseen(&error))
        });
        match printed {
            Ok(body) => reply(200, None, body),
            Err(error) => self.refuse(request, &Fault::Refused(error)),
        }
    }
}

impl XmlRpc {
    fn refuse(&self, request: &Request<'_>, fault: &Fault) -> Reply {
        let profile = self.wire.profile;
        let error = match fault.told(profile) {
            Ok(told) => {
                let body = document(profile, Envelope::Fault, |out, syntax| {
                    plain(out, syntax, profile, &told)
                });
                return reply(200, Some(fault.code(profile)), body.unwrap_or_default());
            }
            Err(error) => error,
        };
        let failure = Failure::of(profile, error);
        let body = document(profile, Envelope::Params, |out, syntax| {
            print(out, syntax, profile, false, &failure)
        });
        // The status tells nothing here but what the machinery between must know, and the verb.
        let status = match error.code() {
            Code::InvalidRequestMethod if !request.path.starts_with(PREFIX) => 405,
            code => status(StatusRule::Ok, code),
        };
        let allow = match request.path.strip_prefix(PREFIX) {
            Some(name) => rest::allow(name),
            None => Some("POST"),
        };
        Reply {
            headers: headers(error, allow),
            // A failure is two texts: it always has a form.
            ..reply(status, Some(failure.code), body.unwrap_or_default())
        }
    }
}

fn reply(status: u16, code: Option<&'static str>, body: Vec<u8>) -> Reply {
    Reply {
        status,
        content_type: CONTENT_TYPE.into(),
        headers: Vec::new(),
        body,
        code,
    }
}

/// True in profile `original`, whose servers told more as structs.
const fn is_original(profile: Profile) -> bool {
    matches!(profile, Profile::Original)
}
