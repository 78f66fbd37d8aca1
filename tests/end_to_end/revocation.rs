//! A revoked token is rejected in every call that starts after the revocation was acknowledged; and
//! a flood of logins does not slow other callers down.
//!
//! - [`matrix`] has every way in which a credential ends, with all credentials that must end with it.
//! - [`race`] ends a credential while a change derives another from it.

mod matrix;
mod race;

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use trivium_core::administration::users::{AddUser, DisableUser, SetPassword};
use trivium_core::types::{Login, Password};
use trivium_core::{
    Credentials, Error, Job, Origin, PreparedOperation, Service, Settings, catalog, codes,
};
use trivium_rpc::{Arguments, Call, Value};
use trivium_storage::{Database, Options};
use trivium_test_support::{Backend, Scratch};

use crate::harness::{Gateway, PROTOCOLS, Person, Protocol, Served, Story};

/// The codes of two calls over each protocol. The responses to the second are kept.
fn codes(server: &Served, who: &Person) -> Vec<String> {
    let token = json!({"authToken": who.token});
    let call =
        |(protocol, name): (&Protocol, &str)| protocol.call(server, "GET", name, &token).code();
    let names = ["checkToken", "getMyGroups"];
    let calls = PROTOCOLS
        .iter()
        .flat_map(|protocol| names.map(|name| (protocol, name)));
    calls.map(call).collect()
}

/// How the tokens of a user are revoked.
type Revoke = fn(&Story<'_>, &Person);

const REVOCATIONS: &[(&str, Revoke)] = &[
    ("logout", |story, who| {
        story
            .post("logout", json!({"authToken": who.token}))
            .succeeds();
    }),
    ("a new password", |story, who| {
        let other = story.post(
            "login",
            json!({"login": who.login, "password": who.password}),
        );
        let call = json!({
            "authToken": other.text("authToken"), "oldPassword": who.password,
            "newPassword": "another password",
        });
        story.post("changePassword", call).succeeds();
    }),
    ("revokeToken", |story, who| {
        let call = json!({"authToken": who.token, "prefix": who.token[..8]});
        story.post("revokeToken", call).succeeds();
    }),
    ("token revoke", |story, who| {
        story
            .gateway
            .command(&["token", "revoke", &who.login, &who.token[..8]], "");
    }),
    ("user passwd", |story, who| {
        story.gateway.command(
            &["user", "passwd", &who.login, "--password-stdin"],
            "another one",
        );
    }),
    ("user disable", |story, who| {
        story.gateway.command(&["user", "disable", &who.login], "");
    }),
    ("user delete", |story, who| {
        story.gateway.command(&["user", "delete", &who.login], "");
    }),
    ("deleteUser", |story, who| {
        let call = json!({"adminPassword": "the admin's own", "login": who.login});
        story.post("deleteUser", call).succeeds();
    }),
];

#[test]
fn a_revoked_token_is_rejected_by_every_gateway() {
    let environment = [("TRIVIUM_ADMIN_PASSWORD", "the admin's own")];
    for backend in Backend::ALL {
        let gateway = Gateway::start_with(backend, &[], &environment);
        // On Postgres a second gateway serves the same data.
        let second = (backend == Backend::Postgres).then(|| {
            let log = gateway.scratch.folder.path().join("second");
            Served::start(&["--database", &gateway.scratch.url], &environment, log)
        });
        let servers: Vec<&Served> = [Some(&gateway.served), second.as_ref()]
            .into_iter()
            .flatten()
            .collect();
        for (n, (name, revoke)) in REVOCATIONS.iter().enumerate() {
            let protocol = PROTOCOLS[n % PROTOCOLS.len()];
            let story = Story {
                gateway: &gateway,
                protocol,
            };
            let who = story.person(&format!("person{n}"));
            for server in &servers {
                // Twice, so that the second responses are those that were kept.
                for _ in 0..2 {
                    assert_eq!(codes(server, &who), ["success"; 6], "before {name}");
                }
            }
            revoke(&story, &who);
            for server in &servers {
                assert_eq!(
                    codes(server, &who),
                    ["user_token_invalid"; 6],
                    "after {name}"
                );
            }
        }
    }
}

#[test]
fn only_failed_logins_are_rate_limited() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let anna = story.person("anna");
        let wrong = json!({"login": "nobody", "password": "x"});
        let form = crate::harness::form_of(&wrong);
        let responses: Vec<_> = (0..12)
            .map(|_| {
                let path = "/api/json/peopleaggregator/login";
                gateway
                    .served
                    .post(path, "application/x-www-form-urlencoded", form.as_bytes())
            })
            .collect();
        let limited: Vec<_> = responses
            .iter()
            .filter(|response| response.status == 429)
            .collect();
        // On a slow machine, one attempt may be allowed again meanwhile.
        assert!(!limited.is_empty(), "twelve logins were accepted");
        for response in limited {
            assert!(response.text().contains("rate_limited"));
            let seconds: u32 = response
                .header("retry-after")
                .parse()
                .expect("seconds to wait");
            assert!((1..=60).contains(&seconds));
        }
        // Only logins are limited, and only failures count.
        story
            .get("checkToken", json!({"authToken": anna.token}))
            .succeeds();
    }
}

