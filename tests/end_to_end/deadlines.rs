//! Deadlines: connections of stalled clients are closed, and other clients are served.

use std::io::{Read, Write};
use std::net::TcpStream;

use trivium_test_support::Backend;

use crate::harness::Gateway;

const GOOD: &str = "GET /api/json/peopleaggregator/echo?echoText=x HTTP/1.1\r\nHost: test\r\n\r\n";

/// Reads what the server sends until it closes the connection. The test fails if the connection
/// stays open for longer than every deadline.
fn until_closed(stream: &mut TcpStream) -> String {
    let long = std::time::Duration::from_secs(120);
    stream.set_read_timeout(Some(long)).expect("a limit");
    let mut text = Vec::new();
    match stream.read_to_end(&mut text) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    }
    String::from_utf8(text).expect("text")
}

#[test]
fn connections_of_stalled_requests_are_closed() {
    let gateway = Gateway::start(
        Backend::Sqlite,
        &["--request-timeout", "1", "--keep-alive", "1"],
    );
    let body = "POST /api/json/peopleaggregator/echoPost HTTP/1.1\r\nHost: test\r\n\
                Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"echo";
    let stalls = [
        ("in the first head", String::from("GET /api/js")),
        ("in the first body", String::from(body)),
        ("in the second head", format!("{GOOD}GET /api/js")),
        ("in the second body", format!("{GOOD}{body}")),
        ("between requests", String::from(GOOD)),
    ];
    let mut streams: Vec<_> = stalls
        .iter()
        .map(|(_, bytes)| {
            let mut stream = TcpStream::connect(&gateway.served.address).expect("a connection");
            stream
                .write_all(bytes.as_bytes())
                .expect("a part of a request");
            stream
        })
        .collect();
    // Other clients are served meanwhile.
    assert_eq!(
        gateway
            .served
            .get("/api/json/peopleaggregator/echo?echoText=x")
            .status,
        200
    );
    for ((place, bytes), stream) in stalls.iter().zip(&mut streams) {
        let text = until_closed(stream);
        let served = text
            .matches("{\"echoText\": \"x\", \"success\": true}")
            .count();
        assert_eq!(served, bytes.matches(GOOD).count(), "{place}: {text}");
        assert!(!text.contains("HTTP/1.1 5"), "{place}: {text}");
    }
}

#[test]
fn connections_of_clients_that_do_not_read_are_closed() {
    let gateway = Gateway::start(
        Backend::Sqlite,
        &["--request-timeout", "1", "--keep-alive", "1"],
    );
    let mut stream = TcpStream::connect(&gateway.served.address).expect("a connection");
    // The responses fill every buffer between server and client.
    let text = "x".repeat(4_000);
    let request = format!(
        "GET /api/json/peopleaggregator/echo?echoText={text} HTTP/1.1\r\nHost: test\r\n\r\n"
    );
    let limit = std::time::Duration::from_secs(120);
    stream.set_write_timeout(Some(limit)).expect("a limit");
    let error = loop {
        if let Err(error) = stream.write_all(request.as_bytes()) {
            break error;
        }
    };
    let kinds = [
        std::io::ErrorKind::ConnectionReset,
        std::io::ErrorKind::BrokenPipe,
    ];
    assert!(kinds.contains(&error.kind()), "{error}");
}
