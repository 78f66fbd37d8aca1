//! Temporary databases for tests: SQLite in a folder, Postgres in a private cluster.
//!
//! The first test that needs the cluster starts it; a test that kills it has one of its own. A cluster
//! listens only on a Unix socket, and ends with the test process, even if that crashes. Its programs come
//! from Debian's package `postgresql`, which `make test` installs.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test without its database cannot run"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// SQLite.
    Sqlite,
    /// Postgres: a database of the private cluster.
    Postgres,
}

impl Backend {
    /// All backends.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// An empty database. It is removed when this value is dropped (SQLite) or when the test process
/// ends (Postgres).
pub struct Scratch {
    /// The URL for `--database`.
    pub url: String,
    /// A folder for files of the test.
    pub folder: tempfile::TempDir,
}

impl Scratch {
    /// Creates an empty database.
    ///
    /// # Panics
    /// If the folder or the database cannot be created.
    pub fn new(backend: Backend) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = match backend {
            Backend::Sqlite => format!("sqlite:{}", folder.path().join("test.db").display()),
            Backend::Postgres => Cluster::get().create_database(),
        };
        Self { url, folder }
    }

    /// Creates an empty database in this cluster.
    ///
    /// # Panics
    /// If the folder or the database cannot be created.
    pub fn on(cluster: &Cluster) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = cluster.create_database();
        Self { url, folder }
    }

    /// Waits until Postgres has ended all connections to the database. A transaction of a killed client
    /// may be committed before. On SQLite, there is nothing to wait for.
    ///
    /// # Panics
    /// If the connections cannot be counted.
    pub fn wait_until_unused(&self) {
        let Some((_, name)) = self.url.rsplit_once('/') else {
            return;
        };
        let query = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'");
        while self.url.starts_with("postgres:") && Cluster::get().sql("postgres", &query) != "0" {}
    }

    /// Makes Postgres write the statements of later connections to [`Cluster::log`].
    ///
    /// # Panics
    /// If the settings cannot be changed.
    pub fn log_statements(&self) {
        let (_, name) = self.url.rsplit_once('/').expect("a database");
        let settings = ["log_statement = 'all'", "log_min_messages = 'log'"];
        for setting in settings {
            Cluster::get().sql(name, &format!("ALTER DATABASE {name} SET {setting}"));
        }
    }
}

/// A private Postgres cluster.
pub struct Cluster {
    socket: PathBuf,
    databases: AtomicU32,
    /// The guard stops the cluster when this pipe closes. The system closes it when the test
    /// process ends.
    guard: (Child, ChildStdin),
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

/// The script of the guard: starts the server, and again for each line of standard input, after the
/// server was killed. When standard input closes, it stops the server, and removes its folder.
const GUARD: &str = r#"
start() {
    "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c "fsync=$3" \
        -c max_connections=400 -c log_min_messages=fatal -c unix_socket_permissions=0777 \
        >>"$2/log" 2>&1 &
    server=$!
}
start "$@"
while read -r line; do
    wait $server
    start "$@"
done
kill -INT $server 2>/dev/null
wait $server
rm -rf "$2"
"#;

impl Cluster {
    /// The cluster of this test process.
    ///
    /// # Panics
    /// If the Postgres programs are missing or do not start.
    pub fn get() -> &'static Self {
        CLUSTER.get_or_init(Self::start)
    }

    /// Starts a cluster, which stops when it is dropped.
    ///
    /// # Panics
    /// As [`get`](Self::get).
    pub fn start() -> Self {
        Self::create("off")
    }

    /// Starts a cluster that writes each COMMIT to the disk, for measurements.
    ///
    /// # Panics
    /// As [`get`](Self::get).
    pub fn durable() -> Self {
        Self::create("on")
    }

