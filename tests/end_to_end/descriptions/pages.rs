//! Compares the documentation pages with the server.

use std::collections::BTreeSet;
use std::path::Path;

use trivium_core::catalog;
use trivium_describe::examples::Format;
use trivium_describe::site::{find, paths};
use trivium_describe::{Site, answers};
use trivium_front::StatusRule;
use trivium_site::description::service;

use super::{PROFILES, demonstration, example, protocol, send_example, with_site};
use crate::harness::{Protocol, Response, Served, trivium};

/// The Content-Security-Policy of a page.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Finds the texts between two marks on a page.
fn between<'a>(page: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    let parts = page.split(begin).skip(1);
    parts.filter_map(|part| part.split(end).next()).collect()
}

/// Unescapes a text of a page.
fn unescaped(html: &str) -> String {
    let text = html.replace("&#60;", "<").replace("&#62;", ">");
    let text = text.replace("&#34;", "\"").replace("&#39;", "'");
    text.replace("&#38;", "&")
}

/// Finds the figures of a page: caption and text.
pub(super) fn figures(page: &str) -> Vec<(String, String)> {
    let figures = between(page, "<figure>", "</figure>");
    let part = |figure: &str, begin: &str, end: &str| unescaped(between(figure, begin, end)[0]);
    // The figures of the form are empty until it is sent.
    let filled = figures
        .into_iter()
        .filter(|figure| figure.contains("<code>"));
    filled
        .map(|figure| {
            let caption = part(figure, "<figcaption>", "</figcaption>");
            (caption, part(figure, "<code>", "</code>"))
        })
        .collect()
}

/// Requests the page of an operation.
pub(super) fn page(server: &Served, operation: &str) -> String {
    let response = server.get(&format!("/docs/peopleaggregator.{operation}"));
    assert_eq!(response.status, 200, "{operation}");
    response.text()
}

#[test]
fn pages_show_the_request_and_the_response() {
    for ((profile, option), status) in PROFILES.into_iter().zip([StatusRule::Http, StatusRule::Ok])
    {
        let server = demonstration(option, status);
        for entry in &catalog().entries {
            let page = page(&server, entry.name());
            let shown = figures(&page[page.find("<h2 id=\"xml\"").unwrap()..]);
            for (place, format) in Format::ALL.into_iter().enumerate() {
                let [(_, request), (_, response)] = &shown[2 * place..2 * place + 2] else {
                    panic!("{}: {shown:?}", entry.name());
                };
                assert_eq!(*request, example(entry, format).to_string());
                // The tests in `examples` compare the record with a server.
                let body = service().answers.of(profile, entry.name(), format).unwrap();
                let failed = status == StatusRule::Http
                    && format != Format::XmlRpc
                    && ["errorTest", "exceptionTest"].contains(&entry.name());
                let line = match failed {
                    true => "500 Internal Server Error",
                    false => "200 OK",
                };
                let expected = format!(
                    "HTTP/1.1 {line}\nContent-Type: {}\nContent-Length: {}\n\n{body}",
                    format.content_type(profile),
                    body.len(),
                );
                assert_eq!(*response, expected, "{} {profile:?}", entry.name());
            }
        }
    }
}

#[test]
fn links_lead_to_pages_of_this_server() {
    let server = demonstration("documented", StatusRule::Ok);
    let mut targets = BTreeSet::new();
    for path in paths(service()) {
        let response = server.get(&path);
        assert_eq!(
            (response.status, response.header("x-content-type-options")),
            (200, "nosniff")
        );
        if !response.header("content-type").starts_with("text/html") {
            continue;
        }
        assert_eq!(response.header("content-security-policy"), POLICY, "{path}");
        let page = response.text();
        let words = page.to_ascii_lowercase();
        for word in [
            "<style",
            " style=",
            "<script>",
            " onclick",
            "javascript:",
            "<img",
        ] {
            assert!(!words.contains(word), "{path}: {word}");
        }
        let links = [
            between(&page, " href=\"", "\""),
            between(&page, " src=\"", "\""),
        ]
        .concat();
        for link in links {
            let target = match link.strip_prefix('#') {
                Some(_) => format!("{path}{link}"),
                None => link.to_owned(),
            };
            assert!(target.starts_with('/'), "{path}: {link}");
            targets.insert(target);
        }
    }
    for target in targets {
        let (path, place) = target.split_once('#').unwrap_or((&target, ""));
        let response = server.get(path);
        assert_eq!(response.status, 200, "{target}");
        let id = format!("id=\"{place}\"");
        assert!(
            place.is_empty() || response.text().contains(&id),
            "{target}"
        );
    }
}

