//! Changes that want the same rows at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use trivium_storage::{Database, groups, memberships};
use trivium_test_support::{Backend, Scratch};

use super::{
    Denied, assert_serves, check, hold, keep, kept, marks, open, queue, queue_mark, step, words,
};
use crate::common::{group, options, second, sql, url, user};

#[test]
fn a_change_has_the_file_to_itself_from_its_beginning() {
    // Otherwise what it has read could be changed before it writes.
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open(&scratch, 100);
    let held = hold(&database);
    let mut other = second(&scratch);
    sql(&mut other, "PRAGMA busy_timeout = 1").unwrap();
    let refused = sql(&mut other, "BEGIN IMMEDIATE").unwrap_err();
    assert!(refused.is_temporary(), "{refused}");
    drop(held);
    assert_serves(&scratch, &database);
}

#[test]
fn changes_that_find_the_file_locked_are_told_so() {
    let scratch = Scratch::new(Backend::Sqlite);
    let database = open(&scratch, 100);
    // The usual patience is five seconds.
    let impatient = queue(&database, |c| Ok(sql(c, "PRAGMA busy_timeout = 1")?));
    assert_eq!(words(&impatient.recv().unwrap()), "kept");
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
    assert_serves(&scratch, &database);
}

#[test]
fn postgres_gets_a_change_again_when_it_asks_for_it() {
    // A sequence counts through rollbacks: the first `fails` calls are refused.
    let conflict = |code: &str, words: &str, fails: u32| {
        format!(
            "CREATE SEQUENCE calls;
             CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                IF nextval('calls') <= {fails} THEN
                    RAISE SQLSTATE '{code}' USING MESSAGE = '{words}';
                END IF;
                RETURN NULL;
             END $$;"
        )
    };
    let in_the_change = "CREATE TRIGGER conflict AFTER INSERT ON users FOR EACH ROW
                         WHEN (NEW.login = 'bert') EXECUTE FUNCTION conflict();";
    let at_commit = "CREATE CONSTRAINT TRIGGER conflict AFTER INSERT ON users
                     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                     WHEN (NEW.login = 'bert') EXECUTE FUNCTION conflict();";
    let conflicts = [
        ("40001", "could not serialize access"),
        ("40P01", "deadlock detected"),
    ];
    for (code, message) in conflicts {
        for trigger in [in_the_change, at_commit] {
            let steps = [kept("anna"), kept("bert"), kept("carl")];
            let preparation = conflict(code, message, 3) + trigger;
            let runs = check(Backend::Postgres, &preparation, &steps);
            assert_eq!(runs, [1, 4, 1], "{code}");
        }
    }
    // Not for ever.
    for (trigger, answer) in [
        (in_the_change, "SerializationFailure"),
        (at_commit, "unknown"),
    ] {
        let steps = [kept("anna"), step("bert", keep, answer), kept("carl")];
        let preparation = conflict("40001", "could not serialize access", 1_000) + trigger;
        let runs = check(Backend::Postgres, &preparation, &steps);
        assert_eq!(runs, [1, 9, 1], "{answer}");
    }
}

#[test]
fn changes_in_a_deadlock_are_both_made() {
    let scratch = Scratch::new(Backend::Postgres);
    let database = Database::open(url(&scratch), &options()).unwrap();
    let mut connection = second(&scratch);
    let owner = user(&mut connection, "owner");
    let (a, b) = (
        group(&mut connection, owner, "a"),
        group(&mut connection, owner, "b"),
    );
    let both_hold_one = Arc::new(Barrier::new(2));
    let outcomes: Vec<_> = [(a, b), (b, a)]
        .into_iter()
        .map(|(one, other)| {
            let both_hold_one = Arc::clone(&both_hold_one);
            let runs = AtomicUsize::new(0);
            queue(&database, move |connection| {
                // Postgres looks for a deadlock after a second otherwise.
                sql(connection, "SET LOCAL deadlock_timeout = '10ms'")?;
                groups::add_members(connection, one, 1)?;
                if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                    both_hold_one.wait();
                }
                Ok(groups::add_members(connection, other, 1)?)
            })
        })
        .collect();
    for outcome in outcomes {
        assert_eq!(words(&outcome.recv().unwrap()), "kept");
    }
    for id in [a, b] {
        let group = groups::find(&mut connection, id).unwrap().unwrap();
        assert_eq!(group.member_count, 2);
    }
}

#[test]
fn changes_of_one_group_happen_one_after_the_other() {
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
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        let group = groups::find(&mut connection, id).unwrap().unwrap();
        assert_eq!(group.member_count, 40, "{backend:?}");
    }
}

#[test]
fn joins_at_once_make_one_membership() {
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
                        state: "member".into(),
                        since: 0,
                        note: String::new(),
                        until: None,
                    };
                    memberships::insert(connection, &membership)?;
                    Ok(groups::add_members(connection, id, 1)?)
                })
            })
            .collect();
        let mut told: Vec<_> = outcomes
            .iter()
            .map(|outcome| words(&outcome.recv().unwrap()))
            .collect();
        told.sort();
        let mut expected = vec!["UniqueViolation"; 63];
        expected.push("kept");
        assert_eq!(told, expected, "{backend:?}");
        let group = groups::find(&mut connection, id).unwrap().unwrap();
        assert_eq!(group.member_count, 1, "{backend:?}");
    }
}
