//! `trivium backup` and `trivium restore`.

use std::io::IsTerminal;

use serde_json::json;
use trivium_core::administration::tokens::RevokeAllTokens;
use trivium_storage::backup::{Restoration, back_up};
use trivium_storage::{Access, DatabaseUrl};

use super::{Administrator, print};
use crate::cures;
use crate::failure::Failure;
use crate::options::{Backup, Global, Restore};

pub(crate) fn backup(global: &Global, command: &Backup) -> Result<(), Failure> {
    let url: DatabaseUrl = global.database.parse()?;
    step("copying the database");
    let copied = back_up(&url, &command.file, command.force);
    let copied = copied.map_err(|error| cures::database(&url, error))?;
    let record = json!({
        "file": command.file.display().to_string(),
        "rows": copied.rows,
        "bytes": copied.bytes,
    });
    print::record(global, &record)
}

pub(crate) fn restore(global: &Global, command: &Restore) -> Result<(), Failure> {
    let url: DatabaseUrl = global.database.parse()?;
    step("checking the copy");
    let restoration = Restoration::prepare(&url, &command.file)?;
    if command.end_tokens {
        let copy = restoration.database()?;
        Administrator::open_as(copy, Access::Migrate)?.run(RevokeAllTokens)?;
    }
    let (copied, former) = restoration.install()?;
    let former = former.map(|former| former.display().to_string());
    let record = json!({
        "database": url.to_string(),
        "rows": copied.rows,
        "bytes": copied.bytes,
        "former": former,
    });
    print::record(global, &record)?;
    if !command.end_tokens {
        eprintln!(
            "trivium: tokens and invitations that were revoked after the copy was made are valid again; \
             end all tokens with --end-tokens, or with: trivium token revoke --all"
        );
    }
    Ok(())
}

/// Reports the next step of long work on a terminal.
fn step(what: &str) {
    if std::io::stderr().is_terminal() {
        eprintln!("{what} …");
    }
}
