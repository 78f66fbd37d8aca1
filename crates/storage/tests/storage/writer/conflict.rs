//! Concurrent changes of the same rows.

#![expect(
    clippy::disallowed_methods,
    reason = "there is no caller to whom a group is disclosed"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use trivium_storage::{Database, groups, memberships};
use trivium_test_support::{Backend, Scratch};

use super::{
    Denied, assert_still_commits, block, check, describe, marks, ok, open, queue, queue_mark, step,
    succeed,
};
use crate::common::{add_members, group, options, second, sql, url, user};

#[test]
fn change_locks_the_sqlite_file_from_the_beginning() {
    // Otherwise another process could change what it has read before it writes.
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open(&scratch, 100);
    let release = block(&database);
    let mut other = second(&scratch);
    sql(&mut other, "PRAGMA busy_timeout = 1").unwrap();
    let error = sql(&mut other, "BEGIN IMMEDIATE").unwrap_err();
    assert!(error.is_temporary(), "{error}");
    drop(release);
    assert_still_commits(&scratch, &database);
}

#[test]
fn locked_sqlite_file_is_a_temporary_error() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open(&scratch, 100);
    // The default busy_timeout is five seconds.
    let shortened = queue(&database, |c| Ok(sql(c, "PRAGMA busy_timeout = 1")?));
    assert_eq!(describe(&shortened.recv().unwrap()), "ok");
    let mut other = second(&scratch);
    sql(&mut other, "BEGIN IMMEDIATE").unwrap();
    let outcomes = [queue_mark(&database, "anna"), queue_mark(&database, "bert")];
    for outcome in outcomes {
        let outcome = outcome.recv().unwrap();
        assert!(
            matches!(&outcome, Err(Denied::Store(error)) if error.is_temporary()),
            "{outcome:?}"
        );
    }
    sql(&mut other, "ROLLBACK").unwrap();
    assert!(marks(&scratch).is_empty());
    assert_still_commits(&scratch, &database);
}

#[test]
fn change_is_retried_after_a_conflict_on_postgres() {
    // A rollback does not reset a sequence, so that only the first `failures` calls fail.
    let conflict = |code: &str, message: &str, failures: u32| {
        format!(
            "CREATE SEQUENCE calls;
             CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                IF nextval('calls') <= {failures} THEN
                    RAISE SQLSTATE '{code}' USING MESSAGE = '{message}';
                END IF;
                RETURN NULL;
             END $$;"
        )
    };
    let in_change = "CREATE TRIGGER conflict AFTER INSERT ON users FOR EACH ROW
                         WHEN (NEW.login = 'bert') EXECUTE FUNCTION conflict();";
    let at_commit = "CREATE CONSTRAINT TRIGGER conflict AFTER INSERT ON users
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                     WHEN (NEW.login = 'bert') EXECUTE FUNCTION conflict();";
    let conflicts = [
        ("40001", "could not serialize access"),
        // A deadlock, a lock timeout and a cancelled statement, in another language.
        ("40P01", "Verklemmung entdeckt"),
        ("55P03", "konnte Sperre nicht setzen"),
        ("57014", "storniere Anfrage"),
    ];
    for (code, message) in conflicts {
        for trigger in [in_change, at_commit] {
            let steps = [ok("anna"), ok("bert"), ok("carl")];
            let preparation = conflict(code, message, 3) + trigger;
            let runs = check(Backend::Postgres, &preparation, &steps);
            assert_eq!(runs, [1, 4, 1], "{code}");
        }
    }
    // The number of retries is limited.
    for (trigger, outcome) in [(in_change, "SerializationFailure"), (at_commit, "unknown")] {
        let steps = [ok("anna"), step("bert", succeed, outcome), ok("carl")];
        let preparation = conflict("40001", "could not serialize access", 1_000) + trigger;
        let runs = check(Backend::Postgres, &preparation, &steps);
        assert_eq!(runs, [1, 9, 1], "{outcome}");
    }
}

