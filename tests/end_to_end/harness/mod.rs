//! Starts gateways, sends requests, and compares responses. When a server ends, xmllint and jq
//! validate its responses.

mod answers;
mod approval;
mod caller;
mod certificates;
mod clock;
mod crowd;
mod gateway;
mod http;
mod program;
mod protocol;
mod random;
mod record;
mod request;
mod statements;
mod story;
mod xmlrpc;

pub(crate) use approval::{approve, frob};
pub(crate) use caller::Caller;
pub(crate) use certificates::Certificate;
pub(crate) use clock::Clock;
pub(crate) use crowd::{Crowd, PASSWORD, Someone, end_membership};
pub(crate) use gateway::{BINARY, Gateway, Served, trivium};
pub(crate) use http::{Connection, Response};
pub(crate) use program::{Running, attempt, haproxy, preload, project, run, unpacked};
pub(crate) use protocol::{Answer, PROTOCOLS, Protocol, encode, form as form_of, plain};
pub(crate) use random::{Random, seed};
pub(crate) use record::check_recorded;
pub(crate) use request::{
    Request, ask, check, check_everywhere, crlf, form, get, json, outcome, post, xml_body, xml_rpc,
};
pub(crate) use statements::StatementLog;
pub(crate) use story::{Person, Story, everywhere, new_group};
pub(crate) use xmlrpc::{call, entry, entry_with, method_call, multicall, param, struct_call};
