//! Postgres: a private cluster with a store, and `pgbench`, which sends the service's SQL without the service.
//!
//! [`sql`] holds the statements, which a test compares with those that the service sends.

mod sql;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use trivium_test_support::{Cluster, Scratch};

use crate::calls::Operation;
use crate::data::{Scale, now};
use crate::failure::{Failure, Result, fail};
use crate::process::{Cores, Pinning, Trivium, sqlite};
use crate::worker::Count;

/// Connections of `pgbench`: as many as the server has threads that read, and as many as it has for changes.
const CONNECTIONS: u64 = 8;

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

/// A cluster with a copy of the store.
pub(crate) struct Postgres {
    cluster: Cluster,
    url: String,
    folder: PathBuf,
    /// The number of the first user who has joined the last groups only.
    newcomer: String,
    /// The joins of `pgbench` so far.
    joined: Cell<u64>,
}

impl Postgres {
    /// Starts a cluster with a copy of this store.
    pub(crate) fn start(trivium: &Trivium<'_>, filled: &Path, scale: Scale) -> Result<Self> {
        program("pgbench")?;
        let cluster = cluster(trivium.pinning)?;
        let url = copy(trivium, filled, &cluster)?;
        let name = database(&url);
        let newcomer = cluster.sql(name, "SELECT max(id) + 1 FROM users");
        let now = now();
        let Scale { groups, each, .. } = scale;
        // Every user gets a second token, whose hash SQL can compute from the user's number. The newcomers join as many
        // groups as the other users have.
        cluster.sql(
            name,
            &format!(
                "INSERT INTO users (id, login, first_name, last_name, created_at)
                    SELECT id, 'newcomer-' || id, 'Ada', 'Almeida', {now}
                    FROM generate_series({newcomer}, {newcomer} + {NEWCOMERS} - 1) AS id;
                 INSERT INTO memberships (group_id, user_id, state, since)
                    SELECT group_id, id, 'member', {now}
                    FROM generate_series({newcomer}, {newcomer} + {NEWCOMERS} - 1) AS id,
                        generate_series({groups} - {each} + 1, {groups}) AS group_id;
                 INSERT INTO tokens (user_id, hash, prefix, created_at, expires_at)
                    SELECT id, decode(lpad(to_hex(id), 64, '0'), 'hex'), 'pgbench', {now}, {now} + 30 * 86400
                    FROM users;"
            ),
        );
        settle(&cluster, &url)?;
        Ok(Self {
            cluster,
            url,
            folder: trivium.folder.to_owned(),
            newcomer,
            joined: Cell::new(0),
        })
    }

    /// Returns the URL of the store.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Runs statements and returns their output.
    pub(crate) fn sql(&self, statements: &str) -> String {
        self.cluster.sql(database(&self.url), statements)
    }

    /// Sends the statements of an operation for this long, rounded up to seconds.
    pub(crate) fn pgbench(
        &self,
        pinning: &Pinning,
        operation: Operation,
        scale: Scale,
        length: Duration,
    ) -> Result<Count> {
        let (choice, statements) = match operation.is_join() {
            true => (JOINS, sql::JOIN_GROUP),
            false => (READS, sql::GET_MY_GROUPS),
        };
        let script = self.folder.join("pgbench.sql");
        std::fs::write(&script, format!("{choice}{}", sql::script(statements)))?;
        let seconds = length.as_secs_f64().ceil();
        let mut pgbench = pinning.on(Cores::Server, &program("pgbench")?);
        pgbench
            .args(["--no-vacuum", "--protocol=prepared", "--username=trivium"])
            .args(["--jobs=1", &format!("--client={CONNECTIONS}")])
            .args([
                format!("--time={seconds}"),
                format!("--host={}", self.cluster.host().replace("%2F", "/")),
            ])
            .arg("--file")
            .arg(&script);
        for (name, value) in [
            ("users", scale.users.to_string()),
            ("groups", (scale.groups - scale.each).to_string()),
            ("seed", scale.seed.to_string()),
            ("now", now().to_string()),
            ("newcomer", self.newcomer.clone()),
            ("newcomers", NEWCOMERS.to_string()),
            ("connections", CONNECTIONS.to_string()),
            ("next", self.joined.get().to_string()),
        ] {
            pgbench.arg(format!("--define={name}={value}"));
        }
        let output = pgbench.arg(database(&self.url)).output()?;
        let report = String::from_utf8_lossy(&output.stdout);
        let value = |label: &str| -> Option<f64> {
            let line = report.lines().find_map(|line| line.strip_prefix(label))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let count = value("number of transactions actually processed: ");
        match (output.status.success(), count, value("tps = ")) {
            (true, Some(count), Some(rate)) => {
                // No connection has made more.
                self.joined.set(self.joined.get() + count as u64);
                Ok((count as u64, Duration::from_secs_f64(count / rate)))
            }
            _ => fail(format!(
                "pgbench failed: {}{report}",
                String::from_utf8_lossy(&output.stderr)
            )),
        }
    }
}

/// Number of further users, who are members of the last groups only.
const NEWCOMERS: u32 = 10_000;

/// Chooses the user of a read.
const READS: &str = "\\set user random(1, :users)\n";

/// Chooses the user and the group of a join: each pair once, in a random order. `next` keeps its value from one
/// transaction of a connection to the next.
const JOINS: &str =
    "\\set place permute(:next * :connections + :client_id, :newcomers * :groups, :seed)
\\set next :next + 1
\\set user :newcomer + :place / :groups
\\set group 1 + :place % :groups\n";
