//! Queries, whose results are the same on both databases.

use std::fmt::Debug;

use diesel::connection::SimpleConnection;
use trivium_storage::audit::chain::Head;
use trivium_storage::audit::{self, NewEntry};
use trivium_storage::categories;
use trivium_storage::groups::{self, GroupChange, NewGroup, Registration};
use trivium_storage::holdings;
use trivium_storage::invitations::{self, NewInvitation, Role};
use trivium_storage::memberships::{self, MemberOrder, Membership, State};
use trivium_storage::onezone;
use trivium_storage::tokens::{self, NewToken};
use trivium_storage::users::{self, NewUser, UserChange};
use trivium_storage::{Connection, Database, Page, Result};
use trivium_test_support::{Backend, Scratch};

use crate::common::{
    EVERYTHING, add_members, alone, found_group, group, new_group, options, second, sql, url, user,
    values,
};

/// Runs a test on both databases, with one user and one group.
fn on_both(test: impl Fn(&mut Connection, i64, i64)) {
    for backend in Backend::ALL {
        let mut connection = alone(&Scratch::new(backend));
        let anna = user(&mut connection, "anna");
        let chess = group(&mut connection, anna, "Chess");
        test(&mut connection, anna, chess);
    }
}

fn join(connection: &mut Connection, group: i64, user: i64, state: State, since: i64) {
    let membership = Membership {
        group_id: group,
        user_id: user,
        state,
        since,
        note: String::new(),
        until: None,
        ends_at: None,
    };
    memberships::insert(connection, &membership).unwrap();
}

fn invite(connection: &mut Connection, group: i64, issuer: i64, limit: Option<i64>) -> i64 {
    let (rows, _) = invitations::list(connection, group, EVERYTHING).unwrap();
    let mut hash = vec![0; 32];
    hash[0] = u8::try_from(rows.len()).unwrap();
    hash[1] = u8::try_from(group).unwrap();
    let invitation = NewInvitation {
        group_id: group,
        issuer_id: issuer,
        hash,
        prefix: String::new(),
        role: Role::Member,
        created_at: 0,
        expires_at: None,
        usage_limit: limit,
        member_until: None,
    };
    invitations::insert(connection, &invitation).unwrap()
}

fn token(connection: &mut Connection, user: i64, byte: u8, expires_at: i64) {
    let token = NewToken {
        user_id: user,
        hash: vec![byte; 32],
        prefix: byte.to_string(),
        created_at: 0,
        expires_at,
        key_id: None,
    };
    tokens::insert(connection, &token).unwrap();
}

fn record(connection: &mut Connection, group: i64, action: &str) {
    let entry = NewEntry {
        at: 0,
        group_id: Some(group),
        actor: "anna",
        action,
        via: "test",
        ..NewEntry::default()
    };
    audit::insert(connection, &entry).unwrap();
}

#[test]
fn search_matches_characters_literally_and_ignores_case() {
    let names = [
        "Chess",
        "chess club",
        "100% Pure",
        "100 Pure",
        "snake_case",
        "snakeXcase",
        r"back\slash",
        "backslash",
        "ÉCOLE",
        "école du soir",
        "it's",
        "Ωmega",
        "a%b_c",
    ];
    let searches: [(&str, &[&str]); 15] = [
        ("chess", &["chess club", "Chess"]),
        ("CHESS", &["chess club", "Chess"]),
        ("ess c", &["chess club"]),
        ("%", &["a%b_c", "100% Pure"]),
        ("0% p", &["100% Pure"]),
        ("_", &["a%b_c", "snake_case"]),
        ("e_c", &["snake_case"]),
        ("\\", &[r"back\slash"]),
        (r"k\s", &[r"back\slash"]),
        (r"\%", &[]),
        ("école", &["école du soir", "ÉCOLE"]),
        ("École", &["école du soir", "ÉCOLE"]),
        ("ωMEGA", &["Ωmega"]),
        ("'", &["it's"]),
        ("checkers", &[]),
    ];
    for backend in Backend::ALL {
        let mut connection = alone(&Scratch::new(backend));
        let anna = user(&mut connection, "anna");
        for name in names {
            group(&mut connection, anna, name);
        }
        for (part, expected) in searches {
            let found = groups::search(&mut connection, part, 100).unwrap();
            let found: Vec<_> = found.into_iter().map(|(_, name)| name).collect();
            assert_eq!(found, expected, "{backend:?}: {part}");
        }
        let first = groups::search(&mut connection, "", 2).unwrap();
        let first: Vec<_> = first.into_iter().map(|(_, name)| name).collect();
        assert_eq!(first, ["a%b_c", "Ωmega"], "{backend:?}");
    }
}

