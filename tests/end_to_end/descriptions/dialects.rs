//! Makes the example call of every method of the dialects, as its page shows it, and holds the
//! recorded answers against what a server answers. `INSTA_UPDATE=always` writes the record anew.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use trivium_core::catalog;
use trivium_core::demonstration::{INVITATION, KEY, MEMBER};
use trivium_describe::dialects::upcoming::FROB;
use trivium_describe::dialects::{Dialect, Method, Prefixes};
use trivium_describe::examples::exchange::request;
use trivium_describe::examples::{Format, answers, of};
use trivium_front::StatusRule;

use super::pages::figures;
use super::steady::steady_times;
use super::{as_sent, demonstration_with};
use crate::harness::{Served, run};

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
        tell(dialect, &[], curl, |name, _, answered| {
            record.push_str(&answers::headed(name, answered));
        });
    }
    if record != answers::DIALECTS && std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = path.join("../crates/describe/answers/dialects.txt");
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
        tell(
            dialect,
            &[&option, prefix],
            send,
            |name, shown, answered| {
                assert_eq!(shown, answered, "{name}");
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

/// Makes a call to a server, and tells the answer with its head. What the page shows is given:
/// the request, and how curl makes it.
type Make = fn(&Served, &str, &str) -> String;

fn curl(server: &Served, _: &str, curl: &str) -> String {
    let here = format!("http://{}", server.address);
    let call = curl.replace(answers::BASE_URL, &here);
    let printed = run("sh", &["-c", &format!("{call} --silent")], b"").stdout;
    String::from_utf8(printed).expect("text")
}

fn send(server: &Served, request: &str, _: &str) -> String {
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.write_all(&as_sent(request)).expect("a server");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("text");
    answer
}

/// Makes the example call of every method of a dialect on a server with these options, and hands
/// over its name with the answer that its page shows, and the one that came.
fn tell(dialect: Dialect, options: &[&str], make: Make, mut listen: impl FnMut(&str, &str, &str)) {
    let server = demonstration_with("documented", StatusRule::Ok, options);
    // Somebody who has an email address.
    let entry = catalog::find("newUser").expect("an operation");
    let nina = request(entry, of(entry).expect("its example"), Format::Json);
    assert_eq!(server.send(&as_sent(&nina)).status, 200);
    let prefix = match options {
        [_, prefix] => Some(*prefix),
        _ => Prefixes::default().of(dialect),
    };
    let prefix = prefix.expect("where it is");
    for method in dialect.methods() {
        let page = server.get(&format!("/docs/{}", method.name)).text();
        let [(_, request), (_, shown), (_, curl)] = &figures(&page)[..] else {
            panic!("{}: {page}", method.name);
        };
        let there = format!("{}{prefix}", answers::BASE_URL);
        assert_eq!(*request, method.example.sent(prefix));
        assert_eq!(*curl, method.example.curl(&there));
        let frob = match request.contains(FROB) {
            true => frob(&server, prefix),
            false => FROB.to_owned(),
        };
        let [request, curl] = [request, curl].map(|call| call.replace(FROB, &frob));
        let answered = make(&server, &request, &curl);
        listen(&method.name, shown, &steady(&method, &answered));
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
    let mut text = steady_times(&format!("{}\n\n{}", head.join("\n"), body.trim_end()));
    for (name, begin, end, instead) in VARYING {
        if method.name.starts_with(name)
            && let Some((before, rest)) = text.split_once(begin)
        {
            let (_, after) = rest.split_once(end).expect("its end");
            text = format!("{before}{begin}{instead}{end}{after}");
        }
    }
    text.trim_end().to_owned()
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
