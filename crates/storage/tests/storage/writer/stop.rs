//! Stopping while changes wait: each is made and answered, or refused; none is lost or half.

use std::sync::Arc;
use std::sync::mpsc::channel;

use trivium_storage::{Database, Error};
use trivium_test_support::{Backend, Scratch};

use super::{Denied, hold, leave_mark, marks, open, queue_mark, words};
use crate::common::{options, url};

#[test]
fn stopping_finishes_what_waits_and_refuses_the_rest() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Arc::new(open(&scratch, 100));
        let held = hold(&database);
        let mut waiting: Vec<_> = (0..10)
            .map(|n| {
                (
                    format!("early{n}"),
                    queue_mark(&database, format!("early{n}")),
                )
            })
            .collect();
        let closing = std::thread::spawn({
            let database = Arc::clone(&database);
            move || database.close()
        });
        // The first change that is refused shows that the stop has begun; the writer is still
        // held, so all that were taken before it wait.
        for n in 0.. {
            let mark = format!("late{n}");
            let outcome = queue_mark(&database, mark.clone());
            match outcome.try_recv().as_ref().map(words).as_deref() {
                Ok("the database is closed") => break,
                Ok("the writer's queue is full") => std::thread::yield_now(),
                Ok(other) => panic!("{other}"),
                Err(_) => waiting.push((mark, outcome)),
            }
        }
        drop(held);
        closing.join().unwrap();
        let mut kept = Vec::new();
        for (mark, outcome) in waiting {
            // Whoever is answered at all is answered by now.
            assert_eq!(words(&outcome.try_recv().unwrap()), "kept", "{backend:?}");
            kept.push(mark);
        }
        kept.sort();
        assert_eq!(marks(&scratch), kept, "{backend:?}");

        let refused = database.change_and_wait(|c| leave_mark(c, "after"));
        assert!(matches!(&refused, Err(error @ Error::Closed) if error.is_temporary()));
        database.close();
        assert_eq!(marks(&scratch), kept, "{backend:?}");
    }
}

#[test]
fn stopping_under_load_loses_nothing() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Database::open(url(&scratch), &options()).unwrap();
        let (answered, answers) = channel();
        let mut kept: Vec<String> = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..4)
                .map(|caller| {
                    let (database, answered) = (&database, answered.clone());
                    scope.spawn(move || {
                        let mut kept = Vec::new();
                        for n in 0.. {
                            let mark = format!("{caller}-{n}");
                            match queue_mark(database, mark.clone()).recv().unwrap() {
                                Ok(()) => kept.push(mark),
                                Err(Denied::Store(Error::Closed)) => break,
                                other => panic!("{other:?}"),
                            }
                            let _closing = answered.send(());
                        }
                        kept
                    })
                })
                .collect();
            for _ in 0..20 {
                answers.recv().unwrap();
            }
            database.close();
            callers
                .into_iter()
                .flat_map(|caller| caller.join().unwrap())
                .collect()
        });
        kept.sort();
        assert_eq!(marks(&scratch), kept, "{backend:?}");
    }
}

#[test]
fn dropping_the_database_finishes_what_waits() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let held = hold(&database);
        let outcomes = [queue_mark(&database, "anna"), queue_mark(&database, "bert")];
        drop(held);
        drop(database);
        for outcome in outcomes {
            assert_eq!(words(&outcome.try_recv().unwrap()), "kept", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
    }
}
