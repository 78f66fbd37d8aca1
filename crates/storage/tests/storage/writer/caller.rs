//! Callers that leave, panic, exceed the queue, or own the last reference to the database.

use std::sync::Arc;
use std::sync::mpsc::channel;

use trivium_storage::Error;
use trivium_test_support::{Backend, Scratch};

use super::{
    Denied, assert_still_commits, block, describe, insert_mark, marks, open, queue, queue_mark,
};

#[test]
fn change_is_committed_although_its_caller_has_left() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let release = block(&database);
        drop(queue_mark(&database, "anna"));
        let bert = queue_mark(&database, "bert");
        drop(release);
        assert_eq!(describe(&bert.recv().unwrap()), "ok", "{backend:?}");
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
        assert_still_commits(&scratch, &database);
    }
}

#[test]
fn panic_in_a_reply_does_not_end_the_writer() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let release = block(&database);
        let anna = queue_mark(&database, "anna");
        database.change(
            None,
            |connection| insert_mark(connection, "bert"),
            |_| panic!("in the reply"),
        );
        let carl = queue_mark(&database, "carl");
        drop(release);
        for outcome in [anna, carl] {
            assert_eq!(describe(&outcome.recv().unwrap()), "ok", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert", "carl"], "{backend:?}");
        assert_still_commits(&scratch, &database);
    }
}

/// Panics when dropped.
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn panic_in_the_drop_of_a_change_does_not_end_the_writer() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let release = block(&database);
        let fragile = Fragile;
        let anna = queue(&database, move |connection| {
            let _owned = &fragile;
            Ok(insert_mark(connection, "anna")?)
        });
        let bert = queue_mark(&database, "bert");
        drop(release);
        for outcome in [anna, bert] {
            assert_eq!(describe(&outcome.recv().unwrap()), "ok", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
        assert_still_commits(&scratch, &database);
    }
}

#[test]
fn change_may_own_the_last_reference_to_the_database() {
    // The writer thread then closes the database, and must not join itself.
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Arc::new(open(&scratch, 100));
        let release = block(&database);
        let owned = Arc::clone(&database);
        let anna = queue(&database, move |connection| {
            let _owned = &owned;
            Ok(insert_mark(connection, "anna")?)
        });
        let bert = queue_mark(&database, "bert");
        drop(database);
        drop(release);
        for outcome in [anna, bert] {
            assert_eq!(describe(&outcome.recv().unwrap()), "ok", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
    }
}

#[test]
fn change_is_dropped_before_the_reply() {
    // The caller may then own the last reference to the database, and close it.
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let (sender, counts) = channel();
        let shared = Arc::new(());
        let owned = Arc::clone(&shared);
        database.change(
            None,
            move |connection| {
                let _owned = &owned;
                insert_mark(connection, "anna")
            },
            move |_| sender.send(Arc::strong_count(&shared)).unwrap(),
        );
        assert_eq!(counts.recv().unwrap(), 1, "{backend:?}");
    }
}

#[test]
fn full_queue_rejects_at_once() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 2);
        let release = block(&database);
        let waiting = [queue_mark(&database, "anna"), queue_mark(&database, "bert")];
        // The reply comes while the writer is blocked.
        let outcome = queue_mark(&database, "carl").recv().unwrap();
        assert!(
            matches!(&outcome, Err(Denied::Store(error @ Error::QueueFull)) if error.is_temporary()),
            "{backend:?}: {outcome:?}"
        );
        drop(release);
        for outcome in waiting {
            assert_eq!(describe(&outcome.recv().unwrap()), "ok", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
        assert_still_commits(&scratch, &database);
    }
}
