//! The pages of the codes, to which failed calls point.

use askama::Template;
use trivium_core::catalog::{CATALOG, NAMESPACE};
use trivium_core::{Code, Entry};
use trivium_front::Reply;
use trivium_front::contract::{Profile, StatusRule, code_on_wire, status};

use super::{internal, told};
use crate::Site;
use crate::reply;

/// Where the pages are.
pub(crate) const PATH: &str = "/docs/errors";

/// One of the causes of a failed call.
pub(crate) struct Cause {
    /// Its code as it is sent.
    pub(crate) code: &'static str,
    /// Its status: always, or where the server gives failures one of their own.
    pub(crate) status: String,
    /// How it is told over XML-RPC.
    pub(crate) told: String,
    /// What it means.
    pub(crate) meaning: &'static str,
}

/// The causes that these codes tell.
pub(crate) fn causes(profile: Profile, codes: &[Code]) -> Vec<Cause> {
    let cause = |code: &Code| Cause {
        code: code_on_wire(profile, *code),
        status: match status(StatusRule::Ok, *code) {
            200 => format!("200, or {}", status(StatusRule::Http, *code)),
            always => always.to_string(),
        },
        told: told(profile, *code),
        meaning: code.meaning(),
    };
    codes.iter().map(cause).collect()
}

#[derive(Template)]
#[template(path = "docs/errors.html")]
struct ErrorsPage {
    list: Vec<Cause>,
    faults: Vec<(i32, &'static str)>,
}

#[derive(Template)]
#[template(path = "docs/error.html")]
struct ErrorPage<'a> {
    code: &'a str,
    list: Vec<Cause>,
    common: bool,
    operations: Vec<&'static Entry>,
    namespace: &'static str,
}

/// The page of all codes.
pub(crate) fn index(site: &Site<'_>) -> Reply {
    let profile = site.wire.profile;
    let list = causes(profile, Code::ALL);
    let faults = faults(profile);
    reply::page(200, &ErrorsPage { list, faults })
}

/// The faults of XML-RPC by number.
fn faults(profile: Profile) -> Vec<(i32, &'static str)> {
    let unknown = match profile {
        Profile::Documented => Some((-32601, "No operation has this name.")),
        Profile::Original => None,
    };
    let always = [
        (-32700, "The body is not well-formed XML, or has a DOCTYPE."),
        (-32701, "The encoding that the body names is not read."),
        (-32600, "The body is not a methodCall."),
        (-32602, "The parameters of a method of system are wrong."),
        (internal(profile), "Something unforeseen, or errorTest."),
    ];
    always.into_iter().chain(unknown).collect()
}

/// The page of one code.
pub(crate) fn page(site: &Site<'_>, code: &str) -> Reply {
    let profile = site.wire.profile;
    let names = |cause: &Code| code_on_wire(profile, *cause) == code || cause.name() == code;
    let codes: Vec<Code> = Code::ALL.iter().copied().filter(names).collect();
    let answers = |entry: &&Entry| entry.errors.iter().any(names);
    let page = ErrorPage {
        code,
        list: causes(profile, &codes),
        common: Code::COMMON.iter().any(names),
        operations: CATALOG.iter().filter(answers).collect(),
        namespace: NAMESPACE,
    };
    reply::page(200, &page)
}

/// Every code, once.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = Code::ALL
        .iter()
        .map(|code| code.name().to_owned())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The header by which a failed call points to the page of its code.
pub fn help(base_url: &str, code: &str) -> Option<(&'static str, String)> {
    let known = Code::ALL.iter().any(|known| known.name() == code);
    known.then(|| ("Link", format!("<{base_url}{PATH}/{code}>; rel=\"help\"")))
}
