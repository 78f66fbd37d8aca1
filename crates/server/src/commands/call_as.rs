//! `trivium call --as`: prints a call for another tool. What it reads from files, the tool reads from them, too, so that
//! no secret is printed; only a methodCall, which cannot, has it.

use std::path::{Path, PathBuf};

use trivium_core::catalog;
use trivium_describe::docs::{as_curl, as_python};
use trivium_describe::examples::{self, Format};
use trivium_rpc::Entry;

use super::call::{value, value_type};
use super::print::line;
use crate::failure::Failure;
use crate::options::{Call, Source, Tool};

/// The name of the argument with the token.
const TOKEN: &str = "authToken";

pub(super) fn run(call: &Call, entry: &Entry, format: Format, tool: Tool) -> Result<(), Failure> {
    let mut sources: Vec<(&str, &Source)> = Vec::new();
    let token = call.token_file.clone().map(Source::File);
    if let Some(token) = &token
        && entry.rule(TOKEN).is_some()
    {
        sources.push((TOKEN, token));
    }
    let given = call.arguments.iter();
    sources.extend(given.map(|argument| (argument.name.as_str(), &argument.value)));
    let format = match tool {
        Tool::XmlRpc => Format::XmlRpc,
        Tool::Curl | Tool::Python => format,
    };
    let mut files = Files::default();
    let mut values = Vec::new();
    for (name, source) in sources {
        let text = match (tool, source) {
            (Tool::Curl | Tool::Python, Source::File(path)) => files.mark(path),
            _ => value(source)?,
        };
        values.push((name, text));
    }
    let arguments: Vec<_> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str(), value_type(entry, name)))
        .collect();
    let request = examples::request(catalog(), entry, &arguments, format);
    let url = call.url.trim_end_matches('/');
    let cacert = call.trust.cacert.as_deref().map(Path::to_string_lossy);
    line(&match tool {
        Tool::Curl => {
            let command = files.read_by_shell(as_curl(url, &request));
            match (cacert, command.strip_prefix("curl ")) {
                (Some(file), Some(rest)) => format!("curl --cacert {} {rest}", in_quotes(&file)),
                _ => command,
            }
        }
        Tool::Python => {
            let program = as_python(url, &request);
            let program = files.read_by_python(match format {
                Format::XmlRpc => in_ascii(&program),
                Format::Json | Format::Xml => program,
            });
            match cacert {
                Some(file) => {
                    format!("import os\n\nos.environ[\"SSL_CERT_FILE\"] = {file:?}\n{program}")
                }
                None => program,
            }
        }
        Tool::XmlRpc => match request.body() {
            Some((_, body)) => body,
            None => String::new(),
        },
    })
}

/// Quotes a text for a shell.
fn in_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Writes the other characters of an XML text as references: bytes of Python have none.
fn in_ascii(text: &str) -> String {
    let reference = |c: char| match c.is_ascii() {
        true => c.to_string(),
        false => format!("&#{};", u32::from(c)),
    };
    text.chars().map(reference).collect()
}

/// The files that a tool reads. A text in the place of each is replaced by the reading of it.
#[derive(Default)]
struct Files(Vec<PathBuf>);

impl Files {
    /// The text in the place of a file. Nobody has such a value.
    fn text(number: usize) -> String {
        format!("-contents-of-file-{number}-here-")
    }

    fn mark(&mut self, path: &Path) -> String {
        self.0.push(path.to_owned());
        Self::text(self.0.len() - 1)
    }

    /// Every value is in single quotes.
    fn read_by_shell(&self, text: String) -> String {
        self.0.iter().enumerate().fold(text, |text, (n, path)| {
            let path = in_quotes(&path.to_string_lossy());
            text.replace(&Self::text(n), &format!("'\"$(cat -- {path})\"'"))
        })
    }

    /// Arguments are texts in double quotes, a methodCall is bytes in three single quotes.
    fn read_by_python(&self, text: String) -> String {
        self.0.iter().enumerate().fold(text, |text, (n, path)| {
            let file = match path == Path::new("-") {
                true => "0".to_owned(),
                false => format!("{:?}", path.to_string_lossy()),
            };
            let (mark, read) = (Self::text(n), ".read().strip()");
            text.replace(&format!("\"{mark}\""), &format!("open({file}){read}"))
                .replace(&mark, &format!("''' + open({file}, \"rb\"){read} + b'''"))
        })
    }
}
