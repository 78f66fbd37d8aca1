//! The chains of audit entries: every edit, removal, insertion and exchange of entries is found.

use trivium_storage::audit::chain::{Head, hash};
use trivium_storage::audit::verification::{
    Bounds, Finding, KeptHead, Report, Verification, verify,
};
use trivium_storage::audit::{self, Entry, NewEntry, Standing};
use trivium_storage::retention::{self, Kind};
use trivium_storage::{Connection, Database, Options, Result, groups};
use trivium_test_support::{Backend, Scratch};

use crate::common::{EVERYTHING, alone, group, options, second, sql, url, user};

const GROUP: i64 = 7;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The entry with this number in a log in which every field has values, or none.
fn entry(number: i64, previous: Option<&[u8]>) -> Entry {
    let even = number % 2 == 0;
    let mut entry = Entry {
        id: 10 * number,
        at: 1_764_547_200 + number / 3,
        actor: format!("user{}", number % 7),
        action: "setMemberRole".to_owned(),
        subject: even.then(|| format!("user{}", number % 5)),
        reason: (number % 3 == 0).then(|| "moderator".to_owned()),
        via: "rest-json".to_owned(),
        number: Some(number),
        hash: None,
        user_id: even.then_some(number % 5),
        actor_id: (!even).then_some(number % 7),
        standing: even.then_some(Standing::Moderator),
        invitation_id: (number % 10 == 0).then_some(number),
        ends_at: (number % 4 == 0).then_some(4_102_444_799),
    };
    entry.hash = Some(hash_of(&entry, previous));
    entry
}

/// The hash that belongs to an entry.
fn hash_of(entry: &Entry, previous: Option<&[u8]>) -> Vec<u8> {
    let fields = NewEntry {
        at: entry.at,
        group_id: Some(GROUP),
        actor: &entry.actor,
        action: &entry.action,
        subject: entry.subject.as_deref(),
        reason: entry.reason.as_deref(),
        via: &entry.via,
        user_id: entry.user_id,
        actor_id: entry.actor_id,
        standing: entry.standing,
        invitation_id: entry.invitation_id,
        ends_at: entry.ends_at,
    };
    hash(GROUP, entry.number.unwrap(), &fields, previous).to_vec()
}

fn log(length: i64) -> Vec<Entry> {
    let mut log: Vec<Entry> = Vec::new();
    for number in 1..=length {
        let previous = log.last().and_then(|entry| entry.hash.clone());
        log.push(entry(number, previous.as_deref()));
    }
    log
}

/// The report on these entries of a group. `removed` is the last that was removed after its retention, `last` the one
/// that the row of the group knows.
fn report(entries: &[Entry], removed: Option<&Entry>, last: &Entry, kept: &[KeptHead]) -> Report {
    let bounds = Bounds {
        head: Head {
            number: last.number.unwrap(),
            hash: last.hash.clone(),
        },
        removed_number: removed.and_then(|entry| entry.number).unwrap_or(0),
        removed_hash: removed.and_then(|entry| entry.hash.clone()),
    };
    let mut verification = Verification::new(GROUP, bounds, kept);
    for entry in entries {
        verification.entry(entry);
    }
    verification.end()
}

/// What is found in a log, of which a part was replaced. Only the entries around that part are examined, as if those
/// before had been removed after their retention.
fn found(log: &[Entry], from: usize, to: usize, part: &[Entry]) -> Vec<Finding> {
    let before = from.saturating_sub(2);
    let after = log.len().min(to + 2);
    let removed = before.checked_sub(1).map(|index| &log[index]);
    let entries = [&log[before..from], part, &log[to..after]].concat();
    report(&entries, removed, &log[after - 1], &[]).findings
}

