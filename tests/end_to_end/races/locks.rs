//! Races for the locks of Postgres, in which another transaction holds a lock at the decisive moment.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use serde_json::json;
use trivium_core::administration::users::AddUser;
use trivium_core::types::Login;
use trivium_core::{Credentials, Origin, Service, Settings, codes};
use trivium_storage::users::{self, NewUser};
use trivium_storage::{Database, Options};
use trivium_test_support::{Backend, Cluster, Scratch};

use crate::harness::{Gateway, PROTOCOLS, Protocol, Story, form};

#[test]
fn login_and_email_taken_meanwhile_are_told_apart() {
    for (login, email, code) in [
        ("anna", "other@example.org", codes::USER_LOGINNAME_TAKEN),
        ("other", "anna@example.org", codes::USER_EMAIL_NOT_UNIQUE),
    ] {
        let scratch = Scratch::new(Backend::Postgres);
        let open = || {
            let url = scratch.url.parse().expect("an address");
            Database::open(url, &Options::default()).expect("a database")
        };
        let other = open();
        let (inserted, insertions) = channel();
        let (commit, commits) = channel::<()>();
        let commits = Mutex::new(commits);
        other.change(
            None,
            move |connection| {
                let anna = NewUser {
                    login: "anna".into(),
                    email: Some("anna@example.org".into()),
                    ..NewUser::default()
                };
                users::insert(connection, &anna)?;
                inserted.send(()).expect("a test");
                commits.lock().expect("one").recv().expect("a test");
                Ok::<_, trivium_storage::Error>(())
            },
            |outcome| outcome.expect("anna"),
        );
        insertions.recv().expect("an insertion");
        let service = Service::new(open(), Settings::default());
        let adding = std::thread::spawn(move || {
            let account = AddUser {
                login: Login(login.into()),
                email: Some(email.into()),
                ..AddUser::default()
            };
            service.run(account, Credentials::Administrator, Origin::command_line())
        });
        // By then it has found the login and the address free, and waits for the index.
        std::thread::sleep(Duration::from_millis(500));
        assert!(!adding.is_finished());
        commit.send(()).expect("a change");
        let outcome = adding.join().expect("an outcome");
        assert_eq!(outcome.map_err(|error| error.code()), Err(code), "{login}");
    }
}

#[test]
fn one_of_concurrent_password_changes_succeeds() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let anna = story.person("anna");
        let start = Arc::new(Barrier::new(4));
        let codes: Vec<String> = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..4)
                .map(|n| {
                    let (gateway, anna, start) = (&gateway, &anna, Arc::clone(&start));
                    scope.spawn(move || {
                        let login = ["user", "token", &anna.login];
                        let call = json!({
                            "authToken": gateway.command(&login, ""),
                            "oldPassword": anna.password,
                            "newPassword": format!("another password {n}"),
                        });
                        start.wait();
                        let protocol = PROTOCOLS[n % PROTOCOLS.len()];
                        protocol
                            .call(&gateway.served, "POST", "changePassword", &call)
                            .code()
                    })
                })
                .collect();
            callers
                .into_iter()
                .map(|it| it.join().expect("a code"))
                .collect()
        });
        let succeeded = codes.iter().filter(|code| *code == "success").count();
        assert_eq!(succeeded, 1, "{backend:?}: {codes:?}");
        // The others were rejected because their token or the password was no longer valid.
        let rejected = ["success", "user_token_invalid", "user_invalid_password"];
        assert!(
            codes.iter().all(|code| rejected.contains(&code.as_str())),
            "{codes:?}"
        );
    }
}

#[test]
fn owner_who_leaves_and_a_change_of_the_successor_do_not_deadlock() {
    let gateway = Gateway::start(Backend::Postgres, &[]);
    let key = gateway.command(&["key", "create", "My calendar"], "");
    let story = Story {
        gateway: &gateway,
        protocol: Protocol::Json,
    };
    let [anna, bert] = ["anna", "bert"].map(|name| story.person(name));
    let group = story.group(&anna, "Chess", "open");
    gateway.command(&["member", "add", &group, &bert.login], "");
    let [user, group] = [&bert.id, &group].map(|id| id.split_once(':').expect("an ID").1);
    // As deleting bert does, with a short timeout, so that a deadlock fails here and is not repeated.
    let deletion = format!(
        "BEGIN; SET LOCAL deadlock_timeout = '10ms';
         SELECT FROM users WHERE id = {user} FOR UPDATE; SELECT pg_sleep(1);
         SELECT FROM groups WHERE id = {group} FOR UPDATE; COMMIT;"
    );
    let database = gateway
        .scratch
        .url
        .rsplit('/')
        .next()
        .expect("a name")
        .to_owned();
    let deleting = std::thread::spawn(move || Cluster::get().sql(&database, &deletion));
    std::thread::sleep(Duration::from_millis(400));
    let token = &anna.token;
    let leave = format!("method=group.leave&api_key={key}&token={token}&group_id={group}");
    let response = gateway
        .served
        .send(&Vec::from(form("/services/rest/", leave)));
    assert_eq!(response.status, 200, "{}", response.text());
    deleting.join().expect("no deadlock");
    let shown = story.get("getGroup", json!({"id": format!("group:{group}")}));
    assert_eq!(
        shown.value["group"]["owner"],
        bert.id.as_str(),
        "{}",
        shown.value
    );
}
