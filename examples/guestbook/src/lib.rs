//! A guestbook: another service on the mechanism of Trivium.
//!
//! - [`service`] declares its operations and runs them.
//! - [`Guestbook`] serves them over REST (JSON), REST (XML) and XML-RPC: a request in, a reply out.
//! - `main.rs` adds HTTP.

pub mod service;

use std::fmt;

use trivium_front::{FrontEnd, Read, Reply, Request, StatusRule, Wire, page};
use trivium_rest_json::RestJson;
use trivium_rest_xml::RestXml;
use trivium_rpc::{Answer, Call, Handlers};
use trivium_xml_rpc::XmlRpc;

/// The service behind its three front-ends.
pub struct Guestbook {
    service: &'static Handlers,
    json: RestJson,
    xml: RestXml,
    xml_rpc: XmlRpc,
}

impl Guestbook {
    /// A guestbook with no messages. It is meant to live as long as the program: front-ends hold the
    /// catalog for ever.
    pub fn open() -> Self {
        let service: &'static Handlers = Box::leak(Box::new(service::guestbook()));
        let catalog = service.catalog();
        let wire = Wire {
            status: StatusRule::Http,
            ..Wire::default()
        };
        Self {
            service,
            json: RestJson::new(catalog, wire),
            xml: RestXml::new(catalog, wire),
            xml_rpc: XmlRpc::new(catalog, wire),
        }
    }

    /// Serves a request, by the front-end that serves its path.
    pub fn serve(&self, request: &Request<'_>) -> Reply {
        if self.json.serves(request.path) {
            self.pass(&self.json, request)
        } else if self.xml.serves(request.path) {
            self.pass(&self.xml, request)
        } else if self.xml_rpc.serves(request.path) {
            self.pass(&self.xml_rpc, request)
        } else {
            Reply {
                status: 404,
                ..page::document("text/plain", "Nothing is served at this address.\n")
            }
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
}

impl fmt::Debug for Guestbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.service.fmt(f)
    }
}
