//! Whether the result of a read is still what a read would return.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

use trivium_storage::applications::{self, NewApplication};
use trivium_storage::groups::{self, ConditionKind, GroupChange, Registration};
use trivium_storage::memberships::{self, MemberOrder, Membership, State};
use trivium_storage::tokens::{self, NewToken};
use trivium_storage::users::{self, UserChange};
use trivium_storage::{
    Connection, Database, Dependencies, Error, Options, Page, Result, connection, onezone,
};
use trivium_test_support::{Backend, Scratch};

use crate::common::{add_members, group, options, second, sql, url, user};

const PAGE: Page = Page {
    offset: 0,
    limit: 10,
};

const HASH: [u8; 32] = [1; 32];

const KEY: &str = "calendar00";

/// A read, whose result is compared as text.
type Read = fn(&mut Connection) -> Result<String>;

/// A change.
type Change = fn(&mut Connection) -> Result<()>;

/// The IDs of [`fill`].
const ANNA: i64 = 1;
const BERTA: i64 = 2;
const CHESS: i64 = 1;
const GO: i64 = 2;

/// Two people; a group that both are members of, and one of Anna alone.
fn fill(connection: &mut Connection) -> Result<()> {
    assert_eq!(user(connection, "anna"), ANNA);
    assert_eq!(user(connection, "berta"), BERTA);
    assert_eq!(group(connection, ANNA, "Chess"), CHESS);
    assert_eq!(group(connection, ANNA, "Go"), GO);
    for (group, user) in [(CHESS, ANNA), (CHESS, BERTA), (GO, ANNA)] {
        memberships::insert(connection, &membership(group, user, State::Member))?;
    }
    token(connection, HASH)?;
    let application = NewApplication {
        key: KEY.into(),
        name: "Calendar".into(),
        callback: None,
        created_at: 0,
    };
    applications::insert(connection, &application)
}

fn membership(group: i64, user: i64, state: State) -> Membership {
    Membership {
        group_id: group,
        user_id: user,
        state,
        since: 5,
        note: String::new(),
        until: None,
        ends_at: None,
    }
}

/// Inserts a token of Anna.
fn token(connection: &mut Connection, hash: [u8; 32]) -> Result<()> {
    let token = NewToken {
        user_id: ANNA,
        hash: hash.to_vec(),
        prefix: "a".into(),
        created_at: 0,
        expires_at: i64::MAX,
        key_id: None,
    };
    tokens::insert(connection, &token)?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a test of the query")]
fn chess(connection: &mut Connection) -> Result<groups::Group> {
    Ok(groups::find(connection, CHESS)?.unwrap())
}

#[expect(clippy::disallowed_methods, reason = "a test of the query")]
fn several_groups(connection: &mut Connection) -> Result<String> {
    text(groups::find_all(connection, &[CHESS, GO])?)
}

fn reads() -> BTreeMap<&'static str, Read> {
    BTreeMap::from([
        (
            "the bearer",
            (|c| text(tokens::find_bearer(c, &HASH)?)) as Read,
        ),
        ("a user", |c| text(users::find(c, BERTA)?)),
        ("a user by login", |c| {
            text(users::find_by_login(c, "berta")?)
        }),
        ("nobody by login", |c| {
            text(users::find_by_login(c, "bert")?)
        }),
        ("a user by e-mail", |c| {
            text(users::find_by_email(c, "b@example.org")?)
        }),
        ("all users", |c| text(users::list(c, PAGE)?)),
        ("a group", |c| text(chess(c)?)),
        ("the kind of a group", |c| text(onezone::kind(c, CHESS)?)),
        ("a group of an owner", |c| {
            text(groups::find_of_owner(c, ANNA, "Chess")?)
        }),
        ("listed groups", |c| text(groups::list_listed(c, PAGE)?)),
        ("the groups of a user", |c| {
            text(groups::list_of_member(c, BERTA, PAGE)?)
        }),
        ("their texts", |c| {
            text(groups::text_size_of_member(c, BERTA)?)
        }),
        ("disclosed groups", |c| {
            text(groups::list_disclosed_of_member(
                c,
                ANNA,
                Some(BERTA),
                PAGE,
            )?)
        }),
        ("waiting requests", |c| {
            text(groups::count_requests(c, &[CHESS, GO])?.get(&GO))
        }),
        ("a membership", |c| {
            text(memberships::find(c, CHESS, BERTA)?)
        }),
        ("two memberships", |c| {
            text(memberships::find_both(c, CHESS, Some(GO), BERTA)?)
        }),
        ("several memberships", |c| {
            text(memberships::find_all(c, &[CHESS, GO], &[ANNA, BERTA])?)
        }),
        ("several groups", several_groups),
        ("groups in common", |c| {
            text(groups::list_in_common(c, ANNA, BERTA, PAGE)?)
        }),
        ("the memberships of a user", |c| {
            text(memberships::list_of_user(c, BERTA)?)
        }),
        ("requests", |c| text(memberships::requests_of_group(c, GO)?)),
        ("a page of requests", |c| {
            text(memberships::list_requests(c, GO, PAGE)?)
        }),
        ("the longest-standing member", |c| {
            text(memberships::longest_standing(c, CHESS, State::Member, 1)?)
        }),
        ("members", |c| {
            let chess = chess(c)?;
            text(memberships::list_members(
                c,
                &chess,
                MemberOrder::Login,
                PAGE,
            )?)
        }),
        ("an application", |c| text(applications::find(c, KEY)?)),
    ])
}

