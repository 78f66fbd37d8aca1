//! Starts gateways, speaks the protocols, and compares answers.

mod gateway;
mod http;
mod protocol;
mod story;

pub(crate) use gateway::{Gateway, Served};
pub(crate) use http::Response;
pub(crate) use protocol::{Answer, PROTOCOLS, Protocol, form};
pub(crate) use story::{Person, Story, everywhere};
