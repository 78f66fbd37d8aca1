//! What every address of REST requests has in common.

use crate::Subject;

/// The table of requests and responses.
pub const REQUESTS: &str = include_str!("rest.txt");

/// The table of the statuses of failures, in the protocols that have them.
pub const STATUSES: &str = include_str!("statuses.txt");

/// Asserts which encodings of the body of a request to `echo` are rejected.
pub fn check_encodings(subject: &Subject, request: &str) {
    for coding in ["gzip", "br", "gzip, identity", "identity, gzip"] {
        let expect = format!(
            "415 unsupported_media_type: The Content-Encoding '{coding}' is not supported; \
             send the body without one."
        );
        subject.check_with(request, &[("Content-Encoding", coding)], &expect);
    }
    for coding in ["identity", "Identity", " identity "] {
        subject.check_with(request, &[("Content-Encoding", coding)], "200 'x'");
    }
}

/// Asserts that a REST request is accepted at each limit of the input, and rejected beyond it.
pub fn check_limits(subject: &Subject) {
    const BYTES: &str = "a body of more than 256 KiB";
    type Requests = fn(usize) -> Vec<String>;
    for (what, requests, most) in [
        ("more than 1,000 values", of_values as Requests, 1_000),
        ("values nested deeper than 32 levels", of_levels, 32),
        ("a name longer than 128 bytes", of_name, 128),
        (BYTES, of_bytes, 262_144),
    ] {
        for request in requests(most) {
            subject.check(request, "200 'x'");
        }
        for request in requests(most + 1) {
            subject.check(request, &too_large(what));
        }
    }
    subject.check("POST echo unread", &too_large(BYTES));
    subject.check("POST echo refused", "503 temporarily_unavailable: …");
    // Far beyond the limits, and odd input within them.
    for (body, open, expect) in [
        ("json ", "[", "200 malformed_body: …"),
        ("json ", "{\"a\":", "413 request_too_large: …"),
        ("xml ", "<a>", "200 malformed_body: …"),
        ("xml ", "<request>", "413 request_too_large: …"),
        ("form ", "&", "200 validation_missing_key: …"),
        ("form text=", "%41", "200 validation_out_of_range: …"),
    ] {
        let filler = open.repeat(20_000);
        subject.check(format!("POST echo {body}{filler}"), expect);
    }
    check_encodings(subject, "POST echo form text=x");
}

/// The response to a request beyond a limit.
pub fn too_large(what: &str) -> String {
    format!(
        "413 request_too_large: The request has {what}, which exceeds the limits of this service."
    )
}

fn of_values(count: usize) -> Vec<String> {
    let others = "&__".repeat(count - 1);
    let items = vec!["0"; count - 2].join(",");
    let elements = "<a/>".repeat(count - 1);
    vec![
        format!("GET echo?text=x{others}"),
        format!("POST echo?{others} form text=x"),
        format!("POST echo json {{\"text\":\"x\",\"a\":[{items}]}}"),
        format!("POST echo xml <request><text>x</text>{elements}</request>"),
    ]
}

fn of_levels(count: usize) -> Vec<String> {
    let nest = |open: &str, inner: &str, close: &str| {
        open.repeat(count - 1) + inner + &close.repeat(count - 1)
    };
    let in_json = |inner: String| format!("POST echo json {{\"text\":\"x\",\"a\":{inner}}}");
    let elements = nest("<a>", "", "</a>");
    vec![
        in_json(nest("[", "0", "]")),
        in_json(nest("{\"a\":", "0", "}")),
        format!("POST echo xml <request><text>x</text><a>{elements}</a></request>"),
    ]
}

fn of_name(length: usize) -> Vec<String> {
    // Mostly characters of two bytes, because the limit counts bytes.
    let name = format!("{}{}", "é".repeat(length / 2), "n".repeat(length % 2));
    vec![
        format!("GET echo?text=x&{name}=1"),
        format!("POST echo form text=x&{name}=1"),
        format!("POST echo json {{\"text\":\"x\",\"a\":[{{\"{name}\":1}}]}}"),
        format!("POST echo xml <request><text>x</text><{name}/></request>"),
    ]
}

fn of_bytes(length: usize) -> Vec<String> {
    let fill = |head: &str, before: &str, after: &str| {
        let filler = " ".repeat(length - before.len() - after.len());
        format!("POST echo {head} {before}{filler}{after}")
    };
    vec![
        fill("form", "text=x&a=", ""),
        fill("json", "{\"text\":\"x\"", "}"),
        fill("xml", "<request><text>x</text>", "</request>"),
    ]
}