/// The resident memory of a process, in MiB.
fn memory(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("its status");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("VmRSS");
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<usize>().ok())
        .expect("KiB")
        / 1024
}

#[test]
fn a_flood_of_logins_leaves_other_calls_fast_and_memory_small() {
    let gateway = Gateway::start(Backend::Sqlite, &[]);
    let story = Story {
        gateway: &gateway,
        protocol: Protocol::Json,
    };
    let anna = story.person("anna");
    let idle = memory(gateway.served.id());
    let most = AtomicUsize::new(0);
    let under_way = AtomicUsize::new(500);
    std::thread::scope(|scope| {
        for n in 0..500 {
            let (anna, gateway, under_way) = (&anna, &gateway, &under_way);
            std::thread::Builder::new()
                .stack_size(256 * 1024)
                .spawn_scoped(scope, move || {
                    // Right passwords: each costs a hash, and is not counted as a guess.
                    let call = json!({"login": anna.login, "password": anna.password});
                    let answer = PROTOCOLS[n % 3].call(&gateway.served, "POST", "login", &call);
                    let code = answer.code();
                    assert!(
                        ["success", "temporarily_unavailable"].contains(&code.as_str()),
                        "{code}"
                    );
                    under_way.fetch_sub(1, Ordering::SeqCst);
                })
                .expect("a thread");
        }
        let mut served = 0;
        while under_way.load(Ordering::SeqCst) > 0 {
            story
                .get("getMyGroups", json!({"authToken": anna.token}))
                .succeeds();
            most.fetch_max(memory(gateway.served.id()), Ordering::SeqCst);
            served += 1;
        }
        assert!(served > 0);
    });
    let most = most.into_inner();
    assert!(
        most <= idle + 64,
        "{most} MiB in the storm, {idle} MiB before it"
    );
}

#[test]
fn disconnected_logins_keep_their_permits() {
    let gateway = Gateway::start(Backend::Sqlite, &[]);
    let story = Story {
        gateway: &gateway,
        protocol: Protocol::Json,
    };
    let anna = story.person("anna");
    let idle = memory(gateway.served.id());
    let call = json!({"login": anna.login, "password": anna.password}).to_string();
    let requests = format!(
        "GET /live HTTP/1.1\r\nHost: test\r\n\r\n\
         POST /api/json/peopleaggregator/login HTTP/1.1\r\nHost: test\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{call}",
        call.len()
    );
    let mut most = 0;
    for _ in 0..300 {
        let mut stream = TcpStream::connect(&gateway.served.address).expect("a connection");
        stream.write_all(requests.as_bytes()).expect("a server");
        // Unread data makes the close a reset, which the server notices at once.
        stream.peek(&mut [0]).expect("the first answer");
        drop(stream);
        most = most.max(memory(gateway.served.id()));
    }
    assert!(
        most <= idle + 64,
        "{most} MiB for clients that left, {idle} MiB before them"
    );
}

/// A change of an administrator to an account while its user logs in.
type Interference = fn(&Arc<Service>) -> Result<(), Error>;

fn administer<O: PreparedOperation>(
    service: &Arc<Service>,
    operation: O,
) -> Result<O::Output, Error> {
    let origin = Origin::command_line();
    service.run(operation, Credentials::Administrator, origin)
}

#[test]
fn password_is_checked_again_in_the_transaction() {
    let interferences: [(&str, Interference); 3] = [
        ("nothing", |_| Ok(())),
        ("disabled", |service| {
            let login = "anna".to_owned();
            administer(service, DisableUser { login })
        }),
        ("a new password", |service| {
            let login = "anna".to_owned();
            let password = Some(Password("another long one".into()));
            administer(service, SetPassword { login, password })
        }),
    ];
    for backend in Backend::ALL {
        for (what, interfere) in interferences {
            let scratch = Scratch::new(backend);
            let url = scratch.url.parse().expect("an address");
            let database = Database::open(url, &Options::default()).expect("a database");
            let service = Service::new(database, Settings::default());
            let account = AddUser {
                login: Login("anna".into()),
                password: Some(Password("the password of anna".into())),
                ..AddUser::default()
            };
            administer(&service, account).expect("anna");
            let call = Call {
                entry: catalog().find("login").expect("an operation"),
                arguments: Arguments(vec![
                    ("login", Value::Text("anna".to_owned())),
                    ("password", Value::Text("the password of anna".to_owned())),
                ]),
                credential: None,
            };
            let job = Job::try_from(call).expect("a job");
            let ready = service
                .prepare(job, Origin::command_line())
                .expect("the right password");
            interfere(&service).expect(what);
            let (sender, receiver) = std::sync::mpsc::channel();
            service.change(ready, move |answer| {
                sender.send(answer.map(|_| ())).expect("a receiver");
            });
            let outcome = receiver.recv().expect("an answer");
            let code = outcome.err().map(|error| error.code());
            let expected = (what != "nothing").then_some(codes::USER_INVALID_PASSWORD);
            assert_eq!(code, expected, "{backend:?} {what}");
        }
    }
}
