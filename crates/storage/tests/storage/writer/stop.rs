//! Closing while changes wait: each is either committed and acknowledged, or rejected.

use std::sync::Arc;
use std::sync::mpsc::channel;

use trivium_storage::{Database, Error};
use trivium_test_support::{Backend, Scratch};

use super::{Denied, block, describe, insert_mark, marks, open, queue_mark};
use crate::common::{options, url};

#[test]
fn close_runs_queued_changes_and_rejects_later_ones() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Arc::new(open(&scratch, 100));
        let release = block(&database);
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
        // The first rejected change shows that closing has begun. The writer is still blocked, so
        // all changes that were accepted before are waiting.
        for n in 0.. {
            let mark = format!("late{n}");
            let outcome = queue_mark(&database, mark.clone());
            match outcome.try_recv().as_ref().map(describe).as_deref() {
                Ok("the database is closed") => break,
                Ok("the writer's queue is full") => std::thread::yield_now(),
                Ok(other) => panic!("{other}"),
                Err(_) => waiting.push((mark, outcome)),
            }
        }
        drop(release);
        closing.join().unwrap();
        let mut committed = Vec::new();
        for (mark, outcome) in waiting {
            // Closing has ended, so all replies have been sent.
            assert_eq!(describe(&outcome.try_recv().unwrap()), "ok", "{backend:?}");
            committed.push(mark);
        }
        committed.sort();
        assert_eq!(marks(&scratch), committed, "{backend:?}");

        let rejected = database.change_and_wait(|c| insert_mark(c, "after"));
        assert!(matches!(&rejected, Err(error @ Error::Closed) if error.is_temporary()));
        database.close();
        assert_eq!(marks(&scratch), committed, "{backend:?}");
    }
}

#[test]
fn close_under_load_loses_no_acknowledged_change() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = Database::open(url(&scratch), &options()).unwrap();
        let (replied, replies) = channel();
        let mut committed: Vec<String> = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..4)
                .map(|caller| {
                    let (database, replied) = (&database, replied.clone());
                    scope.spawn(move || {
                        let mut committed = Vec::new();
                        for n in 0.. {
                            let mark = format!("{caller}-{n}");
                            match queue_mark(database, mark.clone()).recv().unwrap() {
                                Ok(()) => committed.push(mark),
                                Err(Denied::Store(Error::Closed)) => break,
                                other => panic!("{other:?}"),
                            }
                            let _closing = replied.send(());
                        }
                        committed
                    })
                })
                .collect();
            for _ in 0..20 {
                replies.recv().unwrap();
            }
            database.close();
            callers
                .into_iter()
                .flat_map(|caller| caller.join().unwrap())
                .collect()
        });
        committed.sort();
        assert_eq!(marks(&scratch), committed, "{backend:?}");
    }
}

#[test]
fn drop_of_the_database_runs_queued_changes() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let database = open(&scratch, 100);
        let release = block(&database);
        let outcomes = [queue_mark(&database, "anna"), queue_mark(&database, "bert")];
        drop(release);
        drop(database);
        for outcome in outcomes {
            assert_eq!(describe(&outcome.try_recv().unwrap()), "ok", "{backend:?}");
        }
        assert_eq!(marks(&scratch), ["anna", "bert"], "{backend:?}");
    }
}
