//! Concurrent calls over mixed front-ends: the rules hold for every order of execution, and no call
//! fails with a server error.
//!
//! - This module makes concurrent calls and reads the state after them.
//! - [`joining`] has races for memberships and names; [`moderating`] races for requests, bans,
//!   accounts and ownership; [`locks`] races for the locks of Postgres.
//!
//! `TRIVIUM_ROUNDS` is the number of rounds of each race on each database.

mod joining;
mod locks;
mod moderating;

use std::collections::BTreeMap;
use std::sync::Barrier;

use serde_json::{Value, json};
use trivium_test_support::Backend;

use crate::harness::{
    Answer, Caller, Crowd, Gateway, PROTOCOLS, Protocol, Request, Response, Someone, ask,
    json as json_body, new_group, plain,
};

const ADMIN_PASSWORD: &str = "the password of the administrator";

/// The number of concurrent callers, unless a race has its own.
const CALLERS: usize = 64;

/// The default of `TRIVIUM_ROUNDS`.
const ROUNDS: usize = 3;

/// A change: operation and arguments.
type Call = (&'static str, Value);

/// A server with users, and a connection for each caller.
struct Arena<'a> {
    crowd: &'a Crowd,
    address: &'a str,
    callers: Vec<Caller>,
    round: usize,
}

/// Runs rounds of a race on both databases.
fn rounds(race: impl Fn(&mut Arena<'_>)) {
    let rounds = std::env::var("TRIVIUM_ROUNDS").map_or(ROUNDS, |text| {
        text.parse().expect("TRIVIUM_ROUNDS is a number")
    });
    for backend in Backend::ALL {
        let mut gateway = Gateway::start_with(
            backend,
            &["--log-level", "warn"],
            &[("TRIVIUM_ADMIN_PASSWORD", ADMIN_PASSWORD)],
        );
        let crowd = Crowd::new(&gateway);
        let mut arena = Arena {
            crowd: &crowd,
            address: &gateway.served.address,
            callers: Vec::new(),
            round: 0,
        };
        for round in 0..rounds {
            arena.round = round;
            race(&mut arena);
        }
        gateway.served.stop();
        // Fails if a chain is not intact.
        gateway.command(&["audit", "verify"], "");
        let log = gateway.served.log();
        assert!(!log.contains("ERROR"), "{backend:?}: {log}");
    }
}

impl Arena<'_> {
    /// Makes these calls concurrently, each on its own connection; returns their codes.
    fn race(&mut self, calls: &[Call]) -> Vec<String> {
        while self.callers.len() < calls.len() {
            self.callers.push(Caller::new(self.address));
        }
        let (start, round) = (Barrier::new(calls.len()), self.round);
        let callers = self.callers.iter_mut().zip(calls).enumerate();
        std::thread::scope(|scope| {
            let racing: Vec<_> = callers
                .map(|(number, (caller, call))| {
                    let (start, turn) = (&start, number + round);
                    scope.spawn(move || {
                        start.wait();
                        code(caller, turn, call)
                    })
                })
                .collect();
            racing.into_iter().map(|one| one.join().unwrap()).collect()
        })
    }

    /// Makes a single call and asserts that it succeeds.
    fn ask(&mut self, verb: &str, operation: &str, arguments: &Value) -> Answer {
        let (protocol, caller) = self.caller();
        let answer = caller.call(protocol, verb, operation, arguments);
        answer.succeeds();
        answer
    }

    /// The caller of single calls, and its protocol in this round.
    fn caller(&mut self) -> (Protocol, &mut Caller) {
        if self.callers.is_empty() {
            self.callers.push(Caller::new(self.address));
        }
        let protocol = PROTOCOLS[self.round % PROTOCOLS.len()];
        (protocol, &mut self.callers[0])
    }

    /// Creates a group and returns its id.
    fn group(&mut self, owner: &Someone, registration: &str) -> String {
        self.ask("POST", "newGroup", &group(owner, "Race", registration))
            .text("id")
    }

    /// Creates an invitation and returns its secret.
    fn invite(&mut self, owner: &Someone, group: &str, more: Value) -> String {
        self.ask("POST", "newInvitation", &on(owner, group, more))
            .text("invitation")
    }

    /// The roles in a group by login. Asserts that the member count is their number.
    fn members(&mut self, owner: &Someone, group: &str) -> BTreeMap<String, String> {
        let rows = self.rows("getMembers", "members", owner, group);
        let shown = self.ask("GET", "getGroup", &on(owner, group, json!({})));
        let count = text(&shown.value["group"], "memberCount");
        assert_eq!(count, rows.len().to_string(), "memberCount");
        rows.iter()
            .map(|row| (text(row, "login"), text(row, "role")))
            .collect()
    }

    /// The audit log of a group, oldest first: actor, action, subject.
    fn audit(&mut self, owner: &Someone, group: &str) -> Vec<[String; 3]> {
        let rows = self.rows("getAuditLog", "entries", owner, group);
        rows.iter()
            .rev()
            .map(|row| ["actor", "action", "subject"].map(|name| text(row, name)))
            .collect()
    }

    /// The rows on all pages of a list.
    fn rows(&mut self, operation: &str, name: &str, who: &Someone, group: &str) -> Vec<Value> {
        let (protocol, caller) = self.caller();
        caller.rows(protocol, operation, name, &on(who, group, json!({})))
    }
}