fn text(result: impl std::fmt::Debug) -> Result<String> {
    Ok(format!("{result:?}"))
}

fn changes() -> BTreeMap<&'static str, Change> {
    BTreeMap::from([
        ("a new token", (|c| token(c, [2; 32])) as Change),
        ("a revoked token", |c| {
            tokens::revoke(c, ANNA, 1, 9).map(drop)
        }),
        ("the oldest token", |c| tokens::revoke_oldest(c, ANNA, 9)),
        ("other tokens", |c| tokens::revoke_others(c, ANNA, None, 9)),
        ("all tokens", |c| tokens::revoke_all(c, 9)),
        ("a renamed user", |c| {
            let change = UserChange {
                login: Some("bert".into()),
                email: Some(Some("b@example.org".into())),
                ..UserChange::default()
            };
            users::update(c, BERTA, &change)
        }),
        ("a disabled user", |c| {
            let change = UserChange {
                disabled_at: Some(Some(9)),
                ..UserChange::default()
            };
            users::update(c, ANNA, &change)
        }),
        ("a new user", |c| {
            user(c, "bert");
            Ok(())
        }),
        ("a renamed group", |c| {
            let change = GroupChange {
                name: Some("Checkers".into()),
                ..GroupChange::default()
            };
            groups::update(c, CHESS, &change)
        }),
        ("a hidden group", |c| {
            let change = GroupChange {
                registration_type: Some(Registration::Invite),
                ..GroupChange::default()
            };
            groups::update(c, GO, &change)
        }),
        ("a condition", |c| {
            let change = GroupChange {
                condition_kind: Some(Some(ConditionKind::MemberOf)),
                condition_group_id: Some(Some(GO)),
                ..GroupChange::default()
            };
            groups::update(c, CHESS, &change)
        }),
        ("a counter", |c| add_members(c, CHESS, 1)),
        ("a new group", |c| {
            group(c, BERTA, "Hex");
            Ok(())
        }),
        ("the kind", |c| onezone::set_kind(c, CHESS, "unit")),
        ("a request", |c| {
            memberships::insert(c, &membership(GO, BERTA, State::Requested))
        }),
        ("a new member", |c| {
            memberships::insert(c, &membership(GO, BERTA, State::Member))
        }),
        ("a member for some time", |c| {
            let to = Membership {
                ends_at: Some(i64::MAX),
                ..membership(GO, BERTA, State::Member)
            };
            memberships::insert(c, &to)
        }),
        ("a new end", |c| {
            let to = Membership {
                ends_at: Some(i64::MAX),
                ..membership(CHESS, BERTA, State::Member)
            };
            memberships::update(c, State::Member, &to)?;
            groups::set_next_end(c, CHESS)
        }),
        ("a new role", |c| {
            let to = membership(CHESS, BERTA, State::Moderator);
            memberships::update(c, State::Member, &to).map(drop)
        }),
        ("a member who left", |c| {
            memberships::delete(c, CHESS, BERTA, State::Member).map(drop)
        }),
        ("all memberships", |c| {
            memberships::delete_of_group(c, CHESS)
        }),
        ("a revoked key", |c| {
            applications::revoke(c, KEY, 9).map(drop)
        }),
    ])
}

