//! Postgres falls silent or loses connections while clients call.
//!
//! - This module has a server behind a [`proxy`], and the state after the failures.
//! - [`silence`] stops all responses of Postgres; [`commit`] cuts connections at COMMIT; [`slow`] delays some
//!   calls; [`work`] counts statements.
//!
//! `TRIVIUM_ROUNDS` is the number of rounds, and of connections that are cut.

mod commit;
mod proxy;
mod silence;
mod slow;
mod work;

use serde_json::json;
use trivium_test_support::{Backend, Cluster, Scratch};

use crate::harness::{Caller, Crowd, Gateway, Protocol, Served, Someone, new_group, trivium};

use proxy::Proxy;

/// Number of open groups.
const GROUPS: usize = 3;

/// A server behind a proxy, with open groups.
struct Arena {
    proxy: Proxy,
    gateway: Gateway,
    members: Vec<Someone>,
}

impl Arena {
    /// Starts a server with these options, and creates users.
    fn new(options: &[&str], members: usize) -> Self {
        let scratch = Scratch::new(Backend::Postgres);
        let proxy = Proxy::start(&scratch.url);
        let log = scratch.folder.path().join("log");
        let options = [options, &["--database", &proxy.url]].concat();
        let served = Served::start(&options, &[], log);
        let gateway = Gateway { served, scratch };
        let crowd = Crowd::new(&gateway);
        let [owner] = crowd.some();
        let mut caller = Caller::new(&gateway.served.address);
        for n in 0..GROUPS {
            let call = new_group(&owner.tokens[0], &format!("Group {n}"), "open");
            caller
                .call(Protocol::Json, "POST", "newGroup", &call)
                .succeeds();
        }
        let members = crowd.people(members);
        Self {
            proxy,
            gateway,
            members,
        }
    }

    fn caller(&self) -> Caller {
        Caller::new(&self.gateway.served.address)
    }

    /// The result of a query with one value.
    fn query(&self, query: &str) -> String {
        let (_, name) = self.gateway.scratch.url.rsplit_once('/').expect("a name");
        Cluster::get().sql(name, query)
    }

    /// Asserts that each user has joined each group, once.
    fn has_all_joins_once(&self) {
        let joins = (self.members.len() * GROUPS).to_string();
        // The owner of a group is a member, too.
        let members = "SELECT count(*) FROM memberships m JOIN groups g ON g.id = m.group_id
                       WHERE m.user_id <> g.owner_id";
        assert_eq!(self.query(members), joins);
        let counted = format!("SELECT sum(member_count) - {GROUPS} FROM groups");
        assert_eq!(self.query(&counted), joins);
        let entries = "SELECT count(*) FROM audit_entries WHERE action = 'joinGroup'";
        assert_eq!(self.query(entries), joins);
    }
}

/// Joins a group, and returns the code.
fn join(caller: &mut Caller, protocol: Protocol, member: &Someone, group: usize) -> String {
    let call = json!({"authToken": member.tokens[0], "id": format!("group:{group}")});
    caller.call(protocol, "POST", "joinGroup", &call).code()
}

/// The number of rounds, which is this by default.
fn rounds(default: usize) -> usize {
    std::env::var("TRIVIUM_ROUNDS").map_or(default, |text| {
        text.parse().expect("TRIVIUM_ROUNDS is a number")
    })
}

#[test]
fn this_program_has_tls_to_postgres() {
    let scratch = Scratch::new(Backend::Postgres);
    let proxy = Proxy::start(&scratch.url);
    let url = proxy.url.replace("sslmode=disable", "sslmode=require");
    let output = trivium(&["user", "list", "--database", &url], "");
    let error = String::from_utf8_lossy(&output.stderr);
    // Postgres' own message: libpq has offered it.
    assert!(error.contains("server does not support SSL"), "{error}");
}