#[test]
fn timeouts_of_postgres_are_temporary() {
    let scratch = Scratch::new(Backend::Postgres);
    let database = open(&scratch, 100);
    let mut other = second(&scratch);
    sql(&mut other, "BEGIN; UPDATE users SET first_name = 'x'").unwrap();
    let waits = queue(&database, |c| {
        sql(c, "SET LOCAL lock_timeout = 1")?;
        Ok(sql(c, "UPDATE users SET first_name = 'y'")?)
    });
    let takes_long = "SET LOCAL statement_timeout = 1; SELECT pg_sleep(60)";
    let works = queue(&database, |c| Ok(sql(c, takes_long)?));
    for outcome in [waits, works] {
        let outcome = outcome.recv().unwrap();
        assert!(
            matches!(&outcome, Err(Denied::Store(error)) if error.is_temporary()),
            "{outcome:?}"
        );
    }
    let read = database.read(|c| sql(c, takes_long)).unwrap_err();
    assert!(read.is_temporary(), "{read:?}");
    sql(&mut other, "ROLLBACK").unwrap();
    assert_still_commits(&scratch, &database);
}

#[test]
fn deadlocked_changes_are_both_committed() {
    let scratch = Scratch::new(Backend::Postgres);
    let database = Database::open(url(&scratch), &options()).unwrap();
    let mut connection = second(&scratch);
    let owner = user(&mut connection, "owner");
    let (a, b) = (
        group(&mut connection, owner, "a"),
        group(&mut connection, owner, "b"),
    );
    let both_locked_one = Arc::new(Barrier::new(2));
    let outcomes: Vec<_> = [(a, b), (b, a)]
        .into_iter()
        .map(|(one, other)| {
            let both_locked_one = Arc::clone(&both_locked_one);
            let runs = AtomicUsize::new(0);
            queue(&database, move |connection| {
                // By default, Postgres checks for deadlocks after a second.
                sql(connection, "SET LOCAL deadlock_timeout = '10ms'")?;
                add_members(connection, one, 1)?;
                if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                    both_locked_one.wait();
                }
                Ok(add_members(connection, other, 1)?)
            })
        })
        .collect();
    for outcome in outcomes {
        assert_eq!(describe(&outcome.recv().unwrap()), "ok");
    }
    for id in [a, b] {
        let group = groups::find(&mut connection, id).unwrap().unwrap();
        assert_eq!(group.member_count, 2);
    }
}

#[test]
fn changes_of_a_locked_group_are_serialized() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Database::open(url(&scratch), &options()).unwrap();
        let mut connection = second(&scratch);
        let owner = user(&mut connection, "owner");
        let id = group(&mut connection, owner, "chess");
        let outcomes: Vec<_> = (0..40)
            .map(|_| {
                queue(&database, move |connection| {
                    connection.lock_group(id)?;
                    let count = groups::find(connection, id)?.unwrap().member_count;
                    let set = format!("UPDATE groups SET member_count = {count} + 1");
                    Ok(sql(connection, &set)?)
                })
            })
            .collect();
        for outcome in outcomes {
            assert_eq!(describe(&outcome.recv().unwrap()), "ok", "{backend:?}");
        }
        let group = groups::find(&mut connection, id).unwrap().unwrap();
        assert_eq!(group.member_count, 40, "{backend:?}");
    }
}

#[test]
fn concurrent_joins_create_one_membership() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Database::open(url(&scratch), &options()).unwrap();
        let mut connection = second(&scratch);
        let owner = user(&mut connection, "owner");
        let id = group(&mut connection, owner, "chess");
        let outcomes: Vec<_> = (0..64)
            .map(|_| {
                queue(&database, move |connection| {
                    let membership = memberships::Membership {
                        group_id: id,
                        user_id: owner,
                        state: memberships::State::Member,
                        since: 0,
                        note: String::new(),
                        until: None,
                        ends_at: None,
                    };
                    memberships::insert(connection, &membership)?;
                    Ok(add_members(connection, id, 1)?)
                })
            })
            .collect();
        let mut actual: Vec<_> = outcomes
            .iter()
            .map(|outcome| describe(&outcome.recv().unwrap()))
            .collect();
        actual.sort();
        let mut expected = vec!["UniqueViolation"; 63];
        expected.push("ok");
        assert_eq!(actual, expected, "{backend:?}");
        let group = groups::find(&mut connection, id).unwrap().unwrap();
        assert_eq!(group.member_count, 1, "{backend:?}");
    }
}
