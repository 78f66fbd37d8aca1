//! Transactions: those of several changes on SQLite, and those of one.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::checkpoints::Checkpoints;
use super::job::{Attempt, Job};
use crate::health::Health;
use crate::pool::Pool;
use crate::{Connection, Error, Result};

/// Maximum number of changes that share a COMMIT. A larger batch would delay its first changes.
const MAX_BATCH: usize = 64;

/// Time between attempts to write while no change succeeds, such as on a full disk.
const PROBE_INTERVAL: Duration = Duration::from_millis(500);

/// Maximum number of retries of a change, after a conflict on Postgres or as `Outdated`.
const MAX_RETRIES: usize = 8;

/// Time after which a change is not retried. A statement that ran into a timeout has used it up.
const RETRY_TIME: Duration = Duration::from_secs(5);

// SQLite: one thread, up to MAX_BATCH changes per COMMIT.

pub(super) fn commit_together(
    mut connection: Connection,
    jobs: &Receiver<Box<dyn Job>>,
    health: &Health,
    mut checkpoints: Option<Checkpoints>,
) {
    loop {
        let first = if health.is_failing() {
            jobs.recv_timeout(PROBE_INTERVAL)
        } else {
            jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        let mut batch = match first {
            Ok(first) => vec![first],
            Err(RecvTimeoutError::Timeout) => {
                probe(&mut connection, health);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        while batch.len() < MAX_BATCH {
            match jobs.try_recv() {
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        run_batch(&mut connection, batch, health);
        if let Some(checkpoints) = &mut checkpoints
            && health.running().is_ok()
        {
            checkpoints.advance(&mut connection, health);
        }
    }
    if let Some(checkpoints) = checkpoints {
        checkpoints.close();
    }
    if health.verify().is_err() {
        // It stays open until the process ends, see `health`.
        std::mem::forget(connection);
    }
}

/// Finds out whether changes succeed again.
fn probe(connection: &mut Connection, health: &Health) {
    let written = match health.verify() {
        Ok(()) => connection.rewrite_a_page(),
        Err(_) => return,
    };
    match written {
        Ok(()) => {
            if health.verify().is_ok() {
                health.recover();
            }
        }
        Err(error) => {
            roll_back(connection);
            commit_failed(health, &error);
        }
    }
}

/// Draws the consequence of a failed COMMIT or checkpoint, which includes a sync. What a failed sync
/// has left on the disk is unknown, even if the next one succeeds.
pub(super) fn commit_failed(health: &Health, error: &Error) {
    if error.is_io_error() {
        health.stop(format!("a write or a sync failed: {}", error.message()));
    } else {
        change_failed(health, error);
    }
}

/// Draws the consequence of an error of the database. A change that was outdated once too often met
/// other changes, not an obstacle.
pub(super) fn change_failed(health: &Health, error: &Error) {
    if matches!(error, Error::Outdated) {
        return;
    }
    if health.examined(error).is_ok() && error.is_temporary() && health.verify().is_ok() {
        health.fail(&error.to_string());
    }
}

fn run_batch(connection: &mut Connection, mut batch: Vec<Box<dyn Job>>, health: &Health) {
    if health.running().is_err() {
        settle_all(batch, || health.running());
        return;
    }
    settle_expired(&mut batch);
    if batch.is_empty() {
        return;
    }
    if let Err(error) = connection.begin_change() {
        let error = Error::Query(error);
        tracing::error!(%error, "BEGIN failed");
        change_failed(health, &error);
        settle_all(batch, || {
            health.running()?;
            Err(error.duplicate())
        });
        return;
    }
    // BEGIN may have waited for another process.
    settle_expired(&mut batch);
    let complete = batch
        .iter_mut()
        .all(|job| attempt_in_savepoint(connection, &mut **job));
    if !complete {
        roll_back(connection);
        for job in batch {
            run_alone(connection, job, health);
        }
        return;
    }
    let began = Instant::now();
    match connection.commit_change() {
        Ok(()) => {
            let changes = batch.iter().filter(|job| job.succeeded()).count();
            health.measures.committed(changes, began);
            let stored = health.verify();
            settle_all(batch, || match &stored {
                Ok(()) => Ok(()),
                Err(error) => Err(error.duplicate()),
            });
            if stored.is_ok() && health.is_failing() {
                probe(connection, health);
            }
        }
        Err(error) => {
            tracing::error!(%error, changes = batch.len(), "COMMIT failed");
            roll_back(connection);
            let error = Error::OutcomeUnknown(error);
            commit_failed(health, &error);
            settle_all(batch, || Err(error.duplicate()));
        }
    }
}

fn settle_all(batch: Vec<Box<dyn Job>>, committed: impl Fn() -> Result<()>) {
    for job in batch {
        job.settle(committed());
    }
}

/// Rejects the changes whose deadline has passed.
fn settle_expired(batch: &mut Vec<Box<dyn Job>>) {
    for job in batch.extract_if(.., |job| job.has_expired()) {
        job.settle(Err(Error::Expired));
    }
}

/// Runs one change of a batch; false if the transaction cannot continue.
fn attempt_in_savepoint(connection: &mut Connection, job: &mut dyn Job) -> bool {
    if connection.begin_savepoint().is_err() {
        return false;
    }
    let ended = match job.attempt(connection) {
        Attempt::Succeeded => connection.end_savepoint(),
        Attempt::Rejected => connection.undo_savepoint(),
        Attempt::Broken | Attempt::Retry => return false,
    };
    ended.is_ok()
}

/// Runs a change in its own transaction and replies to its caller.
fn run_alone(connection: &mut Connection, job: Box<dyn Job>, health: &Health) {
    match begin(connection, &*job, health) {
        Ok(()) => drop(run_begun(connection, job, health)),
        Err(error) => job.settle(Err(error)),
    }
}

/// Begins the transaction of a change.
fn begin(connection: &mut Connection, job: &dyn Job, health: &Health) -> Result<()> {
    health.running()?;
    if job.has_expired() {
        return Err(Error::Expired);
    }
    connection.begin_change().map_err(|error| {
        let error = connection.explain(Error::Query(error));
        change_failed(health, &error);
        error
    })
}

/// As [`run_alone`], in a transaction that has begun. Returns false if the connection may have ended.
fn run_begun(connection: &mut Connection, mut job: Box<dyn Job>, health: &Health) -> bool {
    let began = Instant::now();
    let mut retry = 0_usize;
    loop {
        if retry > 0 {
            // The other transactions of a conflict get the time to end.
            std::thread::sleep(Duration::from_millis(1 << retry.min(6)));
            if let Err(error) = begin(connection, &*job, health) {
                job.settle(Err(error));
                return false;
            }
        }
        let may_retry = retry < MAX_RETRIES && began.elapsed() < RETRY_TIME;
        match job.attempt(connection) {
            Attempt::Succeeded if job.has_expired() => {
                let is_usable = roll_back(connection);
                job.settle(Err(Error::Expired));
                return is_usable;
            }
            Attempt::Succeeded => {
                let commit = Instant::now();
                let Err(error) = connection.commit_change() else {
                    health.measures.committed(1, commit);
                    job.settle(health.verify());
                    return true;
                };
                let wants_retry = connection.wants_retry(&error);
                let unknown = Error::OutcomeUnknown(error);
                // Postgres has rolled back if it reports an error at COMMIT and the connection
                // remains usable. If the connection has ended, it may have committed before.
                if !(roll_back(connection) && wants_retry && may_retry) {
                    commit_failed(health, &unknown);
                    job.settle(Err(unknown));
                    return false;
                }
            }
            Attempt::Retry if may_retry => {
                roll_back(connection);
            }
            Attempt::Rejected | Attempt::Broken | Attempt::Retry => {
                let is_usable = roll_back(connection);
                if let Some(error) = job.storage_error() {
                    change_failed(health, error);
                }
                job.settle(health.running());
                return is_usable;
            }
        }
        retry += 1;
    }
}

/// Ends a transaction; false if that fails. It may have ended by itself already, so errors are logged at
/// debug level.
fn roll_back(connection: &mut Connection) -> bool {
    match connection.roll_back() {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(%error, "ROLLBACK failed");
            false
        }
    }
}

// Postgres: several threads, one transaction per change.

pub(super) fn run_on_pool(pool: &Pool, job: Box<dyn Job>, health: &Health) {
    if let Err(error) = health.running() {
        return job.settle(Err(error));
    }
    // No change fails because Postgres was restarted.
    match pool.begin(Connection::begin_change) {
        Ok(mut connection) => connection.is_suspect = !run_begun(&mut connection, job, health),
        Err(error) => {
            if !matches!(error, Error::Pool(_)) {
                change_failed(health, &error);
            }
            job.settle(Err(error));
        }
    }
}
