//! Common mistakes: each is reported with its cause and, where that is known, what to do about it.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use trivium_test_support::{Backend, Cluster, Scratch};

use super::{CommandResult, command, run};
use crate::harness::Served;

impl CommandResult {
    /// Asserts that the error has all of these parts, in this order.
    #[track_caller]
    fn reports(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        let mut rest = self.err.as_str();
        for part in parts {
            let (_, after) = rest
                .split_once(part)
                .unwrap_or_else(|| panic!("no '{part}' in: {self:?}"));
            rest = after;
        }
        assert!(!self.err.contains("sesame"), "a secret is shown: {self:?}");
    }
}

/// A command line with its exit code and its error, for a snapshot.
fn shown(arguments: &[&str], result: &CommandResult) -> String {
    assert_eq!(result.out, "", "{arguments:?}");
    let code = result.code.expect("an exit code");
    let words = arguments.join(" ");
    format!("$ trivium {words}\n{}\nexit code {code}\n\n", result.err)
}

#[test]
fn wrong_words_are_reported() {
    let mut whole = String::new();
    for arguments in [
        // Unknown commands and flags.
        &["sevre"][..],
        &["frob"],
        &["serve", "--lisen", "x"],
        // The name of a host, and other settings that are wrong in themselves.
        &["serve", "--listen", "localhost:8080"],
        &["serve", "--base-url", "groups.example"],
        &["serve", "--trusted-proxies", "0.0.0.0/0"],
        &["serve", "--database", "mysql://u:sesame@h/d"],
        &["serve", "--admin-password", "sesame"],
        &["serve", "--demo", "--database", "sqlite:x.db"],
        &["serve", "--demo", "--listen", "0.0.0.0:8080"],
        &["serve", "--management-listen", "0.0.0.0:9090"],
        &["serve", "--config", "none.toml"],
        // Calls: names are checked before there is a connection.
        &["call", "getCategories", "--via", "soap"],
        &["call", "joinGrup", "--url", "http://127.0.0.1:1"],
        &["call", "joinGroup", "idd=x", "--url", "http://127.0.0.1:1"],
        &["call", "getCategories", "--url", "https://127.0.0.1:1"],
        &["call", "getCategories", "--url", "http://127.0.0.1:1"],
        &["healthcheck", "--url", "https://127.0.0.1:1"],
        &["healthcheck", "--url", "http://127.0.0.1:1"],
        // Data.
        &["group", "show", "Three"],
        &["user", "passwd", "anna"],
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        whole.push_str(&shown(arguments, &run(folder.path(), &[], arguments, "")));
    }
    assert!(
        !whole
            .replace("--admin-password sesame", "")
            .replace("u:sesame@h/d\n", "")
            .contains("sesame")
    );
    insta::assert_snapshot!("mistakes", whole);
}

#[test]
fn mistakes_in_the_file_are_reported_with_their_place() {
    let mut whole = String::new();
    for text in [
        // Unknown keys.
        "workers = 2\nlistn = 'x'\n",
        "[peopleaggregator]\nprofil = 'x'\n",
        // Wrong types.
        "# a comment\n  workers = 'many'\n",
        "upcoming_jsonp_with_token = 'maybe'\n",
        "admin_password = [1.5]\n",
        // Bad TOML: nothing of it is shown.
        "listen = '127.0.0.1:0'\nadmin_password = sesame\n",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("trivium.toml"), text).expect("a file");
        let check = ["config", "check"];
        let [served, checked] =
            [&["serve"][..], &check].map(|words| run(folder.path(), &[], words, ""));
        assert_eq!(served.err, checked.err);
        whole.push_str(&format!("{text}{}", shown(&check, &checked)));
    }
    assert!(!whole.replace("= sesame", "").contains("sesame"));
    insta::assert_snapshot!("mistakes_in_the_file", whole);
}

#[test]
fn a_port_that_is_taken_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = other.local_addr().expect("its address").to_string();
    let next = format!(
        "--listen 127.0.0.1:{}",
        other.local_addr().expect("it").port() + 1
    );
    run(folder.path(), &[], &["serve", "--listen", &address], "").reports(
        1,
        &[
            "cannot listen on",
            &address,
            "another program has this port",
            &next,
        ],
    );
    run(
        folder.path(),
        &[],
        &["serve", "--listen", "192.0.2.1:8080"],
        "",
    )
    .reports(
        1,
        &[
            "cannot listen on 192.0.2.1:8080",
            "no interface",
            "ip address",
        ],
    );
}

/// Runs a command as a user other than root, whom root's permissions do not apply to.
fn unprivileged(folder: &Path, arguments: &[&str]) -> CommandResult {
    let is_root = rustix::process::geteuid().is_root();
    let plain = command(folder, &[], arguments);
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", "65534", "--clear-groups"])
        .arg(plain.get_program())
        .args(plain.get_args())
        .current_dir(folder);
    let mut command = if is_root { command } else { plain };
    command.output().expect("trivium").into()
}

