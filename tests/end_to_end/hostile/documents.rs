//! Malformed and malicious XML and JSON.

use super::{Attacked, SECRET};
use crate::harness::{Connection, json, outcome, struct_call, xml_body, xml_rpc};

/// A methodCall and a REST body, with places for changes.
const TEMPLATES: [&str; 2] = [
    "{before}<methodCall{attribute}>{inside}<methodName>peopleaggregator.echoPost</methodName>\
     <params><param><value><struct><member><name>echoText</name><value>{text}</value></member>\
     </struct></value></param></params></methodCall{end}>{after}",
    "{before}<request{attribute}>{inside}<echoText>{text}</echoText></request{end}>{after}",
];

/// Both documents with this text at this place.
fn documents(place: &str, what: &str) -> [String; 2] {
    TEMPLATES.map(|template| {
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
    })
}

#[test]
fn malformed_xml_is_rejected() {
    let target = Attacked::start();
    let bomb = format!(
        "<!DOCTYPE a [<!ENTITY a0 \"{SECRET}\">{}]>",
        (1..10)
            .map(|n| format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10)))
            .collect::<String>()
    );
    for (place, what) in [
        // Outside of the root element.
        ("before", "x"),
        ("before", "<"),
        ("before", "&amp;"),
        ("before", "<a/>"),
        ("before", "<a>"),
        ("before", "</a>"),
        ("before", "<!--"),
        ("before", "<?php"),
        ("before", "<?xml?>"),
        ("before", "<?xml encoding='utf-8'?>"),
        ("before", "<?xml version='1.0'?><?xml version='1.0'?>"),
        ("before", "<!-- x --><?xml version='1.0'?>"),
        ("inside", "<?xml version='1.0'?>"),
        ("after", "<?xml version='1.0'?>"),
        ("before", "\u{FEFF}\u{FEFF}x"),
        ("after", "x"),
        ("after", "<"),
        ("after", ">"),
        ("after", "&#32;x"),
        ("after", "<a/>"),
        ("after", "</a>"),
        ("after", "<!--"),
        ("after", "<![CDATA[x]]>"),
        ("after", "\0"),
        // Document types, which are not read.
        ("before", "<!DOCTYPE methodCall>"),
        ("before", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>"),
        (
            "before",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'http://127.0.0.1:1/'>]>",
        ),
        ("before", "<!DOCTYPE a [<!ENTITY % x 'y'> %x;]>"),
        ("before", bomb.as_str()),
        ("after", "<!DOCTYPE a>"),
        ("inside", "<!DOCTYPE a>"),
        // Tags.
        ("inside", "<a>"),
        ("inside", "</a>"),
        ("inside", "<a></b>"),
        ("inside", "<a></A>"),
        ("inside", "<a><b></a></b>"),
        ("inside", "< a></a>"),
        ("inside", "<a"),
        ("inside", "<>"),
        ("inside", "<1/>"),
        ("inside", "<-a/>"),
        ("inside", "<a,b/>"),
        ("inside", "<a\"/>"),
        ("inside", "</>"),
        ("end", " a='b'"),
        ("end", "x"),
        // Attributes.
        ("attribute", " a"),
        ("attribute", " a=b"),
        ("attribute", " a='b"),
        ("attribute", " a='b\""),
        ("attribute", " a='b' a='c'"),
        ("attribute", " ='b'"),
        ("attribute", " 1='b'"),
        ("attribute", " a='<'"),
        ("attribute", " a='&b;'"),
        ("attribute", " a='&#0;'"),
        ("attribute", " a='b & c'"),
        // Text.
        ("text", "a & b"),
        ("text", "&"),
        ("text", "&amp"),
        ("text", "&;"),
        ("text", "&#;"),
        ("text", "&#x;"),
        ("text", "&nbsp;"),
        ("text", "&sesame;"),
        ("text", "&AMP;"),
        ("text", "&#0;"),
        ("text", "&#x0;"),
        ("text", "&#1;"),
        ("text", "&#x1;"),
        ("text", "&#x1F;"),
        ("text", "&#xD800;"),
        ("text", "&#xFFFE;"),
        ("text", "&#xFFFF;"),
        ("text", "&#x110000;"),
        ("text", "&#99999999999999999999;"),
        ("text", "&#-1;"),
        ("text", "\0"),
        ("text", "\u{1}"),
        ("text", "\u{8}"),
        ("text", "\u{B}"),
        ("text", "\u{1F}"),
        ("text", "\u{FFFE}"),
        ("text", "\u{FFFF}"),
        ("text", "a < b"),
        ("text", "<![CDATA[x"),
        ("text", "<![CDATA[x]]"),
        ("text", "<![cdata[x]]>"),
        ("text", "<!ELEMENT a>"),
        ("text", "<!-- x"),
        ("text", "<!->"),
        ("text", "<!-- a -- b -->"),
        ("text", "a]]>b"),
        ("text", "<?x"),
    ] {
        let [call, body] = documents(place, what);
        let expect = ["200 fault -32700: …", "200 malformed_body: …"];
        target.check(xml_rpc(call), expect[0]);
        target.check(xml_body("json/echoPost", body), expect[1]);
    }
    for body in [
        "",
        " ",
        "\n\n",
        "x",
        "<",
        "<!-- x -->",
        "<?xml version='1.0'?>",
    ] {
        target.check(xml_rpc(body), "200 fault -32700: …");
        if !body.is_empty() {
            target.check(xml_body("xml/echoPost", body), "200 malformed_body: …");
        }
    }
    target.assert_clean_log();
}

