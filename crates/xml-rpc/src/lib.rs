//! XML-RPC: `POST /api/xmlrpc`, method `peopleaggregator.NAME`, one struct as its parameter;
//! and `/api/xmlrpc/peopleaggregator/NAME`, which is asked like REST and answers in XML-RPC.
//!
//! [`mod@read`] turns a methodCall into a call, [`syntax`] a result into a methodResponse,
//! [`fault`] is the table of faults. [`XmlRpc`] is the front-end.

pub mod fault;
pub mod read;
pub mod syntax;

use trivium_core::{Answer, Code, Error, Via};
use trivium_front::contract::{StatusRule, code_on_wire, headers, status};
use trivium_front::print::{Failure, print};
use trivium_front::{Call, FrontEnd, Outcome, Profile, Reply, Request, Wire, rest};

use crate::fault::Fault;
use crate::read::read;
use crate::syntax::document;

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

    fn read(&self, request: &Request<'_>) -> Result<Call, Box<Reply>> {
        let call = match request.path.strip_prefix(PREFIX) {
            Some(name) => rest::read(request, name).map_err(Fault::Refused),
            None => read(request),
        };
        call.map_err(|fault| Box::new(self.refuse(request, &fault)))
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
            Ok(body) => reply(200, None, body),
            Err(error) => self.refuse(request, &Fault::Refused(error)),
        }
    }
}

impl XmlRpc {
    fn refuse(&self, request: &Request<'_>, fault: &Fault) -> Reply {
        let profile = self.wire.profile;
        let error = match fault.numbered(profile) {
            Ok((number, message)) => {
                return reply(
                    200,
                    Some("fault"),
                    fault::document(profile, number, message),
                );
            }
            Err(error) => error,
        };
        let code = code_on_wire(profile, error.code());
        let failure = Failure {
            code,
            msg: error.message(),
        };
        let body = document(profile, |out, syntax| {
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
            ..reply(status, Some(code), body.unwrap_or_default())
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
