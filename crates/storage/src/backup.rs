//! Copies of an SQLite database: made while a server runs, and put in its place while none does.
//!
//! A copy of the file alone lacks what is still in `-wal`. So SQLite writes the copy from a snapshot, and the copy
//! has the name that was asked for only when it is complete, checked and on the disk.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::database::ServingLock;
use crate::migrations::{check_copy, is_pending};
use crate::{DatabaseUrl, Error, Result};

/// The table of a copy that has the number of rows of every other table. A restored database does not have it.
const COUNTS: &str = "__backup_rows";

/// A copy that was made or put in place.
#[derive(Clone, Copy, Debug)]
pub struct Copied {
    /// The number of its rows.
    pub rows: i64,
    /// Its size in bytes.
    pub bytes: u64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(Debug, PartialEq, QueryableByName)]
struct Rows {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Copies a database to a file, while servers and commands may use it.
///
/// # Errors
/// [`Error::Backup`] on Postgres, if there is no such database, if the file exists and is not to be replaced, or if the
/// disk has no space for it; or a failure of SQLite.
pub fn back_up(url: &DatabaseUrl, to: &Path, replace: bool) -> Result<Copied> {
    let (unfinished, copied) = copy(url, to, replace)?;
    unfinished.give_name(to, replace)?;
    Ok(copied)
}

/// Makes a complete copy that has no name yet.
fn copy(url: &DatabaseUrl, to: &Path, replace: bool) -> Result<(Unfinished, Copied)> {
    let Some(source) = url.sqlite_path() else {
        let to = to.display();
        return Err(Error::Backup(format!(
            "{url}: Postgres has its own copies: pg_dump --format=custom --file={to} --dbname={url}"
        )));
    };
    if !source.exists() {
        return Err(Error::missing(url));
    }
    if to.exists() && !replace {
        return Err(exists(to));
    }
    let unfinished = Unfinished::create(to)?;
    let mut connection = open(&source)?;
    check_space(&mut connection, to)?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(unfinished.name()?)
        .execute(&mut connection)?;
    drop(connection);
    let mut copy = open(&unfinished.path)?;
    check(&mut copy, to)?;
    let counts = count(&mut copy)?;
    copy.batch_execute(&format!(
        "CREATE TABLE {COUNTS} (name TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL)"
    ))?;
    for Rows { name, number } in &counts {
        diesel::sql_query(format!("INSERT INTO {COUNTS} VALUES (?, ?)"))
            .bind::<Text, _>(name)
            .bind::<BigInt, _>(number)
            .execute(&mut copy)?;
    }
    drop(copy);
    let bytes = unfinished.sync()?;
    let rows = total(&counts);
    Ok((unfinished, Copied { rows, bytes }))
}

/// The number of copies that are kept of databases before their migrations.
const KEPT: usize = 2;

/// Copies a database beside it, under the version that its tables are about to get. Of such copies the last are kept.
///
/// # Errors
/// Those of [`back_up`].
pub(crate) fn before_migration(url: &DatabaseUrl, version: &str) -> Result<()> {
    let Some(path) = url.sqlite_path() else {
        return Ok(());
    };
    let name = beside(&path, &format!(".before-{version}"));
    let (unfinished, _) = copy(url, &name, true)?;
    if !is_pending(&mut open(&unfinished.path)?)? {
        // Another process has migrated it meanwhile, and copied it before that.
        return Ok(());
    }
    unfinished.give_name(&name, true)?;
    tracing::info!(copy = %name.display(), "copied the database before its migration");
    let folder = folder_of(&path);
    let prefix = beside(Path::new(path.file_name().unwrap_or_default()), ".before-");
    let prefix = prefix.to_string_lossy().into_owned();
    let failed = |error: io::Error| Error::Backup(format!("{}: {error}", folder.display()));
    let mut copies = Vec::new();
    for file in std::fs::read_dir(folder).map_err(failed)? {
        let file = file.map_err(failed)?;
        let name = file.file_name().to_string_lossy().into_owned();
        let version = name.strip_prefix(&prefix).unwrap_or_default();
        if !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) {
            copies.push((version.to_owned(), file.path()));
        }
    }
    copies.sort();
    copies.truncate(copies.len().saturating_sub(KEPT));
    for (_, old) in copies {
        std::fs::remove_file(old).map_err(failed)?;
    }
    Ok(())
}

/// A copy that is ready to be put in the place of a database.
pub struct Restoration {
    url: DatabaseUrl,
    path: PathBuf,
    copy: Unfinished,
    rows: i64,
    /// True if there was no file, and the lock has created an empty one.
    is_new: bool,
    _lock: Option<ServingLock>,
}

