//! The statements that a server sends to Postgres.

use std::sync::{Mutex, MutexGuard, PoisonError};

use trivium_test_support::{Cluster, Scratch};

/// The turn of a test that logs statements: the databases of a cluster share its log.
pub(crate) struct StatementLog {
    _turn: MutexGuard<'static, ()>,
}

impl StatementLog {
    /// Waits for the turn of this test.
    pub(crate) fn wait() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        Self {
            _turn: TURN.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Waits for the turn of this test, and logs the statements in a database from then on.
    pub(crate) fn of(scratch: &Scratch) -> Self {
        let log = Self::wait();
        scratch.log_statements();
        log
    }

    /// The statements that are sent during a call, without their values and without those of a new connection.
    pub(crate) fn during<T>(&self, call: impl FnOnce() -> T) -> (T, Vec<String>) {
        let since = Cluster::get().log().len();
        let value = call();
        let log = Cluster::get().log();
        let statements = String::from_utf8_lossy(&log[since..])
            .lines()
            .filter_map(|line| {
                let (_, logged) = line.split_once("LOG:  ")?;
                // Before the statement is its name, which differs between connections.
                let (_, statement) = logged.split_once(": ")?;
                let is_setting = statement.starts_with("SET ");
                (!is_setting).then(|| statement.to_owned())
            })
            .collect();
        (value, statements)
    }
}
