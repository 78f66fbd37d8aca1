//! Many calls at once, over real sockets, with the front-ends mixed: whatever the order in which
//! they are served, the rules hold, and nobody is told that something broke.
//!
//! - Here is how calls are made at once, and what can be seen afterwards.
//! - [`joining`] has the races for a place; [`moderating`] those for a request, a ban, an account
//!   and a group.
//!
//! `TRIVIUM_ROUNDS` is how often each race is run on each database.

mod joining;
mod moderating;

use std::collections::BTreeMap;
use std::sync::Barrier;

use serde_json::{Value, json};
use trivium_test_support::Backend;

use crate::harness::{
    Answer, Caller, Crowd, Gateway, PROTOCOLS, Request, Response, Someone, ask, json as json_body,
    new_group, plain,
};

const ADMIN_PASSWORD: &str = "the password of the administrator";

/// How many call at once, where a race does not say.
const CALLERS: usize = 64;

/// Rounds of each race, where the environment does not say.
const ROUNDS: usize = 3;

/// A change, by its name and its arguments.
type Call = (&'static str, Value);

/// Where races are run: a server with people, and a connection for each caller.
struct Arena<'a> {
    crowd: &'a Crowd,
    address: &'a str,
    callers: Vec<Caller>,
    round: usize,
}

/// Runs a race in rounds on both databases.
fn rounds(race: impl Fn(&mut Arena<'_>)) {
    let rounds = std::env::var("TRIVIUM_ROUNDS").map_or(ROUNDS, |text| {
        text.parse().expect("TRIVIUM_ROUNDS is a number")
    });
    for backend in Backend::ALL {
        let gateway = Gateway::start_with(
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
        let log = gateway.served.log();
        assert!(!log.contains("ERROR"), "{backend:?}: {log}");
    }
}

impl Arena<'_> {
    /// Makes these calls at once, each on a connection of its own; tells the code of each.
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

    /// Makes one call by itself, which succeeds.
    fn ask(&mut self, verb: &str, operation: &str, arguments: &Value) -> Answer {
        if self.callers.is_empty() {
            self.callers.push(Caller::new(self.address));
        }
        let protocol = PROTOCOLS[self.round % PROTOCOLS.len()];
        let answer = self.callers[0].call(protocol, verb, operation, arguments);
        answer.succeeds();
        answer
    }

    /// A new group of this owner; answers its id.
    fn group(&mut self, owner: &Someone, registration: &str) -> String {
        self.ask("POST", "newGroup", &group(owner, "Race", registration))
            .text("id")
    }

    /// A new invitation to a group; answers its secret.
    fn invite(&mut self, owner: &Someone, group: &str, more: Value) -> String {
        self.ask("POST", "newInvitation", &on(owner, group, more))
            .text("invitation")
    }

    /// The roles in a group by login, as its owner sees them; their number is the member count.
    fn members(&mut self, owner: &Someone, group: &str) -> BTreeMap<String, String> {
        let rows = self.rows("getMembers", "members", owner, group);
        let shown = self.ask("GET", "getGroup", &on(owner, group, json!({})));
        let count = text(&shown.value["group"], "memberCount");
        assert_eq!(count, rows.len().to_string(), "memberCount");
        rows.iter()
            .map(|row| (text(row, "login"), text(row, "role")))
            .collect()
    }

    /// What the audit log of a group says, oldest first: who, what, and to whom.
    fn audit(&mut self, owner: &Someone, group: &str) -> Vec<[String; 3]> {
        let rows = self.rows("getAuditLog", "entries", owner, group);
        rows.iter()
            .rev()
            .map(|row| ["actor", "action", "subject"].map(|name| text(row, name)))
            .collect()
    }

    /// All rows of a list, page by page.
    fn rows(&mut self, operation: &str, name: &str, who: &Someone, group: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        for page in 1.. {
            let answer = self.ask("GET", operation, &on(who, group, json!({"page": page})));
            match answer.value[name].as_array() {
                Some(more) if !more.is_empty() => rows.extend_from_slice(more),
                _ => {
                    assert_eq!(answer.text("totalResults"), rows.len().to_string());
                    break;
                }
            }
        }
        rows
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

/// The request for a change over Onezone, where Onezone has this change.
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

/// The code of the service behind a response of Onezone.
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

/// The arguments of a call by somebody on a group.
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

/// The same call by everybody who is racing.
fn all_alike(operation: &'static str, arguments: &Value) -> Vec<Call> {
    vec![(operation, arguments.clone()); CALLERS]
}

/// How often each code was told.
fn tally(codes: &[String]) -> BTreeMap<&str, usize> {
    let mut tally = BTreeMap::new();
    for code in codes {
        *tally.entry(code.as_str()).or_default() += 1;
    }
    tally
}

/// How a person's state may change: from, by what, to.
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
];

/// The state of a person to which the audit log leads, move by legal move.
fn replay(log: &[[String; 3]], login: &str) -> &'static str {
    let mut state = "none";
    for [actor, action, subject] in log {
        let whom = if subject == "null" { actor } else { subject };
        if whom == login {
            let (_, _, to) = MOVES
                .iter()
                .find(|(from, by, _)| by == action && from.contains(&state))
                .unwrap_or_else(|| panic!("{action} of one who is {state}: {log:?}"));
            state = to;
        }
    }
    state
}

fn text(row: &Value, name: &str) -> String {
    plain(&row[name])
}
