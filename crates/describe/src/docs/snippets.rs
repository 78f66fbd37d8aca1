//! Writes an example call as a program in several languages.
//!
//! The programs use standard libraries (in Rust, `ureq`). They encode arguments themselves; other messages
//! are written as they are sent.

use crate::encode::{json, quoted};
use trivium_front::{ClientRequest, Payload};

/// A program that makes the call.
pub(crate) struct Snippet {
    /// The language.
    pub(crate) language: &'static str,
    /// The program.
    pub(crate) text: String,
}

/// The part of the response that a program prints.
#[derive(Clone, Copy)]
pub(crate) enum Printed {
    /// The body.
    Body,
    /// The header Location, if the body is empty.
    Location,
    /// The status, if there is neither.
    Status,
}

impl Printed {
    /// Selects the part to print of a response with its headers.
    pub(crate) fn of(response: &str) -> Self {
        match response.split_once("\n\n") {
            Some(_) => Self::Body,
            None if response.contains("\nlocation: ") => Self::Location,
            None => Self::Status,
        }
    }
}

/// Writes a call as a program.
type Language = fn(&Call<'_>) -> String;

/// A call that is written as a program.
struct Call<'a> {
    url: String,
    request: &'a ClientRequest<'a>,
    printed: Printed,
}

/// Writes a request to this server in each language.
pub(crate) fn snippets(
    base_url: &str,
    request: &ClientRequest<'_>,
    printed: Printed,
) -> Vec<Snippet> {
    let call = Call {
        url: format!("{base_url}{}", request.path),
        request,
        printed,
    };
    let languages: [(&'static str, Language); 5] = [
        ("curl", curl),
        ("Python", python),
        ("PHP", php),
        ("JavaScript", javascript),
        ("Rust", rust),
    ];
    languages
        .map(|(language, write)| Snippet {
            language,
            text: write(&call),
        })
        .into()
}

/// Writes a request to this server as a line for curl.
pub fn as_curl(base_url: &str, request: &ClientRequest<'_>) -> String {
    curl(&Call::new(base_url, request))
}

/// Writes a request to this server as a program in Python. A body of several lines is in bytes with three single quotes,
/// an argument in a text with double quotes.
pub fn as_python(base_url: &str, request: &ClientRequest<'_>) -> String {
    python(&Call::new(base_url, request))
}

impl<'a> Call<'a> {
    /// A call whose response has a body.
    fn new(base_url: &str, request: &'a ClientRequest<'a>) -> Self {
        Self {
            url: format!("{base_url}{}", request.path),
            request,
            printed: Printed::Body,
        }
    }
}

impl Call<'_> {
    /// True if the arguments are in the query.
    fn gets(&self) -> bool {
        self.request.method == "GET"
    }

    /// Selects one of these values by the part that is printed.
    fn print<T>(&self, body: T, location: T, status: T) -> T {
        match self.printed {
            Printed::Body => body,
            Printed::Location => location,
            Printed::Status => status,
        }
    }
}

/// Writes a line for each pair.
fn lines(pairs: &[(&str, &str)], line: impl Fn(&str, &str) -> String) -> String {
    pairs
        .iter()
        .map(|(name, value)| line(name, value))
        .collect()
}

/// Lists the headers of a message, with the Content-Type of its body.
fn all<'a>(
    headers: &[(&'a str, &'a str)],
    body: Option<&(&'a str, String)>,
) -> Vec<(&'a str, &'a str)> {
    let kind = body.map(|(kind, _)| ("Content-Type", *kind));
    headers.iter().copied().chain(kind).collect()
}

fn curl(call: &Call<'_>) -> String {
    let option = |name: &str, value: &str| {
        let value = value.replace('\'', "'\\''");
        format!(" \\\n  --{name} '{value}'")
    };
    let (has_data, options) = match &call.request.payload {
        Payload::Arguments(list) => {
            let pair =
                |name: &str, value: &str| option("data-urlencode", &format!("{name}={value}"));
            (!list.is_empty(), lines(list, pair))
        }
        Payload::Message { headers, body } => {
            let header = |name: &str, value: &str| option("header", &format!("{name}: {value}"));
            let headers = lines(&all(headers, body.as_ref()), header);
            let data = body.as_ref().map(|(_, body)| option("data", body));
            (data.is_some(), headers + &data.unwrap_or_default())
        }
    };
    // With data, curl uses POST by default.
    let verb = match (call.request.method, has_data) {
        ("GET", false) | ("POST", true) => String::new(),
        ("GET", true) => " --get".to_owned(),
        (verb, _) => format!(" --request {verb}"),
    };
    let include = call.print("", " --include", " --include");
    format!("curl{include}{verb} {}{options}", call.url)
}

fn python(call: &Call<'_>) -> String {
    let url = json(&call.url);
    let (imported, prepared, open) = match &call.request.payload {
        Payload::Arguments(list) => {
            let arguments = lines(list, |name, value| {
                format!("    {}: {},\n", json(name), json(value))
            });
            let open = if call.gets() {
                format!("{url} + \"?\" + arguments")
            } else {
                format!("{url}, arguments.encode()")
            };
            let prepared = format!("arguments = urlencode({{\n{arguments}}})");
            let imported = "from urllib.parse import urlencode\nfrom urllib.request import urlopen";
            (imported, prepared, open)
        }
        Payload::Message { headers, body } => {
            let headers = lines(&all(headers, body.as_ref()), |name, value| {
                format!("        {}: {},\n", json(name), json(value))
            });
            let data = body.as_ref().map_or_else(String::new, |(_, body)| {
                // Only a literal with three quotes may have several lines.
                let quotes = if body.contains('\n') { "''" } else { "" };
                format!("    data=b{quotes}{}{quotes},\n", quoted(body))
            });
            let prepared = format!(
                "request = Request(
    {url},
    method=\"{}\",
    headers={{
{headers}    }},
{data})",
                call.request.method
            );
            let imported = "from urllib.request import Request, urlopen";
            (imported, prepared, "request".to_owned())
        }
    };
    let print = call.print(
        "response.read().decode()",
        "response.headers[\"Location\"]",
        "response.status",
    );
    format!(
        "{imported}

{prepared}
with urlopen({open}) as response:
    print({print})"
    )
}

