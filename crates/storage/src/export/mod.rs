//! All rows as lines of JSON, which either database can read: `trivium export` and `trivium import`.
//!
//! The first line has the version of the tables, and the last one the number of rows, so that a file that was cut is
//! noticed. Between them are the rows, by table in an order in which each refers to earlier ones, and then by key; and
//! the highest ID that each table has had, so that no ID is used again. Nothing tells which database wrote it, or when.

mod tables;

use std::io::{BufRead, BufWriter, Write};
use std::path::Path;

use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use serde_json::{Map, Value, json};

pub use self::tables::columns;
use self::tables::{Line, TABLES, Table};
use crate::backup::{Unfinished, exists};
use crate::connection::AnyConnection;
use crate::database::ServingLock;
use crate::{Connection, Database, DatabaseUrl, Error, Options, Result};

/// The number of rows that are inserted at once.
const BATCH: usize = 1_000;

/// What the first line says to a reader.
const NOTE: &str =
    "This file has hashes of passwords and tokens, and e-mail addresses. Keep it secret.";

/// A step of long work: the table, and the number of its rows so far.
pub type Progress<'a> = &'a mut dyn FnMut(&str, usize);

/// Writes all rows of one snapshot to a file for its owner only, which has its name when it is complete. Returns the
/// number of rows.
///
/// # Errors
/// A failure of the database, or [`Error::Backup`] if the file exists and is not to be replaced, or cannot be written.
pub fn export(
    database: &Database,
    to: &Path,
    replace: bool,
    progress: Progress<'_>,
) -> Result<usize> {
    if to.exists() && !replace {
        return Err(exists(to));
    }
    let unfinished = Unfinished::create(to)?;
    let mut out = BufWriter::new(unfinished.file()?);
    let rows = write_all(database, &mut out, progress)?;
    out.flush()
        .map_err(|error| Error::Backup(error.to_string()))?;
    unfinished.sync()?;
    unfinished.give_name(to, replace)?;
    Ok(rows)
}

fn write_all(database: &Database, out: &mut dyn Write, progress: Progress<'_>) -> Result<usize> {
    database.read(|connection| {
        end_time_limits(connection)?;
        let header = json!({
            "trivium": "export",
            "version": version(connection)?,
            "note": NOTE,
        });
        write(out, &header)?;
        let mut total = 0;
        for table in TABLES {
            let mut rows = 0;
            let mut write_row = |line: QueryResult<Line>| -> Result<()> {
                // Each database has spaces of its own.
                let row: Value = serde_json::from_str(&line?.line)
                    .map_err(|error| Error::Corrupt(error.to_string()))?;
                write(out, &json!({ table.name: row }))?;
                rows += 1;
                if rows % (100 * BATCH) == 0 {
                    progress(table.name, rows);
                }
                Ok(())
            };
            match connection.reads_more() {
                AnyConnection::Sqlite(sqlite) => diesel::sql_query(table.select(true))
                    .load_iter::<Line, DefaultLoadingMode>(sqlite)?
                    .try_for_each(&mut write_row)?,
                AnyConnection::Postgres(postgres) => diesel::sql_query(table.select(false))
                    .load_iter::<Line, PgRowByRowLoadingMode>(postgres)?
                    .try_for_each(&mut write_row)?,
            }
            progress(table.name, rows);
            total += rows;
        }
        for table in TABLES.iter().filter(|table| table.has_ids) {
            let highest = table.highest_id(connection)?;
            write(out, &json!({ "highest": { table.name: highest } }))?;
        }
        write(out, &json!({ "end": total }))?;
        Ok(total)
    })
}

/// Ends the time limits of Postgres for this transaction, which takes as long as it takes.
fn end_time_limits(connection: &mut Connection) -> Result<()> {
    if let AnyConnection::Postgres(_) = connection.reads_more() {
        connection.run(
            "SET LOCAL statement_timeout = 0;
             SET LOCAL lock_timeout = 0;
             SET LOCAL idle_in_transaction_session_timeout = 0;",
        )?;
    }
    Ok(())
}

fn write(out: &mut dyn Write, line: &Value) -> Result<()> {
    writeln!(out, "{line}").map_err(|error| Error::Backup(error.to_string()))
}

/// The version of the tables: their last migration.
fn version(connection: &mut Connection) -> Result<String> {
    let last = "SELECT max(version) AS line FROM __diesel_schema_migrations";
    let Line { line } = match connection.reads_more() {
        AnyConnection::Sqlite(sqlite) => diesel::sql_query(last).get_result(sqlite)?,
        AnyConnection::Postgres(postgres) => diesel::sql_query(last).get_result(postgres)?,
    };
    Ok(line)
}

