//! A proxy that alters requests and responses.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::harness::Connection;

/// A proxy. It runs until the tests end.
pub(super) struct Proxy {
    /// The address on which it listens.
    pub(super) address: String,
}

/// Alters a request: its head and its body as one text.
type AlterRequest = fn(String) -> String;

/// Alters the body of the response to a request.
type AlterResponse = fn(&str, String) -> String;

impl Proxy {
    /// Starts a proxy in front of a server.
    pub(super) fn start(server: &str, alter_request: AlterRequest, alter: AlterResponse) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let server = server.to_owned();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || serve(client, &server, alter_request, alter));
            }
        });
        Self { address }
    }
}

/// Serves the requests of a connection.
fn serve(client: TcpStream, server: &str, alter_request: AlterRequest, alter: AlterResponse) {
    let mut client = BufReader::new(client);
    let mut server = Connection::open(server);
    while let Some((head, body)) = receive(&mut client) {
        let altered = alter_request(head + &body);
        let (head, body) = altered.split_once("\r\n\r\n").expect("a head");
        let mut request = String::new();
        for line in head.split("\r\n") {
            if !line.to_ascii_lowercase().starts_with("content-length:") {
                request.push_str(&format!("{line}\r\n"));
            }
        }
        if !body.is_empty() || request.starts_with("POST") {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        server.send(format!("{request}\r\n{body}").as_bytes());
        let response = server.receive().expect("a response");
        let body = alter(&altered, response.text());
        let head = format!(
            "HTTP/1.1 {} altered\r\nContent-Length: {}\r\n\r\n",
            response.status,
            body.len()
        );
        if client
            .get_mut()
            .write_all((head + &body).as_bytes())
            .is_err()
        {
            return;
        }
    }
}

/// Reads the next request: its head with the empty line, and its body.
fn receive(client: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().expect("a length"))
    });
    let mut body = vec![0; length.unwrap_or(0)];
    client.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).expect("text")))
}
