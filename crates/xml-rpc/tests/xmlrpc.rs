//! XML-RPC: requests and responses as text, in `xmlrpc.txt` and, for profile `original`, `original.txt`.
//!
//! `call METHOD VALUE…` in a table is a methodCall: `{name=VALUE,…}` is a struct, `[VALUE|…]` an array, and
//! any other text is the content of a `<value>`. `between VALUE` is a multicall of this call between two
//! others. A response may be `text: TEXT`, `texts: WORDS`, `signature: TYPES`, or `between …`, the result of
//! the call between the others.

use trivium_front::Wire;
use trivium_test_catalog::{Body, Subject, documents, escaped, rest, service, table};
use trivium_xml_rpc::XmlRpc;

/// A struct in the layout of profile `documented`, at this indentation.
fn structure(indent: usize, members: &[(&str, String)]) -> String {
    let line = |more: usize| format!("\n{}", " ".repeat(indent + more));
    let (outer, inner, end) = (line(1), line(2), line(0));
    let member = |(name, value): &(&str, String)| {
        format!(
            "{outer}<member>{inner}<name>{name}</name>{inner}<value>{value}</value>{outer}</member>"
        )
    };
    let members: String = members.iter().map(member).collect();
    format!("<struct>{members}{end}</struct>")
}

/// An array in the same layout.
fn array(indent: usize, items: &[String]) -> String {
    let line = |more: usize| format!("\n{}", " ".repeat(indent + more));
    let end = if items.is_empty() { "" } else { &line(0) };
    let item = |value: &String| format!("{}<value>{value}</value>", line(1));
    let items: String = items.iter().map(item).collect();
    format!("<array><data>{items}{end}</data></array>")
}

fn text(text: &str) -> String {
    format!("<string>{}</string>", escaped(text))
}

fn texts(indent: usize, words: &str) -> String {
    let words: Vec<String> = words.split(' ').map(text).collect();
    array(indent, &words)
}

fn echoed(indent: usize, value: &str) -> String {
    let success = ("success", "<boolean>1</boolean>".to_owned());
    structure(indent, &[success, ("text", text(value))])
}

fn failure(indent: usize, code: &str, message: &str) -> String {
    let success = ("success", "<boolean>0</boolean>".to_owned());
    structure(
        indent,
        &[("code", text(code)), ("msg", text(message)), success],
    )
}

fn fault(indent: usize, number: &str, message: &str) -> String {
    let number = ("faultCode", format!("<int>{number}</int>"));
    structure(indent, &[number, ("faultString", text(message))])
}

/// The methodResponse with this value.
fn response(value: &str) -> String {
    format!(
        "<?xml version='1.0'?>\n <methodResponse>\n  <params>\n   <param>\n    <value>{value}</value>\n   \
         </param>\n  </params>\n </methodResponse>\n "
    )
}

fn subject(wire: Wire) -> Subject {
    Subject {
        front_end: Box::new(XmlRpc::new(service().catalog(), wire)),
        base: "/api/xmlrpc/sample/",
        body: |body| match body {
            Body::Text(text) => response(&echoed(4, text)),
            Body::Fault(number, message) => whole_fault(number, message),
            // The other protocols report an unknown method as a failure.
            Body::Failure("system_error", message) if message.starts_with("Call to") => {
                whole_fault("-32601", message)
            }
            Body::Failure("text", value) => response(&text(value)),
            Body::Failure("texts", names) => response(&texts(4, names)),
            Body::Failure("signature", types) => response(&array(4, &[texts(5, types)])),
            Body::Failure(code, message) => match code.strip_prefix("between ") {
                None => response(&failure(4, code, message)),
                Some(code) => {
                    let result = match code.strip_prefix("fault ") {
                        Some(number) => fault(5, number, message),
                        None => array(5, &[failure(6, code, message)]),
                    };
                    let other = |text| array(5, &[echoed(6, text)]);
                    response(&array(4, &[other("before"), result, other("after")]))
                }
            },
        },
    }
}

