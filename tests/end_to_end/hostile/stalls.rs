//! Clients that stall, disconnect or do not read.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use super::{Attacked, MAX_PROCESSOR_TIME};
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
fn slow_clients_take_little_processor_time() {
    let target = Attacked::start();
    let slow_head = get("json/echo?echoText=x").bytes();
    let mut slow_body = form("json/echoPost", "echoText=x").bytes();
    let slow_body = (slow_body.split_off(slow_body.len() - 10), slow_body);
    let pause = Duration::from_millis(1);
    let before = target.processor_time();
    for _ in 0..10 {
        for (bytes, start) in [(&slow_head, &Vec::new()), (&slow_body.0, &slow_body.1)] {
            let mut connection = Connection::open(&target.0.address);
            connection.send(start);
            for byte in bytes {
                std::thread::sleep(pause);
                connection.push(&[*byte], Duration::from_secs(60));
            }
            let response = connection.receive().expect("a response");
            assert_eq!(outcome(&response), r#"200 {"echoText":"x"}"#);
        }
    }
    let spent = target.processor_time() - before;
    assert!(spent <= 20 * MAX_PROCESSOR_TIME, "{spent:?}");
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
    // Once the buffers are full, the server does nothing for them.
    let is_idle = || {
        let before = target.processor_time();
        std::thread::sleep(Duration::from_millis(200));
        target.processor_time() - before < MAX_PROCESSOR_TIME / 10
    };
    assert!((0..300).any(|_| is_idle()));
    for _ in 0..50 {
        target.assert_alive();
    }
    drop(deaf);
    target.assert_clean_log();
}