fn php(call: &Call<'_>) -> String {
    let url = quoted(&call.url);
    let context = |options: &str| {
        format!(
            "$context = stream_context_create(['http' => [
    'method' => '{}',
{options}]]);
",
            call.request.method
        )
    };
    let (prepared, url, has_context) = match &call.request.payload {
        Payload::Arguments(list) => {
            let arguments = lines(list, |name, value| {
                format!("    {} => {},\n", quoted(name), quoted(value))
            });
            let arguments = format!("$arguments = http_build_query([\n{arguments}]);\n");
            if call.gets() {
                (arguments, format!("{url} . '?' . $arguments"), false)
            } else {
                let form = "    'header' => 'Content-Type: application/x-www-form-urlencoded',
    'content' => $arguments,
";
                (arguments + &context(form), url, true)
            }
        }
        Payload::Message { headers, body } => {
            let headers = lines(&all(headers, body.as_ref()), |name, value| {
                format!("        {},\n", quoted(&format!("{name}: {value}")))
            });
            let content = body.as_ref().map_or_else(String::new, |(_, body)| {
                format!("    'content' => {},\n", quoted(body))
            });
            let message = format!("    'header' => [\n{headers}    ],\n{content}");
            (context(&message), url, true)
        }
    };
    let with = |more: &'static str| if has_context { more } else { "" };
    let rest = match call.printed {
        Printed::Body => format!(
            "$response = file_get_contents({url}{});\necho $response;",
            with(", false, $context")
        ),
        Printed::Location => format!(
            "$headers = get_headers({url}, true{});
echo array_change_key_case($headers)['location'];",
            with(", $context")
        ),
        Printed::Status => format!(
            "$headers = get_headers({url}, true{});
echo $headers[0];",
            with(", $context")
        ),
    };
    format!("<?php\n{prepared}{rest}")
}

fn javascript(call: &Call<'_>) -> String {
    let url = json(&call.url);
    let (prepared, arguments) = match &call.request.payload {
        Payload::Arguments(list) => {
            let pairs = lines(list, |name, value| format!("  {name}: {},\n", json(value)));
            let prepared = format!("const pairs = new URLSearchParams({{\n{pairs}}});\n");
            let arguments = if call.gets() {
                format!("{url} + \"?\" + pairs")
            } else {
                format!("{url}, {{ method: \"POST\", body: pairs }}")
            };
            (prepared, arguments)
        }
        Payload::Message { headers, body } => {
            let headers = lines(&all(headers, body.as_ref()), |name, value| {
                format!("    {}: {},\n", json(name), json(value))
            });
            let body = body.as_ref().map_or_else(String::new, |(_, body)| {
                format!("  body: {},\n", quoted(body))
            });
            let message = format!(
                "{url}, {{
  method: \"{}\",
  headers: {{
{headers}  }},
{body}}}",
                call.request.method
            );
            (String::new(), message)
        }
    };
    let print = call.print(
        "await response.text()",
        "response.headers.get(\"Location\")",
        "response.status",
    );
    format!("{prepared}const response = await fetch({arguments});\nconsole.log({print});")
}

fn rust(call: &Call<'_>) -> String {
    let (parts, send) = match &call.request.payload {
        Payload::Arguments(list) if call.gets() => {
            let query = |name: &str, value: &str| {
                format!("\n        .query({}, {})", json(name), json(value))
            };
            (lines(list, query), "call()".to_owned())
        }
        Payload::Arguments(list) if list.is_empty() => (String::new(), "send_empty()".to_owned()),
        Payload::Arguments(list) => {
            let pairs = lines(list, |name, value| {
                format!("            ({}, {}),\n", json(name), json(value))
            });
            (String::new(), format!("send_form([\n{pairs}        ])"))
        }
        Payload::Message { headers, body } => {
            let headers = lines(&all(headers, body.as_ref()), |name, value| {
                format!("\n        .header({}, {})", json(name), json(value))
            });
            let send = match (call.request.method, body) {
                ("GET" | "DELETE", _) => "call()".to_owned(),
                (_, None) => "send_empty()".to_owned(),
                (_, Some((_, body))) => format!("send(r#\"{body}\"#)"),
            };
            (headers, send)
        }
    };
    let verb = call.request.method.to_lowercase();
    let url = json(&call.url);
    let (response, print) = call.print(
        ("mut response", "response.body_mut().read_to_string()?"),
        (
            "response",
            "response.headers()[\"location\"].to_str().unwrap_or_default()",
        ),
        ("response", "response.status()"),
    );
    format!(
        "// Cargo.toml: ureq = \"3\"
fn main() -> Result<(), ureq::Error> {{
    let {response} = ureq::{verb}({url}){parts}
        .{send}?;
    println!(\"{{}}\", {print});
    Ok(())
}}"
    )
}
