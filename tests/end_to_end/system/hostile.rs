//! Malformed, oversized, nested and too many calls in a multicall. Depending on the error, only the
//! bad call fails or the whole request.

use serde_json::{Value, json};

use super::{ask, calls_of, echo, echoed, fault, item, operation, system, whole};
use crate::harness::{Served, check, new_group, xml_rpc};

const NOT_A_CALL: &str = "Invalid parameters: a call is a struct of methodName, a string, and \
                          params, an array.";
const NOT_AN_ARRAY: &str = "Invalid parameters: system.multicall takes one array of calls.";

fn failed(code: &str, msg: &str) -> Value {
    json!([{"code": code, "msg": msg, "success": false}])
}

fn too_large(what: &str) -> Value {
    let words = format!("The request has {what}, which exceeds the limits of this service.");
    failed("request_too_large", &words)
}

/// Asserts the response of a call between two others, which it must not affect.
#[track_caller]
fn check_one(server: &Served, call: &str, expected: &Value) {
    let response = ask(
        server,
        calls_of(&[echo("before"), call.to_owned(), echo("after")]),
    );
    let shown: String = call.chars().take(200).collect();
    assert_eq!(
        response,
        json!([echoed("before"), expected, echoed("after")]),
        "{shown}"
    );
}

#[test]
fn more_than_sixty_four_calls_are_rejected() {
    let server = Served::demonstration(&[]);
    let calls = vec![echo("x"); 64];
    assert_eq!(ask(&server, calls_of(&calls)), json!(vec![echoed("x"); 64]));
    let join = json!({"authToken": "123576abcdef6572134", "id": "group:1234"});
    let calls = vec![operation("joinGroup", &join); 65];
    let words = "Invalid parameters: system.multicall takes at most 64 calls.";
    assert_eq!(ask(&server, calls_of(&calls)), whole(-32602, words));
    // No call was made.
    let response = ask(&server, calls_of(&calls[..1]));
    assert_eq!(response[0][0]["joinState"], "joined");
    // A malformed call counts, too.
    assert_eq!(
        ask(&server, calls_of(&vec![String::new(); 65])),
        whole(-32602, words)
    );
    assert!(!server.log().contains("ERROR"));
}

#[test]
fn a_malformed_call_fails_alone() {
    let server = Served::demonstration(&[]);
    let nested = item(
        "system.multicall",
        &["<value><array><data></data></array></value>".into()],
    );
    let within = "Invalid parameters: methods of system cannot be called in system.multicall.";
    let name = "<member><name>methodName</name><value>peopleaggregator.echo</value></member>";
    let params = "<member><name>params</name><value><array><data></data></array></value></member>";
    let one = |inner: &str| format!("<struct>{inner}</struct>");
    for call in [
        String::new(),
        "text".to_owned(),
        "<string>peopleaggregator.echo</string>".to_owned(),
        "<int>1</int>".to_owned(),
        "<array><data></data></array>".to_owned(),
        one(""),
        one(name),
        one(params),
        one(&format!("{name}{name}{params}")),
        one(&format!("{name}{params}{params}")),
        one(&format!(
            "{name}{params}<member><name>id</name><value>1</value></member>"
        )),
        one(&format!(
            "{params}<member><name>methodName</name><value><int>1</int></value></member>"
        )),
        one(&format!(
            "{name}<member><name>params</name><value>text</value></member>"
        )),
        one(&format!(
            "{name}<member><name>params</name><value><struct></struct></value></member>"
        )),
    ] {
        check_one(&server, &call, &fault(-32602, NOT_A_CALL));
    }
    for call in [nested, item("system.listMethods", &[])] {
        check_one(&server, &call, &fault(-32602, within));
    }
    let empty = "<value><struct></struct></value>".to_owned();
    check_one(
        &server,
        &item("peopleaggregator.echo", &[empty.clone(), empty]),
        &failed(
            "validation_request_wrapper",
            "Validation error (input to XML-RPC function): \
             exactly one parameter, a struct, is required",
        ),
    );
    // Errors that are faults of a single call.
    for (call, words) in [
        (
            "<colour>red</colour>",
            "a call is a struct of methodName, a string, and params, an array",
        ),
        (
            "<struct><name>a</name></struct>",
            "<struct> contains only <member>",
        ),
        ("<struct></struct>text", "a <value> contains one type"),
    ] {
        let expected = match words.starts_with("a call") {
            true => fault(-32602, NOT_A_CALL),
            false => fault(-32600, &format!("Not a methodCall: {words}.")),
        };
        check_one(&server, call, &expected);
    }
    let number = item(
        "peopleaggregator.echo",
        &["<value><int>x</int></value>".into()],
    );
    let words = "Not a methodCall: invalid number.";
    check_one(&server, &number, &fault(-32600, words));
    assert!(!server.log().contains("ERROR"));
}

