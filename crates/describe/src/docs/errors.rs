//! The pages about the codes. The responses to failed calls link to them.

use askama::Template;
use trivium_front::contract::{Profile, StatusRule, status, wire_name};
use trivium_front::fault::Fault;
use trivium_front::{Reply, page};
use trivium_rpc::{Code, Entry, codes};

use super::xml_rpc_report;
use crate::{Service, Site};

/// The path of the pages.
pub(crate) const PATH: &str = "/docs/errors";

/// A row of the table of codes.
pub(crate) struct Cause {
    /// The code on the wire.
    pub(crate) code: &'static str,
    /// The status under both status rules.
    pub(crate) status: String,
    /// How XML-RPC reports it.
    pub(crate) report: String,
    /// Its meaning.
    pub(crate) meaning: &'static str,
}

/// Creates the rows of these codes.
pub(crate) fn causes(profile: Profile, codes: &[Code]) -> Vec<Cause> {
    let cause = |code: &Code| Cause {
        code: wire_name(profile, *code),
        status: match status(StatusRule::Ok, *code) {
            200 => format!("200, or {}", status(StatusRule::Http, *code)),
            always => always.to_string(),
        },
        report: xml_rpc_report(profile, *code),
        meaning: code.meaning,
    };
    codes.iter().map(cause).collect()
}

#[derive(Template)]
#[template(path = "docs/errors.html")]
struct ErrorsPage<'a> {
    site: &'a Site<'a>,
    list: Vec<Cause>,
    faults: Vec<(i32, &'static str)>,
}

#[derive(Template)]
#[template(path = "docs/error.html")]
struct ErrorPage<'a> {
    site: &'a Site<'a>,
    code: &'a str,
    list: Vec<Cause>,
    common: bool,
    operations: Vec<&'static Entry>,
    namespace: &'static str,
}

/// Renders the page of all codes.
pub(crate) fn index(site: &Site<'_>) -> Reply {
    let profile = site.wire.profile;
    let list = causes(profile, &site.service.catalog.codes);
    let faults = faults(profile);
    page::page(200, ErrorsPage { site, list, faults }.render())
}

/// Lists the faults of XML-RPC by number.
fn faults(profile: Profile) -> Vec<(i32, &'static str)> {
    let row = |fault: Fault| Some((fault.number(profile)?, fault.meaning()));
    Fault::ALL.into_iter().filter_map(row).collect()
}

/// Renders the page of one code.
pub(crate) fn page(site: &Site<'_>, code: &str) -> Reply {
    let profile = site.wire.profile;
    let has_name = |cause: &Code| wire_name(profile, *cause) == code || cause.name == code;
    let catalog = site.service.catalog;
    let codes: Vec<Code> = catalog.codes.iter().copied().filter(has_name).collect();
    let returns_it = |entry: &&Entry| entry.errors.iter().any(has_name);
    let page = ErrorPage {
        site,
        code,
        list: causes(profile, &codes),
        common: codes::COMMON.iter().any(has_name),
        operations: catalog.entries.iter().filter(returns_it).collect(),
        namespace: catalog.namespace,
    };
    page::page(200, page.render())
}

/// Lists every code once.
pub(crate) fn names(service: &Service) -> Vec<String> {
    let mut names: Vec<String> = service
        .catalog
        .codes
        .iter()
        .map(|code| code.name.to_owned())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Returns the header that links the response to a failed call to the page of its code.
pub fn help(service: &Service, base_url: &str, code: &str) -> Option<(&'static str, String)> {
    let known = service.catalog.codes.iter().any(|known| known.name == code);
    known.then(|| ("Link", format!("<{base_url}{PATH}/{code}>; rel=\"help\"")))
}
