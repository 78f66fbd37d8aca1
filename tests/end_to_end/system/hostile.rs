//! Oversized multicalls. Oversized responses to them are tested with the contract.

use serde_json::json;

use super::{ask, echo, echoed};
use crate::harness::{Served, check, multicall, xml_rpc};

#[test]
fn a_multicall_may_have_one_mebibyte() {
    let server = Served::demonstration(&[]);
    let most = 1024 * 1024;
    let text = |size: usize| "q".repeat(size);
    let bare = multicall(&[echo(""), echo("")]).len();
    let both = [text(most / 2), text(most - most / 2 - bare)];
    let document = multicall(&both.each_ref().map(|text| echo(text)));
    assert_eq!(document.len(), most);
    let response = ask(&server, document.as_str());
    assert_eq!(response, json!([echoed(&both[0]), echoed(&both[1])]));
    let refused = "413 request_too_large: The request has a body of more than 1024 KiB, which exceeds \
                   the limits of this service.";
    check(&server, xml_rpc(document + " "), refused);
    assert!(!server.log().contains("ERROR"));
}
