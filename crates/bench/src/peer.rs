//! The peer: a server in JavaScript on the tables of the service, see `peers/fastify`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::process::{Cores, Pinning, Server};

/// Starts the peer on a database.
///
/// # Errors
/// [`Failure::Missing`] if it is not installed.
pub(crate) fn serve(pinning: &Pinning, database: &Path) -> Result<Server> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/fastify");
    let node = Command::new("node")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if !node.is_ok_and(|status| status.success()) {
        return Err(Failure::Missing("node is missing: run `make tools`".into()));
    }
    if !installed(&folder).exists() {
        return Err(Failure::Missing(
            "Fastify is missing: run `make peers`".into(),
        ));
    }
    let mut command = pinning.on(Cores::Server, Path::new("node"));
    command.arg(folder.join("server.js")).arg(database);
    Server::start(command)
}

/// The part of the packages that is compiled.
fn installed(folder: &Path) -> PathBuf {
    folder.join("node_modules/better-sqlite3/build/Release/better_sqlite3.node")
}
