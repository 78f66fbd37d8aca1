//! How much a change writes to an SQLite file: a rise costs every join time, and wears the disk.

use serde_json::json;
use trivium_test_support::Backend;

use crate::harness::{Crowd, Gateway, Protocol, Story};

/// A frame of the WAL: a page and its header.
const FRAME: u64 = 4_096 + 24;

#[test]
fn a_join_writes_few_pages() {
    const JOINS: usize = 50;
    let gateway = Gateway::start(Backend::Sqlite, &[]);
    let story = Story {
        gateway: &gateway,
        protocol: Protocol::Json,
    };
    let owner = story.person("owner");
    let group = story.group(&owner, "Chess", "open");
    let people = Crowd::new(&gateway).people(JOINS + 1);
    let path = gateway.scratch.url.strip_prefix("sqlite:").unwrap();
    let written = || std::fs::metadata(format!("{path}-wal")).unwrap().len();
    let join = |token: &str| {
        story
            .post("joinGroup", json!({"authToken": token, "id": group}))
            .succeeds();
    };
    // The first begins the file.
    join(&people[0].tokens[0]);
    let before = written();
    for person in &people[1..] {
        join(&person.tokens[0]);
    }
    let frames = (written() - before) / FRAME;
    // The membership and its index, the group, the audit entry with its index and the sequence of its IDs; and now and
    // then a page that is full.
    let pages = 6 * JOINS as u64;
    assert!(
        (pages..pages + 20).contains(&frames),
        "{frames} pages for {JOINS} joins"
    );
}