#[test]
fn search_omits_deleted_groups_and_groups_by_invitation() {
    on_both(|connection, anna, chess| {
        let secret = NewGroup {
            registration_type: Registration::Invite,
            ..new_group(anna, "Secret Chess")
        };
        groups::insert(connection, &secret).unwrap();
        let deleted = group(connection, anna, "Old Chess");
        let change = GroupChange {
            deleted_at: Some(7),
            ..GroupChange::default()
        };
        groups::update(connection, deleted, &change).unwrap();
        let found = groups::search(connection, "chess", 100).unwrap();
        assert_eq!(found, [(chess, "Chess".to_owned())]);
        let (listed, total) = groups::list_listed(connection, EVERYTHING).unwrap();
        assert_eq!((listed[0].id, listed.len(), total), (chess, 1, 1));
        assert_eq!(groups::list_all(connection, EVERYTHING).unwrap().1, 2);
        assert_eq!(groups::count_of_owner(connection, anna).unwrap(), 2);
        assert_eq!(
            groups::find_of_owner(connection, anna, "Old Chess").unwrap(),
            None
        );
        let general = &categories::list(connection).unwrap()[0];
        assert_eq!((general.name.as_str(), general.group_count), ("General", 1));
    });
}

#[test]
fn groups_of_a_member_exclude_requests_and_bans() {
    on_both(|connection, anna, chess| {
        let bert = user(connection, "bert");
        let [bridge, go, whist] =
            ["Bridge", "Go", "Whist"].map(|name| group(connection, anna, name));
        join(connection, chess, bert, State::Member, 10);
        join(connection, bridge, bert, State::Requested, 11);
        join(connection, go, bert, State::Banned, 12);
        join(connection, whist, bert, State::Moderator, 13);
        join(connection, chess, anna, State::Member, 14);
        let (joined, total) = groups::list_of_member(connection, bert, EVERYTHING).unwrap();
        let joined: Vec<_> = joined
            .iter()
            .map(|row| (row.group.name.as_str(), row.state, row.since))
            .collect();
        assert_eq!(
            joined,
            [
                ("Whist", State::Moderator, 13),
                ("Chess", State::Member, 10)
            ]
        );
        assert_eq!(total, 2);
    });
}

