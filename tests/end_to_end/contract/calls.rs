//! How an operation is called: HTTP methods, names, the XML-RPC wrapper, headers, old clients.

use serde_json::Value;

use super::{TOKEN, table};
use crate::harness::{
    Request, Response, Served, ask, call, check, crlf, form, get, json, post, struct_call,
    xml_body, xml_rpc,
};

#[test]
fn wrong_http_methods_are_rejected() {
    let needs = |got: &str, needed: &str| {
        format!(
            "invalid_request_method: Request method {got} is incorrect for this function; \
             {needed} is required."
        )
    };
    for (options, refused) in [
        (&[][..], "200"),
        (&["--peopleaggregator-status", "http"][..], "405"),
    ] {
        let server = Served::demonstration(options);
        for (method, name, needed, allow) in [
            ("GET", "joinGroup", "POST", "POST"),
            ("GET", "login", "POST", "POST"),
            ("POST", "getGroups", "GET", "GET, HEAD"),
            ("POST", "echo", "GET", "GET, HEAD"),
            ("PUT", "echo", "GET", "GET, HEAD"),
            ("DELETE", "logout", "GET or POST", "GET, HEAD, POST"),
            ("OPTIONS", "logout", "GET or POST", "GET, HEAD, POST"),
            ("TRACE", "joinGroup", "POST", "POST"),
            ("FROB", "joinGroup", "POST", "POST"),
            ("get", "echo", "GET", "GET, HEAD"),
        ] {
            for (protocol, status) in [("json", refused), ("xml", refused), ("xmlrpc", "200")] {
                let target = format!("{protocol}/{name}?echoText=x");
                let expect = format!("{status} {}", needs(method, needed));
                let response = check(&server, ask(method, &target), &expect);
                assert_eq!(response.header("allow"), allow);
            }
        }
        // The method is checked before the body.
        check(
            &server,
            json("json/echo", "{"),
            &format!("{refused} {}", needs("POST", "GET")),
        );
        for method in ["GET", "PUT", "DELETE", "OPTIONS", "get"] {
            let expect = format!("405 {}", needs(method, "POST"));
            let response = check(&server, ask(method, "/api/xmlrpc"), &expect);
            assert_eq!(response.header("allow"), "POST");
        }
        for request in [
            form("json/logout", "authToken=x"),
            get("json/logout?authToken=x"),
        ] {
            let status = if refused == "200" { "200" } else { "401" };
            check(&server, request, &format!("{status} user_token_invalid: …"));
        }
    }
}

#[test]
fn head_is_get_without_its_body() {
    let server = Served::demonstration(&[]);
    for target in [
        "json/echo?echoText=x",
        "xml/echo?echoText=x",
        "xmlrpc/echo?echoText=x",
        "json/echo",
        "json/joinGroup",
        "json/nope",
        "/api/xmlrpc",
        "/live",
        "/nope",
    ] {
        let head = server.send(&Vec::from(ask("HEAD", target)));
        assert!(head.body.is_empty(), "{target}");
        if target != "json/joinGroup" && target != "/api/xmlrpc" {
            let get = server.send(&Vec::from(get(target)));
            assert_eq!(head.status, get.status, "{target}");
            for name in ["content-type", "content-length", "allow"] {
                assert_eq!(head.header(name), get.header(name), "{target} {name}");
            }
        }
    }
}

