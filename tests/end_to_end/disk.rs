//! The database file is deleted, replaced, damaged or locked, the disk is full, or a sync fails, while
//! clients join groups.
//!
//! Nothing is acknowledged that is not in the file: changes get `temporarily_unavailable`, and `/ready`
//! responds with 503 and logs the reason. A full disk and a lock end by themselves; after anything else,
//! the server waits for a restart, and leaves the files alone.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use trivium_storage::{Database, Error, Options, memberships};
use trivium_test_support::{Backend, Scratch};

use crate::harness::{
    Connection, Crowd, Gateway, Served, Someone, check, encode, form, form_of, get, new_group,
    outcome, preload, trivium,
};

/// Number of clients, and of groups that each could join.
const CLIENTS: usize = 4;
const GROUPS: usize = 400;

const REFUSED: &str = "503 temporarily_unavailable: …";
const NOT_READY: &str = "503 not ready: the log has the reason";

/// A server with users and open groups in one file.
struct Arena {
    gateway: Gateway,
    members: Vec<Someone>,
}

impl Arena {
    fn new() -> Self {
        Self::over(Gateway::start(Backend::Sqlite, &[]))
    }

    fn over(gateway: Gateway) -> Self {
        let crowd = Crowd::new(&gateway);
        let [owner] = crowd.some();
        let members = crowd.people(CLIENTS);
        let mut connection = Connection::open(&gateway.served.address);
        for n in 0..GROUPS {
            let call = new_group(&owner.tokens[0], &format!("Group {n}"), "open");
            let call = form_of(&call);
            connection.send(&form("json/newGroup", call).bytes());
            let response = connection.receive().expect("a response");
            assert!(outcome(&response).starts_with("200 {"), "{response:?}");
        }
        Self { gateway, members }
    }

    fn file(&self) -> PathBuf {
        self.gateway
            .scratch
            .url
            .trim_start_matches("sqlite:")
            .into()
    }

    fn beside(&self, ending: &str) -> PathBuf {
        beside(&self.file(), ending)
    }

    /// Joins groups with all clients, runs `fault` once joins succeed, and goes on until each client has
    /// been refused. No join may be acknowledged after the fault.
    fn join_until_stopped(&self, fault: impl FnOnce()) -> BTreeSet<(String, usize)> {
        self.join_until_refused(|| {
            fault();
            true
        })
    }

