//! A guestbook: another service on the mechanism of Trivium.
//!
//! - [`service`] declares its operations and runs them.
//! - [`Guestbook`] serves them over REST (JSON), REST (XML) and XML-RPC, with the documentation that is made
//!   from their declarations: a request in, a reply out.
//! - `main.rs` adds HTTP.

pub mod service;

use std::fmt;

use trivium_describe::{Answers, Service, Site, answers, openapi, site};
use trivium_front::{Body, ClientRequest, FrontEnd, Read, Reply, Request, StatusRule, Wire, page};
use trivium_rest_json::RestJson;
use trivium_rest_xml::RestXml;
use trivium_rpc::{Answer, Call, Handlers};
use trivium_xml_rpc::XmlRpc;

/// Where the guestbook is served.
pub const ADDRESS: &str = "127.0.0.1:8081";

/// The settings of the wire: failures over REST have statuses of their own.
const WIRE: Wire = Wire {
    status: StatusRule::Http,
    ..Wire::DEFAULT
};

/// The service behind its three front-ends, and its documentation.
#[derive(Debug)]
pub struct Guestbook {
    front_ends: FrontEnds,
    description: Service,
}

impl Guestbook {
    /// A guestbook with no messages. It is meant to live as long as the program: front-ends hold the
    /// catalog for ever.
    pub fn open() -> Self {
        let front_ends = FrontEnds::open();
        let catalog = front_ends.service.catalog();
        // The documentation shows the responses of another guestbook.
        let example = FrontEnds::open();
        let documented = answers::record(catalog, |_, _, request| example.respond(request));
        let description = Service {
            title: "Guestbook",
            version: env!("CARGO_PKG_VERSION"),
            summary: "A book for the messages of guests.",
            catalog,
            login: None,
            answers: Answers {
                documented: documented.into(),
                ..Answers::default()
            },
            dialects: Vec::new(),
            pages: &[],
            openapi: openapi::Cache::default(),
        };
        Self {
            front_ends,
            description,
        }
    }

    /// Serves a request: a call, or a page of the documentation.
    pub fn serve(&self, request: &Request<'_>) -> Reply {
        let site = Site {
            service: &self.description,
            base_url: &format!("http://{ADDRESS}"),
            wire: WIRE,
            dialects: &[],
            is_live: true,
        };
        let found = match site::find(request.path, &site) {
            Some(page) => Some(page),
            None => self.front_ends.serve(request),
        };
        found.unwrap_or_else(|| Reply {
            status: 404,
            ..page::document("text/plain", "Nothing is served at this address.\n")
        })
    }
}

/// The service behind its three front-ends.
struct FrontEnds {
    service: &'static Handlers,
    json: RestJson,
    xml: RestXml,
    xml_rpc: XmlRpc,
}

impl FrontEnds {
    fn open() -> Self {
        let service: &'static Handlers = Box::leak(Box::new(service::guestbook()));
        let catalog = service.catalog();
        Self {
            service,
            json: RestJson::new(catalog, WIRE),
            xml: RestXml::new(catalog, WIRE),
            xml_rpc: XmlRpc::new(catalog, WIRE),
        }
    }

    /// Serves a request, by the front-end that serves its path.
    fn serve(&self, request: &Request<'_>) -> Option<Reply> {
        if self.json.serves(request.path) {
            Some(self.pass(&self.json, request))
        } else if self.xml.serves(request.path) {
            Some(self.pass(&self.xml, request))
        } else if self.xml_rpc.serves(request.path) {
            Some(self.pass(&self.xml_rpc, request))
        } else {
            None
        }
    }

    fn pass(
        &self,
        front_end: &dyn FrontEnd<Call = Call, Answer = Answer>,
        request: &Request<'_>,
    ) -> Reply {
        match front_end.read(request) {
            Read::Reply(reply) => reply,
            Read::Call(call, write) => write(self.service.call(call)),
            Read::Batch(mut batch) => {
                while let Some(call) = batch.next() {
                    batch.write(self.service.call(call));
                }
                batch.finish()
            }
        }
    }

    /// The body of the response to an example.
    fn respond(&self, request: &ClientRequest<'_>) -> String {
        let target = request.target();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let (content_type, body) = request.body().unzip();
        let reply = self.serve(&Request {
            method: request.method,
            path,
            query,
            content_type,
            body: Body::Whole(body.unwrap_or_default().as_bytes()),
            ..Request::default()
        });
        let body = reply.map(|reply| reply.body).unwrap_or_default();
        String::from_utf8_lossy(&body).into_owned()
    }
}

impl fmt::Debug for FrontEnds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.service.fmt(f)
    }
}
