//! XML-RPC: `POST /api/xmlrpc`, method `peopleaggregator.NAME`, one struct as its parameter; and
//! `/api/xmlrpc/peopleaggregator/NAME`, which takes a REST request and responds in XML-RPC.
//!
//! - `document` parses a methodCall: `walk` its structure, `scalar` its values.
//! - `syntax` writes a methodResponse; `rejection` decides between a fault and a struct.
//! - `system` has the methods of XML-RPC itself, with `help` and `capabilities`; `multicall` makes
//!   several calls.
//!
//! [`XmlRpc`] is the front-end.

mod capabilities;
mod document;
mod help;
mod multicall;
mod rejection;
mod scalar;
mod syntax;
mod system;
mod walk;

use trivium_front::contract::{StatusRule, headers, status};
use trivium_front::limits::MAX_BATCH_BODY;
use trivium_front::print::{Failure, plain, print};
use trivium_front::text::quote;
use trivium_front::{FrontEnd, Profile, Read, Reply, Request, Wire, rest, xml};
use trivium_rpc::answer::Printable;
use trivium_rpc::{Answer, Call, Catalog, Error, Outcome, Via, codes};

use crate::document::Document;
use crate::multicall::Multicall;
use crate::rejection::Rejection;
use crate::syntax::{Envelope, document};

/// The path to which calls are posted.
pub const PATH: &str = "/api/xmlrpc";

/// The path at which the original server had it.
const OLD_PATH: &str = "/api/xmlrpc.php";

const CONTENT_TYPE: &str = "text/xml";

/// The front-end.
#[derive(Clone, Debug)]
pub struct XmlRpc {
    catalog: &'static Catalog,
    profile: Profile,
    /// The prefix of the addresses that take REST requests.
    prefix: String,
}

impl XmlRpc {
    /// The front-end of a catalog.
    pub fn new(catalog: &'static Catalog, wire: Wire) -> Self {
        Self {
            catalog,
            profile: wire.profile,
            prefix: format!("{PATH}/{}/", catalog.namespace),
        }
    }

    /// True if the path is served by this front-end.
    pub fn serves(&self, path: &str) -> bool {
        let place = path.trim_end_matches('/');
        // Some clients join the address of the server and the path by a second slash.
        let place = match place.strip_prefix('/') {
            Some(rest) if rest.starts_with('/') => rest,
            _ => place,
        };
        place == PATH || place == OLD_PATH || path.starts_with(&self.prefix)
    }

    /// The operation that the address names, for a REST request.
    fn name<'a>(&self, request: &Request<'a>) -> Option<&'a str> {
        request.path.strip_prefix(&self.prefix)
    }

    /// Parses the methodCall of a request: verb, body, document.
    fn document(request: &Request<'_>) -> Result<Document, Rejection> {
        if request.method != "POST" {
            return Err(Rejection::Failed(Error::new(
                codes::INVALID_REQUEST_METHOD,
                format!(
                    "Request method {} is incorrect for this function; POST is required.",
                    quote(request.method)
                ),
            )));
        }
        let body = rest::body_up_to(request, MAX_BATCH_BODY)?;
        let content_type = request.content_type.unwrap_or("text/xml");
        match &*rest::media_type(content_type) {
            "" | "text/xml" | "application/xml" => {}
            media_type => return Err(rest::unsupported(media_type).into()),
        }
        let document = xml::decode(body, request.content_type)?;
        Document::read(&document, body.len())
    }

    fn write(&self, request: &Request<'_>, outcome: Result<Answer, Rejection>) -> Reply {
        let profile = self.profile;
        let printed = outcome.and_then(|answer| {
            document(profile, Envelope::Params, |out, syntax| {
                print(out, syntax, profile, true, &*answer)
            })
            .map_err(Rejection::Failed)
        });
        match printed {
            Ok(body) => reply(200, None, body),
            Err(rejection) => self.reject(request, &rejection),
        }
    }

    fn reject(&self, request: &Request<'_>, rejection: &Rejection) -> Reply {
        let profile = self.profile;
        let error = match rejection.fault(profile) {
            Ok(fault) => {
                let body = document(profile, Envelope::Fault, |out, syntax| {
                    plain(out, syntax, profile, &fault)
                });
                let code = rejection.code(profile);
                return reply(200, Some(code), body.unwrap_or_default());
            }
            Err(error) => error,
        };
        let failure = Failure::of(profile, error);
        let body = document(profile, Envelope::Params, |out, syntax| {
            print(out, syntax, profile, false, &failure)
        });
        let name = self.name(request);
        let status = match error.code() {
            codes::INVALID_REQUEST_METHOD if name.is_none() => 405,
            code => status(StatusRule::Ok, code),
        };
        let allow = match name {
            Some(name) => rest::allow(self.catalog, name),
            None => Some("POST"),
        };
        Reply {
            headers: headers(error, allow),
            // Two texts can always be printed.
            ..reply(status, Some(failure.code), body.unwrap_or_default())
        }
    }
}

impl FrontEnd for XmlRpc {
    type Call = Call;
    type Answer = Answer;

    fn via(&self) -> Via {
        Via("xml-rpc")
    }

    fn read<'r>(&'r self, request: &'r Request<'r>) -> Read<'r> {
        let call = match self.name(request) {
            Some(name) => rest::read(self.catalog, request, name).map_err(Rejection::Failed),
            None => match Self::document(request) {
                Ok(Document::Calls(calls)) => {
                    return Read::Batch(Box::new(Multicall::new(self, request.bearer(), calls)));
                }
                Ok(Document::Call(call)) => match system::find(&call.name) {
                    Some(method) => {
                        return Read::Reply(match method.respond(self, &call.params) {
                            Ok(answer) => self.respond(&*answer),
                            Err(rejection) => self.reject(request, &rejection),
                        });
                    }
                    None => call.check(self.catalog, request.bearer()),
                },
                Err(rejection) => Err(rejection),
            },
        };
        match call {
            Ok(call) => Read::Call(
                call,
                Box::new(move |outcome: Outcome| {
                    self.write(request, outcome.map_err(Rejection::Failed))
                }),
            ),
            Err(rejection) => Read::Reply(self.reject(request, &rejection)),
        }
    }
}

impl XmlRpc {
    /// The response of a method of `system`: its result as it is, without `success`.
    fn respond(&self, answer: &dyn Printable) -> Reply {
        let body = document(self.profile, Envelope::Params, |out, syntax| {
            plain(out, syntax, self.profile, answer)
        });
        // Texts and numbers can always be printed.
        reply(200, None, body.unwrap_or_default())
    }
}

fn reply(status: u16, code: Option<&'static str>, body: Vec<u8>) -> Reply {
    Reply {
        status,
        content_type: CONTENT_TYPE.into(),
        headers: Vec::new(),
        body: body.into_boxed_slice().into(),
        code,
    }
}