fn whole_fault(number: &str, message: &str) -> String {
    format!(
        "<?xml version='1.0'?>\n <methodResponse>\n  <fault>\n   <value>{}</value>\n  </fault>\n \
         </methodResponse>\n ",
        fault(3, number, message)
    )
}

/// A table with its calls written as requests.
fn expand(table: &str) -> String {
    let lines = table.lines().map(|line| {
        if let Some(short) = line.strip_prefix("> call ") {
            format!("> {}\n", call(short))
        } else if let Some(short) = line.strip_prefix("> between") {
            let echo = |text: &str| format!("{{methodName=sample.echo,params=[{{text={text}}}]}}");
            let calls = [&echo("before"), short.trim_start(), &echo("after")].join("|");
            format!("> {}\n", call(&format!("system.multicall [{calls}]")))
        } else {
            format!("{line}\n")
        }
    });
    lines.collect()
}

/// The request of a call that is written in short.
fn call(short: &str) -> String {
    let (name, mut rest) = short.split_once(' ').unwrap_or((short, ""));
    let mut params = String::new();
    while !rest.is_empty() {
        params += &format!("<param><value>{}</value></param>", value(&mut rest));
        rest = rest.trim_start();
    }
    format!(
        "POST /api/xmlrpc text/xml <methodCall><methodName>{name}</methodName>\
         <params>{params}</params></methodCall>"
    )
}

