//! Checkpoints: what is in the WAL of an SQLite file is moved to the file.
//!
//! Most of it is moved on a thread of its own, while changes go on: they would wait for tens of milliseconds. They
//! append to the WAL meanwhile, and it begins anew only when all of it has been moved. So the writer moves the rest
//! afterwards, which is little. If the thread cannot keep up, the writer waits for it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use super::commit::{change_failed, commit_failed};
use crate::health::Health;
use crate::{Connection, Error, Result};

/// Number of frames in the WAL from which on they are moved: 40 MB. SQLite's own default is 1,000, but a page that many
/// changes rewrite is moved only once.
const ENOUGH_FRAMES: i32 = 10_000;

/// Number of frames in the WAL from which on the writer waits: 80 MB.
const MAX_FRAMES: i32 = 2 * ENOUGH_FRAMES;

/// The thread, as the writer sees it.
pub(super) struct Checkpoints {
    requests: Sender<()>,
    ended: Receiver<()>,
    is_running: bool,
}

impl Checkpoints {
    /// Starts the thread with a connection of its own.
    ///
    /// # Errors
    /// [`Error::Open`] if it cannot start.
    pub(super) fn start(mut connection: Connection, health: Arc<Health>) -> Result<Self> {
        let (requests, requested) = channel();
        let (end, ended) = channel();
        std::thread::Builder::new()
            .name("checkpoints".into())
            .spawn(move || {
                for () in requested {
                    checkpoint(&mut connection, &health);
                    if end.send(()).is_err() {
                        break;
                    }
                }
                if health.verify().is_err() {
                    // It stays open until the process ends, see `health`.
                    std::mem::forget(connection);
                }
            })
            .map_err(|e| Error::Open(format!("cannot start a thread for checkpoints: {e}")))?;
        Ok(Self {
            requests,
            ended,
            is_running: false,
        })
    }

    /// Begins a checkpoint if enough frames wait, and completes it. The writer calls this after each batch.
    pub(super) fn advance(&mut self, writer: &mut Connection, health: &Health) {
        let wal = match writer.wal() {
            Ok(wal) => wal,
            Err(error) => return change_failed(health, &Error::Query(error)),
        };
        if !self.is_running {
            if wal.waiting < ENOUGH_FRAMES {
                return;
            }
            self.is_running = self.requests.send(()).is_ok();
        }
        // A thread that has panicked has ended its checkpoint, too.
        let ended = match wal.frames >= MAX_FRAMES {
            true => self.ended.recv().map_err(TryRecvError::from),
            false => self.ended.try_recv(),
        };
        if ended != Err(TryRecvError::Empty) {
            self.is_running = false;
            checkpoint(writer, health);
        }
    }

    /// Ends the thread, and waits for it.
    pub(super) fn close(self) {
        drop(self.requests);
        // The thread has closed its connection when it drops its side.
        for () in self.ended {}
    }
}

/// Moves frames to the database file, as far as no reader needs them.
fn checkpoint(connection: &mut Connection, health: &Health) {
    if health.verify().is_ok()
        && let Err(error) = connection.checkpoint()
    {
        commit_failed(health, &Error::Query(error));
    }
}