#[test]
fn memberships_that_have_ended_are_not_read() {
    on_both(|connection, anna, chess| {
        let [bert, carl, dora] = ["bert", "carl", "dora"].map(|login| user(connection, login));
        let go = group(connection, anna, "Go");
        let member = |group, user, ends_at| Membership {
            ends_at,
            ..Membership::new(group, user, State::Member, 1)
        };
        let far = i64::MAX - 1;
        for row in [
            member(chess, bert, Some(10)),
            member(chess, carl, Some(far)),
            member(chess, dora, None),
            member(go, bert, Some(11)),
            member(go, carl, None),
        ] {
            memberships::insert(connection, &row).unwrap();
            add_members(connection, row.group_id, 1).unwrap();
        }
        assert_eq!(groups::list_ended(connection, 9).unwrap(), [chess, go]);
        let members = |connection: &mut Connection| {
            let group = found_group(connection, chess);
            let order = MemberOrder::Login;
            let list = memberships::list_members(connection, &group, order, EVERYTHING);
            let (rows, total) = list.unwrap();
            assert_eq!(i64::try_from(rows.len()), Ok(total));
            let rows = rows.into_iter().map(|row| (row.login, row.ends_at));
            rows.collect::<Vec<_>>()
        };
        let current = [("carl".to_owned(), Some(far)), ("dora".to_owned(), None)];
        assert_eq!(members(connection), current);
        let groups_of = |connection: &mut Connection, user| {
            let (rows, total) = groups::list_of_member(connection, user, EVERYTHING).unwrap();
            assert_eq!(i64::try_from(rows.len()), Ok(total));
            let rows = rows.iter();
            rows.map(|row| (row.group.id, row.group.member_count, row.ends_at))
                .collect::<Vec<_>>()
        };
        assert_eq!(groups_of(connection, bert), []);
        let of_carl = [(go, 1, None), (chess, 2, Some(far))];
        assert_eq!(groups_of(connection, carl), of_carl);
        let common = groups::list_in_common(connection, carl, bert, EVERYTHING).unwrap();
        assert_eq!((common.0.len(), common.1), (0, 0));
        let disclosed = groups::list_disclosed_of_member(connection, bert, None, EVERYTHING);
        assert_eq!(disclosed.unwrap().1, 0);
        assert_eq!(groups::text_size_of_member(connection, bert).unwrap(), 0);
        assert_eq!(holdings::memberships(connection, bert).unwrap(), 0);
        assert_eq!(holdings::memberships(connection, carl).unwrap(), 2);
        let counts = |connection: &mut Connection| {
            let (rows, _) = groups::list_all(connection, EVERYTHING).unwrap();
            rows.iter().map(|row| row.member_count).collect::<Vec<_>>()
        };
        assert_eq!(counts(connection), [1, 2]);
        let ending = |connection: &mut Connection, by| {
            let list = memberships::list_ending(connection, chess, by, EVERYTHING);
            list.unwrap().1
        };
        assert_eq!(
            [ending(connection, far - 1), ending(connection, far)],
            [0, 1]
        );

        // The rows are removed.
        let ended = memberships::ended_of_group(connection, chess, 9).unwrap();
        assert_eq!(ended.len(), 1);
        memberships::delete(connection, chess, bert, State::Member).unwrap();
        add_members(connection, chess, -1).unwrap();
        groups::set_next_end(connection, chess).unwrap();
        assert_eq!(counts(connection), [1, 2]);
        assert_eq!(groups::list_ended(connection, 9).unwrap(), [go]);
    });
}

#[test]
fn requests_are_counted_per_group() {
    on_both(|connection, anna, chess| {
        let go = group(connection, anna, "Go");
        let whist = group(connection, anna, "Whist");
        for (login, group, state) in [
            ("bert", chess, State::Requested),
            ("carl", chess, State::Requested),
            ("dora", chess, State::Member),
            ("emil", whist, State::Requested),
            ("fritz", go, State::Banned),
        ] {
            let user = user(connection, login);
            join(connection, group, user, state, 0);
        }
        let counts = groups::count_requests(connection, &[chess, go, 99]).unwrap();
        assert_eq!(counts, [(chess, 2)].into());
        assert!(groups::count_requests(connection, &[]).unwrap().is_empty());
        let waiting = memberships::requests_of_group(connection, chess).unwrap();
        assert_eq!(waiting.len(), 2);
    });
}

#[test]
fn membership_changes_only_from_the_expected_state() {
    on_both(|connection, anna, chess| {
        join(connection, chess, anna, State::Requested, 1);
        let member = Membership {
            group_id: chess,
            user_id: anna,
            state: State::Member,
            since: 2,
            note: "welcome".into(),
            until: None,
            ends_at: None,
        };
        assert!(memberships::update(connection, State::Requested, &member).unwrap());
        assert!(!memberships::update(connection, State::Requested, &member).unwrap());
        assert!(!memberships::delete(connection, chess, anna, State::Requested).unwrap());
        let row = memberships::find(connection, chess, anna).unwrap().unwrap();
        assert_eq!((row.state, row.since), (State::Member, 2));
        assert!(memberships::delete(connection, chess, anna, State::Member).unwrap());
        assert!(
            memberships::find(connection, chess, anna)
                .unwrap()
                .is_none()
        );
    });
}

