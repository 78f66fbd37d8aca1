//! Locks of rows on Postgres, until the transaction ends. On SQLite a write transaction is exclusive, so what it has
//! read cannot change, and nothing is locked.

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;

use crate::{AnyConnection, Result};

impl AnyConnection {
    /// Returns whether a change may have waited for a lock, so that what it read before may have changed.
    pub const fn locks_rows(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Takes a shared lock on an application, whose key can then not be revoked. False if it is revoked already.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn lock_application_shared(&mut self, application: i64) -> Result<bool> {
        self.lock(
            "SELECT id FROM api_keys WHERE id = $1 AND revoked_at IS NULL FOR SHARE",
            application,
        )
    }

    /// Keeps other transactions from adding tokens and frobs. Waits for those that have begun to.
    ///
    /// # Errors
    /// A failure of the database.
    pub fn lock_tokens_and_frobs(&mut self) -> Result<()> {
        if let Self::Postgres(postgres) = self {
            postgres.batch_execute("LOCK TABLE frobs, tokens IN SHARE ROW EXCLUSIVE MODE")?;
        }
        Ok(())
    }

    /// Locks a row; false if no row matches.
    pub(crate) fn lock(&mut self, statement: &str, id: i64) -> Result<bool> {
        match self {
            Self::Sqlite(_) => Ok(true),
            Self::Postgres(postgres) => Ok(diesel::sql_query(statement)
                .bind::<BigInt, _>(id)
                .execute(postgres)?
                > 0),
        }
    }
}