/// Makes a call over one of the front-ends, which take turns, and returns its code.
fn code(caller: &mut Caller, turn: usize, call: &Call) -> String {
    let (operation, arguments) = call;
    let turn = turn % (PROTOCOLS.len() + 1);
    if turn == PROTOCOLS.len()
        && let Some(request) = onezone(operation, arguments)
    {
        return onezone_code(&caller.send(&request), call);
    }
    let protocol = PROTOCOLS[turn % PROTOCOLS.len()];
    let answer = caller.call(protocol, "POST", operation, arguments);
    assert!(answer.status < 500, "{call:?}: {}", answer.value);
    answer.code()
}

/// The request for a change over Onezone, if Onezone has this change.
fn onezone(operation: &str, arguments: &Value) -> Option<Request> {
    const PREFIX: &str = "/api/v3/onezone/user/groups";
    let request = match operation {
        "joinByInvitation" => {
            let body = json!({"token": arguments["invitation"]}).to_string();
            json_body(&format!("{PREFIX}/join"), body)
        }
        "leaveGroup" => {
            let number = text(arguments, "id").replace("group:", "");
            ask("DELETE", &format!("{PREFIX}/{number}"))
        }
        _ => return None,
    };
    Some(request.with("X-Auth-Token", &text(arguments, "authToken")))
}

/// The code of the service for a response of Onezone.
fn onezone_code(response: &Response, call: &Call) -> String {
    let body = response.text();
    let known = [
        ("inviteTokenUsageLimitReached", "invitation_used_up"),
        ("notFound", "not_a_member"),
    ];
    let code = match response.status {
        201 | 204 => Some("success"),
        _ => known
            .into_iter()
            .find(|(id, _)| body.contains(&format!("{{\"id\":\"{id}\"")))
            .map(|(_, code)| code),
    };
    code.unwrap_or_else(|| panic!("{call:?}: {} {body}", response.status))
        .to_owned()
}

/// The arguments of newGroup.
fn group(owner: &Someone, name: &str, registration: &str) -> Value {
    new_group(&owner.tokens[0], name, registration)
}

/// The arguments of a call by a user on a group.
fn on(who: &Someone, group: &str, more: Value) -> Value {
    let mut all = json!({"authToken": who.tokens[0], "id": group});
    let more = more.as_object().expect("an object").clone();
    all.as_object_mut().expect("an object").extend(more);
    all
}

/// The arguments of deleteUser.
fn deletion(whom: &Someone) -> Value {
    json!({"adminPassword": ADMIN_PASSWORD, "login": whom.login})
}

/// The same call for every caller.
fn all_alike(operation: &'static str, arguments: &Value) -> Vec<Call> {
    vec![(operation, arguments.clone()); CALLERS]
}

/// Counts the codes.
fn tally(codes: &[String]) -> BTreeMap<&str, usize> {
    let mut tally = BTreeMap::new();
    for code in codes {
        *tally.entry(code.as_str()).or_default() += 1;
    }
    tally
}

/// The legal transitions of a state: from, action, to.
const MOVES: &[(&[&str], &str, &str)] = &[
    (&["none"], "newGroup", "moderator"),
    (&["none"], "joinGroup", "member"),
    (&["none"], "requestToJoin", "requested"),
    (&["requested"], "withdrawJoinRequest", "none"),
    (&["requested"], "approveJoinRequest", "member"),
    (&["requested"], "denyJoinRequest", "none"),
    (&["member"], "leaveGroup", "none"),
    (
        &["none", "requested", "member", "banned"],
        "banMember",
        "banned",
    ),
    (&["banned"], "unbanMember", "none"),
    (
        &["requested", "member", "moderator", "banned"],
        "deleteUser",
        "none",
    ),
];

/// The state of a user after all entries of the audit log. Asserts that every transition is legal.
fn replay(log: &[[String; 3]], login: &str) -> &'static str {
    let mut state = "none";
    for [actor, action, subject] in log {
        let whom = if subject == "null" { actor } else { subject };
        if whom == login {
            let (_, _, to) = MOVES
                .iter()
                .find(|(from, by, _)| by == action && from.contains(&state))
                .unwrap_or_else(|| panic!("{action} in state {state}: {log:?}"));
            state = to;
        }
    }
    state
}

fn text(row: &Value, name: &str) -> String {
    plain(&row[name])
}