#[test]
fn invitation_can_be_used_up_to_its_limit() {
    on_both(|connection, anna, chess| {
        let twice = invite(connection, chess, anna, Some(2));
        let always = invite(connection, chess, anna, None);
        for (id, expected, uses) in [
            (twice, [true, true, false, false], 2),
            (always, [true; 4], 4),
            (99, [false; 4], 0),
        ] {
            let used = [(); 4].map(|()| invitations::use_once(connection, id).unwrap());
            assert_eq!(used, expected);
            let row = invitations::find(connection, id).unwrap();
            assert_eq!(row.map_or(0, |row| row.uses), uses);
        }
    });
}

#[test]
fn concurrent_uses_of_an_invitation_stop_at_its_limit() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Database::open(url(&scratch), &options()).unwrap();
        let mut connection = second(&scratch);
        let anna = user(&mut connection, "anna");
        let chess = group(&mut connection, anna, "Chess");
        let id = invite(&mut connection, chess, anna, Some(5));
        let used = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..16)
                .map(|_| {
                    scope.spawn(|| {
                        database
                            .change_and_wait(move |c| invitations::use_once(c, id))
                            .unwrap()
                    })
                })
                .collect();
            callers
                .into_iter()
                .filter_map(|caller| caller.join().unwrap().then_some(()))
                .count()
        });
        let row = invitations::find(&mut connection, id).unwrap().unwrap();
        assert_eq!((used, row.uses), (5, 5), "{backend:?}");
    }
}

#[test]
fn invitation_can_be_revoked_once() {
    on_both(|connection, anna, chess| {
        let id = invite(connection, chess, anna, None);
        assert!(invitations::revoke(connection, id, 7).unwrap());
        assert!(!invitations::revoke(connection, id, 8).unwrap());
        assert!(!invitations::revoke(connection, 99, 8).unwrap());
        let row = invitations::find(connection, id).unwrap().unwrap();
        assert_eq!(row.revoked_at, Some(7));
        let by_hash = invitations::find_by_hash(connection, &[0; 32]).unwrap();
        assert!(by_hash.is_none());
    });
}

#[test]
fn invitations_are_orphaned_in_one_group_or_in_all() {
    // Whether in all groups, and the expected orphaned_at of each invitation below.
    for (everywhere, expected) in [
        (false, [Some(7), None, None]),
        (true, [Some(7), Some(7), None]),
    ] {
        on_both(|connection, anna, chess| {
            let bert = user(connection, "bert");
            let go = group(connection, anna, "Go");
            let all = [
                invite(connection, chess, anna, None),
                invite(connection, go, anna, None),
                invite(connection, chess, bert, None),
            ];
            let group = (!everywhere).then_some(chess);
            invitations::orphan(connection, anna, group, 7).unwrap();
            // The first time is kept.
            invitations::orphan(connection, anna, group, 8).unwrap();
            let orphaned = all.map(|id| {
                let row = invitations::find(connection, id).unwrap().unwrap();
                row.orphaned_at
            });
            assert_eq!(orphaned, expected);
        });
    }
}

#[test]
fn token_is_found_by_its_hash_and_revoked_once() {
    on_both(|connection, anna, _| {
        token(connection, anna, 1, 100);
        token(connection, anna, 2, 100);
        token(connection, anna, 3, 50);
        let listed = |connection: &mut _| {
            let rows = tokens::list(connection, anna, 50).unwrap();
            rows.into_iter().map(|row| row.prefix).collect::<Vec<_>>()
        };
        assert_eq!(listed(connection), ["2", "1"]);
        let bearer = tokens::find_bearer(connection, &[1; 32]).unwrap().unwrap();
        assert_eq!((bearer.user_id, bearer.login.as_str()), (anna, "anna"));
        assert!(tokens::find_bearer(connection, &[9; 32]).unwrap().is_none());
        tokens::revoke_others(connection, anna, Some(bearer.token_id), 7).unwrap();
        assert_eq!(listed(connection), ["1"]);
        assert!(tokens::revoke(connection, bearer.user_id, bearer.token_id, 8).unwrap());
        assert!(!tokens::revoke(connection, bearer.user_id, bearer.token_id, 9).unwrap());
        tokens::revoke_others(connection, anna, None, 9).unwrap();
        assert!(listed(connection).is_empty());
        let bearer = tokens::find_bearer(connection, &[1; 32]).unwrap().unwrap();
        assert_eq!(bearer.revoked_at, Some(8));
    });
}