/// Every edit of one field of an entry, by its name.
fn edits(entry: &Entry) -> Vec<(&'static str, Entry)> {
    type Edit = fn(&mut Entry);
    let edit = |name: &'static str, edit: Edit| {
        let mut edited = entry.clone();
        edit(&mut edited);
        (name, edited)
    };
    let other = |text: &mut Option<String>| {
        *text = match text {
            None => Some(String::new()),
            Some(_) => None,
        };
    };
    let mut subject = entry.clone();
    other(&mut subject.subject);
    let mut reason = entry.clone();
    other(&mut reason.reason);
    let mut edits = vec![
        ("subject", subject),
        ("reason", reason),
        edit("at", |it| it.at += 1),
        edit("actor", |it| it.actor.push('x')),
        edit("actor", |it| it.actor.clear()),
        edit("action", |it| it.action = "banMember".into()),
        edit("subject", |it| it.subject = Some("x".into())),
        edit("reason", |it| it.reason = Some("x".into())),
        edit("via", |it| it.via = "xml-rpc".into()),
        edit("number", |it| it.number = it.number.map(|n| n + 1)),
        edit("number", |it| it.number = it.number.map(|n| n - 1)),
        edit("number", |it| (it.number, it.hash) = (None, None)),
        edit("hash", |it| it.hash = Some(vec![0; 32])),
        edit("user_id", |it| {
            it.user_id = it.user_id.map_or(Some(0), |_| None);
        }),
        edit("actor_id", |it| {
            it.actor_id = it.actor_id.map_or(Some(0), |_| None);
        }),
        edit("actor_id", |it| it.actor_id = Some(99)),
        edit("standing", |it| it.standing = Some(Standing::None)),
        edit("invitation_id", |it| it.invitation_id = Some(9_999)),
        edit("ends_at", |it| it.ends_at = Some(1)),
    ];
    // A text that moves to the next field.
    let mut moved = entry.clone();
    moved.actor.push_str(&entry.action);
    moved.action.clear();
    edits.push(("actor and action", moved));
    edits
}

#[test]
fn hashes_are_as_documented() {
    let first = NewEntry {
        at: 1_764_547_200,
        actor: "anna",
        action: "newGroup",
        via: "rest-json",
        user_id: Some(3),
        actor_id: Some(3),
        standing: Some(Standing::Owner),
        ..NewEntry::default()
    };
    let first = hash(GROUP, 1, &first, None);
    assert_eq!(
        hex(&first),
        "515b6a8b0ccfbcc4f185735dc54a678ed662bb2dbdc613c496b63883d54b1696"
    );
    let second = NewEntry {
        at: 1_764_547_260,
        actor: "Änne",
        action: "banMember",
        subject: Some("bert"),
        reason: Some(""),
        via: "xml-rpc",
        user_id: Some(4),
        actor_id: Some(3),
        standing: Some(Standing::Banned),
        invitation_id: Some(5),
        ends_at: Some(4_102_444_799),
        ..NewEntry::default()
    };
    assert_eq!(
        hex(&hash(GROUP, 2, &second, Some(&first))),
        "bd5396836620f5155857129a8ab8feab37ad927dedde0d0abc42d1aea4ac1562"
    );
}

#[test]
fn an_unchanged_log_is_intact() {
    let log = log(1_000);
    for removed in [0, 1, 500, 999, 1_000] {
        let before = usize::checked_sub(removed, 1).map(|index| &log[index]);
        let report = report(&log[removed..], before, &log[999], &[]);
        assert_eq!((report.findings, report.more), (vec![], 0), "{removed}");
        assert_eq!(report.head.number, 1_000);
    }
}

#[test]
fn an_entry_without_a_number_after_a_removed_one_is_found() {
    let log = log(20);
    let mut foreign = log[10].clone();
    (foreign.number, foreign.hash) = (None, None);
    for removed in [10, 20] {
        let entries = [&[foreign.clone()], &log[removed..]].concat();
        let report = report(&entries, Some(&log[removed - 1]), &log[19], &[]);
        let number = log[removed - 1].number.unwrap();
        assert_eq!(report.findings, [Finding::UnnumberedAfter(number)]);
    }
}

#[test]
fn every_edit_is_found() {
    let log = log(1_000);
    for (index, entry) in log.iter().enumerate() {
        let previous = index
            .checked_sub(1)
            .and_then(|index| log[index].hash.clone());
        for (field, edited) in edits(entry) {
            if edited == *entry {
                continue;
            }
            let part = [edited.clone()];
            assert_ne!(
                found(&log, index, index + 1, &part),
                [],
                "{field} of {index}"
            );
            if edited.number != entry.number {
                continue;
            }
            // Its hash is computed anew.
            let hash = hash_of(&edited, previous.as_deref());
            let part = [Entry {
                hash: Some(hash),
                ..edited
            }];
            let is_changed = part[0] != *entry;
            assert_eq!(found(&log, index, index + 1, &part).is_empty(), !is_changed);
        }
    }
}

