//! The order of locks, which debug builds check on both databases.

use std::sync::atomic::{AtomicUsize, Ordering};

use trivium_storage::{Connection, Error};
use trivium_test_support::{Backend, Scratch};

use super::{Outcome, check, describe, ok, open, queue, step};

#[test]
fn another_order_of_locks_panics() {
    let steps = [
        step("ordered", ordered, "ok"),
        step(
            "group first",
            |connection| {
                connection.lock_group(1)?;
                connection.lock_user_shared(1)?;
                Ok(())
            },
            "a change panicked: UserShared(1) is locked after [Group(1)]",
        ),
        step(
            "upgrade",
            |connection| {
                connection.lock_user_shared(1)?;
                connection.lock_user(1)?;
                Ok(())
            },
            "a change panicked: User(1) is locked after [UserShared(1)]",
        ),
        step(
            "two users",
            |connection| {
                connection.lock_user(1)?;
                connection.lock_user_shared(2)?;
                Ok(())
            },
            "a change panicked: UserShared(2) is locked after [User(1)]",
        ),
        step(
            "descending groups",
            |connection| {
                connection.lock_group(2)?;
                connection.lock_group(1)?;
                Ok(())
            },
            "a change panicked: Group(1) is locked after [Group(2)]",
        ),
        step(
            "application first",
            |connection| {
                connection.lock_application_shared(1)?;
                connection.lock_group(1)?;
                Ok(())
            },
            "a change panicked: Group(1) is locked after [Application(1)]",
        ),
        // The locks of one change do not count for the next.
        step("ordered again", ordered, "ok"),
        ok("none"),
    ];
    for backend in Backend::ALL {
        check(backend, "SELECT 1", &steps);
    }
}

fn ordered(connection: &mut Connection) -> Outcome {
    connection.lock_user_shared(2)?;
    connection.lock_user_shared(1)?;
    connection.lock_group(1)?;
    connection.lock_group(1)?;
    connection.lock_group(2)?;
    connection.lock_user_shared(1)?;
    connection.lock_application_shared(1)?;
    connection.lock_tokens_and_frobs()?;
    Ok(())
}

#[test]
fn change_that_read_before_its_locks_is_repeated() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let runs = AtomicUsize::new(0);
        let outcome = queue(&database, move |_| {
            match runs.fetch_add(1, Ordering::Relaxed) {
                0 | 1 => Err(Error::Outdated.into()),
                _ => Ok(()),
            }
        });
        assert_eq!(describe(&outcome.recv().unwrap()), "ok", "{backend:?}");
        let outcome = queue(&database, |_| Err(Error::Outdated.into()));
        let outcome = outcome.recv().unwrap().unwrap_err();
        assert!(matches!(outcome, super::Denied::Store(error) if error.is_temporary()));
        // The database did not fail.
        database.ready().unwrap();
    }
}