/// Reads a list in pages of two rows and compares them with the whole list.
fn check_pages<T>(
    connection: &mut Connection,
    name: &str,
    list: impl Fn(&mut Connection, Page) -> Result<(Vec<T>, i64)>,
    key: impl Fn(&T) -> String,
) {
    let mut read = |offset, limit| {
        let (rows, total) = list(connection, Page { offset, limit }).unwrap();
        let keys: Vec<_> = rows.iter().map(&key).collect();
        (keys, total)
    };
    let (all, total) = read(0, 100);
    assert_eq!((all.len(), total), (5, 5), "{name}");
    for (offset, length) in [(0, 2), (2, 2), (4, 1), (5, 0), (1_000, 0)] {
        let (page, total) = read(offset, 2);
        let start = usize::try_from(offset).unwrap().min(5);
        assert_eq!(page, all[start..start + length], "{name} from {offset}");
        assert_eq!(total, 5, "{name} from {offset}");
    }
    assert_eq!(read(0, 0), (vec![], 5), "{name}");
}

#[test]
fn lists_are_paged() {
    fn key<T: Debug>(row: &T) -> String {
        format!("{row:?}")
    }
    on_both(|connection, anna, chess| {
        for name in ["Bridge", "Go", "Skat", "Whist"] {
            let user = user(connection, name);
            let group = group(connection, anna, name);
            join(connection, group, anna, State::Member, 0);
            join(connection, chess, user, State::Member, 0);
            invite(connection, chess, anna, None);
            record(connection, chess, name);
            // Rows of other lists.
            record(connection, group, name);
            invite(connection, group, anna, None);
        }
        join(connection, chess, anna, State::Moderator, 0);
        invite(connection, chess, anna, None);
        record(connection, chess, "join");

        check_pages(connection, "users", users::list, key);
        check_pages(connection, "groups", groups::list_listed, key);
        check_pages(connection, "all groups", groups::list_all, key);
        let joined = |c: &mut _, page| groups::list_of_member(c, anna, page);
        check_pages(connection, "groups of a member", joined, key);
        add_members(connection, chess, 5).unwrap();
        let chess_group = found_group(connection, chess);
        for order in [
            MemberOrder::Joining,
            MemberOrder::JoiningDescending,
            MemberOrder::Login,
            MemberOrder::LoginDescending,
        ] {
            let members = |c: &mut _, page| memberships::list_members(c, &chess_group, order, page);
            check_pages(connection, "members", members, key);
        }
        let invitations = |c: &mut _, page| invitations::list(c, chess, page);
        check_pages(connection, "invitations", invitations, key);
        let entries = |c: &mut _, page| audit::list(c, chess, page);
        check_pages(connection, "audit entries", entries, key);
    });
}

#[test]
fn totals_follow_every_change() {
    on_both(|connection, anna, chess| {
        let totals = |c: &mut Connection| {
            [
                users::list(c, EVERYTHING).unwrap().1,
                groups::list_all(c, EVERYTHING).unwrap().1,
                groups::list_listed(c, EVERYTHING).unwrap().1,
            ]
        };
        assert_eq!(totals(connection), [1, 1, 1]);
        let bert = user(connection, "bert");
        let go = group(connection, bert, "Go");
        assert_eq!(totals(connection), [2, 2, 2]);
        let hidden = |registration_type| GroupChange {
            registration_type: Some(registration_type),
            ..GroupChange::default()
        };
        groups::update(connection, go, &hidden(Registration::Invite)).unwrap();
        assert_eq!(totals(connection), [2, 2, 1]);
        groups::update(connection, go, &hidden(Registration::Moderated)).unwrap();
        groups::update(connection, chess, &hidden(Registration::Invite)).unwrap();
        assert_eq!(totals(connection), [2, 2, 1]);
        let deleted = GroupChange {
            deleted_at: Some(7),
            ..GroupChange::default()
        };
        for _ in 0..2 {
            groups::update(connection, chess, &deleted).unwrap();
            assert_eq!(totals(connection), [2, 1, 1]);
        }
        groups::update(connection, go, &deleted).unwrap();
        let gone = UserChange {
            deleted_at: Some(Some(7)),
            ..UserChange::default()
        };
        users::update(connection, anna, &gone).unwrap();
        assert_eq!(totals(connection), [1, 0, 0]);
        let back = "UPDATE users SET deleted_at = NULL; UPDATE groups SET deleted_at = NULL";
        connection.any().batch_execute(back).unwrap();
        assert_eq!(totals(connection), [2, 2, 1]);
        let erased = "DELETE FROM groups; DELETE FROM users";
        connection.any().batch_execute(erased).unwrap();
        assert_eq!(totals(connection), [0, 0, 0]);
    });
}