#[test]
fn every_removal_is_found() {
    let log = log(1_000);
    for from in 0..log.len() {
        for to in [from + 1, from + 2, log.len()] {
            if to <= log.len() {
                assert_ne!(found(&log, from, to, &[]), [], "{from} to {to}");
            }
        }
    }
    let without = |index: usize| {
        let mut rest = log.clone();
        rest.remove(index);
        report(&rest, None, &log[999], &[]).findings
    };
    assert_eq!(without(0), [Finding::Missing(1, 1)]);
    assert_eq!(without(16), [Finding::Missing(17, 17)]);
    assert_eq!(without(999), [Finding::OtherNumber(999, 1_000)]);
}

#[test]
fn every_insertion_is_found() {
    let log = log(1_000);
    for index in 0..log.len() {
        let original = &log[index];
        let unnumbered = Entry {
            number: None,
            hash: None,
            ..original.clone()
        };
        let forged = entry(original.number.unwrap() + 1, original.hash.as_deref());
        let forged = Entry {
            reason: Some("forged".to_owned()),
            ..forged
        };
        let forged = Entry {
            hash: Some(hash_of(&forged, original.hash.as_deref())),
            ..forged
        };
        for inserted in [original.clone(), unnumbered, forged] {
            let after = [original.clone(), inserted.clone()];
            assert_ne!(found(&log, index, index + 1, &after), [], "after {index}");
            let before = [inserted, original.clone()];
            assert_ne!(found(&log, index, index + 1, &before), [], "before {index}");
        }
    }
}

#[test]
fn every_exchange_is_found() {
    let log = log(1_000);
    for index in 0..log.len() {
        for other in [index + 1, index + 2, index + 7, log.len() - 1] {
            if other <= index || other >= log.len() {
                continue;
            }
            let mut part = log[index..=other].to_vec();
            part.swap(0, other - index);
            assert_ne!(
                found(&log, index, other + 1, &part),
                [],
                "{index} and {other}"
            );
            // Only what they say is exchanged; numbers and hashes stay in their places.
            for (at, with) in [(0, other), (other - index, index)] {
                part[at].number = log[with].number;
                part[at].hash.clone_from(&log[with].hash);
            }
            assert_ne!(
                found(&log, index, other + 1, &part),
                [],
                "{index} and {other}"
            );
        }
    }
}

#[test]
fn findings_say_what_is_wrong() {
    let log = log(20);
    let unnumbered = Entry {
        number: None,
        hash: None,
        ..log[16].clone()
    };
    let mut edited = log.clone();
    edited[16].actor = "bert".into();
    let mut twice = log.clone();
    twice.insert(17, log[16].clone());
    let mut exchanged = log.clone();
    exchanged.swap(16, 17);
    let mut follows = log.clone();
    follows.insert(17, unnumbered.clone());
    let mut precedes = log.clone();
    precedes.insert(0, unnumbered);
    let shorter = log[..17].to_vec();
    let cases = [
        (&edited, "entry 17: its hash is wrong"),
        (&twice, "entry 17 is there twice"),
        (
            &exchanged,
            "entry 17 is missing; entry 17 is not in its place; entry 18 is missing",
        ),
        (&follows, "an entry without a number follows entry 17"),
        (
            &precedes,
            "entries without a number precede the chain: 1, more than its start says",
        ),
        (
            &shorter,
            "the last entry is 17, the row of the group says 20",
        ),
    ];
    for (entries, expected) in cases {
        let findings = report(entries, None, &log[19], &[]).findings;
        let texts: Vec<String> = findings.iter().map(Finding::to_string).collect();
        assert_eq!(texts.join("; "), expected);
    }
    let other = Entry {
        hash: Some(vec![0; 32]),
        ..log[19].clone()
    };
    assert_eq!(
        report(&log, None, &other, &[]).findings,
        [Finding::OtherHash(20)]
    );
    // Many findings are counted, and not all are kept.
    let mut wrong = super::chain::log(300);
    wrong.iter_mut().for_each(|entry| entry.actor.push('x'));
    let report = report(&wrong, None, &wrong[299], &[]);
    assert_eq!((report.findings.len(), report.more), (100, 200));
}

