//! The pool of connections.
//!
//! A connection to Postgres may have ended while it was idle. The BEGIN of its next transaction finds out, so no
//! statement is sent only to test it; a connection on which a statement failed is tested when it is returned.
//!
//! If the connections to Postgres do not respond, the pool is replaced: idle connections are closed, and busy
//! ones when they are returned. A replaced pool exists until then, so their number is bounded.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use diesel::QueryResult;
use r2d2::PooledConnection;

use crate::connection::AnyConnection;
use crate::health::Health;
use crate::measures::PoolState;
use crate::url::Settings;
use crate::{Connection, DatabaseUrl, Error, Result};

/// Maximum number of replaced pools that still exist.
const MAX_REPLACED: usize = 8;

/// The pool of connections to a database.
pub(crate) struct Pool {
    connections: Connections,
    /// Maximum number of connections.
    size: u32,
    /// Maximum time to wait for a connection.
    timeout: Duration,
    current: RwLock<Arc<r2d2::Pool<Connections>>>,
}

impl Pool {
    /// Builds the pool and opens its first connection.
    ///
    /// # Errors
    /// [`Error::Pool`] if that fails.
    pub(crate) fn open(connections: Connections, size: u32, timeout: Duration) -> Result<Self> {
        let first = builder(&connections, size, timeout).build(connections.clone())?;
        Ok(Self {
            connections,
            size,
            timeout,
            current: RwLock::new(Arc::new(first)),
        })
    }

    /// Takes a connection from the pool, or opens one, and begins a transaction. Connections that have ended are
    /// left out.
    ///
    /// # Errors
    /// [`Error::Pool`] if none became available in time, or the failure to begin.
    pub(crate) fn begin(
        &self,
        begin: impl Fn(&mut Connection) -> QueryResult<()>,
    ) -> Result<PooledConnection<Connections>> {
        let mut ended = 0;
        loop {
            let mut connection = self.get()?;
            let Err(error) = begin(&mut connection) else {
                return Ok(connection);
            };
            connection.is_suspect = true;
            // All that were idle may have ended with a restart of Postgres.
            if ended >= self.size || matches!(connection.kind(), AnyConnection::Sqlite(_)) {
                return Err(connection.explain(Error::Query(error)));
            }
            ended += 1;
        }
    }

    /// Takes a connection from the pool, or opens one.
    ///
    /// # Errors
    /// [`Error::Pool`] if none became available in time.
    fn get(&self) -> Result<PooledConnection<Connections>> {
        let pool = self.current();
        pool.get().map_err(|error| {
            // The pool's own threads may be stuck while they open connections.
            self.replace_if(|current| Arc::ptr_eq(current, &pool));
            Error::Pool(error)
        })
    }

    /// Replaces the pool: its connections do not respond.
    pub(crate) fn replace(&self) {
        self.replace_if(|_| true);
    }

    /// The connections that are open.
    pub(crate) fn state(&self) -> PoolState {
        let state = self.current().state();
        PoolState {
            open: state.connections,
            idle: state.idle_connections,
        }
    }

    /// Keeps the connections open until the process ends.
    pub(crate) fn leak(&self) {
        std::mem::forget(self.current());
    }

    fn current(&self) -> Arc<r2d2::Pool<Connections>> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace_if(&self, condition: impl Fn(&Arc<r2d2::Pool<Connections>>) -> bool) {
        let connections = &self.connections;
        // A connection to a file does not wait for a network, and a later one might open another file.
        if matches!(connections.url, DatabaseUrl::Sqlite(_)) {
            return;
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // This and each pool has a handle.
        let replaced = Arc::strong_count(&connections.handle).saturating_sub(2);
        if replaced >= MAX_REPLACED || !condition(&current) {
            return;
        }
        let new =
            builder(connections, self.size, self.timeout).build_unchecked(connections.clone());
        let old = std::mem::replace(&mut *current, Arc::new(new));
        // The lock is released before the connections are closed.
        drop(current);
        drop(old);
    }
}

fn builder(connections: &Connections, size: u32, timeout: Duration) -> r2d2::Builder<Connections> {
    let builder = r2d2::Pool::builder()
        .test_on_check_out(false)
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(timeout)
        .error_handler(Box::new(LogPoolErrors));
    match connections.url {
        // A connection to a file does not break. A later one might open another file.
        DatabaseUrl::Sqlite(_) => builder.idle_timeout(None).max_lifetime(None),
        DatabaseUrl::Postgres(_) => builder,
    }
}

/// A connection of a pool.
pub(crate) struct Pooled {
    connection: Connection,
    /// True if a statement failed, so that the connection may have ended.
    pub(crate) is_suspect: bool,
}

impl Deref for Pooled {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// Opens the connections of a pool.
#[derive(Clone)]
pub(crate) struct Connections {
    url: DatabaseUrl,
    health: Arc<Health>,
    settings: Settings,
    /// Counts the pools that exist.
    handle: Arc<()>,
}

impl Connections {
    pub(crate) fn new(url: DatabaseUrl, health: Arc<Health>, settings: Settings) -> Self {
        Self {
            url,
            health,
            settings,
            handle: Arc::default(),
        }
    }
}

impl r2d2::ManageConnection for Connections {
    type Connection = Pooled;
    type Error = Error;

    fn connect(&self) -> Result<Pooled> {
        self.health.verify()?;
        let connection = self.url.connect_with(&self.settings)?;
        match self.health.verify() {
            Ok(()) => Ok(Pooled {
                connection,
                is_suspect: false,
            }),
            Err(error) => {
                // It may have opened another file, see `health`.
                std::mem::forget(connection);
                Err(error)
            }
        }
    }

    fn is_valid(&self, connection: &mut Pooled) -> Result<()> {
        Ok(connection.run("SELECT 1")?)
    }

    fn has_broken(&self, connection: &mut Pooled) -> bool {
        use diesel::r2d2::R2D2Connection;
        let is_broken = match connection.unrecorded() {
            AnyConnection::Sqlite(sqlite) => sqlite.is_broken(),
            AnyConnection::Postgres(postgres) => postgres.is_broken(),
        };
        is_broken
            || std::mem::take(&mut connection.is_suspect) && self.is_valid(connection).is_err()
    }
}

#[derive(Debug)]
struct LogPoolErrors;

impl r2d2::HandleError<Error> for LogPoolErrors {
    fn handle_error(&self, error: Error) {
        tracing::warn!(%error, "a database connection failed");
    }
}
