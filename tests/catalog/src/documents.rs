//! Malformed and unusual XML, as a methodCall and as the body of a REST request.

use crate::Subject;

/// A methodCall of `echo`, with places for changes.
pub const CALL: &str = "{before}<methodCall{attribute}>{inside}<methodName>sample.echo</methodName>\
    <params><param><value><struct><member><name>text</name><value>{text}</value></member></struct>\
    </value></param></params></methodCall{end}>{after}";

/// The body of a REST request of `echo`, with the same places.
pub const BODY: &str =
    "{before}<request{attribute}>{inside}<text>{text}</text></request{end}>{after}";

/// Asserts that each malformed document has the response `malformed`, and each other one its text.
/// `head` is a request without its body, whose document is made from the template.
pub fn check(subject: &Subject, head: &str, template: &str, malformed: &str) {
    let lines = include_str!("malformed.txt").lines().skip(1);
    let rows = lines.flat_map(|line| {
        let (place, texts) = line.split_once('\t').expect("a place");
        texts.split('\t').map(move |what| (place, what.to_owned()))
    });
    let others = [("after", "\0"), ("before", "\u{FEFF}\u{FEFF}x")];
    let others = others.map(|(place, what)| (place, what.to_owned()));
    let characters = CHARACTERS.map(|c| ("text", c.to_string()));
    for (place, what) in rows.chain(characters).chain(others) {
        let document = document(template, place, &what);
        subject.check(format!("{head} {document}"), malformed);
    }
    for body in [" ", "\n\n", "x", "<", "<!-- x -->", "<?xml version='1.0'?>"] {
        subject.check(format!("{head} {body}"), malformed);
    }
    for line in include_str!("well_formed.txt").lines().skip(1) {
        let line = line.replace("\\r", "\r").replace("\\n", "\n");
        let [place, what, text] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("three columns: {line}");
        };
        let document = document(template, place, what);
        subject.check(format!("{head} {document}"), &format!("200 '{text}'"));
    }
    // Odd input within the limits.
    for (place, what, count) in [
        ("attribute", " a{n}=''", 20_000),
        ("inside", "<!---->", 30_000),
        ("text", "<![CDATA[]]>", 20_000),
        ("text", "<?a?>", 50_000),
    ] {
        let items = (0..count).map(|n| what.replace("{n}", &n.to_string()));
        let what: String = items.collect();
        let document = document(template, place, &what);
        let text = if place == "text" { "" } else { "x" };
        subject.check(format!("{head} {document}"), &format!("200 '{text}'"));
    }
    for (start, what) in [("", "<"), ("<a>", "&"), ("", "<?a"), ("<a>", "<![CDATA[")] {
        let document = start.to_owned() + &what.repeat(20_000);
        subject.check(format!("{head} {document}"), malformed);
    }
    // Every beginning of a document is malformed.
    let whole = document(template, "before", "<?xml version='1.0'?><!-- x -->");
    for end in 1..whole.len() {
        let half = whole.get(..end).unwrap_or_default();
        subject.check(format!("{head} {half}"), malformed);
    }
}

/// A document with this text at this place.
fn document(template: &str, place: &str, what: &str) -> String {
    let mut document = template.to_owned();
    for name in ["before", "attribute", "inside", "text", "end", "after"] {
        let with = match name {
            _ if name == place => what,
            "text" => "x",
            _ => "",
        };
        document = document.replace(&format!("{{{name}}}"), with);
    }
    document
}

/// Characters that XML cannot carry.
const CHARACTERS: [char; 7] = [
    '\0', '\u{1}', '\u{8}', '\u{B}', '\u{1F}', '\u{FFFE}', '\u{FFFF}',
];