#[test]
fn heads_that_were_kept_are_found_in_the_chain() {
    let log = log(20);
    let head = |number: usize| KeptHead {
        group: GROUP,
        number: log[number - 1].number.unwrap(),
        hash: log[number - 1].hash.clone().unwrap(),
    };
    let wrong = KeptHead {
        hash: vec![0; 32],
        ..head(17)
    };
    let foreign = KeptHead {
        group: 8,
        ..wrong.clone()
    };
    let kept = [head(1), head(17), head(20), foreign];
    assert_eq!(report(&log, None, &log[19], &kept).findings, []);
    // The last entry that was removed is known; those before are not.
    let removed = Some(&log[16]);
    assert_eq!(
        report(&log[17..], removed, &log[19], &[head(17)]).findings,
        []
    );
    assert_eq!(
        report(&log[17..], removed, &log[19], &[head(16)]).findings,
        []
    );
    let beyond = KeptHead {
        number: 21,
        ..head(20)
    };
    assert_eq!(
        report(&log[17..], removed, &log[19], &[beyond]).findings,
        [Finding::KeptIsMissing(21)]
    );
    assert_eq!(
        report(&log, None, &log[19], &[wrong]).findings,
        [Finding::OtherThanKept(17)]
    );
    // A chain that is rewritten from some entry on is intact, but for the head that was kept.
    let mut rewritten = log[..16].to_vec();
    for number in 17..=20 {
        let mut entry = entry(number, None);
        entry.actor = "nobody".into();
        let previous = rewritten.last().and_then(|entry| entry.hash.clone());
        entry.hash = Some(hash_of(&entry, previous.as_deref()));
        rewritten.push(entry);
    }
    assert_eq!(report(&rewritten, None, &rewritten[19], &[]).findings, []);
    assert_eq!(
        report(&rewritten, None, &rewritten[19], &[head(20)]).findings,
        [Finding::OtherThanKept(20)]
    );
}

/// Adds an entry to a group's chain.
fn add(connection: &mut Connection, group: i64, at: i64, action: &str) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a test of the query")]
    let (_, mut head) = groups::find_and_lock(connection, group)?.unwrap();
    let entry = NewEntry {
        at,
        actor: "anna",
        action,
        via: "test",
        ..NewEntry::default()
    };
    audit::append(connection, group, &mut head, &entry)?;
    groups::end_change(connection, group, 0, &head)
}

fn findings(connection: &mut Connection, group: i64) -> Vec<Finding> {
    let report = verify(connection, group, &[]).unwrap();
    report.unwrap().findings
}

#[test]
fn changes_in_the_database_are_found() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let mut connection = alone(&scratch);
        let anna = user(&mut connection, "anna");
        let [chess, go] = ["Chess", "Go"].map(|name| group(&mut connection, anna, name));
        for number in 1..=20 {
            for group in [chess, go] {
                add(&mut connection, group, number, "test").unwrap();
            }
        }
        assert_eq!(
            verify(&mut connection, 99, &[]).unwrap().map(|it| it.group),
            None
        );
        let ids = [17, 18].map(|number| {
            let (rows, _) = audit::list(&mut connection, chess, EVERYTHING).unwrap();
            let row = rows.iter().find(|row| row.number == Some(number));
            row.unwrap().id
        });
        let [seventeen, eighteen] = ids;
        let cases = [
            (String::new(), vec![]),
            (
                format!("UPDATE audit_entries SET actor = 'bert' WHERE id = {seventeen}"),
                vec![Finding::WrongHash(17)],
            ),
            (
                format!(
                    "UPDATE audit_entries SET user_id = 1, standing = 'owner' WHERE id = {seventeen}"
                ),
                vec![Finding::WrongHash(17)],
            ),
            (
                format!("DELETE FROM audit_entries WHERE id = {seventeen}"),
                vec![Finding::Missing(17, 17)],
            ),
            (
                format!("DELETE FROM audit_entries WHERE group_id = {chess} AND number = 20"),
                vec![Finding::OtherNumber(19, 20)],
            ),
            (
                format!("DELETE FROM audit_entries WHERE group_id = {chess}"),
                vec![Finding::OtherNumber(0, 20)],
            ),
            (
                format!(
                    "INSERT INTO audit_entries (at, group_id, actor, action, via)
                     VALUES (20, {chess}, 'anna', 'test', 'test')"
                ),
                vec![Finding::UnnumberedAfter(20)],
            ),
            (
                format!(
                    "INSERT INTO audit_entries (at, group_id, actor, action, via, number, hash)
                     SELECT at, group_id, actor, action, via, number, hash FROM audit_entries
                     WHERE group_id = {chess} AND number = 20"
                ),
                vec![Finding::Twice(20)],
            ),
            (
                format!("UPDATE audit_entries SET group_id = {go} WHERE id = {seventeen}"),
                vec![Finding::Missing(17, 17)],
            ),
            (
                format!(
                    "UPDATE audit_entries SET number = 35 - number, at = 35 - number
                     WHERE id IN ({seventeen}, {eighteen})"
                ),
                vec![
                    Finding::Missing(17, 17),
                    Finding::OutOfOrder(17),
                    Finding::Missing(18, 18),
                ],
            ),
        ];
        for (statement, expected) in cases {
            sql(&mut connection, &format!("BEGIN; {statement}")).unwrap();
            assert_eq!(
                findings(&mut connection, chess),
                expected,
                "{backend:?}: {statement}"
            );
            sql(&mut connection, "ROLLBACK").unwrap();
        }
        assert_eq!(findings(&mut connection, go), []);
    }
}

