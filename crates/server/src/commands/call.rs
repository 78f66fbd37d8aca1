//! `trivium call`: calls an operation of a server.

use std::io::Read;
use std::path::Path;

use trivium_core::catalog;
use trivium_describe::examples::{self, Format};
use trivium_front::ClientRequest;
use trivium_rpc::{Entry, ValueType};
use ureq::http::Response;

use super::call_as;
use super::print::line;
use crate::client::agent;
use crate::cures;
use crate::failure::Failure;
use crate::options::{Call, Source, ViaOption, did_you_mean};

pub(crate) fn run(call: &Call) -> Result<(), Failure> {
    let prefix = format!("{}.", catalog().namespace);
    let name = call.method.strip_prefix(&prefix).unwrap_or(&call.method);
    let entry = catalog().find(name).ok_or_else(|| {
        let hint = did_you_mean(name, catalog().entries.iter().map(Entry::name));
        Failure::usage(&format!("there is no operation '{name}'{hint}"))
    })?;
    for argument in &call.arguments {
        let name = argument.name.as_str();
        if entry.rule(name).is_none() {
            let known: Vec<&str> = entry.rules.iter().map(|rule| rule.name).collect();
            let hint = did_you_mean(name, known.iter().copied());
            let operation = entry.name();
            let message = format!("{operation} has no argument '{name}'{hint}");
            return Err(Failure::usage(&match known.as_slice() {
                [] => message,
                known => format!("{message}\n  its arguments: {}", known.join(", ")),
            }));
        }
    }
    let format = match call.via {
        ViaOption::Json => Format::Json,
        ViaOption::Xml => Format::Xml,
        ViaOption::XmlRpc => Format::XmlRpc,
    };
    if let Some(tool) = call.written_as {
        return call_as::run(call, entry, format, tool);
    }
    let values = call
        .arguments
        .iter()
        .map(|argument| Ok((argument.name.as_str(), value(&argument.value)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    let arguments: Vec<(&str, &str, ValueType)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str(), value_type(entry, name)))
        .collect();
    let request = examples::request(catalog(), entry, &arguments, format);
    let token = call.token_file.as_deref().map(read).transpose()?;
    let response = send(call, &request, token.as_deref())?;
    let body = response.body().trim_end();
    line(body)?;
    if succeeded(format, body) {
        return Ok(());
    }
    let help = response
        .headers()
        .get("link")
        .and_then(|link| link.to_str().ok());
    let help = help.and_then(|link| link.strip_prefix('<')?.split('>').next());
    let Some(help) = help else {
        return Err(Failure::Failed(format!("{name} failed")));
    };
    let code = help.rsplit('/').next().unwrap_or_default();
    let cure = cures::call(code).map(|cure| format!("\n  {cure}"));
    let cure = cure.unwrap_or_default();
    Err(Failure::Failed(format!("{name} failed: see {help}{cure}")))
}

pub(super) fn value(source: &Source) -> Result<String, Failure> {
    match source {
        Source::Here(value) => Ok(value.clone()),
        Source::File(path) => read(path),
    }
}

/// Reads a file, without the end of its last line; `-` is standard input.
fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(path)
            .map_err(|error| Failure::Failed(format!("{}: {error}", path.display())))?;
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

pub(super) fn value_type(entry: &Entry, name: &str) -> ValueType {
    let rule = entry.rule(name);
    rule.map_or(ValueType::Text, |rule| rule.value_type)
}

fn send(
    call: &Call,
    request: &ClientRequest<'_>,
    token: Option<&str>,
) -> Result<Response<String>, Failure> {
    let agent = agent(&call.url, &call.trust)?;
    let url = format!("{}{}", call.url.trim_end_matches('/'), request.target());
    let print = |text: &str| {
        if call.verbose {
            eprint!("{text}");
        }
    };
    print(&format!("{request}\n"));
    let mut head = ureq::http::Request::builder()
        .method(request.method)
        .uri(&url);
    if let Some(token) = token {
        head = head.header("Authorization", format!("Bearer {token}"));
    }
    let response = match request.body() {
        Some((content_type, body)) => head
            .header("Content-Type", content_type)
            .body(body.as_str())
            .map_err(ureq::Error::from)
            .and_then(|request| agent.run(request)),
        None => head
            .body(())
            .map_err(ureq::Error::from)
            .and_then(|request| agent.run(request)),
    };
    let cannot =
        |error: ureq::Error| Failure::Failed(cures::connecting(&call.url, &error.into_io()));
    let (head, mut body) = response.map_err(cannot)?.into_parts();
    let body = body.read_to_string().map_err(cannot)?;
    print(&format!("{:?} {}\n", head.version, head.status));
    for (name, value) in &head.headers {
        print(&format!(
            "{name}: {}\n",
            String::from_utf8_lossy(value.as_bytes())
        ));
    }
    print("\n");
    Ok(Response::from_parts(head, body))
}

/// True if a response reports success. In XML, `<` is escaped in texts, so it is sufficient to search for
/// the element.
fn succeeded(format: Format, body: &str) -> bool {
    let elements = || body.split_whitespace().collect::<String>();
    match format {
        Format::Json => serde_json::from_str::<serde_json::Value>(body)
            .is_ok_and(|response| response.get("success") == Some(&true.into())),
        Format::Xml => elements().contains("<success>true</success>"),
        Format::XmlRpc => {
            elements().contains("<name>success</name><value><boolean>1</boolean></value>")
        }
    }
}
