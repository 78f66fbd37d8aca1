//! Makes the example call of every method of the dialects, as its page shows it, and holds the
//! recorded answers against what a server answers. `INSTA_UPDATE=always` writes the record anew.

use std::path::Path;

use trivium_core::catalog;
use trivium_core::demonstration::{INVITATION, KEY, MEMBER};
use trivium_describe::dialects::upcoming::FROB;
use trivium_describe::dialects::{Dialect, Method};
use trivium_describe::examples::exchange::request;
use trivium_describe::examples::{Format, answers, of};
use trivium_front::StatusRule;

use super::pages::figures;
use super::steady::steady_times;
use super::{as_sent, demonstration};
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
        let server = demonstration("documented", StatusRule::Ok);
        // Somebody who has an email address.
        let entry = catalog::find("newUser").expect("an operation");
        let nina = request(entry, of(entry).expect("its example"), Format::Json);
        assert_eq!(server.send(&as_sent(&nina)).status, 200);
        for method in dialect.methods() {
            record.push_str(&answers::headed(&method.name, &answer(&server, &method)));
        }
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

/// What a server answers to the call that the page of a method shows.
fn answer(server: &Served, method: &Method) -> String {
    let page = server.get(&format!("/docs/{}", method.name)).text();
    let (_, call) = figures(&page).remove(0);
    assert_eq!(call, method.curl(answers::BASE_URL));
    let here = format!("http://{}", server.address);
    let call = call.replace(answers::BASE_URL, &here);
    let call = match call.contains(FROB) {
        true => call.replace(FROB, &frob(server)),
        false => call,
    };
    let printed = run("sh", &["-c", &format!("{call} --silent")], b"").stdout;
    let printed = String::from_utf8(printed).expect("text");
    let (head, body) = printed.split_once("\r\n\r\n").expect("a head");
    assert!(
        head.starts_with("HTTP/1.1 20"),
        "{}: {printed}",
        method.name
    );
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
fn frob(server: &Served) -> String {
    let page = server.get(&format!("/services/auth/?api_key={KEY}"));
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
        .post_with("/services/auth/", &headers, body.as_bytes())
        .text();
    let (_, rest) = page.split_once("<output><code>").expect("a frob");
    rest.split('<').next().unwrap().to_owned()
}