#[test]
fn an_entry_that_cannot_be_read_is_found() {
    // Postgres stores no text that is not UTF-8.
    let mut connection = alone(&Scratch::new(Backend::Sqlite));
    let anna = user(&mut connection, "anna");
    let chess = group(&mut connection, anna, "Chess");
    for at in 1..=3 {
        add(&mut connection, chess, at, "test").unwrap();
    }
    let change = "UPDATE audit_entries SET actor = CAST(x'ff00fe' AS TEXT) WHERE number = 2";
    sql(&mut connection, change).unwrap();
    let found = findings(&mut connection, chess);
    assert!(
        matches!(found.first(), Some(Finding::Unreadable(_))),
        "{found:?}"
    );
}

#[test]
fn the_retention_keeps_chains_verifiable() {
    for backend in Backend::ALL {
        let mut connection = alone(&Scratch::new(backend));
        let anna = user(&mut connection, "anna");
        let [chess, go] = ["Chess", "Go"].map(|name| group(&mut connection, anna, name));
        // The times of changes that waited for each other are not in the order of the entries.
        for at in [3, 1, 5, 2, 4, 9, 6, 8] {
            for group in [chess, go] {
                add(&mut connection, group, at, "test").unwrap();
            }
        }
        let unchained = NewEntry {
            at: 1,
            actor: "anna",
            action: "login",
            via: "test",
            ..NewEntry::default()
        };
        audit::insert(&mut connection, &unchained).unwrap();
        let mut left = Vec::new();
        for before in 1..=10 {
            let ids = retention::find(&mut connection, Kind::AuditEntries, before, 500).unwrap();
            let (first, rest) = ids.split_at(ids.len() / 2);
            for ids in [first, rest] {
                retention::remove(&mut connection, Kind::AuditEntries, ids).unwrap();
                for group in [chess, go] {
                    assert_eq!(findings(&mut connection, group), [], "{backend:?} {before}");
                }
            }
            let (_, total) = audit::list(&mut connection, chess, EVERYTHING).unwrap();
            left.push(total);
        }
        // An entry that is kept also keeps those after it.
        assert_eq!(left, [8, 8, 8, 6, 6, 3, 3, 3, 3, 0], "{backend:?}");
        // The next entry continues the chain.
        add(&mut connection, chess, 10, "test").unwrap();
        assert_eq!(findings(&mut connection, chess), []);
        let (rows, _) = audit::list(&mut connection, chess, EVERYTHING).unwrap();
        assert_eq!(rows[0].number, Some(9));
    }
}

#[test]
fn concurrent_changes_make_one_chain() {
    const WRITERS: u32 = 16;
    const CHANGES: i64 = 20;
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let options = Options {
            writers: WRITERS,
            ..options()
        };
        let database = Database::open(url(&scratch), &options).unwrap();
        let mut connection = second(&scratch);
        let anna = user(&mut connection, "anna");
        let chess = group(&mut connection, anna, "Chess");
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    for at in 0..CHANGES {
                        let change =
                            move |connection: &mut Connection| add(connection, chess, at, "test");
                        database.change_and_wait(change).unwrap();
                    }
                });
            }
        });
        let report = verify(&mut connection, chess, &[]).unwrap().unwrap();
        assert_eq!(report.findings, [], "{backend:?}");
        assert_eq!(report.head.number, i64::from(WRITERS) * CHANGES);
        database.close();
    }
}
