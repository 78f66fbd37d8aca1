//! The versions of the tables, and the migrations from one to the next.
//!
//! A version is that of the last migration. The tables record the oldest program that may run on them: a migration
//! that only adds leaves it, so earlier programs, such as a server that is running, continue. Any other migration
//! sets it to its own version, and is not run under a server.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::migration::MigrationSource;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{Connection as _, PgConnection, RunQueryDsl, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::AnyConnection;
use crate::database::ServingLock;
use crate::url::SERVER;
use crate::{Access, DatabaseUrl, Error, Result, backup};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The table in which Diesel records the migrations.
const APPLIED: &str = "__diesel_schema_migrations";

/// The table that has the version of the oldest program that may run.
const OLDEST: &str = "__oldest_program";

/// The key of the lock that one process at a time holds while it migrates a Postgres database. It is arbitrary, and the
/// same for every version of the program.
const LOCK: i64 = 7_237_180;

/// The time for which a migration of an SQLite file waits for another one to end.
const TURN: Duration = Duration::from_secs(2);

/// The version of the tables of a database, compared with this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The version of the tables; `None` for an empty database.
    pub version: Option<String>,
    /// The version that this program creates.
    pub program: String,
    /// The oldest version of a program that may run on the tables.
    pub oldest: Option<String>,
    /// The migrations that this program would run.
    pub pending: Vec<String>,
}

impl Status {
    /// Checks that this program may run on the tables once its migrations have run.
    fn check_program(&self) -> Result<()> {
        // Before it was recorded, a program had to know all migrations.
        let oldest = self.oldest.as_ref().or(self.version.as_ref());
        match oldest {
            Some(oldest) if *oldest > self.program => Err(Error::Migration(format!(
                "its tables are those of a newer trivium, which has version {oldest} of them; this one has {}",
                self.program
            ))),
            _ => Ok(()),
        }
    }

    /// Checks that a program that does not migrate may run.
    fn check_tables(&self) -> Result<()> {
        match (&self.version, self.pending.is_empty()) {
            (_, true) => Ok(()),
            (None, false) => Err(Error::Migration("it has no tables".to_owned())),
            (Some(version), false) => Err(Error::Migration(format!(
                "its tables have version {version}, and this program needs {}",
                self.program
            ))),
        }
    }
}

/// The status of a database.
///
/// # Errors
/// If it cannot be opened, or is that of another program.
pub fn status(url: &DatabaseUrl) -> Result<Status> {
    check_owner(url)?;
    match url.connect()?.unrecorded() {
        AnyConnection::Sqlite(sqlite) => sqlite_status(sqlite),
        AnyConnection::Postgres(postgres) => postgres_status(postgres),
    }
}

/// The version of the tables that this program creates.
pub fn program() -> String {
    let migrations = MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE);
    let versions = migrations.unwrap_or_default();
    let versions = versions.iter().map(|it| it.name().version().to_string());
    versions.max().unwrap_or_default()
}

/// Checks that a copy of an SQLite database is not too new for this program.
///
/// # Errors
/// [`Error::Migration`].
pub(crate) fn check_copy(sqlite: &mut SqliteConnection) -> Result<()> {
    sqlite_status(sqlite)?.check_program()
}

/// Returns whether an SQLite file has tables of an earlier version.
pub(crate) fn is_pending(sqlite: &mut SqliteConnection) -> Result<bool> {
    Ok(!sqlite_status(sqlite)?.pending.is_empty())
}

/// Creates the tables or migrates them to this version, as far as the access permits it. Processes that start
/// concurrently take turns.
///
/// # Errors
/// [`Error::Migration`] if the tables have a version that this access cannot use.
pub(crate) fn run(url: &DatabaseUrl, access: Access) -> Result<()> {
    check_owner(url)?;
    // No server starts while this is held, if none is running.
    let (is_served, _lock) = match access {
        Access::Migrate => lock(url)?,
        _ => (false, None),
    };
    match url.connect()?.unrecorded() {
        AnyConnection::Sqlite(sqlite) => {
            let status = sqlite_status(sqlite)?;
            if !wants_migration(&status, access)? {
                return Ok(());
            }
            if status.version.is_some() {
                backup::before_migration(url, &status.program)?;
                if !is_pending(sqlite)? {
                    return Ok(());
                }
            }
            // In one transaction, so that other processes see all of them or none.
            let migrated = sqlite.immediate_transaction(|sqlite| {
                sqlite.run_pending_migrations(SQLITE).map_err(failed)?;
                check_servers(&status, &sqlite_status(sqlite)?, is_served)
            });
            match migrated {
                // Another process has just run them.
                Err(_) if !is_pending(sqlite)? => Ok(()),
                migrated => migrated,
            }
        }
        AnyConnection::Postgres(postgres) => {
            // A migration takes as long as it takes, and so does another process'. Closing the connection releases
            // the lock.
            postgres.batch_execute(&format!(
                "SET statement_timeout = 0;
                 SET lock_timeout = 0;
                 SET idle_in_transaction_session_timeout = 0;
                 SELECT pg_advisory_lock({LOCK})"
            ))?;
            let status = postgres_status(postgres)?;
            if !wants_migration(&status, access)? {
                return Ok(());
            }
            let is_served = status.version.is_some() && has_servers(postgres)?;
            postgres.transaction(|postgres| {
                postgres.run_pending_migrations(POSTGRES).map_err(failed)?;
                check_servers(&status, &postgres_status(postgres)?, is_served)
            })
        }
    }
}

