//! Rejected arguments: the message of each rule, unknown keys, duplicates.

use serde_json::{Value, json as value};

use super::{echo, table};
use crate::harness::{
    Served, ask, check, check_everywhere, form, get, json, struct_call, xml_body, xml_rpc,
};

/// Arguments of newGroup that are valid but for the token.
fn new_group() -> Vec<(&'static str, Value)> {
    [
        ("authToken", "x"),
        ("name", "Three Ways"),
        ("category", "cat:1"),
        ("tags", ""),
        ("description", ""),
        ("image", ""),
        ("accessType", "public"),
        ("registrationType", "open"),
        ("moderationType", "direct"),
    ]
    .map(|(name, text)| (name, value!(text)))
    .to_vec()
}

/// The same arguments with these changes. Null removes an argument; a repeated name is sent twice.
pub(super) fn new_group_with(changes: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut arguments = new_group();
    arguments.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    arguments.extend(
        changes
            .iter()
            .filter(|(_, value)| !value.is_null())
            .cloned(),
    );
    // The order of the checks does not depend on the order in the request.
    arguments.reverse();
    arguments
}

#[test]
fn each_rule_has_its_message_in_every_format() {
    let server = Served::demonstration(&[]);
    let long = "x".repeat(256);
    for (changes, expect) in [
        (vec![], "200 user_token_invalid: …"),
        (
            vec![("authToken", Value::Null)],
            "200 validation_missing_key: Validation error ({input}, ): key authToken is required",
        ),
        (
            vec![("tags", value!("a")), ("tags", value!("b"))],
            "200 validation_duplicate_key: Validation error ({input}, ): key tags is given twice",
        ),
        (
            vec![("name", value!(long))],
            "200 validation_out_of_range: Validation error ({input}, /name): \
             value at /name must have at most 255 characters",
        ),
        (
            vec![("category", value!("x"))],
            "200 invalid_id: Category ID must be of the form 'cat:1' ('x' is not valid)",
        ),
        (
            vec![("accessType", value!("secret"))],
            "200 validation_invalid_value: Validation error ({input}, /accessType): \
             value at /accessType ('secret') must be one of public, members",
        ),
    ] {
        let arguments = new_group_with(&changes);
        check_everywhere(&server, "POST", "newGroup", &arguments, expect);
    }
    for (arguments, expect) in [
        (
            ("page", value!(0)),
            "200 validation_out_of_range: Validation error ({input}, /page): \
             value at /page (0) must be >= 1",
        ),
        (
            ("resultsPerPage", value!(101)),
            "200 validation_out_of_range: Validation error ({input}, /resultsPerPage): \
             value at /resultsPerPage (101) must be <= 100",
        ),
    ] {
        check_everywhere(&server, "GET", "getGroups", &[arguments], expect);
    }
    // Quoted values are truncated, and stay on one line.
    let arguments = [("context", value!(format!("<&>\r\n{}", "x".repeat(300))))];
    let quoted = format!(
        "200 invalid_id: User ID must be of the form 'user:7' ('<&>\\r\\n{}…' is not valid)",
        "x".repeat(59)
    );
    check_everywhere(&server, "GET", "getGroups", &arguments, &quoted);
    // XML cannot represent this character, so only JSON sends it.
    for target in ["json/echoPost", "xml/echoPost"] {
        check(
            &server,
            json(target, r#"{"echoText": "a\u0001b"}"#),
            "200 validation_invalid_value: Validation error (REST input, /echoText): \
             value at /echoText has the character \\u{1}, which XML cannot carry",
        );
    }
}

#[test]
fn unknown_keys_are_ignored_by_rest_and_rejected_by_xml_rpc() {
    let extra = "200 validation_extra_key: Validation error (input to XML-RPC function, ): \
                 key foo is not allowed";
    table(
        &[],
        [
            (
                get("json/echo?echoText=x&foo=y&foo=z"),
                r#"200 {"echoText":"x"}"#,
            ),
            (get("json/echo?echotext=x"), "200 validation_missing_key: …"),
            (
                form("xml/echoPost", "foo=y&echoText=x&=z&__a=1"),
                r#"200 {"echoText":"x"}"#,
            ),
            (
                json(
                    "json/echoPost",
                    r#"{"foo": [{}], "echoText": "x", "foo": 1}"#,
                ),
                r#"200 {"echoText":"x"}"#,
            ),
            (
                xml_body(
                    "json/echoPost",
                    "<request><foo><b/></foo><echoText>x</echoText><foo/></request>",
                ),
                r#"200 {"echoText":"x"}"#,
            ),
            (
                form("xmlrpc/echoPost", "foo=y&echoText=x"),
                r#"200 {"echoText":"x"}"#,
            ),
            (echo(&[("foo", "y"), ("echoText", "x")]), extra),
            (
                echo(&[("foo", "y"), ("echoText", "x"), ("foo", "z"), ("bar", "")]),
                extra,
            ),
            (
                echo(&[("echoText", "x"), ("_foo", "y")]),
                "200 validation_extra_key: …",
            ),
            (
                echo(&[("echoText", "x"), (" echoText", "y")]),
                "200 validation_extra_key: …",
            ),
            (
                echo(&[("echoText", "x"), ("", "y")]),
                "200 validation_extra_key: …",
            ),
            (
                echo(&[
                    ("echoText", "x"),
                    ("__foo", "y"),
                    ("__foo", "<int>1</int>"),
                    ("__", ""),
                ]),
                r#"200 {"echoText":"x"}"#,
            ),
            // Unknown keys are checked last.
            (echo(&[("foo", "y")]), "200 validation_missing_key: …"),
            (
                echo(&[("foo", "y"), ("echoText", "<int>1</int>")]),
                "200 validation_incorrect_type: …",
            ),
            (
                xml_rpc(struct_call(
                    "checkToken",
                    &[("foo", ""), ("authToken", "x")],
                )),
                extra,
            ),
        ],
    );
}

#[test]
fn duplicate_arguments_are_rejected_and_the_body_overrides_the_query() {
    let twice = "200 validation_duplicate_key: Validation error (REST input, ): \
                 key echoText is given twice";
    table(
        &[],
        [
            (get("json/echo?echoText=x&echoText=x"), twice),
            (get("json/echo?echoText=x&echo%54ext=y"), twice),
            (form("json/echoPost", "echoText=x&echoText=y"), twice),
            (ask("POST", "json/echoPost?echoText=x&echoText=y"), twice),
            (
                json("json/echoPost", r#"{"echoText": "x", "echoText": "y"}"#),
                twice,
            ),
            (
                json("json/echoPost", r#"{"echoText": "x", "echo\u0054ext": 1}"#),
                twice,
            ),
            (
                xml_body(
                    "json/echoPost",
                    "<request><echoText>x</echoText><echoText/></request>",
                ),
                twice,
            ),
            (
                echo(&[("echoText", "x"), ("echoText", "x")]),
                "200 validation_duplicate_key: Validation error (input to XML-RPC function, ): \
                 key echoText is given twice",
            ),
            // Also in the query of a request with a body.
            (
                form("json/echoPost?echoText=x&echoText=y", "echoText=z"),
                twice,
            ),
            (
                json("xml/echoPost?echoText=x&echoText=y", r#"{"echoText": "z"}"#),
                twice,
            ),
            // The body overrides the query.
            (
                form("json/echoPost?echoText=query", "echoText=body"),
                r#"200 {"echoText":"body"}"#,
            ),
            (
                json("json/echoPost?echoText=query", r#"{"echoText": "body"}"#),
                r#"200 {"echoText":"body"}"#,
            ),
            (
                xml_body(
                    "xml/echoPost?echoText=query",
                    "<request><echoText>body</echoText></request>",
                ),
                r#"200 {"echoText":"body"}"#,
            ),
            (
                form("xmlrpc/echoPost?echoText=query", "echoText=body"),
                r#"200 {"echoText":"body"}"#,
            ),
            (
                form("json/echoPost?echoText=query", "foo=body"),
                r#"200 {"echoText":"query"}"#,
            ),
            (
                ask("POST", "json/echoPost?echoText=query"),
                r#"200 {"echoText":"query"}"#,
            ),
            (
                json("json/echoPost?echoText=query", ""),
                r#"200 {"echoText":"query"}"#,
            ),
            // A wrong argument in the body does not fall back to the query.
            (
                json("json/echoPost?echoText=query", r#"{"echoText": 1}"#),
                "200 validation_incorrect_type: …",
            ),
        ],
    );
}