#[test]
fn well_formed_xml_is_accepted() {
    let target = Attacked::start();
    for (place, what, text) in [
        ("before", "<?xml version='1.0'?>", "x"),
        (
            "before",
            "<?xml version=\"1.0\" standalone='yes' ?>\r\n",
            "x",
        ),
        ("before", "\u{FEFF}<?xml version='1.0'?>", "x"),
        ("before", "<!-- <a> & - --><?php echo '<'; ?>", "x"),
        ("after", "<!-- x --><?x?>\n", "x"),
        ("inside", "\r\n\t \u{A0}<!-- x --><?x y?>", "x"),
        ("attribute", " a='' b=\">'\" xmlns:c = '&lt;'", "x"),
        ("end", " \n", "x"),
        ("text", "&lt;&gt;&amp;&quot;&apos;", "<>&\"'"),
        ("text", "&#97;&#x62;&#x1F600;", "ab😀"),
        ("text", "<![CDATA[<a>&amp;]]]]><![CDATA[>]]>", "<a>&amp;]]>"),
        ("text", "a<!-- x -->b<?x?>c", "abc"),
        ("text", "a]]b>c\"'", "a]]b>c\"'"),
        (
            "text",
            "\u{7F}\u{80}\u{FFFD}\u{10FFFF}",
            "\u{7F}\u{80}\u{FFFD}\u{10FFFF}",
        ),
    ] {
        let [call, body] = documents(place, what);
        let text = serde_json::Value::from(text);
        let expect = format!("200 {{\"echoText\":{text}}}");
        target.check(xml_rpc(call), &expect);
        target.check(xml_body("json/echoPost", body), &expect);
    }
    target.assert_clean_log();
}

/// Sends every prefix of a document over one connection, and asserts the outcome.
#[track_caller]
fn check_beginnings(target: &Attacked, whole: &str, send: impl Fn(&str) -> Vec<u8>, expect: &str) {
    let mut connection = Connection::open(&target.0.address);
    for end in (1..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        connection.send(&send(&whole[..end]));
        let outcome = outcome(&connection.receive().expect("a response"));
        assert!(outcome.starts_with(expect), "{}: {outcome}", &whole[..end]);
    }
    target.assert_alive();
}

#[test]
fn truncated_documents_are_malformed() {
    let target = Attacked::start();
    let [call, body] = documents("before", "<?xml version='1.0'?><!-- x -->");
    check_beginnings(
        &target,
        &call,
        |half| xml_rpc(half).bytes(),
        "200 fault -32700",
    );
    let half = |half: &str| xml_body("json/echoPost", half).bytes();
    check_beginnings(&target, &body, half, "200 malformed_body");
    let half = |half: &str| json("json/echoPost", half).bytes();
    let whole = r#"{"echoText": "a\u00e9\ud83d\ude00", "b": [1.5e3, {"c": null}, true]}"#;
    check_beginnings(&target, whole, half, "200 malformed_body");
    target.assert_clean_log();
}