    /// As [`join_until_stopped`](Self::join_until_stopped), if `fault` returns true. Returns the joins
    /// that were acknowledged: user and group.
    fn join_until_refused(&self, fault: impl FnOnce() -> bool) -> BTreeSet<(String, usize)> {
        let acknowledged = Mutex::new(BTreeSet::new());
        let (count, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let happened = AtomicBool::new(false);
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for member in &self.members {
                let (acknowledged, count, refused) = (&acknowledged, &count, &refused);
                let (happened, ended) = (&happened, &ended);
                scope.spawn(move || {
                    let mut connection = Connection::open(&self.gateway.served.address);
                    let mut was_refused = false;
                    for group in 1..=GROUPS {
                        // The fault may need a pause, such as one in which another process gets a lock.
                        while group > GROUPS / 2 && !ended.load(Ordering::SeqCst) {
                            std::thread::yield_now();
                        }
                        let after = happened.load(Ordering::SeqCst);
                        connection.send(&join(&member.tokens[0], group));
                        let response = outcome(&connection.receive().expect("a response"));
                        if response == r#"200 {"joinState":"joined"}"# {
                            assert!(!after, "acknowledged a join that is not in the file");
                            let mut joins =
                                acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
                            joins.insert((member.login.clone(), group));
                            count.fetch_add(1, Ordering::SeqCst);
                        } else {
                            let (start, _) = response.split_once(':').unwrap_or((&response, ""));
                            assert_eq!(start, "503 temporarily_unavailable");
                            if !was_refused {
                                was_refused = true;
                                refused.fetch_add(1, Ordering::SeqCst);
                            }
                            if refused.load(Ordering::SeqCst) == CLIENTS {
                                return;
                            }
                        }
                    }
                    assert!(was_refused, "never refused");
                });
            }
            while count.load(Ordering::SeqCst) < CLIENTS * 10 {
                std::thread::yield_now();
            }
            let _end = RaiseOnDrop(&ended);
            happened.store(fault(), Ordering::SeqCst);
        });
        acknowledged.into_inner().expect("the joins")
    }

    /// Asserts that changes are refused and that the server is not ready, for this reason.
    fn is_refused(&self, reason: &str) {
        let served = &self.gateway.served;
        check(served, get("/ready"), NOT_READY);
        check(served, get("/live"), "200 live");
        let log = served.log();
        let lines: Vec<_> = log
            .lines()
            .filter(|line| line.contains("ERROR") || line.contains("not ready"))
            .collect();
        assert!(log.contains(reason), "{reason}: {lines:#?}");
    }

    /// Asserts that nothing is read or written, for this reason, until a restart.
    fn has_stopped(&self, reason: &str) {
        self.is_refused(reason);
        let served = &self.gateway.served;
        let token = encode(&self.members[0].tokens[0]);
        let body = format!("authToken={token}&id=group:1");
        let refused = check(served, form("json/joinGroup", body), REFUSED);
        // The cause is logged with the ID of the request.
        let request = format!("id=\"{}\"", refused.header("x-request-id"));
        let log = served.log();
        let cause = log.lines().find(|line| line.contains(&request));
        assert!(
            cause.is_some_and(|line| line.contains("a call failed")),
            "{cause:?}"
        );
        let read = format!("json/getMyGroups?authToken={token}");
        check(served, get(&read), REFUSED);
        check(served, get("/ready"), NOT_READY);
        // In a protocol with statuses.
        let path = format!("/services/rest/?method=group.getMyGroups&api_key=x&token={token}");
        assert_eq!(served.get(&path).status, 503);
    }

    /// Waits until the server is ready.
    fn recovers(&self) {
        while outcome(&self.gateway.served.get("/ready")) != "200 ready" {
            std::thread::yield_now();
        }
        let served = &self.gateway.served;
        for group in [GROUPS - 1, GROUPS] {
            let token = encode(&self.members[0].tokens[0]);
            let body = format!("authToken={token}&id=group:{group}");
            check(
                served,
                form("json/joinGroup", body),
                r#"200 {"joinState":"joined"}"#,
            );
        }
    }

    /// Asserts that the file has these joins, and no damage.
    fn has(&self, file: &Path, joins: &BTreeSet<(String, usize)>) {
        let database = open(file);
        for member in &self.members {
            let number = member
                .id
                .trim_start_matches("user:")
                .parse()
                .expect("user:N");
            let rows = database
                .read::<_, Error>(|connection| memberships::list_of_user(connection, number))
                .expect("a query");
            let stored: BTreeSet<i64> = rows.iter().map(|row| row.group_id).collect();
            for (_, group) in joins.iter().filter(|(login, _)| *login == member.login) {
                let group = i64::try_from(*group).expect("a number");
                assert!(
                    stored.contains(&group),
                    "{} in {group} is lost",
                    member.login
                );
            }
        }
        drop(database);
        is_intact(file);
    }
}