/// Inserts all rows into an empty database, or none, and returns their number.
///
/// # Errors
/// [`Error::Backup`] if the database is not empty, or the lines are not those of a whole export by this version;
/// [`Error::AlreadyServed`]; or a failure of the database.
pub fn import(url: &DatabaseUrl, lines: &mut dyn BufRead, progress: Progress<'_>) -> Result<usize> {
    let _lock = ServingLock::acquire(url)?;
    // This migrates the tables.
    drop(Database::open(
        url.clone(),
        &Options {
            readers: 1,
            writers: 1,
            ..Options::default()
        },
    )?);
    let mut connection = url.connect()?;
    let begin = match connection.any() {
        AnyConnection::Sqlite(_) => "BEGIN IMMEDIATE",
        AnyConnection::Postgres(_) => "BEGIN",
    };
    connection.run(begin)?;
    end_time_limits(&mut connection)?;
    let imported = insert_all(&mut connection, lines, progress);
    connection.run(match imported {
        Ok(_) => "COMMIT",
        Err(_) => "ROLLBACK",
    })?;
    imported
}

fn insert_all(
    connection: &mut Connection,
    lines: &mut dyn BufRead,
    progress: Progress<'_>,
) -> Result<usize> {
    let invalid = |number: usize, what: &str| Error::Backup(format!("line {number}: {what}"));
    for table in TABLES {
        let empty = i64::from(table.name == "categories");
        if table.count(connection)? > empty {
            return Err(Error::Backup(format!(
                "the database is not empty: it has rows in {}; import into a new one",
                table.name
            )));
        }
    }
    connection.run("DELETE FROM categories")?;
    let mut lines = (1..).zip(lines.lines()).map(|(number, line)| {
        let line = line.map_err(|error| invalid(number, &error.to_string()))?;
        match serde_json::from_str(&line) {
            Ok(Value::Object(members)) => Ok((number, members)),
            _ => Err(invalid(number, "it is not an object in JSON")),
        }
    });
    let (_, header) = lines
        .next()
        .unwrap_or_else(|| Err(invalid(1, "the file is empty")))?;
    check_header(connection, &header)?;
    let mut total = 0;
    let mut rows: Vec<Value> = Vec::new();
    let mut current: Option<(&Table, usize)> = None;
    for line in lines {
        let (number, members) = line?;
        let Some((name, value)) = members.into_iter().next() else {
            return Err(invalid(number, "it is empty"));
        };
        let table = TABLES.iter().find(|table| table.name == name);
        let changes = table.map(|table| table.name) != current.map(|(table, _)| table.name);
        if let Some((table, count)) = current.filter(|_| changes || rows.len() == BATCH) {
            table.insert_rows(connection, &mut rows)?;
            if changes || count % (100 * BATCH) == 0 {
                progress(table.name, count);
            }
        }
        match (table, name.as_str(), value) {
            (Some(table), _, row @ Value::Object(_)) => {
                let count = current.filter(|_| !changes).map_or(0, |(_, count)| count);
                current = Some((table, count + 1));
                rows.push(row);
                total += 1;
            }
            (None, "highest", Value::Object(highest)) => {
                current = None;
                for (name, id) in highest {
                    let table = TABLES
                        .iter()
                        .find(|table| table.name == name && table.has_ids);
                    let (Some(table), Some(id)) = (table, id.as_i64()) else {
                        return Err(invalid(number, "it has no table and number"));
                    };
                    table.set_highest_id(connection, id)?;
                }
            }
            (None, "end", count) if count.as_u64() == u64::try_from(total).ok() => {
                return Ok(total);
            }
            (None, "end", _) => {
                return Err(invalid(number, "the file has not as many rows as it says"));
            }
            _ => return Err(invalid(number, "it is neither a row nor an end")),
        }
    }
    Err(Error::Backup("the file ends early".to_owned()))
}

fn check_header(connection: &mut Connection, header: &Map<String, Value>) -> Result<()> {
    if header.get("trivium") != Some(&"export".into()) {
        return Err(Error::Backup("this is no export of trivium".to_owned()));
    }
    let ours = version(connection)?;
    match header.get("version").and_then(Value::as_str) {
        Some(theirs) if theirs == ours => Ok(()),
        theirs => Err(Error::Backup(format!(
            "the export has tables of version {}, and this program has {ours}; export with this program",
            theirs.unwrap_or("unknown")
        ))),
    }
}
