//! Random mutations of valid requests. `TRIVIUM_TEST_SEED` repeats them.

use super::{Attacked, SECRET};
use crate::harness::{
    Connection, Random, Request, Response, form, get, json, post, seed, struct_call, xml_body,
    xml_rpc,
};

const TOKEN: &str = "123576abcdef6572134";

/// The number of requests.
const ROUNDS: usize = 4_000;

/// Valid requests.
fn documented() -> Vec<Request> {
    let join = format!("authToken={TOKEN}&id=group%3A1234");
    let golden = include_bytes!("../../cases/peopleaggregator.joinGroup.xmlrpc.request");
    let struct_of = |name: &str, members: &[(&str, &str)]| xml_rpc(struct_call(name, members));
    vec![
        form("json/joinGroup", join.as_str()),
        form("xml/leaveGroup", join.as_str()),
        form("xmlrpc/joinGroup", join),
        xml_rpc(golden.as_slice()),
        xml_rpc(golden.as_slice()).with("Authorization", &format!("Bearer {SECRET}")),
        json(
            "json/joinGroup",
            format!(r#"{{"authToken": "{SECRET}", "id": "group:1235", "message": "Grüße"}}"#),
        ),
        xml_body(
            "xml/joinGroup",
            format!("<request><authToken>{SECRET}</authToken><id>group:1</id></request>"),
        ),
        get("json/getGroups?page=1&resultsPerPage=10&context=global").with("Accept", "*/*"),
        get(&format!("xml/getMyGroups?authToken={TOKEN}&page=1")),
        get("xmlrpc/checkToken").with("Authorization", &format!("Bearer {TOKEN}")),
        struct_of(
            "getGroups",
            &[("page", "<int>1</int>"), ("context", "user:1")],
        ),
        struct_of(
            "echoPost",
            &[("echoText", "<string>a&amp;b &#x6C5F;</string>")],
        ),
        struct_of("findGroup", &[("name", "<string>e</string>")]),
        post(
            "/api/xmlrpc",
            "text/xml; charset=ISO-8859-1",
            struct_call(
                "echoPost",
                &[("echoText", "x"), ("__a", "<array><data/></array>")],
            ),
        ),
        form(
            "json/newGroup",
            format!(
                "authToken={TOKEN}&name=A&category=cat:1&tags=&description=b&image=\
                 &accessType=public&registrationType=open&moderationType=direct"
            ),
        ),
        form("json/login", format!("login=marc&password={SECRET}")),
        json(
            "json/newInvitation",
            format!(
                r#"{{"authToken": "{SECRET}", "id": "group:1", "usageLimit": 5, "role": null}}"#
            ),
        ),
        struct_of(
            "banMember",
            &[
                ("authToken", SECRET),
                ("id", "group:1235"),
                ("user", "user:1"),
                (
                    "until",
                    "<dateTime.iso8601>20300101T00:00:00</dateTime.iso8601>",
                ),
            ],
        ),
        form(
            "xml/changePassword",
            format!("authToken=x&oldPassword={SECRET}&newPassword=y"),
        ),
        json(
            "xml/echoPost",
            r#"{"echoText": "\ud83d\ude00", "a": [1, 2.5, null, {"b": true}]}"#,
        ),
    ]
}

/// Texts that are special to parsers.
const WORDS: &[&[u8]] = &[
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"&lt;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?x?>",
    b"<!DOCTYPE a>",
    b"</",
    b"/>",
    b"<value>",
    b"</value>",
    b"<struct>",
    b"<nil/>",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b":",
    b",",
    b"null",
    b"1e999",
    b"-",
    b"99999999999999999999",
    b"%",
    b"%00",
    b"%ff",
    b"%C3",
    b"+",
    b"=",
    b"?",
    b"/",
    b";",
    b"..",
    b"\0",
    b"\x01",
    b"\x7f",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xfe\xff",
    b"'",
    b"encoding='UTF-16'",
    b"authToken",
    b"id",
    b"group:",
    b"user:",
    b"\r\n",
    b" ",
    b"\t",
];

/// Mutates some bytes.
fn change(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let place = random.below(bytes.len() + 1);
        let end = (place + random.below(12)).min(bytes.len());
        match random.below(7) {
            0 if place < bytes.len() => bytes[place] ^= 1 << random.below(8),
            1 if place < bytes.len() => bytes[place] = u8::try_from(random.below(256)).unwrap(),
            2 => drop(bytes.drain(place..end)),
            3 => {
                let copy = bytes[place..end].repeat(1 + random.below(40));
                drop(bytes.splice(place..place, copy));
            }
            4 => bytes.truncate(place),
            _ => {
                let word = random.one_of(WORDS).to_vec();
                drop(bytes.splice(place..place, word));
            }
        }
    }
}

/// Mutates a part of a request, but not its framing.
fn broken(documented: &[Request], random: &mut Random) -> Request {
    let mut request = random.one_of(documented).clone();
    let part = match (random.below(10), &mut request) {
        (
            0..=6,
            Request {
                body: Some(body), ..
            },
        ) => {
            change(body, random);
            return request;
        }
        (0..=7, Request { line, .. }) => line,
        (_, Request { headers, line, .. }) => match headers.first_mut() {
            Some((_, value)) => value,
            None => line,
        },
    };
    change(part, random);
    part.retain(|byte| !matches!(byte, b'\r' | b'\n'));
    request
}

/// The response over this connection, or over a new one if the server has closed it.
fn answer(connection: &mut Connection, target: &Attacked, request: &Request) -> Option<Response> {
    let has_body = !request.line.starts_with(b"HEAD ");
    for _ in 0..2 {
        connection.send(&request.bytes());
        let response = if has_body {
            connection.receive()
        } else {
            connection.receive_head()
        };
        let closes = |response: &Response| response.header("connection") == "close";
        if response.as_ref().is_none_or(closes) {
            *connection = Connection::open(&target.0.address);
        }
        if response.is_some() {
            return response;
        }
    }
    None
}

#[test]
fn mutated_requests_get_a_response() {
    let seed = seed();
    eprintln!("the same again: TRIVIUM_TEST_SEED={seed}");
    let mut random = Random::new(seed);
    let target = Attacked::start();
    let documented = documented();
    let mut connection = Connection::open(&target.0.address);
    let mut statuses = std::collections::BTreeMap::new();
    for round in 0..ROUNDS {
        let request = broken(&documented, &mut random);
        let bytes = request.bytes();
        let sent = String::from_utf8_lossy(&bytes);
        let response = answer(&mut connection, &target, &request)
            .unwrap_or_else(|| panic!("round {round} has no response: {sent}"));
        assert!(response.status < 500, "round {round}: {sent}\n{response:?}");
        *statuses.entry(response.status).or_insert(0) += 1;
        if round % 100 == 0 {
            target.assert_alive();
        }
    }
    assert!(statuses.get(&200) > Some(&(ROUNDS / 2)), "{statuses:?}");
    target.assert_clean_log();
}
