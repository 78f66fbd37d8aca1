//! `trivium migrate`.

use serde_json::json;
use trivium_storage::migrations::status;
use trivium_storage::{Access, DatabaseUrl};

use super::{Administrator, print};
use crate::cures;
use crate::failure::Failure;
use crate::options::{Global, Migrate};

pub(crate) fn run(global: &Global, command: &Migrate) -> Result<(), Failure> {
    let url: DatabaseUrl = global.database.parse()?;
    match command {
        Migrate::Status => show(global, &url),
        Migrate::Up => {
            drop(Administrator::open_as(url.clone(), Access::Migrate)?);
            show(global, &url)
        }
    }
}

fn show(global: &Global, url: &DatabaseUrl) -> Result<(), Failure> {
    if let Some(path) = url.sqlite_path()
        && !path.exists()
    {
        return Err(cures::missing(url));
    }
    let status = status(url).map_err(|error| cures::database(url, error))?;
    let record = json!({
        "database": url.to_string(),
        "tables": status.version,
        "program": status.program,
        "oldestProgram": status.oldest,
        "pending": status.pending.join(", "),
    });
    print::record(global, &record)
}