#[test]
fn malformed_json_is_rejected() {
    let target = Attacked::start();
    for body in [
        &b" "[..],
        b"x",
        b"\"x\"",
        b"1",
        b"null",
        b"[]",
        b"[{\"echoText\":\"x\"}]",
        b"{",
        b"}",
        b"{}x",
        b"{}{}",
        b"{},",
        b"{\"echoText\"}",
        b"{\"echoText\":}",
        b"{\"echoText\":\"x\",}",
        b"{,\"echoText\":\"x\"}",
        b"{echoText:\"x\"}",
        b"{'echoText':'x'}",
        b"{\"echoText\":\"x\"/**/}",
        b"{\"echoText\":\"x\"}//",
        b"{\"echoText\":NaN}",
        b"{\"echoText\":Infinity}",
        b"{\"echoText\":-}",
        b"{\"echoText\":01}",
        b"{\"echoText\":+1}",
        b"{\"echoText\":.5}",
        b"{\"echoText\":1.}",
        b"{\"echoText\":1e}",
        b"{\"echoText\":1e999}",
        b"{\"echoText\":0x1}",
        b"{\"echoText\":True}",
        b"{\"echoText\":undefined}",
        b"{\"echoText\":\"x}",
        b"{\"echoText\":\"\\x\"}",
        b"{\"echoText\":\"\\u12\"}",
        b"{\"echoText\":\"\\u12g4\"}",
        b"{\"echoText\":\"\\ud800\"}",
        b"{\"echoText\":\"\\udc00\"}",
        b"{\"echoText\":\"\\ud800\\ud800\"}",
        b"{\"\\ud800\":\"x\"}",
        b"{\"echoText\":\"a\nb\"}",
        b"{\"echoText\":\"\0\"}",
        b"{\"echoText\":\"\x1f\"}",
        b"{\"echoText\":\"\xff\"}",
        b"{\"echoText\":\"\xc0\x80\"}",
        b"{\"echoText\":\"\xed\xa0\x80\"}",
        b"{\"\xff\":\"x\"}",
        b"\xef\xbb\xbf{\"echoText\":\"x\"}",
        b"\xfe\xff\0{\0}",
        b"{\0}\0",
        b"echoText=x",
        b"<request><echoText>x</echoText></request>",
        b"\x1f\x8b\x08\0\0\0\0\0",
    ] {
        for protocol in ["json", "xml", "xmlrpc"] {
            let request = json(&format!("{protocol}/echoPost"), body);
            target.check(
                request,
                "200 malformed_body: The body is not one JSON object (line …",
            );
        }
    }
    for body in ["[", "{\"a\":[", "[{\"a\":", "{\"a\":"] {
        let expect = if body.starts_with('{') {
            "413 request_too_large: …"
        } else {
            "200 malformed_body: …"
        };
        target.check(json("json/echoPost", body.repeat(10_000)), expect);
    }
    target.assert_clean_log();
}

#[test]
fn characters_outside_of_xml_are_rejected() {
    let target = Attacked::start();
    for (text, escaped) in [
        ("\\u0000", "0"),
        ("\\u001f", "1f"),
        ("\\ufffe", "fffe"),
        ("\u{FFFF}", "ffff"),
    ] {
        let body = format!("{{\"echoText\":\"a{text}\"}}");
        let expect = format!(
            "200 validation_invalid_value: Validation error (REST input, /echoText): \
             value at /echoText has the character \\u{{{escaped}}}, which XML cannot carry"
        );
        for protocol in ["json", "xml", "xmlrpc"] {
            target.check(
                json(&format!("{protocol}/echoPost"), body.as_str()),
                &expect,
            );
        }
    }
    // Unknown keys may contain them.
    let call = struct_call(
        "echoPost",
        &[("echoText", "x"), ("__a", "<base64>\n\u{A0}!</base64>")],
    );
    target.check(xml_rpc(call), r#"200 {"echoText":"x"}"#);
    let body = r#"{"echoText":"x","a\u0000":"\u0000","b":[1e9]}"#;
    target.check(json("xml/echoPost", body), r#"200 {"echoText":"x"}"#);
    target.assert_clean_log();
}
