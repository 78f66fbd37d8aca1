//! The binary `trivium`: command line, configuration, HTTP server.
//!
//! - [`options`] declares every command and option once. [`commands`] runs the commands; some of them call
//!   a running server through [`client`]. [`cures`] says what to do about a [`failure`].
//! - [`http`] is the HTTP server, and the only module that uses actix-web. [`drain`] has its graceful
//!   shutdown, and [`pages`] the pages and health checks.
//! - [`gateway`] dispatches a request to its front-end, and a call to the database. [`responses`] keeps responses,
//!   and [`readers`] runs reads.
//! - [`tls`] reads certificates.
//! - [`metrics`] is what monitoring reads, and [`notify`] what systemd receives.
//! - [`reload`] applies settings again on SIGHUP.
//! - [`retention`] removes what has ended, in the background.

mod client;
mod commands;
mod cures;
mod drain;
mod failure;
mod gateway;
mod http;
mod logs;
mod metrics;
mod notify;
mod options;
mod pages;
mod readers;
mod reload;
mod responses;
mod retention;
mod tls;

use std::process::ExitCode;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let options = match options::parse(std::env::args_os()) {
        Ok(options) => options,
        Err(failure) => return failure.report(),
    };
    match commands::run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
