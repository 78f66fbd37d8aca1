//! Makes the example call of every method of the dialects, as its page shows it, and holds the
//! recorded answers against what a server answers, and what programs print of it.
//! `INSTA_UPDATE=always` writes the record anew.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use trivium_core::catalog;
use trivium_core::demonstration::{INVITATION, KEY, MEMBER};
use trivium_describe::dialects::upcoming::FROB;
use trivium_describe::dialects::{Dialect, Method, Prefixes};
use trivium_describe::examples::exchange::request;
use trivium_describe::examples::{Format, answers, of};
use trivium_front::StatusRule;

use super::pages::figures;
use super::snippets::{LANGUAGES, Places, filled};
use super::steady::steady_times;
use super::{as_sent, demonstration_with};
use crate::harness::{Served, project, run};

/// Of the head, what tells of the answer.
const HEADERS: [&str; 3] = ["HTTP/", "content-type:", "location:"];

/// What differs from run to run: how the names of its methods begin, behind which words it
/// stands, up to which, and what the record has instead.
const VARYING: [(&str, &str, &str, &str); 3] = [
    (
        "upcoming.auth.getToken",
        " token=\"",
        "\"",
        "123576abcdef6572134123576abcdef657213412",
    ),
    ("onezone.", "\"token\":\"", "\"", INVITATION),
    ("onezone.", "\"creationTime\":", "}", "1155303524"),
];

#[test]
fn every_example_is_answered_as_recorded() {
    let mut record = String::new();
    for dialect in Dialect::ALL {
        tell(dialect, &[], |_, method, shown, places| {
            let answer = steady(method, &curl(&filled(&shown["curl"], places)));
            record.push_str(&answers::headed(&method.name, &answer));
        });
    }
    if record != answers::DIALECTS && std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        let path = project().join("crates/describe/answers/dialects.txt");
        std::fs::write(path, &record).expect("the record");
    }
    let lines = record.lines().zip(answers::DIALECTS.lines());
    let other = lines.into_iter().find(|(new, old)| new != old);
    assert!(
        record == answers::DIALECTS,
        "other answers than recorded, see INSTA_UPDATE: {other:?}"
    );
}

#[test]
fn pages_show_a_dialect_where_it_is() {
    for (dialect, prefix) in Dialect::ALL.into_iter().zip(["/elsewhere/up", "/zone"]) {
        let option = format!("--{}", dialect.word());
        let there = format!("{}{prefix}", answers::BASE_URL);
        tell(
            dialect,
            &[&option, prefix],
            |server, method, shown, places| {
                let answer = steady(method, &send(server, &filled(&shown["Request"], places)));
                assert_eq!(shown["Response"], answer, "{}", method.name);
                let called = format!("{there}{}", method.example.path);
                for language in LANGUAGES {
                    let program = &shown[language];
                    assert!(program.contains(&called), "{called}: {program}");
                }
            },
        );
        let server = Served::demonstration(&[&option, prefix]);
        let base = format!("<code>http://test{prefix}");
        for method in dialect.methods() {
            let page = server.get(&format!("/docs/{}", method.name)).text();
            let called = format!("{base}{}</code>", method.path);
            assert!(page.contains(&called), "{called}: {page}");
        }
        let index = server.get("/docs").text();
        assert!(index.contains(&format!("{base}</code>")), "{index}");
    }
}

#[test]
fn a_dialect_that_is_off_has_no_pages() {
    for dialect in Dialect::ALL {
        let server = Served::demonstration(&[&format!("--{}", dialect.word()), "off"]);
        for method in dialect.methods() {
            let page = server.get(&format!("/docs/{}", method.name));
            assert_eq!(page.status, 404, "{}", method.name);
        }
        for path in ["/", "/docs"] {
            let page = server.get(path);
            assert_eq!(page.status, 200);
            assert!(!page.text().contains(dialect.title()), "{path}");
        }
    }
}

