//! `trivium conform`.

use std::io;

use trivium_conform::{Request, Response, Server};
use trivium_core::catalog;

use super::print;
use crate::client::Client;
use crate::failure::Failure;
use crate::options::{Conform, Global};

pub(crate) fn run(global: &Global, command: &Conform) -> Result<(), Failure> {
    let client = Client::new(&command.url, &command.trust)?;
    let tokens = match &command.token_file {
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| Failure::Failed(format!("cannot read {}: {error}", file.display())))?,
        None => String::new(),
    };
    let tokens: Vec<&str> = tokens.split_whitespace().collect();
    let report = trivium_conform::examine(&client, catalog(), &tokens)
        .map_err(|error| Failure::Failed(format!("{}: {error}", command.url)))?;
    if global.json {
        let differences = print::rows(&report.differences)?;
        print::line(
            &serde_json::json!({"calls": report.calls, "differences": differences}).to_string(),
        )?;
    } else {
        for difference in &report.differences {
            print::line(&difference.to_string())?;
        }
        if report.differences.is_empty() {
            print::line(&format!("No differences in {} calls.", report.calls))?;
        }
    }
    match report.differences.len() {
        0 => Ok(()),
        1 => Err(Failure::Failed(format!(
            "1 difference in {} calls",
            report.calls
        ))),
        count => Err(Failure::Failed(format!(
            "{count} differences in {} calls",
            report.calls
        ))),
    }
}

impl Server for Client {
    fn send(&self, request: &Request) -> io::Result<Response> {
        let answer = match request.method {
            "GET" => self.get(&request.path)?,
            _ => self.post(&request.path, request.content_type, &request.body)?,
        };
        Ok(Response {
            status: answer.status,
            body: answer.body,
        })
    }
}
