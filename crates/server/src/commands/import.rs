//! `trivium import`, and `trivium export`, whose files it reads.

use std::fs::File;
use std::io::{BufReader, IsTerminal};
use std::path::Path;

use serde_json::json;
use trivium_core::import::ImportGroups;
use trivium_storage::export;
use trivium_upcoming::file;

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Export, Global, Import, ImportFrom};

pub(crate) fn run(global: &Global, command: &Import) -> Result<(), Failure> {
    match (&command.file, &command.from) {
        (_, Some(ImportFrom::Upcoming { file, member })) => {
            upcoming(global, file, member.as_deref())
        }
        (Some(file), None) => everything(global, file),
        // The command line requires one of them.
        (None, None) => Ok(()),
    }
}

/// Imports the groups of a response of Upcoming.
fn upcoming(global: &Global, file: &Path, member: Option<&str>) -> Result<(), Failure> {
    let name = file.display();
    let document =
        std::fs::read_to_string(file).map_err(|error| Failure::Data(format!("{name}: {error}")))?;
    let groups = file::read(&document)
        .map_err(|message| Failure::Data(format!("{name}: {message}: nothing was imported")))?;
    let administrator = Administrator::open(global)?;
    let member = match member {
        Some(login) => Some(administrator.user(login)?),
        None => None,
    };
    let count = administrator.run(ImportGroups { groups, member })?;
    print::value(global, "groups", count)
}

/// Imports an export into an empty database.
fn everything(global: &Global, file: &Path) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::Data(format!("{}: {error}: nothing was imported", file.display()))
    };
    let source = File::open(file).map_err(|error| failed(&error))?;
    let url = global.database.parse()?;
    let rows = export::import(&url, &mut BufReader::new(source), &mut progress);
    let rows = rows.map_err(|error| match error {
        trivium_storage::Error::Backup(_) | trivium_storage::Error::Query(_) => failed(&error),
        other => other.into(),
    })?;
    print::value(global, "rows", rows)
}

pub(crate) fn export(global: &Global, command: &Export) -> Result<(), Failure> {
    let administrator = Administrator::open_to_read(global, true)?;
    let database = &administrator.service.database;
    let rows = export::export(database, &command.file, command.force, &mut progress)?;
    let record = json!({ "file": command.file.display().to_string(), "rows": rows });
    print::record(global, &record)
}

/// Reports the rows so far on a terminal.
fn progress(table: &str, rows: usize) {
    if std::io::stderr().is_terminal() {
        eprintln!("{table}: {rows} rows");
    }
}
