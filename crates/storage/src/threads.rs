//! Threads for work that may get stuck, such as a query to a database that does not respond.
//!
//! Work has a deadline. A thread that is still busy after it, and has been for a while, is stuck: it is
//! abandoned, another one takes its place, and it ends when its work returns. A pool abandons as many threads
//! as it has. If all others are stuck too, it rejects work at once, until a thread returns.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use rustix::process::setpriority_process;
use rustix::thread::gettid;

use crate::{Error, Result};

/// Time for which a thread has worked at least when it is stuck. Under load, work begins just before its
/// deadline.
const MIN_WORK: Duration = Duration::from_secs(1);

/// Interval at which [`ThreadPool::close`] looks for threads that are stuck by then.
const CLOSE_INTERVAL: Duration = Duration::from_millis(20);

/// Work for a thread. It is called with an error if it is rejected or its deadline has passed.
type Work = Box<dyn FnOnce(Result<()>) + Send>;

/// A pool of threads, which are started when they are needed.
pub struct ThreadPool(Arc<Shared>);

/// Which threads run first if there are more than cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// As all other threads.
    Normal,
    /// After those of normal priority.
    Low,
}

/// The nice value of threads with low priority: next to others, they get a tenth of a core.
const NICE: i32 = 10;

impl Priority {
    /// Sets the priority of this thread.
    fn apply(self) {
        // Linux has a nice value for each thread, and raising it needs no permission.
        if self == Self::Low
            && cfg!(target_os = "linux")
            && let Err(error) = setpriority_process(Some(gettid()), NICE)
        {
            tracing::debug!(%error, "cannot lower the priority of a thread");
        }
    }
}

struct Shared {
    name: &'static str,
    priority: Priority,
    size: usize,
    /// Maximum length of the queue.
    capacity: usize,
    /// Called when threads were abandoned.
    on_stuck: Box<dyn Fn() + Send + Sync>,
    state: Mutex<State>,
    added: Condvar,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Queued>,
    /// The threads that work, and when they are stuck.
    busy: Vec<(ThreadId, Option<Instant>)>,
    /// Number of threads that wait for work.
    idle: usize,
    /// Number of threads that were abandoned and have not returned.
    abandoned: usize,
    closed: bool,
}

struct Queued {
    deadline: Option<Instant>,
    work: Work,
}

impl ThreadPool {
    /// Creates a pool of `size` threads and a queue of `capacity`. `on_stuck` is called when threads were
    /// abandoned.
    pub(crate) fn new(
        name: &'static str,
        priority: Priority,
        size: usize,
        capacity: usize,
        on_stuck: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared {
            name,
            priority,
            size,
            capacity,
            on_stuck: Box::new(on_stuck),
            state: Mutex::default(),
            added: Condvar::new(),
            ended: Condvar::new(),
        }))
    }

    /// Runs `work` on a thread. It is called exactly once, unless it never gets its turn and all threads stay
    /// stuck: with an error if it cannot run, or not before the deadline.
    pub fn submit(
        &self,
        deadline: Option<Instant>,
        work: impl FnOnce(Result<()>) + Send + 'static,
    ) {
        let work = Box::new(work);
        let mut state = self.0.lock();
        let stuck = match state.has_thread(self.0.size) {
            true => 0,
            false => state.abandon(self.0.size),
        };
        let accepted = self.0.accept(&mut state, Queued { deadline, work });
        drop(state);
        if stuck > 0 {
            let pool = self.0.name;
            tracing::error!(pool, stuck, "threads are stuck: others take their place");
            (self.0.on_stuck)();
        }
        if let Err((work, error)) = accepted {
            work(Err(error));
        }
    }

    /// Runs the queued work and ends the threads. Waits neither for stuck ones nor longer than until `by`;
    /// work that is queued then is rejected, and so is later work.
    pub fn close(&self, by: Option<Instant>) {
        let own = std::thread::current().id();
        let mut state = self.0.lock();
        state.closed = true;
        self.0.added.notify_all();
        if state.busy.iter().any(|(thread, _)| *thread == own) {
            // Work that owned the last reference to the database runs this, on a thread that goes on with
            // the queue.
            return;
        }
        while !has_passed(by) {
            let is_working = state.busy.iter().any(|(_, stuck)| !has_passed(*stuck));
            if !is_working && (state.queue.is_empty() || state.idle == 0) {
                break;
            }
            let waited = self.0.ended.wait_timeout(state, CLOSE_INTERVAL);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let rejected = std::mem::take(&mut state.queue);
        drop(state);
        for Queued { work, .. } in rejected {
            work(Err(Error::Closed));
        }
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        self.0.added.notify_all();
    }
}

