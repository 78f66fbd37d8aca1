//! The rules of arguments, verbs, wrappers, encodings, statuses and profiles: each row a
//! request and, in one line, what becomes of it.
//!
//! [`types`], [`order`], [`calls`], [`encodings`] and [`failures`] have the rows. Where the
//! contract is silent, a row pins what the service does.

mod calls;
mod encodings;
mod failures;
mod order;
mod types;

use crate::harness::{Request, Served, check, struct_call, xml_rpc};

/// The demonstration's token of marc.
const TOKEN: &str = "123576abcdef6572134";

/// Holds each row: the demonstration with these options, asked this, answers that.
#[track_caller]
fn table<R: Into<Vec<u8>>>(options: &[&str], rows: impl IntoIterator<Item = (R, &'static str)>) {
    let server = Served::demonstration(options);
    for (request, expect) in rows {
        check(&server, request, expect);
    }
}

fn echo(members: &[(&str, &str)]) -> Request {
    xml_rpc(struct_call("echoPost", members))
}

fn echo_of(inner: &str) -> Request {
    echo(&[("echoText", inner)])
}