fn join(token: &str, group: usize) -> Vec<u8> {
    form(
        "json/joinGroup",
        format!("authToken={token}&id=group:{group}"),
    )
    .bytes()
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn open(file: &Path) -> Database {
    let url = format!("sqlite:{}", file.display());
    Database::open(url.parse().expect("a URL"), &Options::default()).expect("a database")
}

/// Asserts that a database file that nobody has open is intact.
fn is_intact(file: &Path) {
    let found = sqlite3(file, "PRAGMA integrity_check; PRAGMA foreign_key_check");
    assert_eq!(found, "ok\n");
}

/// Runs a query on a database file that nobody uses. Connections of a pool may still be closing.
fn sqlite3(file: &Path, query: &str) -> String {
    let output = Command::new("sqlite3")
        .args(["-cmd", ".timeout 60000"])
        .arg(file)
        .arg(query)
        .output();
    let output = output.expect("sqlite3: `make tools` installs it");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_deleted_file_stops_the_server() {
    let mut arena = Arena::new();
    let (file, wal) = (arena.file(), arena.beside("-wal"));
    // A second name keeps what was acknowledged.
    let kept = beside(&file, "-kept");
    std::fs::hard_link(&file, &kept).expect("a name");
    std::fs::hard_link(&wal, beside(&kept, "-wal")).expect("a name");
    let joins = arena.join_until_stopped(|| std::fs::remove_file(&file).expect("deleted"));
    arena.has_stopped(&format!("{} was deleted", file.display()));
    arena.gateway.served.stop();
    arena.has(&kept, &joins);
}

#[test]
fn a_deleted_wal_stops_the_server() {
    let arena = Arena::new();
    let wal = arena.beside("-wal");
    arena.join_until_stopped(|| std::fs::remove_file(&wal).expect("deleted"));
    arena.has_stopped(&format!("{} was deleted", wal.display()));
}

#[test]
fn a_replaced_file_stops_the_server_and_is_left_alone() {
    let other = {
        let mut other = Gateway::start(Backend::Sqlite, &[]);
        other.command(&["user", "add", "other"], "");
        // A killed server leaves its last changes in -wal.
        other.served.signal("KILL");
        other.served.wait();
        other
    };
    let source: PathBuf = other.scratch.url.trim_start_matches("sqlite:").into();
    let mut arena = Arena::new();
    let file = arena.file();
    let endings = ["", "-wal", "-shm"];
    for ending in endings {
        std::fs::copy(
            beside(&source, ending),
            beside(&file, &format!("-new{ending}")),
        )
        .expect("a copy");
    }
    arena.join_until_stopped(|| {
        for ending in endings {
            std::fs::rename(
                beside(&file, &format!("-new{ending}")),
                beside(&file, ending),
            )
            .expect("replaced");
        }
    });
    arena.has_stopped("was replaced");
    arena.gateway.served.stop();
    for ending in ["", "-wal"] {
        assert_eq!(
            std::fs::read(beside(&file, ending)).expect("a file"),
            std::fs::read(beside(&source, ending)).expect("a file"),
            "{ending:?} was changed"
        );
    }
    // A restart serves the new file.
    let log = arena.gateway.scratch.folder.path().join("after");
    let after = Served::start(&["--database", &arena.gateway.scratch.url], &[], log);
    check(&after, get("/ready"), "200 ready");
    check(&after, get("json/getUserProfile?login=other"), "200 {…");
    drop(after);
    is_intact(&file);
}

#[test]
fn a_file_that_is_replaced_while_idle_is_not_ready() {
    let arena = Arena::new();
    let file = arena.file();
    let copy = beside(&file, "-copy");
    std::fs::copy(&file, &copy).expect("a copy");
    check(&arena.gateway.served, get("/ready"), "200 ready");
    std::fs::rename(&copy, &file).expect("replaced");
    arena.has_stopped(&format!("{} was replaced", file.display()));
}

#[test]
fn a_truncated_file_stops_the_server() {
    for length in [0, 8192] {
        let arena = Arena::new();
        let file = arena.file();
        let truncated = OpenOptions::new()
            .write(true)
            .open(&file)
            .expect("the file");
        arena.join_until_stopped(|| truncated.set_len(length).expect("truncated"));
        // A page beyond the end may be read before the length is checked.
        arena.has_stopped("the database has stopped");
    }
}

/// Overwrites the first page of a table in a file that nobody has open.
fn damage(file: &Path, table: &str) {
    use std::os::unix::fs::FileExt;
    let query = format!("SELECT rootpage FROM sqlite_schema WHERE name = '{table}'");
    let root: u64 = sqlite3(file, &query).trim().parse().expect("a page");
    let bytes = File::options().write(true).open(file).expect("the file");
    bytes
        .write_all_at(&[0xFF; 4096], (root - 1) * 4096)
        .expect("damage");
}

#[test]
fn a_damaged_file_stops_the_server() {
    let mut arena = Arena::new();
    let file = arena.file();
    arena.gateway.served.stop();
    damage(&file, "groups");
    let log = arena.gateway.scratch.folder.path().join("damaged");
    let options = ["--database", &arena.gateway.scratch.url];
    arena.gateway.served = Served::start(&options, &[], log);
    let token = encode(&arena.members[0].tokens[0]);
    let body = format!("authToken={token}&id=group:1");
    check(&arena.gateway.served, form("json/joinGroup", body), REFUSED);
    arena.has_stopped("database disk image is malformed");
}

/// Takes the lock of a database for writing, until the sender is dropped.
fn lock(other: &Database) -> Sender<()> {
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let (locked, locking) = channel();
    other.change(
        None,
        move |_: &mut trivium_storage::Connection| {
            let _locked = locked.send(());
            let _released = released.lock().expect("a lock").recv();
            Ok::<_, Error>(())
        },
        |_| {},
    );
    locking.recv().expect("a lock");
    release
}

#[test]
fn a_foreign_lock_ends_by_itself() {
    let arena = Arena::new();
    let other = open(&arena.file());
    let mut release = None;
    let joins = arena.join_until_stopped(|| release = Some(lock(&other)));
    arena.is_refused("database is locked");
    // Reads go on.
    let token = encode(&arena.members[0].tokens[0]);
    check(
        &arena.gateway.served,
        get(&format!("json/getMyGroups?authToken={token}")),
        "200 {…",
    );
    drop(release);
    arena.recovers();
    other.close();
    drop(other);
    let file = arena.file();
    let mut arena = arena;
    arena.gateway.served.stop();
    arena.has(&file, &joins);
}

#[test]
fn queued_joins_are_refused_by_their_deadline_under_a_foreign_lock() {
    let arena = Arena::over(Gateway::start(Backend::Sqlite, &["--call-timeout", "1s"]));
    let served = &arena.gateway.served;
    let other = open(&arena.file());
    let release = lock(&other);
    let began = Instant::now();
    // Several batches of the writer, each of which would wait for the lock.
    let mut waiting: Vec<_> = (1..=GROUPS)
        .map(|group| {
            let mut connection = Connection::open(&served.address);
            connection.send(&join(&arena.members[0].tokens[0], group));
            connection
        })
        .collect();
    for connection in &mut waiting {
        let response = outcome(&connection.receive().expect("a response"));
        assert!(
            response.starts_with("503 temporarily_unavailable"),
            "{response}"
        );
    }
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "the joins waited in turn"
    );
    arena.is_refused("database is locked");
    drop(release);
    while outcome(&served.get("/ready")) != "200 ready" {
        std::thread::yield_now();
    }
    // None of them was run later.
    let number = arena.members[0]
        .id
        .trim_start_matches("user:")
        .parse()
        .expect("user:N");
    let rows = other
        .read::<_, Error>(|connection| memberships::list_of_user(connection, number))
        .expect("a query");
    assert!(rows.is_empty(), "{}", rows.len());
}

/// Sets a flag when it is dropped, also by a panic.
struct RaiseOnDrop<'a>(&'a AtomicBool);

