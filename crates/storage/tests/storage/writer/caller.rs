//! Whoever asked for a change: gone, panicking, one too many, or the last to hold the database.

use std::sync::Arc;
use std::sync::mpsc::channel;

use trivium_storage::Error;
use trivium_test_support::{Backend, Scratch};

use super::{Denied, assert_serves, hold, leave_mark, marks, open, queue, queue_mark, words};

#[test]
fn a_change_is_made_when_its_caller_is_gone() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let held = hold(&database);
        drop(queue_mark(&database, "anna"));
        let bert = queue_mark(&database, "bert");
        drop(held);
        assert_eq!(words(&bert.recv().unwrap()), "kept", "{backend:?}");
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
        assert_serves(&scratch, &database);
    }
}

#[test]
fn a_panic_while_answering_does_not_end_the_writer() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let held = hold(&database);
        let anna = queue_mark(&database, "anna");
        database.change(
            |connection| leave_mark(connection, "bert"),
            |_| panic!("the caller's own"),
        );
        let carl = queue_mark(&database, "carl");
        drop(held);
        for outcome in [anna, carl] {
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert", "carl"], "{backend:?}");
        assert_serves(&scratch, &database);
    }
}

/// Panics when it is dropped.
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[test]
fn a_panic_while_a_change_is_dropped_does_not_end_the_writer() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let held = hold(&database);
        let fragile = Fragile;
        let anna = queue(&database, move |connection| {
            let _held = &fragile;
            Ok(leave_mark(connection, "anna")?)
        });
        let bert = queue_mark(&database, "bert");
        drop(held);
        for outcome in [anna, bert] {
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
        assert_serves(&scratch, &database);
    }
}

#[test]
fn a_change_may_be_the_last_to_hold_the_database() {
    // The writer's thread then closes the database, and cannot wait for itself to end.
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Arc::new(open(&scratch, 100));
        let held = hold(&database);
        let own = Arc::clone(&database);
        let anna = queue(&database, move |connection| {
            let _held = &own;
            Ok(leave_mark(connection, "anna")?)
        });
        let bert = queue_mark(&database, "bert");
        drop(database);
        drop(held);
        for outcome in [anna, bert] {
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
    }
}

#[test]
fn what_a_change_holds_is_let_go_before_it_is_answered() {
    // Whoever waits for the answer may then be the last to hold the database, and close it.
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let (sender, holders) = channel();
        let thing = Arc::new(());
        let own = Arc::clone(&thing);
        database.change(
            move |connection| {
                let _held = &own;
                leave_mark(connection, "anna")
            },
            move |_| sender.send(Arc::strong_count(&thing)).unwrap(),
        );
        assert_eq!(holders.recv().unwrap(), 1, "{backend:?}");
    }
}

#[test]
fn a_full_queue_refuses_at_once() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 2);
        let held = hold(&database);
        let waiting = [queue_mark(&database, "anna"), queue_mark(&database, "bert")];
        // Answered while the writer is held.
        let refused = queue_mark(&database, "carl").recv().unwrap();
        assert!(
            matches!(&refused, Err(Denied::Store(error @ Error::QueueFull)) if error.is_temporary()),
            "{backend:?}: {refused:?}"
        );
        drop(held);
        for outcome in waiting {
            assert_eq!(words(&outcome.recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
        assert_serves(&scratch, &database);
    }
}
