//! REST (JSON): `GET` or `POST /api/json/peopleaggregator/NAME`.
//!
//! [`trivium_front::rest`] reads the calls and writes the responses; [`syntax`] is how JSON looks.

pub mod syntax;

use trivium_front::Profile;
use trivium_front::print::print;
use trivium_front::rest::{Format, Rest};
use trivium_rpc::answer::Printable;
use trivium_rpc::{Error, Via};

use crate::syntax::JsonSyntax;

/// The front-end.
pub type RestJson = Rest<Json>;

/// The format.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Format for Json {
    const SEGMENT: &'static str = "json";
    const VIA: Via = Via("rest-json");

    fn content_type(profile: Profile, accept: Option<&str>) -> &'static str {
        let is_accepted = || {
            accept.is_some_and(|accept| accept.to_ascii_lowercase().contains("application/json"))
        };
        match profile {
            Profile::Original => "application/x-javascript; charset=UTF-8",
            Profile::Documented if is_accepted() => "application/json",
            Profile::Documented => "application/x-javascript",
        }
    }

    fn print(profile: Profile, success: bool, result: &dyn Printable) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        print(&mut body, JsonSyntax { profile }, profile, success, result)?;
        Ok(body)
    }
}
