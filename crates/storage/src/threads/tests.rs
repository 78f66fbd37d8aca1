//! Threads that are stuck, and those that take their place.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;

/// A deadline that no test reaches.
fn later() -> Option<Instant> {
    Some(Instant::now() + Duration::from_secs(600))
}

fn pool(size: usize) -> (ThreadPool, Arc<AtomicUsize>) {
    let abandonments = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&abandonments);
    let count = move || {
        counter.fetch_add(1, Ordering::SeqCst);
    };
    (
        ThreadPool::new("test", Priority::Normal, size, 3, count),
        abandonments,
    )
}

/// Submits work that reports how it was called.
fn submit(pool: &ThreadPool, deadline: Option<Instant>) -> Receiver<String> {
    let (sender, outcome) = channel();
    pool.submit(deadline, move |turn| {
        let turn = turn.map_or_else(|error| error.to_string(), |()| "ran".into());
        sender.send(turn).unwrap();
    });
    outcome
}

/// Blocks a thread until the sender is dropped, past its deadline if `is_stuck`.
fn block(pool: &ThreadPool, is_stuck: bool) -> Sender<()> {
    let (release, released) = channel::<()>();
    let (begin, begun) = channel();
    let deadline = Instant::now() + Duration::from_millis(if is_stuck { 50 } else { 600_000 });
    pool.submit(Some(deadline), move |turn| {
        begin.send(turn.is_ok()).unwrap();
        let _released = released.recv();
    });
    if !begun.recv().unwrap() {
        // A busy machine did not run it in time.
        drop(release);
        return block(pool, is_stuck);
    }
    while is_stuck && Instant::now() <= deadline + MIN_WORK {
        std::thread::sleep(Duration::from_millis(10));
    }
    release
}

#[test]
fn work_past_its_deadline_is_not_run() {
    let (pool, _) = pool(1);
    let release = block(&pool, false);
    let expired = submit(&pool, Some(Instant::now()));
    let waiting = submit(&pool, later());
    drop(release);
    assert_eq!(expired.recv().unwrap(), Error::Expired.to_string());
    assert_eq!(waiting.recv().unwrap(), "ran");
}

#[test]
fn work_beyond_the_capacity_is_rejected() {
    let (pool, _) = pool(1);
    let release = block(&pool, false);
    let waiting = [(); 3].map(|()| submit(&pool, later()));
    let rejected = submit(&pool, later());
    assert_eq!(rejected.recv().unwrap(), Error::QueueFull.to_string());
    drop(release);
    for outcome in waiting {
        assert_eq!(outcome.recv().unwrap(), "ran");
    }
}

#[test]
fn work_that_began_just_before_its_deadline_is_not_stuck() {
    let (pool, abandonments) = pool(1);
    let (release, released) = channel::<()>();
    let (begin, begun) = channel();
    let began = Instant::now();
    let deadline = began + Duration::from_millis(100);
    pool.submit(Some(deadline), move |turn| {
        begin.send(turn.is_ok()).unwrap();
        let _released = released.recv();
    });
    if !begun.recv().unwrap() {
        // A busy machine did not run it in time.
        return;
    }
    while Instant::now() <= deadline {
        std::thread::yield_now();
    }
    let waiting = submit(&pool, later());
    // On a busy machine it may be stuck by now.
    if began.elapsed() < MIN_WORK {
        assert_eq!(abandonments.load(Ordering::SeqCst), 0);
    }
    drop(release);
    assert_eq!(waiting.recv().unwrap(), "ran");
}

#[test]
fn stuck_threads_are_replaced_within_a_bound() {
    let (pool, abandonments) = pool(2);
    let mut stuck: Vec<_> = (0..4).map(|_| block(&pool, true)).collect();
    assert_eq!(abandonments.load(Ordering::SeqCst), 1);
    for _ in 0..3 {
        let rejected = submit(&pool, later());
        assert_eq!(rejected.recv().unwrap(), Error::Stuck.to_string());
    }
    // A thread that returns takes work again.
    drop(stuck.pop());
    while submit(&pool, later()).recv().unwrap() != "ran" {}
    drop(stuck);
    while pool.0.lock().abandoned > 0 {
        std::thread::yield_now();
    }
    assert_eq!(submit(&pool, later()).recv().unwrap(), "ran");
    let state = pool.0.lock();
    assert!(state.idle + state.busy.len() <= 2);
}

#[test]
fn a_panic_does_not_end_the_thread() {
    let (pool, _) = pool(1);
    for _ in 0..2 {
        pool.submit(None, |_| std::panic::resume_unwind(Box::new(())));
    }
    assert_eq!(submit(&pool, None).recv().unwrap(), "ran");
}

#[test]
fn close_runs_what_is_queued_and_does_not_wait_for_stuck_threads() {
    let (pool, _) = pool(2);
    let stuck = block(&pool, true);
    let release = block(&pool, false);
    let waiting = submit(&pool, later());
    std::thread::scope(|scope| {
        let closing = scope.spawn(|| pool.close(None));
        drop(release);
        closing.join().unwrap();
    });
    assert_eq!(waiting.try_recv().unwrap(), "ran");
    assert_eq!(
        submit(&pool, later()).recv().unwrap(),
        Error::Closed.to_string()
    );
    drop(stuck);
}

#[test]
fn close_rejects_what_stuck_threads_left_in_the_queue() {
    let (pool, _) = pool(1);
    let stuck = [block(&pool, true), block(&pool, false)];
    let waiting = submit(&pool, later());
    pool.close(Some(Instant::now()));
    assert_eq!(waiting.recv().unwrap(), Error::Closed.to_string());
    drop(stuck);
}
