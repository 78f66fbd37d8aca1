//! REST (XML): `GET` or `POST /api/xml/peopleaggregator/NAME`.
//!
//! [`trivium_front::rest`] reads the calls and writes the responses; [`syntax`] is how XML looks.

pub mod syntax;

use trivium_front::Profile;
use trivium_front::print::print;
use trivium_front::rest::{Format, Rest};
use trivium_rpc::answer::Printable;
use trivium_rpc::{Error, Via};

use crate::syntax::document;

/// The front-end.
pub type RestXml = Rest<Xml>;

/// The format.
#[derive(Clone, Copy, Debug)]
pub struct Xml;

impl Format for Xml {
    const SEGMENT: &'static str = "xml";
    const VIA: Via = Via("rest-xml");

    fn content_type(_: Profile, _: Option<&str>) -> &'static str {
        "application/xml"
    }

    fn print(profile: Profile, success: bool, result: &dyn Printable) -> Result<Vec<u8>, Error> {
        document(profile, |out, syntax| {
            print(out, syntax, profile, success, result)
        })
    }
}