#[test]
fn limits_apply_to_each_call() {
    let server = Served::demonstration(&[]);
    let member = |value: &str| format!("<member><name>__a</name><value>{value}</value></member>");
    let call = |members: &str| {
        let text = "<member><name>echoText</name><value>x</value></member>";
        let params = format!("<value><struct>{text}{members}</struct></value>");
        item("peopleaggregator.echo", &[params])
    };
    let deep = |levels: usize| {
        let open = "<array><data><value>".repeat(levels - 1);
        let close = "</value></data></array>".repeat(levels - 1);
        call(&member(&format!("{open}{close}")))
    };
    let name =
        |length: usize| call(&member("").replace("__a", &format!("__{}", "n".repeat(length - 2))));
    let fine = echoed("x");
    for (inside, beyond, what) in [
        (
            call(&member("").repeat(999)),
            call(&member("").repeat(1_000)),
            "more than 1,000 values",
        ),
        (deep(32), deep(33), "values nested deeper than 32 levels"),
        (name(128), name(129), "a name longer than 128 bytes"),
    ] {
        check_one(&server, &inside, &fine);
        check_one(&server, &beyond, &too_large(what));
    }
    // Ten calls of the maximal size.
    let large = vec![call(&member("").repeat(999)); 10];
    assert_eq!(ask(&server, calls_of(&large)), json!(vec![fine; 10]));
    // Extremely deep nesting fails the whole request.
    let words = "The request has values nested deeper than 32 levels, which exceeds the limits of this \
                 service.";
    let whole = json!({"code": "request_too_large", "msg": words, "success": false});
    let response = server.send(&Vec::from(xml_rpc(calls_of(&[echo("x"), deep(5_000)]))));
    assert_eq!(response.status, 413);
    assert_eq!(
        crate::harness::Protocol::XmlRpc.read(&response).value,
        whole
    );
    assert!(!server.log().contains("ERROR"));
}

#[test]
fn a_multicall_may_have_one_mebibyte() {
    let server = Served::demonstration(&[]);
    let most = 1024 * 1024;
    let text = |size: usize| "q".repeat(size);
    let bare = calls_of(&[echo(""), echo("")]).len();
    let both = [text(most / 2), text(most - most / 2 - bare)];
    let document = calls_of(&both.each_ref().map(|text| echo(text)));
    assert_eq!(document.len(), most);
    let response = ask(&server, document.as_str());
    assert_eq!(response, json!([echoed(&both[0]), echoed(&both[1])]));
    let refused = |size: &str| {
        format!(
            "413 request_too_large: The request has a body of more than {size} KiB, which exceeds \
             the limits of this service."
        )
    };
    check(&server, xml_rpc(document + " "), &refused("1024"));
    // Other requests have the lower limit.
    let large = text(256 * 1024);
    for document in [
        system("methodHelp", &[&large]),
        system("multicall2", &[&large]),
        system("listMethods", &[]) + &large,
        format!("<methodCall><methodName>{large}"),
        format!("<!-- {large} --><a/>"),
    ] {
        check(&server, xml_rpc(document), &refused("256"));
    }
    assert!(!server.log().contains("ERROR"));
}

#[test]
fn multicall_takes_one_array() {
    let server = Served::demonstration(&[]);
    let array = "<array><data></data></array>";
    for params in [
        vec![],
        vec!["text"],
        vec!["<int>1</int>"],
        vec!["<struct></struct>"],
        vec!["<nil/>"],
        vec![array, array],
        vec![array, "text"],
    ] {
        let response = ask(&server, system("multicall", &params));
        assert_eq!(response, whole(-32602, NOT_AN_ARRAY), "{params:?}");
    }
    let bare = "<methodCall><methodName>system.multicall</methodName></methodCall>";
    assert_eq!(ask(&server, bare), whole(-32602, NOT_AN_ARRAY));
    let calls = calls_of(&[echo("x")]);
    for (document, expect) in [
        (calls.replace("<data>", "<data>text"), "200 fault -32600: …"),
        (
            calls.replacen("<array>", "<array><a/>", 1),
            "200 fault -32600: …",
        ),
        (calls.replace("</methodCall>", ""), "200 fault -32700: …"),
        (calls.clone() + "more", "200 fault -32700: …"),
        (calls.replacen("</struct>", "", 1), "200 fault -32700: …"),
        (calls.replace("echoPost", "&#1;"), "200 fault -32700: …"),
        ("<!DOCTYPE a>".to_owned() + &calls, "200 fault -32700: …"),
    ] {
        check(&server, xml_rpc(document), expect);
    }
    assert!(!server.log().contains("ERROR"));
}

#[test]
fn calls_beyond_the_response_limit_fail() {
    let server = Served::demonstration(&[]);
    // Without a limit, small calls with large responses would fill the memory.
    let token = "123576abcdef6572134";
    let description = "q".repeat(65_536);
    let make = |n: usize| {
        let mut arguments = new_group(token, &format!("Large {n}"), "open");
        arguments["description"] = json!(description);
        operation("newGroup", &arguments)
    };
    for first in [0, 15] {
        let groups: Vec<String> = (first..first + 15).map(make).collect();
        ask(&server, calls_of(&groups));
    }
    let list = operation("getMyGroups", &json!({ "authToken": token }));
    let response = ask(&server, calls_of(&vec![list; 64]));
    let items = response.as_array().expect("an array");
    assert_eq!(items.len(), 64);
    let made = items
        .iter()
        .filter(|item| item[0]["success"] == true)
        .count();
    // Each response has two mebibytes. The fifth crosses the limit of eight; the later calls fail.
    assert_eq!(made, 5);
    assert_eq!(items[made][0]["code"], "request_too_large");
    assert_eq!(items[63], items[made]);
}