impl Restoration {
    /// Checks a copy, and copies it beside the database, which no server may serve until this is dropped.
    ///
    /// # Errors
    /// [`Error::AlreadyServed`]; [`Error::Backup`] on Postgres, or if the file is no complete copy;
    /// [`Error::Migration`] if a newer program wrote it; or a failure of SQLite.
    pub fn prepare(url: &DatabaseUrl, from: &Path) -> Result<Self> {
        let Some(path) = url.sqlite_path() else {
            let from = from.display();
            return Err(Error::Backup(format!(
                "{url}: Postgres has its own copies: pg_restore --clean --if-exists --dbname={url} {from}"
            )));
        };
        let failed = |error: io::Error| Error::Backup(format!("{}: {error}", from.display()));
        let mut source = File::open(from).map_err(failed)?;
        let is_new = !path.exists();
        let lock = ServingLock::acquire(url)?;
        let mut restoration = Self {
            url: url.clone(),
            copy: Unfinished::create(&path)?,
            path,
            rows: 0,
            is_new,
            _lock: lock,
        };
        let copy = &restoration.copy;
        io::copy(&mut source, &mut copy.file()?).map_err(failed)?;
        let mut connection = open(&copy.path)?;
        check(&mut connection, from)?;
        let rows = count(&mut connection)?;
        if let Some(recorded) = recorded(&mut connection)? {
            if recorded != rows {
                return Err(Error::Backup(format!(
                    "{}: its rows are not those that were copied",
                    from.display()
                )));
            }
            connection.batch_execute(&format!("DROP TABLE {COUNTS}"))?;
        }
        drop(connection);
        restoration.rows = total(&rows);
        Ok(restoration)
    }

    /// The copy, as a database that can still be changed.
    ///
    /// # Errors
    /// If its path is not text.
    pub fn database(&self) -> Result<DatabaseUrl> {
        Ok(DatabaseUrl::Sqlite(self.copy.name()?.to_owned()))
    }

    /// Puts the copy in the place of the database. Returns where the former one is, if there was one.
    ///
    /// # Errors
    /// [`Error::Backup`] if another process uses the database; or a failure of the file system.
    pub fn install(mut self) -> Result<(Copied, Option<PathBuf>)> {
        let failed = |error: io::Error| Error::Backup(format!("{}: {error}", self.url));
        let bytes = self.copy.sync()?;
        let is_empty = std::fs::metadata(&self.path).map_err(failed)?.len() == 0;
        let former = if is_empty {
            None
        } else {
            let wal = beside(&self.path, "-wal");
            let is_whole = self.close_former()?;
            let former = unused_name(&self.path, ".before-restore");
            std::fs::hard_link(&self.path, &former).map_err(failed)?;
            // What a damaged file has in its log stays with it.
            if !is_whole && wal.exists() {
                std::fs::rename(&wal, beside(&former, "-wal")).map_err(failed)?;
            }
            Some(former)
        };
        for suffix in ["-wal", "-shm"] {
            match std::fs::remove_file(beside(&self.path, suffix)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => {}
            }
        }
        self.copy.give_name(&self.path, true)?;
        self.is_new = false;
        let rows = self.rows;
        Ok((Copied { rows, bytes }, former))
    }

    /// Moves what is in `-wal` to the file, which nobody else may have open. False if the file is damaged.
    fn close_former(&self) -> Result<bool> {
        let Ok(mut connection) = open(&self.path) else {
            return Ok(false);
        };
        // SQLite ends the log only for the last connection.
        let mode = diesel::sql_query("PRAGMA journal_mode = DELETE");
        let mode: QueryResult<JournalMode> = mode.get_result(&mut connection);
        match mode.map_err(Error::Query) {
            Ok(JournalMode { journal_mode }) if journal_mode == "delete" => Ok(true),
            Err(error) if !error.is_temporary() => Ok(false),
            Ok(_) | Err(_) => Err(Error::Backup(format!(
                "{}: another process uses the database; stop it",
                self.url
            ))),
        }
    }
}

impl Drop for Restoration {
    fn drop(&mut self) {
        if self.is_new {
            let _removed = std::fs::remove_file(&self.path);
        }
    }
}

/// A file that has not got its name yet. It is removed unless it gets it.
pub(crate) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Creates an empty file beside another, for its owner only.
    pub(crate) fn create(beside_of: &Path) -> Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let (process, number) = (std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = beside(beside_of, &format!(".part-{process}-{number}"));
        let created = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path);
        match created {
            Ok(_) => Ok(Self { path }),
            Err(error) => Err(Error::Backup(format!("{}: {error}", path.display()))),
        }
    }

    fn name(&self) -> Result<&str> {
        let name = self.path.to_str();
        name.ok_or_else(|| Error::Backup("the name of the file is not text".to_owned()))
    }

    pub(crate) fn file(&self) -> Result<File> {
        let file = File::options().read(true).write(true).open(&self.path);
        file.map_err(|error| self.failed(&error))
    }

    /// Writes the file to the disk, and returns its size.
    pub(crate) fn sync(&self) -> Result<u64> {
        let file = self.file()?;
        file.sync_all().map_err(|error| self.failed(&error))?;
        let metadata = file.metadata().map_err(|error| self.failed(&error))?;
        Ok(metadata.len())
    }

    /// Gives the file its name, which is on the disk then.
    ///
    /// # Errors
    /// [`Error::Backup`], also if the name is taken and not to be replaced.
    pub(crate) fn give_name(&self, name: &Path, replace: bool) -> Result<()> {
        let given = match replace {
            true => std::fs::rename(&self.path, name),
            // This fails if the name is taken meanwhile.
            false => std::fs::hard_link(&self.path, name),
        };
        match given {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(name)),
            given => given.map_err(|error| self.failed(&error))?,
        }
        let synced = File::open(folder_of(name)).and_then(|folder| folder.sync_all());
        synced.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::Backup(format!("{}: {error}", self.path.display()))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // SQLite leaves nothing beside a file that it has closed.
        let _renamed = std::fs::remove_file(&self.path);
    }
}