#[test]
fn imported_members_have_no_place_in_the_list() {
    on_both(|connection, anna, _| {
        let import = NewGroup {
            member_count: 30,
            imported_members: 29,
            ..new_group(anna, "Go")
        };
        let go = groups::insert(connection, &import).unwrap();
        join(connection, go, anna, State::Moderator, 0);
        let go = found_group(connection, go);
        let first = Page {
            offset: 0,
            limit: 5,
        };
        let (rows, total) =
            memberships::list_members(connection, &go, MemberOrder::Joining, first).unwrap();
        assert_eq!((rows.len(), total, go.member_count), (1, 1, 30));
    });
}

#[test]
fn deletion_of_a_user_frees_the_email_but_not_the_login() {
    on_both(|connection, anna, _| {
        let address = UserChange {
            email: Some(Some("anna@example.org".into())),
            ..UserChange::default()
        };
        users::update(connection, anna, &address).unwrap();
        let deleted = UserChange {
            deleted_at: Some(Some(7)),
            ..UserChange::default()
        };
        users::update(connection, anna, &deleted).unwrap();
        assert!(users::find_by_login(connection, "anna").unwrap().is_some());
        let found = users::find_by_email(connection, "anna@example.org").unwrap();
        assert!(found.is_none());
        assert_eq!(users::list(connection, EVERYTHING).unwrap().1, 0);
        let bert = user(connection, "bert");
        users::update(connection, bert, &address).unwrap();
        let again = NewUser {
            login: "anna".into(),
            ..NewUser::default()
        };
        let error = users::insert(connection, &again).unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
    });
}

#[test]
fn update_that_changes_nothing_succeeds() {
    on_both(|connection, anna, chess| {
        users::update(connection, anna, &UserChange::default()).unwrap();
        groups::update(connection, chess, &GroupChange::default()).unwrap();
        // An update of a missing row succeeds too.
        let change = UserChange {
            first_name: Some("Nobody".into()),
            ..UserChange::default()
        };
        users::update(connection, 99, &change).unwrap();
        assert!(!categories::rename(connection, 99, "Nothing").unwrap());
        assert!(!categories::exists(connection, 99).unwrap());
    });
}

#[test]
fn ids_are_never_reused() {
    on_both(|connection, anna, chess| {
        let category = categories::insert(connection, "Games").unwrap();
        sql(
            connection,
            "DELETE FROM groups; DELETE FROM users; DELETE FROM categories WHERE id > 1",
        )
        .unwrap();
        let bert = user(connection, "bert");
        assert!(bert > anna);
        assert!(group(connection, bert, "Go") > chess);
        assert!(categories::insert(connection, "Music").unwrap() > category);
    });
}

#[test]
fn sequences_advance_past_imported_ids() {
    on_both(|connection, _, _| {
        let import = NewUser {
            id: Some(1_000),
            login: "imported".into(),
            ..NewUser::default()
        };
        assert_eq!(users::insert(connection, &import).unwrap(), 1_000);
        let import = NewGroup {
            id: Some(2_000),
            ..new_group(1_000, "Imported")
        };
        assert_eq!(groups::insert(connection, &import).unwrap(), 2_000);
        sql(
            connection,
            "INSERT INTO categories (id, name) VALUES (3000, 'Imported')",
        )
        .unwrap();
        connection.advance_id_sequences().unwrap();
        connection.advance_id_sequences().unwrap();
        let bert = user(connection, "bert");
        assert_eq!(bert, 1_001);
        assert_eq!(group(connection, bert, "Go"), 2_001);
        assert_eq!(categories::insert(connection, "Games").unwrap(), 3_001);
    });
}