#[test]
fn unknown_operations_are_rejected() {
    let rest = "200 system_error: Call to nonexistent function 'nope'.";
    let long = format!("json/{}", "n".repeat(1000));
    let quoted: &'static str = Box::leak(
        format!(
            "200 system_error: Call to nonexistent function '{}…'.",
            "n".repeat(64)
        )
        .into_boxed_str(),
    );
    table(
        &[],
        [
            (get("json/nope"), rest),
            (ask("POST", "xml/nope"), rest),
            (ask("FROB", "json/nope?echoText=x"), rest),
            // The name is checked before the method and the body.
            (post("json/nope", "text/plain", "x"), rest),
            (json("json/nope", "{"), rest),
            (get(&long), quoted),
            (
                get("json/"),
                "200 system_error: Call to nonexistent function ''.",
            ),
            (
                get("json/Echo"),
                "200 system_error: Call to nonexistent function 'Echo'.",
            ),
            (
                get("json/echo/"),
                "200 system_error: Call to nonexistent function 'echo/'.",
            ),
            (
                get("json/%65cho"),
                "200 system_error: Call to nonexistent function '%65cho'.",
            ),
            (
                get("json/peopleaggregator.echo"),
                "200 system_error: Call to nonexistent function 'peopleaggregator.echo'.",
            ),
            (
                get("xmlrpc/nope"),
                "200 fault -32601: Call to nonexistent function 'nope'.",
            ),
            (
                xml_rpc(struct_call("nope", &[])),
                "200 fault -32601: Call to nonexistent function 'peopleaggregator.nope'.",
            ),
            // The name is checked before the parameters.
            (
                xml_rpc(call("nope", "<param><value>x</value></param>")),
                "200 fault -32601: Call to nonexistent function 'peopleaggregator.nope'.",
            ),
            (
                xml_rpc(call("x", "").replace("peopleaggregator.x", "echo")),
                "200 fault -32601: Call to nonexistent function 'echo'.",
            ),
            (
                xml_rpc(call("x", "").replace("peopleaggregator.x", "")),
                "200 fault -32601: Call to nonexistent function ''.",
            ),
        ],
    );
    table(
        &["--peopleaggregator-profile", "original"],
        [
            (get("json/nope"), rest),
            (get("xml/nope"), rest),
            (get("xmlrpc/nope"), rest),
            (
                xml_rpc(struct_call("nope", &[])),
                "200 system_error: Call to nonexistent function 'peopleaggregator.nope'.",
            ),
        ],
    );
}

