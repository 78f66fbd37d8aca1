//! The rules of arguments, HTTP methods, encodings, statuses and profiles. Each row is a request and
//! its outcome in one line.
//!
//! The rows are in [`types`], [`calls`], [`encodings`] and [`failures`]. Where the contract leaves something
//! open, a row pins the behaviour of the service. The order of the checks, the unknown and the duplicate
//! arguments are tested without sockets, in `crates/rest-json`, `crates/rest-xml` and `crates/xml-rpc`.

mod calls;
mod encodings;
mod failures;
mod lengths;
mod responses;
mod types;

use crate::harness::{Request, Served, check, struct_call, xml_rpc};

/// The token of marc in the demonstration.
const TOKEN: &str = "123576abcdef6572134";

/// Asserts the outcome of each request to a demonstration with these options.
#[track_caller]
fn table<R: Into<Vec<u8>>>(options: &[&str], rows: impl IntoIterator<Item = (R, &'static str)>) {
    let server = Served::demonstration(options);
    for (request, expect) in rows {
        check(&server, request, expect);
    }
}

fn echo_of(inner: &str) -> Request {
    xml_rpc(struct_call("echoPost", &[("echoText", inner)]))
}
