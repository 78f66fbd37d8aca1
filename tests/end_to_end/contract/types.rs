//! Texts, numbers, ids and times in every format.

use serde_json::json as value;

use super::echo_of;
use crate::harness::{
    PROTOCOLS, Request, Served, check, form, get, json, struct_call, xml_body, xml_rpc,
};

#[test]
fn texts_over_rest() {
    let not = |got: &str| {
        format!(
            "200 validation_incorrect_type: Validation error (REST input): \
             expected type string at position '/echoText', got {got}"
        )
    };
    let server = Served::demonstration(&[]);
    let greatest = format!("{:.0}", f64::MAX);
    for (body, got) in [
        ("1", "integer"),
        ("-9223372036854775808", "integer"),
        ("18446744073709551615", "integer"),
        ("18446744073709551616", "double"),
        (greatest.as_str(), "double"),
        ("1.0", "double"),
        ("1e5", "double"),
        ("true", "boolean"),
        ("null", "NULL"),
        ("[]", "array"),
        (r#"["x"]"#, "array"),
        ("{}", "object"),
    ] {
        let body = format!("{{\"echoText\": {body}}}");
        check(&server, json("json/echoPost", body), &not(got));
    }
    for (body, text) in [
        (r#""x""#, r#""x""#),
        (r#""""#, r#""""#),
        (r#"" x\t""#, r#"" x\t""#),
        (r#""\u00e9\ud83d\ude00\/""#, "\"é😀/\""),
        (r#""1""#, r#""1""#),
    ] {
        let body = format!("{{\"echoText\": {body}}}");
        let expect = format!("200 {{\"echoText\":{text}}}");
        check(&server, json("json/echoPost", body), &expect);
    }
    for (element, expect) in [
        ("<echoText>x</echoText>", r#"200 {"echoText":"x"}"#),
        ("<echoText> x\n</echoText>", r#"200 {"echoText":" x\n"}"#),
        ("<echoText></echoText>", r#"200 {"echoText":""}"#),
        ("<echoText/>", r#"200 {"echoText":""}"#),
        ("<echoText>  </echoText>", r#"200 {"echoText":"  "}"#),
        ("<echoText a='b'>x</echoText>", r#"200 {"echoText":"x"}"#),
        ("<echoText>1</echoText>", r#"200 {"echoText":"1"}"#),
        (
            "<echoText>a&lt;&#98;&#x63;<![CDATA[<&]]><!-- no -->d<?no?></echoText>",
            r#"200 {"echoText":"a<bc<&d"}"#,
        ),
        // XML parsers convert CRLF to LF; a carriage return has to be escaped.
        (
            "<echoText>a\r\nb&#13;\nc</echoText>",
            r#"200 {"echoText":"a\nb\r\nc"}"#,
        ),
        ("<echoText><b>x</b></echoText>", &not("object")),
        ("<echoText>x<b/></echoText>", &not("object")),
    ] {
        let body = format!("<request>{element}</request>");
        check(&server, xml_body("json/echoPost", body), expect);
    }
    for (body, expect) in [
        ("echoText=x", r#"200 {"echoText":"x"}"#),
        ("echoText=", r#"200 {"echoText":""}"#),
        ("echoText", r#"200 {"echoText":""}"#),
        ("echoText=+x%20%09", r#"200 {"echoText":" x \t"}"#),
        ("echoText=a=b", r#"200 {"echoText":"a=b"}"#),
        ("&&echoText=x&", r#"200 {"echoText":"x"}"#),
        ("echo%54ext=x", r#"200 {"echoText":"x"}"#),
        ("echoText=%zz%1%", r#"200 {"echoText":"%zz%1%"}"#),
        ("echoText=a%0D%0Ab", r#"200 {"echoText":"a\r\nb"}"#),
    ] {
        check(&server, form("json/echoPost", body), expect);
        check(&server, get(&format!("json/echo?{body}")), expect);
    }
}

#[test]
fn texts_over_xml_rpc() {
    let server = Served::demonstration(&[]);
    for (inner, text) in [
        ("x", "x"),
        ("", ""),
        ("<string></string>", ""),
        ("<string/>", ""),
        ("<string>x</string>", "x"),
        (" \n<string>x</string>\t", "x"),
        (" x ", " x "),
        ("  ", "  "),
        ("<string> x\n </string>", " x\\n "),
        ("<string>  </string>", "  "),
        ("<string>1</string>", "1"),
        ("<string>a\r\nb&#13;\nc</string>", "a\\nb\\r\\nc"),
        ("<string>&lt;&amp;&#x6C5F;</string>", "<&江"),
        ("<string><![CDATA[<b>]]></string>", "<b>"),
        ("a<!-- no -->b<?no?>c", "abc"),
    ] {
        let expect = format!("200 {{\"echoText\":\"{text}\"}}");
        check(&server, echo_of(inner), &expect);
    }
    for (inner, got) in [
        ("<int>1</int>", "integer"),
        ("<i4>1</i4>", "integer"),
        ("<i8>1</i8>", "integer"),
        ("<boolean>1</boolean>", "boolean"),
        ("<boolean>false</boolean>", "boolean"),
        ("<double>1</double>", "double"),
        (
            "<dateTime.iso8601>20060811T13:38:44</dateTime.iso8601>",
            "object",
        ),
        (
            "<dateTime.iso8601>2006-08-11T13:38:44Z</dateTime.iso8601>",
            "object",
        ),
        ("<base64>!</base64>", "object"),
        ("<struct></struct>", "object"),
        ("<array><data></data></array>", "array"),
        ("<array><data><value>x</value></data></array>", "array"),
        ("<nil/>", "NULL"),
    ] {
        let expect = format!(
            "200 validation_incorrect_type: Validation error (input to XML-RPC function): \
             expected type string at position '/echoText', got {got}"
        );
        check(&server, echo_of(inner), &expect);
    }
    for inner in [
        "<string>x</string><string>y</string>",
        "x<string>y</string>",
        "<string>x</string>y",
        "<string><b/></string>",
        "<text>x</text>",
        "<String>x</String>",
        "<ex:nil/>",
        "<int></int>",
        "<int>x</int>",
        "<int>1.0</int>",
        "<int>0x1</int>",
        "<int>1 1</int>",
        "<int>2147483648</int>",
        "<i8>9223372036854775808</i8>",
        "<boolean>2</boolean>",
        "<boolean>TRUE</boolean>",
        "<double>x</double>",
        "<dateTime.iso8601>yesterday</dateTime.iso8601>",
        "<nil>x</nil>",
        "<array></array>",
        "<array><value>x</value></array>",
        "<struct><member></member></struct>",
        "<struct><member><name>a</name></member></struct>",
        "<struct><member><value>x</value><name>a</name></member></struct>",
        "<struct><member><name>a</name><value/><value/></member></struct>",
        "<struct>x</struct>",
    ] {
        check(
            &server,
            echo_of(inner),
            "200 fault -32600: Not a methodCall: …",
        );
    }
}

fn page_of(inner: &str) -> Request {
    xml_rpc(struct_call(
        "getGroups",
        &[("page", inner), ("resultsPerPage", "<int>10</int>")],
    ))
}

#[test]
fn numbers_in_queries_and_in_xml_rpc() {
    let server = Served::demonstration(&[]);
    for (text, outcome) in [
        ("1", "{…"),
        ("01", "{…"),
        ("2147483647", "{…"),
        ("", "type"),
        ("-", "type"),
        ("x", "type"),
        ("1.0", "type"),
        ("1e0", "type"),
        ("0x1", "type"),
        ("%201", "type"),
        ("1%20", "type"),
        ("+1", "type"),
        ("%2B1", "type"),
        ("1%00", "type"),
        ("%D9%A1", "type"),
        ("0", "(0) must be >= 1"),
        ("-0", "(0) must be >= 1"),
        ("-1", "(-1) must be >= 1"),
        ("2147483648", "(2147483648) must be <= 2147483647"),
        // A number beyond 64 bits is reported as the nearest number of 64 bits.
        (
            "99999999999999999999",
            "(9223372036854775807) must be <= 2147483647",
        ),
        (
            "-99999999999999999999",
            "(-9223372036854775808) must be >= 1",
        ),
    ] {
        let expect = match outcome {
            "{…" => "200 {…".to_owned(),
            "type" => "200 validation_incorrect_type: Validation error (REST input): \
                       expected type integer at position '/page', got string"
                .to_owned(),
            range => format!(
                "200 validation_out_of_range: Validation error (REST input, /page): \
                 value at /page {range}"
            ),
        };
        for protocol in ["json", "xml", "xmlrpc"] {
            let target = format!("{protocol}/getGroups?page={text}&resultsPerPage=10");
            check(&server, get(&target), &expect);
        }
    }
    for (inner, outcome) in [
        ("<int>1</int>", "{…"),
        ("<i4>1</i4>", "{…"),
        ("<i8>1</i8>", "{…"),
        ("<int> 1\n</int>", "{…"),
        ("<int>+1</int>", "{…"),
        ("<nil/>", "{…"),
        ("<string>1</string>", "string"),
        ("1", "string"),
        ("", "string"),
        (" 1", "string"),
        ("<double>1</double>", "double"),
        ("<double>1.0</double>", "double"),
        ("<boolean>1</boolean>", "boolean"),
        ("<array><data/></array>", "array"),
        ("<struct/>", "object"),
        ("<base64>MQ==</base64>", "string"),
        ("<int>0</int>", "(0) must be >= 1"),
        ("<int>-2147483648</int>", "(-2147483648) must be >= 1"),
        ("<i8>2147483648</i8>", "(2147483648) must be <= 2147483647"),
    ] {
        let expect = match outcome {
            "{…" => "200 {…".to_owned(),
            range if range.starts_with('(') => format!(
                "200 validation_out_of_range: Validation error (input to XML-RPC function, \
                 /page): value at /page {range}"
            ),
            got => format!(
                "200 validation_incorrect_type: Validation error (input to XML-RPC function): \
                 expected type integer at position '/page', got {got}"
            ),
        };
        check(&server, page_of(inner), &expect);
    }
}

#[test]
fn ids_are_a_prefix_and_a_number() {
    let server = Served::demonstration(&[]);
    let ask = |id: &str| form("json/joinGroup", format!("authToken=x&id={id}"));
    for id in [
        "",
        "1234",
        "group:",
        "group:-1",
        "group:1x",
        "Group:1",
        "group:9999999999999999999",
    ] {
        let expect = format!(
            "200 invalid_id: Group ID must be of the form 'group:123' ('{id}' is not valid)"
        );
        check(&server, ask(id), &expect);
    }
    for id in ["group:1", "group:999999999999999999"] {
        check(&server, ask(id), "200 user_token_invalid: …");
    }
}

#[test]
fn missing_arguments_have_their_default() {
    let server = Served::demonstration(&[]);
    for protocol in PROTOCOLS {
        let answer = protocol.call(&server, "GET", "getGroups", &value!({}));
        assert_eq!(answer.text("page"), "1");
        assert_eq!(answer.text("resultsPerPage"), "100");
        let global = value!({"page": 1, "resultsPerPage": 100, "context": "global"});
        let explicit = protocol.call(&server, "GET", "getGroups", &global);
        assert_eq!(answer.value, explicit.value);
    }
}

/// Calls of newInvitation with this limit, which may be 1 to 1000000. A valid limit leads to the error
/// of the token.
fn limited(limit: &str) -> [(Request, &'static str); 3] {
    [
        (
            json(
                "json/newInvitation",
                format!("{{\"authToken\":\"x\",\"id\":\"group:1\",\"usageLimit\":{limit}}}"),
            ),
            "REST input",
        ),
        (
            xml_body(
                "json/newInvitation",
                format!(
                    "<request><usageLimit>{limit}</usageLimit><authToken>x</authToken>\
                 <id>group:1</id></request>"
                ),
            ),
            "REST input",
        ),
        (
            form(
                "json/newInvitation",
                format!("usageLimit={limit}&authToken=x&id=group:1"),
            ),
            "REST input",
        ),
    ]
}

#[test]
fn numbers_in_bodies() {
    let server = Served::demonstration(&[]);
    let check_one = |(request, input): (Request, &str), outcome: &str| {
        let expect = match outcome {
            "good" => "200 user_token_invalid: …".to_owned(),
            "malformed" => "200 malformed_body: …".to_owned(),
            range if range.starts_with('(') => format!(
                "200 validation_out_of_range: Validation error ({input}, /usageLimit): \
                 value at /usageLimit {range}"
            ),
            got => format!(
                "200 validation_incorrect_type: Validation error ({input}): \
                 expected type integer at position '/usageLimit', got {got}"
            ),
        };
        check(&server, request, &expect);
    };
    for (limit, in_json, in_xml_and_form) in [
        ("1", "good", "good"),
        ("1000000", "good", "good"),
        ("0", "(0) must be >= 1", "(0) must be >= 1"),
        ("-1", "(-1) must be >= 1", "(-1) must be >= 1"),
        (
            "1000001",
            "(1000001) must be <= 1000000",
            "(1000001) must be <= 1000000",
        ),
        (
            "18446744073709551615",
            "(9223372036854775807) must be <= 1000000",
            "(9223372036854775807) must be <= 1000000",
        ),
        (
            "99999999999999999999",
            "double",
            "(9223372036854775807) must be <= 1000000",
        ),
        ("1.0", "double", "string"),
        ("1e0", "double", "string"),
        ("01", "malformed", "good"),
        ("x", "malformed", "string"),
        ("", "malformed", "string"),
        ("null", "good", "string"),
        ("true", "boolean", "string"),
        ("\"1\"", "string", "string"),
        ("[1]", "array", "string"),
        ("{}", "object", "string"),
    ] {
        let [json, xml, form] = limited(limit);
        check_one(json, in_json);
        check_one(xml, in_xml_and_form);
        check_one(form, in_xml_and_form);
    }
}

#[test]
fn times_in_every_format() {
    let server = Served::demonstration(&[]);
    let not_a_time = |text: &str| {
        format!(
            "200 validation_invalid_value: Validation error (REST input, /until): \
             value at /until ('{text}') must be a time such as 2006-08-11T13:38:44Z"
        )
    };
    let ban = |until: &str| format!("authToken=x&id=group:1&user=user:1&until={until}");
    for good in [
        "2030-01-01T00:00:00Z",
        "2030-01-01T00:00:00",
        "20300101T00:00:00",
        "20300101T000000Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2030-01-01T00:00:00.000Z",
        "2030-01-01T00:00:00.5+01:00",
        "20300101T00:00:00-0430",
    ] {
        check(
            &server,
            form("xml/banMember", ban(&good.replace('+', "%2B"))),
            "200 user_token_invalid: …",
        );
        let body = format!(
            "{{\"authToken\":\"x\",\"id\":\"group:1\",\"user\":\"user:1\",\"until\":\"{good}\"}}"
        );
        check(
            &server,
            json("json/banMember", body),
            "200 user_token_invalid: …",
        );
        let body = format!(
            "<request><authToken>x</authToken><id>group:1</id><user>user:1</user>\
             <until>{good}</until></request>"
        );
        check(
            &server,
            xml_body("json/banMember", body),
            "200 user_token_invalid: …",
        );
    }
    for bad in [
        "",
        "tomorrow",
        "2030-01-01",
        "2030-13-01T00:00:00Z",
        "2030-02-30T00:00:00Z",
        "2030-01-01T24:00:00Z",
        "2030-01-01 00:00:00",
        "2030-01-01T00:00:00+1:00",
        "2030-01-01T00:00:00.Z",
        "1893456000",
    ] {
        check(
            &server,
            form("json/banMember", ban(&bad.replace('+', "%2B"))),
            &not_a_time(bad),
        );
    }
    let members = |until: &str| {
        let members = [
            ("authToken", "x"),
            ("id", "group:1"),
            ("user", "user:1"),
            ("until", until),
        ];
        xml_rpc(struct_call("banMember", &members))
    };
    let wrong = |got: &str| {
        format!(
            "200 validation_incorrect_type: Validation error (input to XML-RPC function): \
             expected type object at position '/until', got {got}"
        )
    };
    for (inner, expect) in [
        (
            "<dateTime.iso8601>20300101T00:00:00</dateTime.iso8601>",
            "200 user_token_invalid: …",
        ),
        (
            "<dateTime.iso8601>20300101T00:00:00Z</dateTime.iso8601>",
            "200 user_token_invalid: …",
        ),
        (
            "<dateTime.iso8601>2030-01-01T00:00:00Z</dateTime.iso8601>",
            "200 user_token_invalid: …",
        ),
        (
            "<dateTime.iso8601> 20300101T000000 </dateTime.iso8601>",
            "200 user_token_invalid: …",
        ),
        ("<nil/>", "200 user_token_invalid: …"),
        ("<string>20300101T00:00:00</string>", &wrong("string")),
        ("20300101T00:00:00", &wrong("string")),
        ("<int>1893456000</int>", &wrong("integer")),
        ("<struct></struct>", &wrong("object")),
        (
            "<dateTime.iso8601></dateTime.iso8601>",
            "200 fault -32600: …",
        ),
        (
            "<dateTime.iso8601>2030</dateTime.iso8601>",
            "200 fault -32600: …",
        ),
    ] {
        check(&server, members(inner), expect);
    }
    let body = r#"{"authToken":"x","id":"group:1","user":"user:1","until":1893456000}"#;
    let expect = wrong("integer").replace("input to XML-RPC function", "REST input");
    check(&server, json("json/banMember", body), &expect);
}