#[test]
fn a_method_call_has_one_struct() {
    let wrong = "200 validation_request_wrapper: Validation error (input to XML-RPC function): \
                 exactly one parameter, a struct, is required";
    let value = "<param><value><struct><member><name>echoText</name><value>x</value></member>\
                 </struct></value></param>";
    let named = "<methodName>peopleaggregator.echoPost</methodName>";
    let not = "200 fault -32600: Not a methodCall: …";
    table(
        &[],
        [
            (
                call("echoPost", value),
                r#"200 {"echoText":"x"}"#.to_owned(),
            ),
            (
                call("echoPost", "").replace("<params></params>", ""),
                wrong.to_owned(),
            ),
            (call("echoPost", ""), wrong.to_owned()),
            (call("echoPost", &value.repeat(2)), wrong.to_owned()),
            (
                call("echoPost", "<param><value>x</value></param>"),
                wrong.to_owned(),
            ),
            (
                call("echoPost", "<param><value><int>1</int></value></param>"),
                wrong.to_owned(),
            ),
            (
                call(
                    "echoPost",
                    "<param><value><array><data/></array></value></param>",
                ),
                wrong.to_owned(),
            ),
            (call("echoPost", "<param/>"), not.to_owned()),
            (call("echoPost", "<value>x</value>"), not.to_owned()),
            (
                call("echoPost", &value.replace("param>", "parameter>")),
                not.to_owned(),
            ),
            (call("echoPost", &format!("x{value}")), not.to_owned()),
            (
                format!("<methodCall>{named}<params/><params/></methodCall>"),
                not.to_owned(),
            ),
            (
                format!("<methodCall>{named}<params/>x</methodCall>"),
                not.to_owned(),
            ),
            (
                format!("<methodCall><params/>{named}</methodCall>"),
                not.to_owned(),
            ),
            (
                format!("<methodCall>{named}{named}</methodCall>"),
                not.to_owned(),
            ),
            ("<methodCall/>".to_owned(), not.to_owned()),
            (
                "<methodCall><methodName><b/></methodName></methodCall>".to_owned(),
                not.to_owned(),
            ),
            ("<methodResponse/>".to_owned(), not.to_owned()),
            ("<request/>".to_owned(), not.to_owned()),
        ]
        .map(|(body, expect)| (xml_rpc(body), &*Box::leak(expect.into_boxed_str()))),
    );
    // White space around names and between elements is ignored, and so are attributes.
    let server = Served::demonstration(&[]);
    let call = format!("\n<methodCall a='b'>\n {named} <params>\t{value}</params></methodCall>\n")
        .replace(
            named,
            "<methodName>\n peopleaggregator.echoPost </methodName>",
        );
    check(&server, xml_rpc(call), r#"200 {"echoText":"x"}"#);
}

#[test]
fn rest_calls_to_xml_rpc_return_method_responses() {
    let server = Served::demonstration(&[]);
    for (request, expect) in [
        (get("xmlrpc/echo?echoText=x"), r#"200 {"echoText":"x"}"#),
        (
            form("xmlrpc/echoPost", "echoText=x"),
            r#"200 {"echoText":"x"}"#,
        ),
        (
            json("xmlrpc/echoPost", r#"{"echoText":"x"}"#),
            r#"200 {"echoText":"x"}"#,
        ),
        (
            xml_body(
                "xmlrpc/echoPost",
                "<request><echoText>x</echoText></request>",
            ),
            r#"200 {"echoText":"x"}"#,
        ),
        (
            get("xmlrpc/echo"),
            "200 validation_missing_key: Validation error (REST input, ): key echoText is required",
        ),
        (
            get("xmlrpc/getGroups?page=x"),
            "200 validation_incorrect_type: Validation error (REST input): \
             expected type integer at position '/page', got string",
        ),
        (
            get("xmlrpc/errorTest"),
            "200 fault -32603: This is a test error.",
        ),
        (
            get("xmlrpc/exceptionTest"),
            "200 general_some_error: This is a test exception.",
        ),
        (
            form(
                "xmlrpc/joinGroup",
                format!("authToken={TOKEN}&id=group:1234"),
            ),
            r#"200 {"joinState":"joined"}"#,
        ),
    ] {
        let response = check(&server, request, expect);
        assert_eq!(response.header("content-type"), "text/xml");
    }
    // The response has the same bytes as that to a methodCall.
    let by_rest = server.send(&Vec::from(get("xmlrpc/echo?echoText=x")));
    let by_call = server.send(&Vec::from(xml_rpc(struct_call(
        "echo",
        &[("echoText", "x")],
    ))));
    assert_eq!(by_rest.text(), by_call.text());
    // A slash at the end is ignored.
    check(
        &server,
        post("/api/xmlrpc/", "text/xml", call("echoPost", "")),
        "200 validation_request_wrapper: …",
    );
}

#[test]
fn a_bearer_header_replaces_a_missing_token() {
    let server = Served::demonstration(&[]);
    let marc = "200 {\"login\":\"marc\",…";
    let bearer = |request: Request, value: &str| request.with("Authorization", value);
    let good = &format!("Bearer {TOKEN}");
    let call = |members: &[(&str, &str)]| xml_rpc(struct_call("checkToken", members));
    for protocol in ["json", "xml", "xmlrpc"] {
        let bare = || get(&format!("{protocol}/checkToken"));
        check(&server, bearer(bare(), good), marc);
        check(&server, bearer(bare(), &format!("bearer  {TOKEN} ")), marc);
        check(
            &server,
            bearer(bare(), "Bearer x"),
            "200 user_token_invalid: …",
        );
        for other in ["Bearer", "Basic bWFyYzp4", TOKEN, ""] {
            check(
                &server,
                bearer(bare(), other),
                "200 validation_missing_key: …",
            );
        }
        let argued = |token: &str| get(&format!("{protocol}/checkToken?authToken={token}"));
        check(
            &server,
            bearer(argued("x"), good),
            "200 user_token_invalid: …",
        );
        check(
            &server,
            bearer(argued(""), good),
            "200 user_token_invalid: …",
        );
        check(&server, bearer(argued(TOKEN), "Bearer x"), marc);
        let target = format!("{protocol}/joinGroup");
        check(
            &server,
            bearer(form(&target, "id=group:9"), good),
            "200 content_not_found: …",
        );
        let target = format!("{target}?id=group:9");
        check(
            &server,
            bearer(json(&target, "{}"), good),
            "200 content_not_found: …",
        );
        check(
            &server,
            bearer(xml_body(&target, "<request/>"), good),
            "200 content_not_found: …",
        );
        check(
            &server,
            bearer(json(&target, r#"{"authToken":"x"}"#), good),
            "200 user_token_invalid: …",
        );
    }
    check(&server, bearer(call(&[]), good), marc);
    check(
        &server,
        bearer(call(&[("authToken", TOKEN)]), "Bearer x"),
        marc,
    );
    check(
        &server,
        bearer(call(&[("authToken", "x")]), good),
        "200 user_token_invalid: …",
    );
    check(
        &server,
        bearer(call(&[]), "Basic x"),
        "200 validation_missing_key: …",
    );
    // An explicit null counts as absent.
    let unnamed = json("json/findGroup", r#"{"name": "x", "authToken": null}"#);
    check(
        &server,
        bearer(unnamed, "Bearer x"),
        "200 user_token_invalid: …",
    );
    let unnamed = xml_rpc(struct_call(
        "findGroup",
        &[("name", "x"), ("authToken", "<nil/>")],
    ));
    check(
        &server,
        bearer(unnamed, "Bearer x"),
        "200 user_token_invalid: …",
    );
    // It replaces no other argument.
    check(
        &server,
        bearer(get("json/echo"), good),
        "200 validation_missing_key: …",
    );
}

#[test]
fn the_json_content_type_follows_accept() {
    let server = Served::demonstration(&[]);
    for (accept, content_type) in [
        ("application/json", "application/json"),
        ("text/html, Application/JSON;q=0.9", "application/json"),
        ("*/*", "application/x-javascript"),
        ("text/xml", "application/x-javascript"),
        ("", "application/x-javascript"),
    ] {
        for target in ["json/echo?echoText=x", "json/echo", "json/nope"] {
            let request = Vec::from(get(target).with("Accept", accept));
            assert_eq!(server.send(&request).header("content-type"), content_type);
        }
        let request = Vec::from(get("xml/echo?echoText=x").with("Accept", accept));
        assert_eq!(
            server.send(&request).header("content-type"),
            "application/xml"
        );
    }
}

#[test]
fn http_1_0_and_absolute_targets_are_accepted() {
    let server = Served::demonstration(&[]);
    let url = |response: &Response| {
        let value: Value = serde_json::from_slice(&response.body).unwrap();
        let url = value["groups"][0]["url"].as_str().unwrap().to_owned();
        url.strip_suffix("/group/2083").unwrap().to_owned()
    };
    let list = "/api/json/peopleaggregator/getGroups?resultsPerPage=10";
    let own = format!("http://{}", server.address);
    for (request, base) in [
        (
            format!("GET http://proxied.example:81{list} HTTP/1.0\n\n"),
            "http://proxied.example:81",
        ),
        (
            format!(
                "GET http://proxied.example{list} HTTP/1.1\nHost: other\nConnection: close\n\n"
            ),
            "http://proxied.example",
        ),
        (
            format!("GET {list} HTTP/1.0\nHost: old.example\n\n"),
            "http://old.example",
        ),
        (format!("GET {list} HTTP/1.0\n\n"), own.as_str()),
        (
            format!("GET {list} HTTP/1.1\nHost: [::1]:80\nConnection: close\n\n"),
            "http://[::1]:80",
        ),
        // An invalid host is not used in URLs.
        (
            format!("GET {list} HTTP/1.1\nHost: a\"><script>\nConnection: close\n\n"),
            own.as_str(),
        ),
        (
            format!("GET {list} HTTP/1.1\nHost: \nConnection: close\n\n"),
            own.as_str(),
        ),
        (
            format!(
                "GET http://u:p@proxied.example{list} HTTP/1.1\nHost: h\nConnection: close\n\n"
            ),
            own.as_str(),
        ),
    ] {
        let response = check(&server, crlf(&request), "200 {…");
        assert_eq!(url(&response), base, "{request}");
    }
    for request in [
        "POST http://proxied.example/api/json/peopleaggregator/echoPost HTTP/1.0\n\
         Content-Type: application/x-www-form-urlencoded\nContent-Length: 10\n\nechoText=x",
        "POST /api/json/peopleaggregator/echoPost HTTP/1.0\nContent-Length: 10\n\nechoText=x",
        "GET /api/xml/peopleaggregator/echo?echoText=x HTTP/1.0\n\n",
        "POST /api/xmlrpc/peopleaggregator/echoPost HTTP/1.1\nHost: h\nConnection: close\n\
         Content-Type: application/x-www-form-urlencoded\nTransfer-Encoding: chunked\n\n\
         4\necho\n6\nText=x\n0\n\n",
        "POST /api/json/peopleaggregator/echoPost HTTP/1.1\nHost: h\nConnection: close\n\
         Content-Length: 010\n\nechoText=x",
    ] {
        check(&server, crlf(request), r#"200 {"echoText":"x"}"#);
    }
    // The option --base-url overrides it.
    let server = Served::demonstration(&["--base-url", "https://groups.example/"]);
    let response = check(&server, get(&format!("{list}&x")), "200 {…");
    assert_eq!(url(&response), "https://groups.example");
}
