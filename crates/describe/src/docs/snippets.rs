//! The example call of an operation in some languages, each by what its standard library has.

use trivium_core::arguments::Kind;
use trivium_core::{Entry, Verbs};

use crate::encode::json;
use crate::examples::Format;

/// A call in a language.
pub(crate) struct Snippet {
    /// The language.
    pub(crate) language: &'static str,
    /// The program.
    pub(crate) text: String,
}

/// Writes a call down.
type Language = fn(&Call<'_>) -> String;

/// A call to be written down.
struct Call<'a> {
    url: String,
    posts: bool,
    arguments: Vec<(&'a str, &'a str)>,
}

/// The call of an operation, in each language.
pub(crate) fn snippets(
    base_url: &str,
    entry: &Entry,
    arguments: &[(&'static str, &'static str, Kind)],
) -> Vec<Snippet> {
    let call = Call {
        url: format!("{base_url}{}", Format::Json.path(entry.name)),
        posts: entry.verbs != Verbs::Get,
        arguments: arguments
            .iter()
            .map(|(name, value, _)| (*name, *value))
            .collect(),
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

impl Call<'_> {
    /// A line for each argument.
    fn lines(&self, line: impl Fn(&str, &str) -> String) -> String {
        self.arguments
            .iter()
            .map(|(name, value)| line(name, value))
            .collect()
    }
}

fn curl(call: &Call<'_>) -> String {
    let get = if call.posts { "" } else { " --get" };
    let arguments = call.lines(|name, value| {
        let pair = format!("{name}={value}").replace('\'', "'\\''");
        format!(" \\\n  --data-urlencode '{pair}'")
    });
    match (call.posts, arguments.as_str()) {
        (true, "") => format!("curl --request POST {}", call.url),
        (false, "") => format!("curl {}", call.url),
        _ => format!("curl{get} {}{arguments}", call.url),
    }
}

fn python(call: &Call<'_>) -> String {
    let arguments = call.lines(|name, value| format!("    {}: {},\n", json(name), json(value)));
    let url = json(&call.url);
    let open = if call.posts {
        format!("urlopen({url}, arguments.encode())")
    } else {
        format!("urlopen({url} + \"?\" + arguments)")
    };
    format!(
        "from urllib.parse import urlencode
from urllib.request import urlopen

arguments = urlencode({{
{arguments}}})
with {open} as answer:
    print(answer.read().decode())"
    )
}

fn php(call: &Call<'_>) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let arguments =
        call.lines(|name, value| format!("    {} => {},\n", quoted(name), quoted(value)));
    let url = quoted(&call.url);
    let rest = if call.posts {
        format!(
            "$context = stream_context_create(['http' => [
    'method' => 'POST',
    'header' => 'Content-Type: application/x-www-form-urlencoded',
    'content' => $arguments,
]]);
$answer = file_get_contents({url}, false, $context);"
        )
    } else {
        format!("$answer = file_get_contents({url} . '?' . $arguments);")
    };
    format!(
        "<?php
$arguments = http_build_query([
{arguments}]);
{rest}
echo $answer;"
    )
}

fn javascript(call: &Call<'_>) -> String {
    let given = call.lines(|name, value| format!("  {name}: {},\n", json(value)));
    let url = json(&call.url);
    let fetch = if call.posts {
        format!("fetch({url}, {{ method: \"POST\", body: given }})")
    } else {
        format!("fetch({url} + \"?\" + given)")
    };
    format!(
        "const given = new URLSearchParams({{
{given}}});
const answer = await {fetch};
console.log(await answer.text());"
    )
}

fn rust(call: &Call<'_>) -> String {
    let url = json(&call.url);
    let ask = if call.posts {
        let pairs =
            call.lines(|name, value| format!("            ({}, {}),\n", json(name), json(value)));
        match pairs.as_str() {
            "" => format!("ureq::post({url})\n        .send_empty()?"),
            pairs => format!("ureq::post({url})\n        .send_form([\n{pairs}        ])?"),
        }
    } else {
        let pairs =
            call.lines(|name, value| format!("\n        .query({}, {})", json(name), json(value)));
        format!("ureq::get({url}){pairs}\n        .call()?")
    };
    format!(
        "// Cargo.toml: ureq = \"3\"
fn main() -> Result<(), ureq::Error> {{
    let mut answer = {ask};
    println!(\"{{}}\", answer.body_mut().read_to_string()?);
    Ok(())
}}"
    )
}