impl State {
    /// Returns whether a thread waits for the next work, or can be started for it.
    fn has_thread(&self, size: usize) -> bool {
        self.idle > self.queue.len() || self.idle + self.busy.len() < size
    }

    /// Abandons stuck threads within the bound, and returns their number.
    fn abandon(&mut self, size: usize) -> usize {
        let before = self.abandoned;
        let now = Instant::now();
        let abandoned = &mut self.abandoned;
        self.busy.retain(|(_, stuck)| {
            let is_stuck = stuck.is_some_and(|stuck| stuck <= now) && *abandoned < size;
            *abandoned += usize::from(is_stuck);
            !is_stuck
        });
        self.abandoned - before
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues work and provides a thread for it, or returns why not.
    fn accept(
        self: &Arc<Self>,
        state: &mut State,
        queued: Queued,
    ) -> std::result::Result<(), (Work, Error)> {
        let has_thread = state.has_thread(self.size);
        if state.closed {
            return Err((queued.work, Error::Closed));
        }
        let mut busy = state.busy.iter();
        if !has_thread && state.idle == 0 && busy.all(|(_, stuck)| has_passed(*stuck)) {
            return Err((queued.work, Error::Stuck));
        }
        if !has_thread && state.queue.len() >= self.capacity {
            return Err((queued.work, Error::QueueFull));
        }
        state.queue.push_back(queued);
        if state.idle >= state.queue.len() {
            self.added.notify_one();
        } else if has_thread {
            self.start(state);
        }
        Ok(())
    }

    /// Starts a thread, which counts as idle until it takes work.
    fn start(self: &Arc<Self>, state: &mut State) {
        let shared = Arc::clone(self);
        let thread = std::thread::Builder::new().name(self.name.into());
        match thread.spawn(move || shared.serve()) {
            Ok(_detached) => state.idle += 1,
            Err(error) => tracing::error!(%error, "cannot start a thread"),
        }
    }

    fn serve(&self) {
        self.priority.apply();
        let own = std::thread::current().id();
        let mut state = self.lock();
        loop {
            let Some(Queued { deadline, work }) = state.queue.pop_front() else {
                if state.closed {
                    state.idle -= 1;
                    return;
                }
                let woken = self.added.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            state.idle -= 1;
            let stuck = deadline.map(|deadline| deadline.max(Instant::now() + MIN_WORK));
            state.busy.push((own, stuck));
            drop(state);
            run(deadline, work);
            state = self.lock();
            match state.busy.iter().position(|(thread, _)| *thread == own) {
                Some(place) => drop(state.busy.swap_remove(place)),
                None => {
                    state.abandoned -= 1;
                    if state.idle + state.busy.len() >= self.size {
                        return;
                    }
                }
            }
            state.idle += 1;
            if state.closed {
                self.ended.notify_all();
            }
        }
    }
}

/// Runs work. Its panic must not end the thread.
fn run(deadline: Option<Instant>, work: Work) {
    let turn = match has_passed(deadline) {
        true => Err(Error::Expired),
        false => Ok(()),
    };
    if catch_unwind(AssertUnwindSafe(|| work(turn))).is_err() {
        tracing::error!("work on a thread panicked");
    }
}

/// Returns whether a deadline has passed.
pub(crate) fn has_passed(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| deadline <= Instant::now())
}

#[cfg(test)]
mod tests;