/// Reads a value that is written in short, and returns it in XML.
fn value(rest: &mut &str) -> String {
    let mut xml = String::new();
    if let Some(members) = rest.strip_prefix('{') {
        *rest = members;
        while let Some((name, after)) = rest.split_once('=').filter(|_| !rest.starts_with('}')) {
            *rest = after;
            let value = value(rest);
            xml += &format!("<member><name>{name}</name><value>{value}</value></member>");
            *rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        *rest = rest.strip_prefix('}').unwrap_or_default();
        return format!("<struct>{xml}</struct>");
    }
    if let Some(items) = rest.strip_prefix('[') {
        *rest = items;
        while !rest.is_empty() && !rest.starts_with(']') {
            xml += &format!("<value>{}</value>", value(rest));
            *rest = rest.strip_prefix('|').unwrap_or(rest);
        }
        *rest = rest.strip_prefix(']').unwrap_or_default();
        return format!("<array><data>{xml}</data></array>");
    }
    let end = rest.find([',', '|', ']', '}', ' ']).unwrap_or(rest.len());
    let (text, after) = rest.split_at(end);
    *rest = after;
    text.to_owned()
}

#[test]
fn requests_have_these_responses() {
    table(subject, &expand(include_str!("xmlrpc.txt")));
    table(subject, &expand(include_str!("original.txt")));
    // The address that takes REST requests.
    table(subject, rest::REQUESTS);
    rest::check_limits(&subject(Wire::DEFAULT));
    rest::check_encodings(&subject(Wire::DEFAULT), &call("sample.echo {text=x}"));
}

#[test]
fn malformed_documents_are_rejected() {
    let subject = subject(Wire::DEFAULT);
    let head = "POST /api/xmlrpc text/xml";
    documents::check(&subject, head, documents::CALL, "200 fault -32700: …");
    subject.check(head, "200 fault -32700: …");
}

/// Arguments beside `text` at the limits of a call, and beyond them by `more`.
fn of_limits(more: usize) -> [(String, &'static str); 5] {
    const VALUES: &str = "more than 1,000 values";
    const LEVELS: &str = "values nested deeper than 32 levels";
    let items = vec!["1"; 998 + more].join("|");
    let nest = |open: &str, close: &str| open.repeat(31 + more) + "1" + &close.repeat(31 + more);
    let name = "é".repeat(63) + &"n".repeat(more);
    [
        (vec!["__a="; 999 + more].join(","), VALUES),
        (format!("__a=[{items}]"), VALUES),
        (format!("__a={}", nest("[", "]")), LEVELS),
        (format!("__a={}", nest("{a=", "}")), LEVELS),
        (format!("__{name}="), "a name longer than 128 bytes"),
    ]
}

#[test]
fn limits_are_checked() {
    let subject = subject(Wire::DEFAULT);
    let echo = |argument: &str| call(&format!("sample.echo {{text=x,{argument}}}"));
    for (argument, _) in of_limits(0) {
        subject.check(echo(&argument), "200 'x'");
    }
    for (argument, what) in of_limits(1) {
        subject.check(echo(&argument), &rest::too_large(what));
        // A call of a multicall fails alone.
        let row = format!(
            "> between {{methodName=sample.echo,params=[{{text=x,{argument}}}]}}\n< 200 between \
             request_too_large: The request has {what}, which exceeds the limits of this service."
        );
        table(self::subject, &expand(&row));
    }
    for open in ["<a>", "<methodCall>", "<value><array><data>"] {
        let document = open.repeat(10_000);
        let expected = rest::too_large("values nested deeper than 32 levels");
        subject.check(format!("POST /api/xmlrpc text/xml {document}"), &expected);
    }
    let structs = call(&format!("sample.echo{}", " {}".repeat(4_000)));
    subject.check(structs, "200 validation_request_wrapper: …");
    // Only a multicall may be larger than 256 KiB.
    let fill = |short: &str, size: usize| {
        let request = call(short);
        let document = request.len() - "POST /api/xmlrpc text/xml ".len();
        request + &" ".repeat(size - document)
    };
    let multicall = format!("200 {}", response(&array(4, &[])));
    let too_large = |size: u32| rest::too_large(&format!("a body of more than {size} KiB"));
    let (kib_256, mib) = (too_large(256), too_large(1024));
    subject.check(fill("sample.echo {text=x}", 262_144), "200 'x'");
    subject.check(fill("sample.echo {text=x}", 262_145), &kib_256);
    subject.check(fill("system.listMethods", 262_145), &kib_256);
    for start in ["<methodCall><methodName>", "<!--"] {
        let document = start.to_owned() + &"q".repeat(262_145);
        subject.check(format!("POST /api/xmlrpc text/xml {document}"), &kib_256);
    }
    subject.check(fill("system.multicall []", 1_048_576), &multicall);
    subject.check(fill("system.multicall []", 1_048_577), &mib);
    subject.check("POST /api/xmlrpc unread", &mib);
    subject.check("POST /api/xmlrpc refused", "503 temporarily_unavailable: …");
    // A multicall has at most 64 calls of operations, and 512 with those of methods of XML-RPC itself.
    let calls = |count: usize| {
        // Together they have more than 1,000 values.
        let more = ",__=".repeat(199);
        let one = format!("{{methodName=sample.echo,params=[{{text=x{more}}}]}}");
        let all = vec![one; count].join("|");
        call(&format!("system.multicall [{all}]"))
    };
    let all = vec![array(5, &[echoed(6, "x")]); 64];
    subject.check(calls(64), &format!("200 {}", response(&array(4, &all))));
    subject.check(
        calls(65),
        "200 fault -32602: Invalid parameters: system.multicall takes at most 64 calls of operations.",
    );
    let helps = |count: usize| {
        let one = "{methodName=system.methodHelp,params=[system.listMethods]}";
        call(&format!(
            "system.multicall [{}]",
            vec![one; count].join("|")
        ))
    };
    let help = text("Returns the names of all methods.");
    let all = vec![array(5, &[help]); 512];
    subject.check(helps(512), &format!("200 {}", response(&array(4, &all))));
    subject.check(
        helps(513),
        "200 fault -32602: Invalid parameters: system.multicall takes at most 512 calls.",
    );
}
