//! Postgres: a private cluster, and copies of stores on it.

use std::path::{Path, PathBuf};

use trivium_test_support::{Cluster, Scratch};

use crate::failure::{Failure, Result, fail};
use crate::process::{Pinning, Trivium, sqlite};

/// Starts a cluster that writes each COMMIT to the disk, on all cores.
///
/// # Errors
/// [`Failure::Missing`] if Postgres is not installed.
pub(crate) fn cluster(pinning: &Pinning) -> Result<Cluster> {
    program("initdb")?;
    Ok(pinning.unpinned(Cluster::durable))
}

/// Finds a program of Postgres: on the path, or where Debian installs it.
fn program(name: &str) -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    folders
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|program| program.exists())
        .ok_or_else(|| Failure::Missing(format!("{name} is missing: run `make tools`")))
}

/// Copies a database from SQLite to a new one of the cluster. Returns its URL.
pub(crate) fn copy(trivium: &Trivium<'_>, from: &Path, cluster: &Cluster) -> Result<String> {
    let url = Scratch::on(cluster).url;
    let file = trivium.folder.join("export.jsonl");
    let export = file.to_string_lossy();
    trivium.run(&sqlite(from), &["export", &export])?;
    trivium.run(&url, &["import", &export])?;
    std::fs::remove_file(&file)?;
    Ok(url)
}

/// Lets Postgres complete its work on inserted rows. Returns the size of the database, in bytes.
pub(crate) fn settle(cluster: &Cluster, url: &str) -> Result<u64> {
    let name = database(url);
    cluster.sql(name, "VACUUM ANALYZE");
    cluster.sql(name, "CHECKPOINT");
    let size = cluster.sql(name, &format!("SELECT pg_database_size('{name}')"));
    size.parse()
        .or_else(|_| fail("the size of a database is not a number"))
}

/// Returns the name of the database.
fn database(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}
