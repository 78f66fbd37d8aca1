//! Starts gateways, speaks the protocols, and compares answers.

mod caller;
mod crowd;
mod gateway;
mod http;
mod protocol;
mod random;
mod story;

pub(crate) use caller::Caller;
pub(crate) use crowd::{Crowd, PASSWORD, Someone};
pub(crate) use gateway::{Gateway, Served, binary, trivium};
pub(crate) use http::Response;
pub(crate) use protocol::{Answer, PROTOCOLS, Protocol, form};
pub(crate) use random::{Random, seed};
pub(crate) use story::{Person, Story, everywhere};