/// Takes the lock of a server for a migration. Returns whether a server has it: another migration would release it
/// soon.
fn lock(url: &DatabaseUrl) -> Result<(bool, Option<ServingLock>)> {
    let deadline = Instant::now() + TURN;
    loop {
        match ServingLock::acquire(url) {
            Ok(lock) => return Ok((false, lock)),
            Err(Error::AlreadyServed(_)) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(Error::AlreadyServed(_)) => return Ok((true, None)),
            Err(error) => return Err(error),
        }
    }
}

/// Returns whether the tables are to be migrated.
fn wants_migration(status: &Status, access: Access) -> Result<bool> {
    status.check_program()?;
    let may_create = access != Access::Read;
    let may_migrate = matches!(access, Access::Serve | Access::Migrate);
    match &status.version {
        None if may_create => Ok(true),
        Some(_) if may_migrate => Ok(!status.pending.is_empty()),
        _ => status.check_tables().map(|()| false),
    }
}

/// Checks that the servers that run can continue after a migration.
fn check_servers(before: &Status, after: &Status, is_served: bool) -> Result<()> {
    let continues = after.oldest <= before.version;
    match is_served && !continues {
        true => Err(Error::Migration(
            "servers of an earlier version are running, which cannot continue after this migration"
                .to_owned(),
        )),
        false => Ok(()),
    }
}

/// Returns whether other processes serve the database.
fn has_servers(postgres: &mut PgConnection) -> Result<bool> {
    let query = format!(
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = '{SERVER}'"
    );
    let servers: i64 = sql::<BigInt>(&query).get_result(postgres)?;
    Ok(servers > 0)
}

/// Rejects the SQLite file of another program, before anything in it is changed.
fn check_owner(url: &DatabaseUrl) -> Result<()> {
    let DatabaseUrl::Sqlite(name) = url else {
        return Ok(());
    };
    let exists = |path: PathBuf| std::fs::metadata(path).is_ok_and(|file| file.len() > 0);
    if !url.sqlite_path().is_some_and(exists) {
        return Ok(());
    }
    let open = |error: &dyn std::fmt::Display| Error::Open(format!("{url}: {error}"));
    let mut sqlite = SqliteConnection::establish(name).map_err(|e| open(&e))?;
    sqlite.batch_execute("PRAGMA busy_timeout = 5000")?;
    let tables = sql::<Text>("SELECT name FROM sqlite_master WHERE type = 'table'");
    let tables: Vec<String> = tables.load(&mut sqlite).map_err(|e| open(&e))?;
    match tables.is_empty() || tables.iter().any(|name| name == APPLIED) {
        true => Ok(()),
        false => Err(open(&"this is the database of another program")),
    }
}

fn sqlite_status(sqlite: &mut SqliteConnection) -> Result<Status> {
    let has = |sqlite: &mut SqliteConnection, table: &str| {
        let query = format!("EXISTS (SELECT 1 FROM sqlite_master WHERE name = '{table}')");
        diesel::select(sql::<Bool>(&query)).get_result::<bool>(sqlite)
    };
    let oldest = match has(sqlite, OLDEST)? {
        true => sql::<Text>(&format!("SELECT version FROM {OLDEST}")).load(sqlite)?,
        false => Vec::new(),
    };
    let is_empty = !has(sqlite, APPLIED)?;
    compare(sqlite, &SQLITE, is_empty, oldest)
}

fn postgres_status(postgres: &mut PgConnection) -> Result<Status> {
    let has = |postgres: &mut PgConnection, table: &str| {
        let query = format!("to_regclass('{table}') IS NOT NULL");
        diesel::select(sql::<Bool>(&query)).get_result::<bool>(postgres)
    };
    let oldest = match has(postgres, OLDEST)? {
        true => sql::<Text>(&format!("SELECT version FROM {OLDEST}")).load(postgres)?,
        false => Vec::new(),
    };
    let is_empty = !has(postgres, APPLIED)?;
    compare(postgres, &POSTGRES, is_empty, oldest)
}

fn compare<DB, C>(
    connection: &mut C,
    migrations: &EmbeddedMigrations,
    is_empty: bool,
    oldest: Vec<String>,
) -> Result<Status>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let mut known: Vec<String> = MigrationSource::<DB>::migrations(migrations)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    known.sort();
    let applied = match is_empty {
        // Diesel would create its table.
        true => Vec::new(),
        false => connection.applied_migrations().map_err(failed)?,
    };
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    Ok(Status {
        version: applied.iter().max().cloned(),
        program: known.last().cloned().unwrap_or_default(),
        oldest: oldest.into_iter().next(),
        pending: known
            .into_iter()
            .filter(|version| !applied.contains(version))
            .collect(),
    })
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Migration(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(version: &str, oldest: &str) -> Status {
        Status {
            version: Some(version.to_owned()),
            program: "3".to_owned(),
            oldest: Some(oldest.to_owned()),
            pending: Vec::new(),
        }
    }

    #[test]
    fn a_migration_runs_under_a_server_if_it_only_adds() {
        let before = status("2", "1");
        for (oldest, is_served, may_run) in [
            ("1", true, true),
            ("2", true, true),
            ("3", true, false),
            ("3", false, true),
        ] {
            let checked = check_servers(&before, &status("3", oldest), is_served);
            assert_eq!(checked.is_ok(), may_run, "{oldest} {is_served}");
        }
    }
}