    fn create(fsync: &str) -> Self {
        let user = unprivileged_user();
        let folder = Self::folder(&user);
        run(as_user(&user, &programs().join("initdb"))
            .args([
                "--auth=trust",
                "--username=trivium",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .args(["--no-sync", "-D"])
            .arg(folder.join("data"))
            .stdout(Stdio::null()));
        // One role has a password, for tests of wrong ones.
        let access = folder.join("data/pg_hba.conf");
        let rules = std::fs::read_to_string(&access).expect("the rules of access");
        let rules = format!("local all with_password scram-sha-256\n{rules}");
        std::fs::write(&access, rules).expect("the rules of access");
        Self::start_in(folder, &user, fsync)
    }

    /// Starts a standby of this cluster, a copy that `command` makes in a shell. It is called with the folder of
    /// this cluster's socket, and with the folder for the copy.
    ///
    /// # Panics
    /// If there is no copy, or it does not start.
    pub fn standby(&self, command: impl FnOnce(&Path, &Path) -> String) -> Self {
        let user = unprivileged_user();
        let folder = Self::folder(&user);
        let command = command(&self.socket, &folder.join("data"));
        let path = std::env::var("PATH").unwrap_or_default();
        run(as_user(&user, Path::new("sh"))
            .args(["-e", "-c", &command])
            .env("PATH", format!("{}:{path}", programs().display()))
            .current_dir(&folder));
        Self::start_in(folder, &user, "off")
    }

    /// Creates the folder of a cluster.
    fn folder(user: &Option<String>) -> PathBuf {
        // The path of a socket may have 107 bytes, so TMPDIR may be too long.
        let folder = tempfile::Builder::new()
            .prefix("trivium-pg-")
            .tempdir_in("/tmp")
            .expect("a folder for the cluster")
            .keep();
        if let Some(name) = user {
            run(Command::new("chown").arg(name).arg(&folder));
        }
        folder
    }

    /// Starts the server on the data in a folder.
    fn start_in(folder: PathBuf, user: &Option<String>, fsync: &str) -> Self {
        let mut guard = as_user(user, Path::new("sh"))
            .args(["-c", GUARD, "guard"])
            .arg(programs())
            .arg(&folder)
            .arg(fsync)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell that guards the cluster");
        let pipe = guard.stdin.take().expect("the pipe to the guard");
        let cluster = Self {
            socket: folder,
            databases: AtomicU32::new(0),
            guard: (guard, pipe),
        };
        cluster.wait_until_ready();
        cluster
    }

    fn wait_until_ready(&self) {
        let ready = programs().join("pg_isready");
        for _ in 0..600 {
            let answer = Command::new(&ready)
                .arg("-q")
                .arg("-h")
                .arg(&self.socket)
                .status();
            if answer.is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the private Postgres cluster did not start");
    }

    /// Kills all processes of the server at once, as far as that is possible.
    ///
    /// # Panics
    /// If they cannot be killed.
    pub fn kill(&mut self) {
        let lock = std::fs::read_to_string(self.socket.join("data/postmaster.pid"));
        let lock = lock.expect("the lock file of the server");
        let server = lock.lines().next().expect("its process").to_owned();
        // It must not replace its processes, nor clean up after them.
        run(Command::new("kill").args(["-STOP", &server]));
        let children = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children"));
        let children = children.expect("the processes of the server");
        let mut all: Vec<&str> = children.split_whitespace().collect();
        all.push(&server);
        run(Command::new("kill").arg("-KILL").args(&all));
        // A zombie has no command line.
        let is_alive = |id: &&&str| {
            std::fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| !line.is_empty())
        };
        while all.iter().any(|id| is_alive(&id)) {
            std::thread::yield_now();
        }
    }

    /// Starts the server again after [`kill`](Self::kill), on the same data.
    ///
    /// # Panics
    /// If it does not start.
    pub fn restart(&mut self) {
        let (_, pipe) = &mut self.guard;
        pipe.write_all(b"\n").expect("a line for the guard");
        self.wait_until_ready();
    }

    /// Its host in a URL.
    pub fn host(&self) -> String {
        self.socket.display().to_string().replace('/', "%2F")
    }

    fn create_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://trivium@{}/{name}", self.host())
    }

    /// The log of the server so far.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn log(&self) -> Vec<u8> {
        std::fs::read(self.socket.join("log")).expect("the log of the cluster")
    }

    /// Runs statements in a database of the cluster and returns their output.
    ///
    /// # Panics
    /// If a statement fails.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let mut psql = Command::new(programs().join("psql"))
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "trivium",
                "-d",
                database,
            ])
            .arg("-h")
            .arg(&self.socket)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql");
        let mut input = psql.stdin.take().expect("psql's input");
        input.write_all(statements.as_bytes()).expect("statements");
        drop(input);
        let output = psql.wait_with_output().expect("psql's output");
        assert!(output.status.success(), "{statements}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

/// The folder of the Postgres server programs: on the path, or where Debian installs them.
fn programs() -> PathBuf {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
                .into_iter()
                .flatten()
                .flatten()
                .map(|version| version.path().join("bin"))
                .collect();
            folders.sort();
            folders.reverse();
            let path = std::env::var_os("PATH").unwrap_or_default();
            folders.extend(std::env::split_paths(&path));
            folders
                .into_iter()
                .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
                .expect("Postgres' server programs: run `make test`, which installs them")
        })
        .clone()
}

/// The user that runs Postgres, if the tests run as root: Postgres refuses to run as root.
fn unprivileged_user() -> Option<String> {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    root.then(|| {
        let exists = |name: &&str| {
            Command::new("id")
                .arg(name)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        };
        ["postgres", "nobody"]
            .into_iter()
            .find(exists)
            .expect("a user other than root")
            .to_owned()
    })
}

fn as_user(user: &Option<String>, program: &Path) -> Command {
    match user {
        // setpriv is part of util-linux, which every Debian has.
        Some(name) => {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid", name, "--regid"])
                .arg(group_of(name))
                .arg("--clear-groups")
                .arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn group_of(user: &str) -> String {
    let output = Command::new("id").args(["-g", user]).output().expect("id");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn run(command: &mut Command) {
    let status = command.status().expect("a program of the cluster");
    assert!(status.success(), "{command:?}");
}