fn open_tracking(scratch: &Scratch) -> Database {
    let options = Options {
        tracks_changes: true,
        ..options()
    };
    let database = Database::open(url(scratch), &options).unwrap();
    database.change_and_wait(fill).unwrap();
    database
}

fn note(database: &Database, read: Read) -> (String, Option<Dependencies>) {
    database.read_noting(read).unwrap()
}

/// A read that depends on one group.
fn read_group(database: &Database) -> Dependencies {
    let (_, dependencies) = database
        .read_noting(|connection| memberships::find(connection, CHESS, BERTA))
        .unwrap();
    dependencies.unwrap()
}

/// Adds one to the member count of a group.
fn grow(group: i64) -> impl Fn(&mut Connection) -> Result<()> {
    move |connection| add_members(connection, group, 1)
}

/// Opens a filled database for each change, and passes it the change.
fn after_each_change(test: impl Fn(&Database, &str, Change)) {
    for (name, change) in changes() {
        let scratch = Scratch::new(Backend::Sqlite);
        test(&open_tracking(&scratch), name, change);
    }
}

#[test]
fn a_result_that_would_differ_is_not_current() {
    after_each_change(|database, name, change| {
        let before: Vec<_> = reads().values().map(|read| note(database, *read)).collect();
        database.change_and_wait(change).unwrap();
        let mut differing = 0;
        for ((what, read), (result, dependencies)) in reads().into_iter().zip(before) {
            let differs = note(database, read).0 != result;
            let is_current = dependencies.is_some_and(|it| database.is_current(&it).unwrap());
            assert!(!(differs && is_current), "{what} after {name}");
            differing += usize::from(differs);
        }
        // What is written is read by one of them.
        let is_read = !name.ends_with("token") || name == "a revoked token";
        assert!(differing > 0 || !is_read, "{name} changes no result");
    });
}

#[test]
fn a_result_stays_current_while_its_rows_do() {
    let stays = |what: &str, change: &str| {
        let scratch = Scratch::new(Backend::Sqlite);
        let database = open_tracking(&scratch);
        let (_, dependencies) = note(&database, reads()[what]);
        database.change_and_wait(changes()[change]).unwrap();
        database.is_current(&dependencies.unwrap()).unwrap()
    };
    for (what, change) in [
        ("members", "a new token"),
        ("members", "a request"),
        ("the groups of a user", "a renamed user"),
        ("the groups of a user", "a hidden group"),
        ("a membership", "a renamed user"),
        ("the bearer", "a counter"),
        ("an application", "a new user"),
    ] {
        assert!(stays(what, change), "{what} after {change}");
    }
    assert!(!stays("an application", "a revoked key"));
}

#[test]
fn a_change_during_a_read_outdates_its_result() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open_tracking(&scratch);
    for (group, is_kept) in [(GO, true), (CHESS, false)] {
        let (_, dependencies) = database
            .read_noting(|connection| {
                let found = memberships::find(connection, CHESS, BERTA);
                database.change_and_wait(grow(group))?;
                found
            })
            .unwrap();
        assert_eq!(dependencies.is_some(), is_kept);
    }
}