impl Drop for RaiseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A small file system, until this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts it at a new folder; `None` if this user may not mount.
    fn mount(folder: PathBuf) -> Option<Self> {
        std::fs::create_dir(&folder).expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"])
            .arg(&folder)
            .output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_ends_by_itself() {
    let mut scratch = Scratch::new(Backend::Sqlite);
    let Some(disk) = SmallDisk::mount(scratch.folder.path().join("small")) else {
        eprintln!("SKIPPED a_full_disk_ends_by_itself: mounting a tmpfs needs root");
        return;
    };
    let file = disk.0.join("test.db");
    scratch.url = format!("sqlite:{}", file.display());
    let log = scratch.folder.path().join("log");
    let served = Served::start(&["--database", &scratch.url], &[], log);
    let mut arena = Arena::over(Gateway { served, scratch });
    let filler = disk.0.join("filler");
    let joins = arena.join_until_refused(|| {
        let mut all = File::create(&filler).expect("a file");
        while all.write_all(&[0; 4096]).is_ok() {}
        // Changes that fit into the space of -wal are stored.
        false
    });
    arena.is_refused("database or disk is full");
    let token = encode(&arena.members[0].tokens[0]);
    let read = format!("json/getMyGroups?authToken={token}");
    check(&arena.gateway.served, get(&read), "200 {…");
    std::fs::remove_file(&filler).expect("space");
    arena.recovers();
    arena.gateway.served.stop();
    arena.has(&file, &joins);
}

/// Replaces the functions of the C library that sync: they fail while the file in `SYNC_FAILS` exists.
const SYNC_FAILS: &str = r#"
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static int sync_with(long call, int file) {
    const char *path = getenv("SYNC_FAILS");
    if (path && access(path, F_OK) == 0) { errno = EIO; return -1; }
    return (int) syscall(call, file);
}
int fsync(int file) { return sync_with(SYS_fsync, file); }
int fdatasync(int file) { return sync_with(SYS_fdatasync, file); }
"#;

#[test]
fn a_failed_sync_stops_the_server() {
    let scratch = Scratch::new(Backend::Sqlite);
    let folder = scratch.folder.path();
    let library = preload(folder, "sync", SYNC_FAILS);
    let trigger = folder.join("sync-fails");
    let environment = [
        ("LD_PRELOAD", library.to_str().expect("a path")),
        ("SYNC_FAILS", trigger.to_str().expect("a path")),
    ];
    let options = ["--database", &scratch.url];
    let served = Served::start(&options, &environment, folder.join("log"));
    let mut arena = Arena::over(Gateway { served, scratch });
    let joins = arena.join_until_stopped(|| drop(File::create(&trigger).expect("a file")));
    // Later syncs would succeed.
    std::fs::remove_file(&trigger).expect("removed");
    arena.has_stopped("a write or a sync failed: disk I/O error");
    arena.gateway.served.stop();
    arena.has(&arena.file(), &joins);
}

/// The mode of a file, without its type.
fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file)
        .expect("a file")
        .permissions()
        .mode()
        & 0o777
}

