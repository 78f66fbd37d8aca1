//! Clients that stall, disconnect or do not read.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use super::Attacked;
use crate::harness::{Connection, form, get, outcome, xml_rpc};

#[test]
fn stalled_clients_do_not_block_others() {
    let target = Attacked::start();
    let body = form("json/echoPost", "echoText=patience").bytes();
    let half_a_body = &body[..body.len() - 4];
    let whole = get("json/echo?echoText=x").bytes();
    let half_a_head = &whole[..whole.len() - 4];
    let call = xml_rpc(vec![b' '; 200 * 1024]).bytes();
    let stalled: Vec<(Connection, &[u8])> = (0..200)
        .map(|n| {
            let sent = match n % 5 {
                0 => half_a_head,
                1 => half_a_body,
                2 => &call[..call.len() - 1],
                // In the second request of a connection, and before the first.
                3 => half_a_head,
                _ => b"",
            };
            let mut connection = Connection::open(&target.0.address);
            if n % 5 > 2 {
                connection.send(&whole);
                assert!(connection.receive().is_some());
            }
            connection.send(sent);
            (connection, sent)
        })
        .collect();
    for _ in 0..50 {
        target.assert_alive();
    }
    // Clients that continue get their response.
    for (mut connection, sent) in stalled {
        let (rest, expect) = match sent {
            sent if sent == half_a_body => (&body[body.len() - 4..], "patience"),
            sent if sent == half_a_head => (&whole[whole.len() - 4..], "x"),
            b"" => (&whole[..], "x"),
            _ => continue,
        };
        connection.send(rest);
        let response = connection.receive().expect("a response");
        assert_eq!(
            outcome(&response),
            format!("200 {{\"echoText\":\"{expect}\"}}")
        );
    }
    target.assert_clean_log();
}

#[test]
fn disconnected_clients_do_not_block_others() {
    let target = Attacked::start();
    let body = form("json/echoPost", "echoText=x").bytes();
    for n in 0..300 {
        let mut connection = Connection::open(&target.0.address);
        connection.send(&body[..n * body.len() / 300]);
        if n % 2 == 0 {
            connection.finish();
        }
    }
    target.assert_clean_log();
}

#[test]
fn clients_that_do_not_read_do_not_block_others() {
    let target = Attacked::start();
    let mut deaf: Vec<TcpStream> = (0..4)
        .map(|_| TcpStream::connect(&target.0.address).expect("a connection"))
        .collect();
    let requests = get("xml/getGroups").bytes().repeat(100);
    for stream in &mut deaf {
        stream
            .set_write_timeout(Some(Duration::from_millis(200)))
            .expect("a deadline");
        // Requests for some 60 MB of responses; the server stops reading before the last.
        for _ in 0..200 {
            if stream.write_all(&requests).is_err() {
                break;
            }
        }
    }
    for _ in 0..50 {
        target.assert_alive();
    }
    drop(deaf);
    target.assert_clean_log();
}
