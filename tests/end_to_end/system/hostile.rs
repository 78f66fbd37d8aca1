//! Oversized multicalls, and oversized responses to them.

use serde_json::json;

use super::{ask, calls_of, echo, echoed, operation};
use crate::harness::{Served, check, new_group, xml_rpc};

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
    let refused = "413 request_too_large: The request has a body of more than 1024 KiB, which exceeds \
                   the limits of this service.";
    check(&server, xml_rpc(document + " "), refused);
    assert!(!server.log().contains("ERROR"));
}

#[test]
fn calls_beyond_the_response_limit_fail() {
    let server = Served::demonstration(&[]);
    // Without a limit, small calls with large responses would fill the memory.
    let token = "123576abcdef6572134";
    let description = "q".repeat(16_384);
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
    // Each response has more than half a mebibyte. The fifteenth crosses the limit of eight; the later calls
    // fail.
    assert_eq!(made, 15);
    assert_eq!(items[made][0]["code"], "request_too_large");
    assert_eq!(items[63], items[made]);
}