#[test]
fn changes_by_others_outdate_every_result() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open_tracking(&scratch);
    let mut other = second(&scratch);
    let mut write = || {
        sql(
            &mut other,
            "UPDATE groups SET topic_count = topic_count + 1 WHERE id = 2",
        )
        .unwrap()
    };
    let is_current = |it: &Dependencies| database.is_current(it).unwrap();

    let before = read_group(&database);
    database.change_and_wait(grow(GO)).unwrap();
    assert!(is_current(&before));
    write();
    assert!(!is_current(&before));
    let after = read_group(&database);
    assert!(is_current(&after), "there was no change since");

    // SQLite's number moves by one for both together.
    write();
    database.change_and_wait(grow(GO)).unwrap();
    assert!(!is_current(&after));

    let again = read_group(&database);
    database.change_and_wait(grow(GO)).unwrap();
    write();
    assert!(!is_current(&again));
}

#[test]
fn a_result_ends_at_its_time() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open_tracking(&scratch);
    let until = |end: i64| {
        let (_, dependencies) = database
            .read_noting(|connection| {
                connection.reads_until(i64::MAX);
                connection.reads_until(end);
                Ok::<_, Error>(())
            })
            .unwrap();
        dependencies.is_some()
    };
    assert!(until(connection::now() + 1_000));
    assert!(!until(connection::now()));
}

#[test]
fn a_change_of_many_rows_outdates_every_result() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open_tracking(&scratch);
    let before = read_group(&database);
    let many = |connection: &mut Connection| {
        (100..1_000).try_for_each(|group| add_members(connection, group, 1))
    };
    database.change_and_wait(many).unwrap();
    assert!(!database.is_current(&before).unwrap());
}

#[test]
fn a_rejected_change_outdates_nothing() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open_tracking(&scratch);
    let before = read_group(&database);
    let rejected = |connection: &mut Connection| -> Result<()> {
        memberships::insert(connection, &membership(GO, ANNA, State::Member))
    };
    assert!(database.change_and_wait(rejected).is_err());
    assert!(database.is_current(&before).unwrap());
}

/// Readers that keep what they have read while it is current, beside two who write: one of them another process.
#[test]
fn nobody_sees_an_old_result_after_a_new_one() {
    const CHANGES: i64 = 200;
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open_tracking(&scratch);
    let counters = |connection: &mut Connection| {
        let group = chess(connection)?;
        Ok::<_, Error>([group.member_count, group.topic_count])
    };
    let start = database.read(counters).unwrap();
    // What has been acknowledged, or seen by a reader.
    let known = start.map(AtomicI64::new);
    let is_done = AtomicBool::new(false);
    let kept = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (mut value, mut dependencies) = database.read_noting(counters).unwrap();
                while !is_done.load(Ordering::SeqCst) {
                    let before = known.each_ref().map(|it| it.load(Ordering::SeqCst));
                    let is_current = |it: &Dependencies| database.is_current(it).unwrap();
                    if dependencies.as_ref().is_some_and(is_current) {
                        kept.fetch_add(1, Ordering::Relaxed);
                    } else {
                        (value, dependencies) = database.read_noting(counters).unwrap();
                    }
                    for ((known, before), value) in known.iter().zip(before).zip(value) {
                        assert!(value >= before, "{value} after {before}");
                        known.fetch_max(value, Ordering::SeqCst);
                    }
                }
            });
        }
        scope.spawn(|| {
            let mut other = second(&scratch);
            for number in 1..=CHANGES {
                sql(
                    &mut other,
                    "UPDATE groups SET topic_count = topic_count + 1 WHERE id = 1",
                )
                .unwrap();
                known[1].fetch_max(start[1] + number, Ordering::SeqCst);
            }
        });
        for number in 1..=CHANGES {
            database.change_and_wait(grow(CHESS)).unwrap();
            known[0].fetch_max(start[0] + number, Ordering::SeqCst);
            // Between two changes there is time for what is kept.
            database.change_and_wait(grow(GO)).unwrap();
        }
        is_done.store(true, Ordering::SeqCst);
    });
    let kept = kept.load(Ordering::Relaxed);
    assert!(kept > 0, "nothing was kept");
}