#[test]
fn sequences_never_move_back() {
    for backend in Backend::ALL {
        let mut connection = alone(&Scratch::new(backend));
        // No ID was assigned yet.
        connection.advance_id_sequences().unwrap();
        let first = NewUser {
            id: Some(1),
            login: "first".into(),
            ..NewUser::default()
        };
        users::insert(&mut connection, &first).unwrap();
        connection.advance_id_sequences().unwrap();
        assert_eq!(user(&mut connection, "second"), 2, "{backend:?}");
        // The rows with the highest IDs are deleted; their IDs are not reused.
        assert_eq!(user(&mut connection, "third"), 3, "{backend:?}");
        sql(&mut connection, "DELETE FROM users WHERE id > 1").unwrap();
        connection.advance_id_sequences().unwrap();
        assert_eq!(user(&mut connection, "fourth"), 4, "{backend:?}");
    }
}

#[test]
fn disabled_or_deleted_user_cannot_be_locked_shared() {
    // On SQLite a write transaction is exclusive, so that nothing is to be locked.
    let scratch = Scratch::new(Backend::Postgres);
    let mut connection = alone(&scratch);
    for (login, change, locked) in [
        ("active", UserChange::default(), true),
        (
            "disabled",
            UserChange {
                disabled_at: Some(Some(7)),
                ..UserChange::default()
            },
            false,
        ),
        (
            "deleted",
            UserChange {
                deleted_at: Some(Some(7)),
                ..UserChange::default()
            },
            false,
        ),
    ] {
        let id = user(&mut connection, login);
        users::update(&mut connection, id, &change).unwrap();
        assert_eq!(connection.lock_user_shared(id).unwrap(), locked, "{login}");
    }
    assert!(!connection.lock_user_shared(99).unwrap());
    // The order of locks is checked for each thread.
    let other = std::thread::spawn(move || {
        connection.lock_user(99).unwrap();
        connection.lock_group(99).unwrap();
    });
    other.join().unwrap();
}

#[test]
fn unique_violation_is_distinguished_from_other_errors() {
    on_both(|connection, anna, _| {
        let duplicate = groups::insert(connection, &new_group(anna, "Chess")).unwrap_err();
        assert!(duplicate.is_unique_violation() && !duplicate.is_temporary());
        let unknown_owner = groups::insert(connection, &new_group(99, "Go")).unwrap_err();
        assert!(!unknown_owner.is_unique_violation() && !unknown_owner.is_temporary());
        let taken = categories::insert(connection, "General").unwrap_err();
        assert!(taken.is_unique_violation());
    });
}

/// Diesel would prepare an UPDATE of its own anew each time.
#[test]
fn end_of_a_change_is_prepared_once() {
    let mut connection = alone(&Scratch::new(Backend::Postgres));
    let anna = user(&mut connection, "anna");
    let chess = group(&mut connection, anna, "Chess");
    for number in 1..3 {
        let head = Head {
            number,
            hash: Some(vec![7; 32]),
        };
        groups::end_change(&mut connection, chess, 1, &head).unwrap();
    }
    let runs =
        "SELECT CAST(generic_plans + custom_plans AS TEXT) AS value FROM pg_prepared_statements
        WHERE statement LIKE 'UPDATE groups %'";
    assert_eq!(values(&mut connection, runs), ["2"]);
    assert_eq!(found_group(&mut connection, chess).member_count, 2);
}

#[test]
fn group_type_is_one_of_onezones() {
    on_both(|connection, _, chess| {
        let read = |connection: &mut Connection| onezone::kind(connection, chess).unwrap();
        assert_eq!(read(connection), "team");
        for kind in ["organization", "unit", "role_holders", "team"] {
            onezone::set_kind(connection, chess, kind).unwrap();
            assert_eq!(read(connection), kind);
        }
        assert!(onezone::set_kind(connection, chess, "club").is_err());
    });
}
