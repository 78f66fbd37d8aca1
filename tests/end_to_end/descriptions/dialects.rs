//! Makes the example call of every method of the dialects, as its page shows it. Compares the recorded
//! responses with those of a server and with the output of programs.
//! `make record` updates the record.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use trivium_core::demonstration::{INVITATION, KEY, MEMBER};
use trivium_describe::answers;
use trivium_front::dialect::MethodDescription as Method;
use trivium_front::{Dialect, StatusRule};
use trivium_site::description::service;
use trivium_upcoming::methods::EXAMPLE_FROB as FROB;

use super::normalize::normalize_times;
use super::pages::figures;
use super::snippets::{LANGUAGES, Replacements, replaced};
use super::{as_sent, demonstration_with};
use crate::harness::{Served, check_recorded, run};

/// The lines of the head that are recorded.
const HEADERS: [&str; 3] = ["HTTP/", "content-type:", "location:"];

/// Values that differ from run to run: the prefix of the method names, the text before and after the
/// value, and the recorded value.
const VARIABLE_VALUES: [(&str, &str, &str, &str); 4] = [
    (
        "upcoming.auth.getToken",
        " token=\"",
        "\"",
        "123576abcdef6572134123576abcdef657213412",
    ),
    ("onezone.", "\"token\":\"", "\"", INVITATION),
    (
        "onezone.users-tokens-named",
        "\"token\":\"",
        "\"",
        "123576abcdef6572134123576abcdef657213412",
    ),
    ("onezone.", "\"creationTime\":", "}", "1155303524"),
];

#[test]
fn responses_of_examples_are_as_recorded() {
    let mut record = String::new();
    for dialect in &service().dialects {
        each_method(dialect, &[], |_, method, shown, replacements| {
            let answer = normalize(method, &curl(&replaced(&shown["curl"], replacements)));
            record.push_str(&answers::section(&method.name, &answer));
        });
    }
    check_recorded("crates/site/answers/dialects.txt", &record);
}

#[test]
fn pages_show_the_prefix_of_a_dialect() {
    for (dialect, prefix) in service().dialects.iter().zip(["/elsewhere/up", "/zone"]) {
        let option = format!("--{}", dialect.name);
        let address = format!("{}{prefix}", answers::BASE_URL);
        each_method(
            dialect,
            &[&option, prefix],
            |server, method, shown, replacements| {
                let answer = normalize(
                    method,
                    &send(server, &replaced(&shown["Request"], replacements)),
                );
                assert_eq!(shown["Response"], answer, "{}", method.name);
                let called = format!("{address}{}", method.example.path);
                for language in LANGUAGES {
                    let program = &shown[language];
                    assert!(program.contains(&called), "{called}: {program}");
                }
            },
        );
        let server = Served::demonstration(&[&option, prefix]);
        let base = format!("http://test{prefix}");
        for method in &dialect.methods {
            let page = server.get(&format!("/docs/{}", method.name)).text();
            let called = format!("<code>{} {base}{}</code>", method.verb, method.path);
            assert!(page.contains(&called), "{called}: {page}");
        }
        let index = server.get("/docs").text();
        assert!(index.contains(&format!("<code>{base}</code>")), "{index}");
    }
}

#[test]
fn a_disabled_dialect_has_no_pages() {
    for dialect in &service().dialects {
        let server = Served::demonstration(&[&format!("--{}", dialect.name), "off"]);
        for method in &dialect.methods {
            let page = server.get(&format!("/docs/{}", method.name));
            assert_eq!(page.status, 404, "{}", method.name);
        }
        for path in ["/", "/docs"] {
            let page = server.get(path);
            assert_eq!(page.status, 200);
            assert!(!page.text().contains(dialect.title), "{path}");
        }
    }
}

/// Runs the programs of one language.
pub(super) fn check(language: &str, run: impl Fn(&str, &str, &Replacements) -> String) {
    for dialect in &service().dialects {
        each_method(dialect, &[], |_, method, shown, replacements| {
            let printed = run(&method.name, &shown[language], replacements);
            let recorded = service()
                .answers
                .of_dialect(&method.name)
                .expect("its response");
            assert_printed(language, method, &printed, recorded);
        });
    }
}

