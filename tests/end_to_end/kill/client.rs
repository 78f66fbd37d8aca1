//! A client with users and groups of its own, so that its history decides what must be stored.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::calls::{Call, Credentials, FRONT_ENDS, FrontEnd, Reply};
use super::history::{Act, Group};
use crate::harness::{Caller, Connection, PROTOCOLS, Random, Someone, plain};

/// The number of users who join and leave the groups of a client, and of those who join the shared group.
const USERS: usize = 4;
const GUESTS: usize = 5;

/// The number of users that a client needs.
pub(super) const PEOPLE: usize = USERS + GUESTS;

/// What all clients share.
#[derive(Default)]
pub(super) struct Shared {
    /// An API key of Upcoming.
    pub(super) key: String,
    /// An invitation to the shared group.
    pub(super) invitation: String,
    /// The number of requests since the last fault.
    pub(super) sent: AtomicUsize,
    /// True while no call can succeed, because the database does not run.
    pub(super) is_down: AtomicBool,
    /// The number of clients that were refused meanwhile, or have ended.
    pub(super) refused: AtomicUsize,
    /// True when the clients are to end.
    pub(super) is_over: AtomicBool,
}

/// Whether a guest is in the shared group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Joined,
    /// The invitation had no uses left.
    UsedUp,
    Unknown,
}

pub(super) struct Client {
    /// The first owns all groups.
    users: Vec<Someone>,
    /// The users who have not tried to join the shared group.
    guests: Vec<Someone>,
    /// The users who have, by login.
    pub(super) admissions: BTreeMap<String, Admission>,
    groups: Vec<Group>,
    /// The change whose outcome is unknown, and its front-end.
    pending: Option<(Act, FrontEnd)>,
    /// The number of groups that were requested.
    requested: usize,
    random: Random,
}

impl Client {
    pub(super) fn new(mut people: Vec<Someone>, seed: u64) -> Self {
        let guests = people.split_off(USERS);
        Self {
            users: people,
            guests,
            admissions: BTreeMap::new(),
            groups: Vec::new(),
            pending: None,
            requested: 0,
            random: Random::new(seed),
        }
    }

    /// Its groups. After [`check`](Self::check), these are all that the service has made for it.
    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Makes changes until the outcome of one is unknown or the fault is over, and reads from then on. Ends when
    /// the connection breaks, or when the fault is over.
    pub(super) fn run(&mut self, address: &str, shared: &Shared) {
        let mut unrefused = Some(CountOnDrop(&shared.refused));
        let mut connection = Connection::open(address);
        let mut outcome = Some(Reply::Done(String::new()));
        while matches!(outcome, Some(Reply::Done(_) | Reply::Refused(_)))
            && !shared.is_over.load(Ordering::SeqCst)
        {
            outcome = match self.guests.pop_if(|_| self.random.below(16) == 0) {
                Some(guest) => self.admit(&guest, &mut connection, shared),
                None => self.change(&mut connection, shared),
            };
        }
        while outcome.is_some() && !shared.is_over.load(Ordering::SeqCst) {
            let is_down = shared.is_down.load(Ordering::SeqCst);
            let mut server = (&mut connection, shared, &mut self.random);
            (_, outcome) = send(&mut server, Call::MyGroups, &self.users[0]);
            assert!(!matches!(outcome, Some(Reply::Refused(_))), "{outcome:?}");
            if is_down {
                drop(unrefused.take());
            }
        }
    }

    /// Requests a change and records its outcome.
    fn change(&mut self, connection: &mut Connection, shared: &Shared) -> Option<Reply> {
        let act = self.choose();
        let mut server = (connection, shared, &mut self.random);
        let (front_end, outcome) =
            send(&mut server, act.call(&self.groups), &self.users[act.user()]);
        match (&outcome, act.is_legal(&self.groups)) {
            (Some(Reply::Done(result)), true) => {
                act.apply(&mut self.groups, front_end.via(), result);
            }
            (None | Some(Reply::Unavailable), _) => self.pending = Some((act, front_end)),
            (Some(Reply::Refused(_)), false) => {}
            other => panic!("{act:?} over {front_end:?}: {other:?}; {:#?}", self.groups),
        }
        outcome
    }

    fn choose(&mut self) -> Act {
        let random = &mut self.random;
        if self.groups.is_empty() || random.below(16) == 0 {
            self.requested += 1;
            return Act::NewGroup(format!("{} {}", self.users[0].login, self.requested));
        }
        let group = random.below(self.groups.len());
        let user = 1 + random.below(USERS - 1);
        let invitations = &self.groups[group].invitations;
        let known = invitations.iter().rposition(|one| !one.secret.is_empty());
        match (random.below(10), known) {
            (0, _) => Act::Invite {
                group,
                uses: 1 + random.below(3),
            },
            (1..=3, Some(invitation)) => Act::JoinBy {
                group,
                user,
                invitation,
            },
            (4..=6, _) => Act::Leave { group, user },
            _ => Act::Join { group, user },
        }
    }

