//! The binary `trivium`: command line, configuration, HTTP server.
//!
//! - [`options`] declares every command and option once; [`commands`] carries them out, some as
//!   [`client`] of a running server.
//! - [`http`] is the only place that knows actix-web: limits, answers; [`deadline`] and
//!   [`drain`] are its timeouts and its graceful stop, [`pages`] what stands beside the calls.
//! - [`gateway`] takes a request to its front-end, and a call to the database and back.

mod client;
mod commands;
mod deadline;
mod drain;
mod failure;
mod gateway;
mod http;
mod logs;
mod options;
mod pages;

use std::process::ExitCode;

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