pub(crate) fn exists(file: &Path) -> Error {
    Error::Backup(format!(
        "{} exists; replace it with --force",
        file.display()
    ))
}

/// The folder of a file.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// A path with a suffix.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// The first name with a suffix, or with the suffix and a number, that no file has.
fn unused_name(path: &Path, suffix: &str) -> PathBuf {
    let numbered = (2..).map(|number| beside(path, &format!("{suffix}-{number}")));
    std::iter::once(beside(path, suffix))
        .chain(numbered)
        .find(|name| !name.exists())
        .unwrap_or_else(|| beside(path, suffix))
}

/// Opens a file without changing its journal.
fn open(path: &Path) -> Result<SqliteConnection> {
    let failed =
        |error: &dyn std::fmt::Display| Error::Open(format!("{}: {error}", path.display()));
    let name = path
        .to_str()
        .ok_or_else(|| failed(&"its name is not text"))?;
    let mut connection = SqliteConnection::establish(name).map_err(|error| failed(&error))?;
    connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF;")?;
    Ok(connection)
}

/// Checks that the disk has space for a copy of the database.
fn check_space(connection: &mut SqliteConnection, to: &Path) -> Result<()> {
    let size = diesel::sql_query(
        "SELECT page_count * page_size AS number FROM pragma_page_count(), pragma_page_size()",
    );
    let Number { number } = size.get_result(connection)?;
    let folder = folder_of(to);
    let space = rustix::fs::statvfs(folder)
        .map_err(|error| Error::Backup(format!("{}: {error}", folder.display())))?;
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    match u64::try_from(number).unwrap_or(0) {
        needed if needed > free => Err(Error::Backup(format!(
            "{}: the copy needs up to {needed} bytes, and the disk has {free}",
            to.display()
        ))),
        _ => Ok(()),
    }
}

/// Checks the structure of a copy, and that this program can read it.
fn check(connection: &mut SqliteConnection, name: &Path) -> Result<()> {
    let name = name.display();
    let table = diesel::sql_query(
        "SELECT count(*) AS number FROM sqlite_schema
         WHERE type = 'table' AND name IN ('__diesel_schema_migrations', 'memberships', 'users')",
    );
    match table.get_result(connection) {
        Ok(Number { number: 3 }) => {}
        _ => {
            return Err(Error::Backup(format!(
                "{name}: this is no copy of a database of trivium"
            )));
        }
    }
    check_copy(connection)?;
    let found: Vec<Name> =
        diesel::sql_query("SELECT integrity_check AS name FROM pragma_integrity_check")
            .load(connection)?;
    match found.first() {
        Some(Name { name }) if name == "ok" => Ok(()),
        found => {
            let found = found.map_or("no result", |found| found.name.as_str());
            Err(Error::Backup(format!("{name} is damaged: {found}")))
        }
    }
}

/// Counts the rows of every table.
fn count(connection: &mut SqliteConnection) -> Result<Vec<Rows>> {
    let tables: Vec<Name> = diesel::sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'table'
             AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND name NOT LIKE '@_@_%' ESCAPE '@'
         ORDER BY name",
    )
    .load(connection)?;
    let mut counts = Vec::new();
    for Name { name } in tables {
        let count = diesel::sql_query(format!("SELECT count(*) AS number FROM \"{name}\""));
        let Number { number } = count.get_result(connection)?;
        counts.push(Rows { name, number });
    }
    Ok(counts)
}

/// The numbers of rows when a copy was made; `None` if it was made by another program.
fn recorded(connection: &mut SqliteConnection) -> Result<Option<Vec<Rows>>> {
    let table = diesel::sql_query("SELECT count(*) AS number FROM sqlite_schema WHERE name = ?");
    let Number { number } = table.bind::<Text, _>(COUNTS).get_result(connection)?;
    if number == 0 {
        return Ok(None);
    }
    let rows = diesel::sql_query(format!("SELECT name, number FROM {COUNTS} ORDER BY name"));
    Ok(Some(rows.load(connection)?))
}

fn total(rows: &[Rows]) -> i64 {
    rows.iter().map(|rows| rows.number).sum()
}
