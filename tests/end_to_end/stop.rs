//! A graceful stop: accepted requests get their response, and acknowledged changes are stored.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use trivium_test_support::Backend;

use crate::harness::{Gateway, PROTOCOLS, Protocol, Served, Story, new_group};

#[test]
fn a_stop_responds_to_accepted_requests_and_keeps_their_changes() {
    for backend in Backend::ALL {
        for signal in ["TERM", "INT"] {
            stop(backend, signal);
        }
    }
}

/// Runs clients that create groups until the server has stopped.
fn stop(backend: Backend, signal: &str) {
    let mut gateway = Gateway::start(backend, &[]);
    let story = Story {
        gateway: &gateway,
        protocol: Protocol::Json,
    };
    let anna = story.person("anna");
    let made = Mutex::new(Vec::new());
    let gone = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for client in 0..8 {
            let (gateway, anna, made, gone) = (&gateway, &anna, &made, &gone);
            scope.spawn(move || {
                for n in 0.. {
                    let name = format!("{client}.{n}");
                    let call = new_group(&anna.token, &name, "open");
                    let protocol = PROTOCOLS[n % PROTOCOLS.len()];
                    // After the stop there is no connection, or no response on it. Reading an
                    // incomplete response fails the test.
                    let accepted = std::net::TcpStream::connect(&gateway.served.address).is_ok();
                    if gone.load(Ordering::SeqCst) && !accepted {
                        return;
                    }
                    let answer = std::panic::catch_unwind(|| {
                        protocol.call(&gateway.served, "POST", "newGroup", &call)
                    });
                    match answer {
                        Ok(answer) if answer.code() == "success" => {
                            made.lock().expect("a list").push(answer.text("id"));
                        }
                        Ok(answer) => assert_eq!(answer.code(), "temporarily_unavailable"),
                        Err(_) if gone.load(Ordering::SeqCst) => return,
                        Err(panic) => std::panic::resume_unwind(panic),
                    }
                }
            });
        }
        while made.lock().expect("a list").len() < 50 {
            std::thread::yield_now();
        }
        gone.store(true, Ordering::SeqCst);
        gateway.served.signal(signal);
    });
    assert_eq!(gateway.served.wait(), Some(0), "{}", gateway.served.log());
    assert!(
        !gateway.served.log().contains("ERROR"),
        "{}",
        gateway.served.log()
    );

    let log = gateway.scratch.folder.path().join("after");
    let after = Served::start(&["--database", &gateway.scratch.url], &[], log);
    let mut kept = Vec::new();
    for page in 1.. {
        let ask = json!({"authToken": anna.token, "page": page});
        let answer = Protocol::Json.call(&after, "GET", "getMyGroups", &ask);
        let groups = answer.value["groups"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        if groups.is_empty() {
            break;
        }
        kept.extend(
            groups
                .iter()
                .map(|group| group["id"].as_str().unwrap().to_owned()),
        );
    }
    let made = made.into_inner().expect("a list");
    for id in &made {
        assert!(kept.contains(id), "{id} was acknowledged and is not stored");
    }
    // Each client lost at most one response.
    assert!(
        kept.len() <= made.len() + 8,
        "{} made, {} kept",
        made.len(),
        kept.len()
    );
}