#[test]
fn failures_link_to_the_page_of_their_code() {
    let server = demonstration("documented", StatusRule::Http);
    let assert_links_to_page = |response: &Response, code: &str| {
        let base = answers::BASE_URL;
        let link = format!("<{base}/docs/errors/{code}>; rel=\"help\"");
        assert_eq!(response.header("link"), link);
        let page = server.get(&format!("/docs/errors/{code}"));
        assert_eq!(page.status, 200);
        assert!(
            page.text()
                .contains(&format!("<h1><code>{code}</code></h1>"))
        );
    };
    for format in Format::ALL {
        let mut failed = 0;
        for entry in &catalog().entries {
            let response = send_example(&server, entry, format);
            let answer = protocol(format).read(&response);
            let fault = answer.value["fault"].is_object().then_some("system_error");
            match answer.value["code"].as_str().or(fault) {
                Some(code) if fault.is_some() => assert_links_to_page(&response, code),
                Some(code) if answer.text("success") == "false" => {
                    failed += 1;
                    assert_links_to_page(&response, code);
                }
                _ => assert_eq!(response.header("link"), "", "{}", entry.name()),
            }
        }
        // Some examples fail because others have run on the same server.
        assert!(failed > 0, "{format:?}");
    }
    assert_links_to_page(
        &server.get("/api/json/peopleaggregator/nope"),
        "system_error",
    );
    let errors = server.get("/docs/errors").text();
    for (document, number, code) in [
        ("<methodCall", -32700, "malformed_body"),
        (
            "<?xml version='1.0' encoding='x'?><a/>",
            -32701,
            "malformed_body",
        ),
        ("<a/>", -32600, "malformed_body"),
        (
            "<methodCall><methodName>nope</methodName></methodCall>",
            -32601,
            "system_error",
        ),
    ] {
        let response = server.post("/api/xmlrpc", "text/xml", document.as_bytes());
        let answer = Protocol::XmlRpc.read(&response);
        assert_eq!(answer.value["fault"]["faultCode"], number);
        assert!(errors.contains(&format!("<code>{number}</code>")));
        assert_links_to_page(&response, code);
    }
    // Failures of the dialects link to a page if their code is in the list.
    let rejected = server.get("/services/rest/?method=auth.checkToken&api_key=nope");
    assert_links_to_page(&rejected, "api_key_invalid");
}

#[test]
fn docs_writes_the_documentation_into_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("public");
    let url = "https://groups.example";
    let output = trivium(&["docs", root.to_str().unwrap(), "--url", url], "");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().trim_end(),
        root.join("docs.html").to_str().unwrap()
    );
    let mut pages = 0;
    for entry in catalog().entries.iter() {
        let path = root.join(format!("docs/peopleaggregator.{}.html", entry.name()));
        let page = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", entry.name()));
        assert!(
            page.contains(url) && !page.contains("<form"),
            "{}",
            entry.name()
        );
        pages += links_of(&path, &page);
    }
    let overview = root.join("index.html");
    pages += links_of(
        &overview,
        &std::fs::read_to_string(&overview).expect("the overview"),
    );
    assert!(pages > catalog().entries.len());
    // The files are the same as the pages of a server at that URL.
    let echo = with_site(url, StatusRule::Ok, |site| {
        let site = Site {
            is_live: false,
            ..*site
        };
        find("/docs/peopleaggregator.echo", &site).unwrap()
    });
    let file = std::fs::read_to_string(root.join("docs/peopleaggregator.echo.html")).unwrap();
    assert_eq!(
        figures(&String::from_utf8(echo.body.into()).unwrap()),
        figures(&file)
    );
}

#[test]
fn docs_shows_the_prefixes_of_dialects() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().to_str().unwrap();
    let output = trivium(
        &["docs", root, "--upcoming", "off", "--onezone", "/zone"],
        "",
    );
    assert!(output.status.success(), "{output:?}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).ok();
    assert_eq!(read("docs/upcoming.group.join.html"), None);
    let page = read("docs/onezone.user-groups.html").expect("a page");
    assert!(page.contains(":8080/zone/user/groups"), "{page}");
    let index = read("docs.html").expect("a page");
    assert!(!index.contains("upcoming."), "{index}");
}

/// Asserts that the links of a file name files, and counts them.
fn links_of(path: &Path, page: &str) -> usize {
    let links = [
        between(page, " href=\"", "\""),
        between(page, " src=\"", "\""),
    ]
    .concat();
    let links = links.into_iter().filter(|link| !link.starts_with('#'));
    links
        .map(|link| link.split('#').next().unwrap_or(link))
        .map(|link| {
            assert!(
                path.parent().unwrap().join(link).is_file(),
                "{}: {link}",
                path.display()
            )
        })
        .count()
}