#[test]
fn new_files_are_private_and_wider_modes_are_reported() {
    use std::os::unix::fs::PermissionsExt;
    let mut gateway = Gateway::start(Backend::Sqlite, &[]);
    let file: PathBuf = gateway.scratch.url.trim_start_matches("sqlite:").into();
    for ending in ["", "-wal", "-shm"] {
        assert_eq!(mode(&beside(&file, ending)), 0o600, "{ending:?}");
    }
    assert!(!gateway.served.log().contains("0600"));
    gateway.served.stop();
    // A command creates it alike.
    let other = gateway.scratch.folder.path().join("other.db");
    let database = format!("sqlite:{}", other.display());
    let output = trivium(&["user", "add", "anna", "--database", &database], "");
    assert!(output.status.success());
    assert_eq!(mode(&other), 0o600);

    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).expect("a mode");
    let log = gateway.scratch.folder.path().join("wide");
    let wide = Served::start(&["--database", &gateway.scratch.url], &[], log);
    let warning = "set the mode of the file to 0600 mode=\"0644\"";
    assert!(wide.log().contains(warning), "{}", wide.log());
    assert_eq!(mode(&file), 0o644);
}

#[test]
fn a_file_is_checked_after_an_unclean_stop() {
    let mut arena = Arena::new();
    let file = arena.file();
    assert!(!arena.gateway.served.log().contains("checking the database"));
    arena.gateway.served.signal("KILL");
    arena.gateway.served.wait();
    let options = ["--database", &arena.gateway.scratch.url];
    let log = arena.gateway.scratch.folder.path().join("intact");
    arena.gateway.served = Served::start(&options, &[], log);
    while !arena
        .gateway
        .served
        .log()
        .contains("the database is intact")
    {
        std::thread::yield_now();
    }
    check(&arena.gateway.served, get("/ready"), "200 ready");
    // A clean stop empties -wal, so that nothing repairs the damage of a page that no call reads.
    arena.gateway.served.stop();
    damage(&file, "api_keys");
    let log = arena.gateway.scratch.folder.path().join("damaged");
    arena.gateway.served = Served::start(&options, &[], log);
    arena.gateway.command(&["user", "add", "anna"], "");
    check(&arena.gateway.served, get("/ready"), "200 ready");
    arena.gateway.served.signal("KILL");
    arena.gateway.served.wait();
    let log = arena.gateway.scratch.folder.path().join("checked");
    arena.gateway.served = Served::start(&options, &[], log);
    while outcome(&arena.gateway.served.get("/ready")) != NOT_READY {
        std::thread::yield_now();
    }
    arena.has_stopped("the database has stopped");
}