/// Asserts that a program printed the recorded body; without a body, the location or the status.
fn assert_printed(language: &str, method: &Method, printed: &str, recorded: &str) {
    if let Some((_, body)) = recorded.split_once("\n\n") {
        let printed = normalize_body(method, printed.trim_end());
        assert_eq!(printed.trim_end(), body, "{language} {}", method.name);
        return;
    }
    let mut lines = recorded.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let location = lines.find_map(|line| line.strip_prefix("location: "));
    let wanted = location.or(status).expect("a status");
    // Some programs print more of the head.
    let found = printed.split_whitespace().any(|word| word == wanted);
    assert!(found, "{language} {}: {wanted}: {printed}", method.name);
}

/// Runs a curl call and returns the response with its head.
fn curl(call: &str) -> String {
    let printed = run("sh", &["-c", &format!("{call} --silent --include")], b"").stdout;
    String::from_utf8(printed).expect("text")
}

/// Sends a request and returns the response with its head.
fn send(server: &Served, request: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.write_all(&as_sent(request)).expect("a server");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("text");
    response
}

/// Calls `run` with a server with these options, each method of a dialect, the figures of its page by
/// caption, and the replacements for its placeholders. Each method may be called once.
fn each_method(
    dialect: &Dialect,
    options: &[&str],
    mut run: impl FnMut(&Served, &Method, &BTreeMap<String, String>, &Replacements),
) {
    let server = demonstration_with("documented", StatusRule::Ok, options);
    let prefix = match options {
        [_, prefix] => *prefix,
        _ => dialect.prefix,
    };
    for method in &dialect.methods {
        let page = server.get(&format!("/docs/{}", method.name)).text();
        let shown: BTreeMap<String, String> = figures(&page).into_iter().collect();
        let request = method.example.clone().below(prefix).to_string();
        assert_eq!(shown["Request"], request);
        let frob = match request.contains(FROB) {
            true => frob(&server, prefix),
            false => FROB.to_owned(),
        };
        let url = format!("http://{}", server.address);
        let replacements = vec![(answers::BASE_URL, url), (FROB, frob)];
        run(&server, method, &shown, &replacements);
    }
}

/// Converts the response of a method to the format of the record.
fn normalize(method: &Method, answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 20"), "{}: {answer}", method.name);
    // The order of the headers is not fixed, so the record has its own.
    let head = HEADERS.iter().filter_map(|name| {
        let mut lines = head.lines();
        lines.find(|line| line.starts_with(name))
    });
    let head: Vec<&str> = head.collect();
    let text = format!("{}\n\n{}", head.join("\n"), normalize_body(method, body));
    text.trim_end().to_owned()
}

/// Replaces the values that differ from run to run.
fn normalize_body(method: &Method, body: &str) -> String {
    let mut text = normalize_times(body.trim_end());
    for (name, begin, end, replacement) in VARIABLE_VALUES {
        if method.name.starts_with(name)
            && let Some((before, rest)) = text.split_once(begin)
        {
            let (_, after) = rest.split_once(end).expect("its end");
            text = format!("{before}{begin}{replacement}{end}{after}");
        }
    }
    text
}

/// Signs in on the page and returns the frob.
fn frob(server: &Served, prefix: &str) -> String {
    let page = server.get(&format!("{prefix}/auth/?api_key={KEY}"));
    let cookie = page
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let (_, form) = cookie.split_once('=').expect("a value");
    let body = format!(
        "api_key={KEY}&form={form}&login={}&password={}",
        MEMBER.0, MEMBER.1
    );
    let headers = [
        ("Cookie", &*cookie),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let page = server
        .post_with(&format!("{prefix}/auth/"), &headers, body.as_bytes())
        .text();
    let (_, rest) = page.split_once("<output><code>").expect("a frob");
    rest.split('<').next().unwrap().to_owned()
}