#[test]
fn databases_that_cannot_be_opened_are_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mode = |path: &str, mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.join(path), permissions).expect("a mode");
    };
    let here = |arguments: &[&str]| run(folder, &[], arguments, "");
    here(&["user", "add", "anna"]).is("user:1");
    std::fs::create_dir(folder.join("folder.db")).expect("a folder");
    std::fs::write(folder.join("text.db"), "text\n".repeat(1_000)).expect("a file");
    for (database, parts) in [
        (
            "none/x.db",
            &["none/x.db", "create its folder: mkdir -p none"][..],
        ),
        (
            "folder.db",
            &["this is a folder", "--database sqlite:folder.db/trivium.db"],
        ),
        ("text.db", &["file is not a database", "--database sqlite:"]),
    ] {
        let database = format!("sqlite:{database}");
        for arguments in [&["serve"][..], &["user", "list"]] {
            here(&[arguments, &["--database", &database]].concat()).reports(1, parts);
        }
    }
    // A mistyped path.
    here(&["user", "list", "--database", "sqlite:trivum.db"]).reports(
        1,
        &[
            "there is no such database",
            "did you mean 'trivium.db'?",
            "ls .",
        ],
    );
    here(&["user", "add", "anna"]).reports(1, &["The login is taken", "trivium user list"]);
    here(&["group", "show", "group:7"]).reports(1, &["There is no group:7", "trivium group list"]);
    here(&["user", "show", "ana"]).reports(1, &["no user 'ana'", "trivium user list"]);

    // No permission.
    std::fs::create_dir(folder.join("closed")).expect("a folder");
    mode(".", 0o755);
    mode("closed", 0o755);
    std::fs::copy(folder.join("trivium.db"), folder.join("closed/x.db")).expect("a copy");
    mode("closed/x.db", 0o444);
    let closed = ["serve", "--database", "sqlite:closed/x.db"];
    if rustix::process::geteuid().is_root() {
        unprivileged(folder, &closed).reports(1, &["Permission denied", "chmod u+rw closed/x.db"]);
        unprivileged(folder, &["serve", "--database", "sqlite:closed/new.db"])
            .reports(1, &["Permission denied", "chmod u+rwx closed"]);
    }
}

#[test]
fn the_database_of_another_program_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("other.db");
    let made = Command::new("python3")
        .arg("-c")
        .arg("import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE users (a)'); c.commit()")
        .arg(&path)
        .status()
        .expect("python3");
    assert!(made.success());
    let before = std::fs::read(&path).expect("the file");
    for arguments in [&["serve"][..], &["user", "list"], &["user", "add", "anna"]] {
        let arguments = [arguments, &["--database", "sqlite:other.db"]].concat();
        run(folder.path(), &[], &arguments, "").reports(
            1,
            &[
                "sqlite:other.db: this is the database of another program",
                "--database sqlite:trivium.db",
            ],
        );
    }
    assert_eq!(std::fs::read(&path).expect("the file"), before);
}

#[test]
fn calls_without_a_valid_token_are_reported() {
    let server = Served::demonstration(&[]);
    let url = format!("http://{}", server.address);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("token"), "sesame").expect("a file");
    let call = ["call", "getMyGroups", "--url", &url];
    run(folder.path(), &[], &call, "").reports(
        1,
        &["docs/errors/validation_missing_key", "--token-file FILE"],
    );
    let call = [&call[..], &["--token-file", "token"]].concat();
    run(folder.path(), &[], &call, "").reports(
        1,
        &["docs/errors/user_token_invalid", "trivium user token LOGIN"],
    );
}

#[test]
fn postgres_that_rejects_a_connection_is_reported() {
    let scratch = Scratch::new(Backend::Postgres);
    let (server, name) = scratch.url.rsplit_once('/').expect("a database");
    let sql = |statements: &str| Cluster::get().sql(name, statements);
    sql(
        "CREATE ROLE with_password LOGIN PASSWORD 'right'; CREATE ROLE guest LOGIN;
         REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
    );
    let wrong = scratch.url.replace("trivium@", "with_password:sesame@");
    let guest = scratch.url.replace("trivium@", "guest@");
    for (url, parts) in [
        (
            "postgres://127.0.0.1:1/x",
            &[
                "Connection refused",
                "start Postgres there",
                "pg_isready -h 127.0.0.1 -p 1",
            ][..],
        ),
        (
            &wrong,
            &[
                "password authentication failed for user \"with_password\"",
                "TRIVIUM_DATABASE_FILE",
            ],
        ),
        (
            &format!("{server}/nothing"),
            &["database \"nothing\" does not exist", "createdb", "nothing"],
        ),
        (
            &guest,
            &[
                "permission denied for schema public",
                "GRANT CREATE, USAGE ON SCHEMA public TO guest",
            ],
        ),
    ] {
        for arguments in [
            &["serve", "--listen", "127.0.0.1:0"][..],
            &["user", "add", "a"],
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            run(folder.path(), &[("TRIVIUM_DATABASE", url)], arguments, "").reports(1, parts);
        }
    }
    sql("DROP ROLE with_password; DROP ROLE guest;");
}
