//! `trivium openapi` and `trivium xsd`: what a server says of itself, without one.

use trivium_core::catalog;
use trivium_describe::{openapi as document, xsd as schema};

use super::print::line;
use crate::failure::Failure;
use crate::options::{Openapi, Xsd};

pub(crate) fn openapi(of: &Openapi) -> Result<(), Failure> {
    line(document::text(of.profile.into()).trim_end())
}

pub(crate) fn xsd(of: &Xsd) -> Result<(), Failure> {
    let profile = of.profile.into();
    let text = match &of.operation {
        None => schema::any(profile),
        Some(name) => {
            let entry = catalog::find(name);
            let unknown = || Failure::Failed(format!("there is no operation '{name}'"));
            schema::operation(profile, entry.ok_or_else(unknown)?)
        }
    };
    line(text.trim_end())
}