/// Runs the programs of one language.
pub(super) fn check(language: &str, run: impl Fn(&str, &str, &Places) -> String) {
    for dialect in Dialect::ALL {
        tell(dialect, &[], |_, method, shown, places| {
            let printed = run(&method.name, &shown[language], places);
            let recorded = answers::of_dialect(&method.name).expect("its answer");
            fits(language, method, &printed, recorded);
        });
    }
}

/// Holds what a program printed against the recorded answer: the body, or where there is none,
/// where what was made is, or else the status.
fn fits(language: &str, method: &Method, printed: &str, recorded: &str) {
    if let Some((_, body)) = recorded.split_once("\n\n") {
        let printed = steady_body(method, printed.trim_end());
        assert_eq!(printed.trim_end(), body, "{language} {}", method.name);
        return;
    }
    let mut lines = recorded.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let location = lines.find_map(|line| line.strip_prefix("location: "));
    let wanted = location.or(status).expect("a status");
    // Some tell more of the head.
    let found = printed.split_whitespace().any(|word| word == wanted);
    assert!(found, "{language} {}: {wanted}: {printed}", method.name);
}

/// Makes a call as curl does, and tells the answer with its head.
fn curl(call: &str) -> String {
    let printed = run("sh", &["-c", &format!("{call} --silent --include")], b"").stdout;
    String::from_utf8(printed).expect("text")
}

/// Sends a request, and tells the answer with its head.
fn send(server: &Served, request: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.write_all(&as_sent(request)).expect("a server");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    answer
}

/// Hands over every method of a dialect, on a server with these options, with the figures of its
/// page by their captions, and what takes the place of what stands there. Each is to be called
/// once.
fn tell(
    dialect: Dialect,
    options: &[&str],
    mut listen: impl FnMut(&Served, &Method, &BTreeMap<String, String>, &Places),
) {
    let server = demonstration_with("documented", StatusRule::Ok, options);
    // Somebody who has an email address.
    let entry = catalog().find("newUser").expect("an operation");
    let nina = request(entry, of(entry).expect("its example"), Format::Json);
    assert_eq!(server.send(&as_sent(&nina)).status, 200);
    let prefix = match options {
        [_, prefix] => Some(*prefix),
        _ => Prefixes::default().of(dialect),
    };
    let prefix = prefix.expect("where it is");
    for method in dialect.methods() {
        let page = server.get(&format!("/docs/{}", method.name)).text();
        let shown: BTreeMap<String, String> = figures(&page).into_iter().collect();
        let request = method.example.clone().below(prefix).to_string();
        assert_eq!(shown["Request"], request);
        let frob = match request.contains(FROB) {
            true => frob(&server, prefix),
            false => FROB.to_owned(),
        };
        let here = format!("http://{}", server.address);
        let places = vec![(answers::BASE_URL, here), (FROB, frob)];
        listen(&server, &method, &shown, &places);
    }
}

/// The answer to a method as it is recorded.
fn steady(method: &Method, answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 20"), "{}: {answer}", method.name);
    // The server has no order of headers: the record has this one.
    let head = HEADERS.iter().filter_map(|name| {
        let mut lines = head.lines();
        lines.find(|line| line.starts_with(name))
    });
    let head: Vec<&str> = head.collect();
    let text = format!("{}\n\n{}", head.join("\n"), steady_body(method, body));
    text.trim_end().to_owned()
}

/// The same without what differs from run to run.
fn steady_body(method: &Method, body: &str) -> String {
    let mut text = steady_times(body.trim_end());
    for (name, begin, end, instead) in VARYING {
        if method.name.starts_with(name)
            && let Some((before, rest)) = text.split_once(begin)
        {
            let (_, after) = rest.split_once(end).expect("its end");
            text = format!("{before}{begin}{instead}{end}{after}");
        }
    }
    text
}

/// A frob, as the sign-in page gives one.
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
