//! How often a call waits for Postgres: each statement is a round trip.

use serde_json::{Value, json};
use trivium_test_support::{Backend, Scratch};

use crate::harness::{Gateway, Protocol, StatementLog, Story, new_group};

#[test]
fn calls_make_few_round_trips() {
    let scratch = Scratch::new(Backend::Postgres);
    let log = StatementLog::of(&scratch);
    let gateway = Gateway::start_on(scratch, &[], &[]);
    let story = Story {
        gateway: &gateway,
        protocol: Protocol::Json,
    };
    let [owner, member] = ["owner", "member"].map(|name| story.person(name));
    let made = story.post("newGroup", new_group(&owner.token, "Chess", "open"));
    let id = made.text("id");
    let count = |verb: &str, name: &str, arguments: Value| {
        let call = || Protocol::Json.call(&gateway.served, verb, name, &arguments);
        // The pool may open a connection for the first.
        let (answer, statements) = log.during(call);
        answer.succeeds();
        statements.len()
    };
    let token = json!({"authToken": member.token});
    count("GET", "getMyGroups", token.clone());
    assert_eq!(count("GET", "getMyGroups", token), 4);
    let join = json!({"authToken": member.token, "id": id});
    assert_eq!(count("POST", "joinGroup", join), 8);
    // The count of the requests to the group.
    let token = json!({"authToken": owner.token});
    assert_eq!(count("GET", "getMyGroups", token), 5);
}
