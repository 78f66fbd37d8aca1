//! Character encodings.

use crate::harness::{Served, check, form, get, json, post, struct_call, xml_body, xml_rpc};

#[test]
fn texts_are_decoded() {
    let cafe = r#"200 {"echoText":"café"}"#;
    let unknown = "200 fault -32701: The encoding is not UTF-8, US-ASCII or ISO-8859-1.";
    let refused = "415 unsupported_media_type: \
                   The encoding is not UTF-8, US-ASCII or ISO-8859-1.";
    let utf8 = || struct_call("echoPost", &[("echoText", "café")]).into_bytes();
    let latin1 = |text: &[u8]| -> Vec<u8> {
        String::from_utf8_lossy(text)
            .chars()
            .map(|c| c as u8)
            .collect()
    };
    let declared = |encoding: &str, body: Vec<u8>| {
        [
            format!("<?xml version=\"1.0\" encoding={encoding}?>\n").into_bytes(),
            body,
        ]
        .concat()
    };
    let utf16 = |big: bool, mark: bool| -> Vec<u8> {
        let text = String::from_utf8(utf8()).unwrap();
        let mark = if mark { "\u{FEFF}" } else { "" };
        format!("{mark}{text}")
            .encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let in_xml = |body: &str| format!("<request><echoText>{body}</echoText></request>");
    let server = Served::demonstration(&[]);
    for (body, expect) in [
        (utf8(), cafe),
        (latin1(&utf8()), cafe),
        (declared("'UTF-8'", utf8()), cafe),
        (declared("\"utf-8\"", latin1(&utf8())), cafe),
        (declared("'US-ASCII'", latin1(&utf8())), cafe),
        (declared("'iso-8859-1'", latin1(&utf8())), cafe),
        (
            declared("'ISO-8859-1'", utf8()),
            r#"200 {"echoText":"cafÃ©"}"#,
        ),
        ([b"\xEF\xBB\xBF", &utf8()[..]].concat(), cafe),
        (declared("'windows-1252'", utf8()), unknown),
        (declared("'UTF-16'", utf8()), unknown),
        (declared("'UTF-7'", utf8()), unknown),
        (declared("'x'", b"<".to_vec()), unknown),
        (utf16(true, true), unknown),
        (utf16(false, true), unknown),
        (utf16(true, false), unknown),
        (utf16(false, false), "200 fault -32700: …"),
        (b"\xFF\xFE\0\0<\0\0\0".to_vec(), unknown),
        (
            struct_call("echoPost", &[("echoText", "&#233;")]).into_bytes(),
            r#"200 {"echoText":"é"}"#,
        ),
        // The range U+0080 to U+009F of ISO-8859-1 is accepted.
        (
            latin1(
                "<methodCall><methodName>peopleaggregator.\u{85}</methodName></methodCall>"
                    .as_bytes(),
            ),
            "200 fault -32601: …",
        ),
    ] {
        check(&server, xml_rpc(body), expect);
    }
    for (content_type, body, expect) in [
        ("text/xml; charset=utf-8", utf8(), cafe),
        ("text/xml; charset=\"UTF-8\"; x=y", utf8(), cafe),
        ("text/xml; charset=ISO-8859-1", latin1(&utf8()), cafe),
        ("text/xml; Charset=\"iso-8859-1\"", latin1(&utf8()), cafe),
        ("TEXT/XML;charset=latin1", latin1(&utf8()), cafe),
        ("text/xml; charset=utf-8", latin1(&utf8()), cafe),
        ("text/xml; charset=koi8-r", utf8(), unknown),
        // The declaration in the document overrides the header.
        (
            "text/xml; charset=koi8-r",
            declared("'utf-8'", utf8()),
            cafe,
        ),
        (
            "text/xml; charset=utf-8",
            declared("'iso-8859-1'", latin1(&utf8())),
            cafe,
        ),
        (
            "text/xml; charset=utf-8",
            declared("'koi8-r'", utf8()),
            unknown,
        ),
    ] {
        check(&server, post("/api/xmlrpc", content_type, body), expect);
    }
    for protocol in ["json", "xml", "xmlrpc"] {
        let target = &format!("{protocol}/echoPost");
        for body in [
            &b"echoText=caf%C3%A9"[..],
            b"echoText=caf%E9",
            b"echoText=caf\xC3\xA9",
            b"echoText=caf\xE9",
        ] {
            check(&server, form(target, body), cafe);
        }
        // Each argument is decoded on its own.
        check(
            &server,
            form(target, &b"__a=%E9&echoText=caf%C3%A9"[..]),
            cafe,
        );
        for query in ["caf%C3%A9", "caf%E9"] {
            check(
                &server,
                get(&format!("{protocol}/echo?echoText={query}")),
                cafe,
            );
        }
        check(&server, xml_body(target, in_xml("café")), cafe);
        check(
            &server,
            xml_body(target, latin1(in_xml("café").as_bytes())),
            cafe,
        );
        check(
            &server,
            xml_body(target, declared("'koi8-r'", in_xml("x").into())),
            refused,
        );
        check(&server, xml_body(target, &b"\xFE\xFF\0<"[..]), refused);
        check(&server, json(target, r#"{"echoText":"café"}"#), cafe);
        // JSON is always UTF-8.
        check(
            &server,
            json(target, &b"{\"echoText\":\"caf\xE9\"}"[..]),
            "200 malformed_body: …",
        );
        check(
            &server,
            post(
                target,
                "application/json; charset=ISO-8859-1",
                r#"{"echoText":"café"}"#,
            ),
            cafe,
        );
        check(
            &server,
            post(
                target,
                "application/x-www-form-urlencoded; charset=ISO-8859-1",
                "echoText=caf%E9",
            ),
            cafe,
        );
    }
}