    /// Requests that a guest joins the shared group.
    fn admit(
        &mut self,
        guest: &Someone,
        connection: &mut Connection,
        shared: &Shared,
    ) -> Option<Reply> {
        let mut server = (connection, shared, &mut self.random);
        let (_, outcome) = send(&mut server, Call::JoinBy(&shared.invitation), guest);
        let admission = match &outcome {
            Some(Reply::Done(_)) => Admission::Joined,
            Some(Reply::Refused(reason)) => {
                let reasons = ["invitation_used_up", "inviteTokenUsageLimitReached"];
                assert!(reasons.iter().any(|it| reason.contains(it)), "{reason}");
                Admission::UsedUp
            }
            None | Some(Reply::Unavailable) => Admission::Unknown,
        };
        self.admissions.insert(guest.login.clone(), admission);
        outcome
    }

    /// True if the outcome of its last change is unknown.
    pub(super) fn is_uncertain(&self) -> bool {
        self.pending.is_some()
    }

    /// Compares what is stored with the history. A change whose outcome is unknown is stored once, or not
    /// at all.
    pub(super) fn check(&mut self, caller: &mut Caller) {
        let protocol = *self.random.one_of(&PROTOCOLS);
        let token = self.users[0].tokens[0].clone();
        let mut rows = |operation: &str, list: &str, group: Option<&str>| {
            let mut arguments = json!({"authToken": token});
            if let Some(group) = group {
                arguments["id"] = format!("group:{group}").into();
            }
            caller.rows(protocol, operation, list, &arguments)
        };
        let mine: BTreeMap<String, String> = rows("getMyGroups", "groups", None)
            .iter()
            .map(|row| (text(row, "name"), text(row, "id").replace("group:", "")))
            .collect();
        self.settle_new_group(&mine);
        let expected = self.groups.iter();
        let expected = expected.map(|group| (group.name.clone(), group.number.clone()));
        assert_eq!(mine, expected.collect(), "groups");
        for position in 0..self.groups.len() {
            let number = self.groups[position].number.clone();
            let log = rows("getAuditLog", "entries", Some(&number));
            self.settle(position, log.len());
            let group = &self.groups[position];
            let logged = log.iter().rev();
            let logged = logged.map(|row| ["actor", "action", "via"].map(|name| text(row, name)));
            let logged: Vec<_> = logged.collect();
            let expected = group.log.iter();
            let expected = expected.map(|(user, action, via)| {
                [&self.users[*user].login, *action, *via].map(str::to_owned)
            });
            assert_eq!(
                logged,
                expected.collect::<Vec<_>>(),
                "audit log of {group:?}"
            );
            let members = rows("getMembers", "members", Some(&number));
            let mut members: Vec<_> = members.iter().map(|row| text(row, "login")).collect();
            members.sort();
            let expected = group.members.iter();
            let mut expected: Vec<_> = expected
                .map(|user| self.users[*user].login.clone())
                .collect();
            expected.sort();
            assert_eq!(members, expected, "members of {group:?}");
            let uses = rows("getInvitations", "invitations", Some(&number));
            let uses: Vec<_> = uses.iter().rev().map(|row| text(row, "uses")).collect();
            let expected = group.invitations.iter();
            let expected: Vec<_> = expected.map(|one| one.uses.to_string()).collect();
            assert_eq!(uses, expected, "uses of the invitations of {group:?}");
        }
        self.pending = None;
    }

    /// Records the pending creation of a group, if the group is stored.
    fn settle_new_group(&mut self, stored: &BTreeMap<String, String>) {
        if let Some((act @ Act::NewGroup(name), front_end)) = &self.pending
            && let Some(number) = stored.get(name)
        {
            act.apply(&mut self.groups, front_end.via(), number);
        }
    }

    /// Records the pending change of a group, if the audit log has more entries than were acknowledged.
    fn settle(&mut self, group: usize, stored: usize) {
        if let Some((act, front_end)) = &self.pending
            && act.group() == Some(group)
            && act.is_legal(&self.groups)
            && stored > self.groups[group].log.len()
        {
            act.apply(&mut self.groups, front_end.via(), "");
        }
    }
}

/// Counts when it is dropped, also by a panic.
struct CountOnDrop<'a>(&'a AtomicUsize);

impl Drop for CountOnDrop<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Sends a call over a random front-end, and returns the outcome; `None` if the connection breaks.
fn send(
    (connection, shared, random): &mut (&mut Connection, &Shared, &mut Random),
    call: Call<'_>,
    user: &Someone,
) -> (FrontEnd, Option<Reply>) {
    let credentials = Credentials {
        token: &user.tokens[0],
        key: &shared.key,
    };
    let (front_end, request) = loop {
        let front_end = *random.one_of(&FRONT_ENDS);
        if let Some(request) = front_end.request(call, credentials) {
            break (front_end, request);
        }
    };
    let was_down = shared.is_down.load(Ordering::SeqCst);
    connection.send(&request.bytes());
    shared.sent.fetch_add(1, Ordering::SeqCst);
    let reply = connection
        .receive_or_break()
        .map(|response| front_end.reply(call, &response));
    if was_down && shared.is_down.load(Ordering::SeqCst) {
        assert_eq!(
            reply,
            Some(Reply::Unavailable),
            "{call:?} without a database"
        );
    }
    (front_end, reply)
}

pub(super) fn text(row: &Value, name: &str) -> String {
    plain(&row[name])
}
