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

/// Runs a command in an empty folder.
fn attempt(arguments: &[&str]) -> CommandResult {
    let folder = tempfile::tempdir().expect("a folder");
    run(folder.path(), &[], arguments, "")
}

#[test]
fn wrong_words_are_reported() {
    for (arguments, code, parts) in [
        // An unknown command.
        (
            &["sevre"][..],
            2,
            &["unrecognized subcommand 'sevre'", "'serve'"][..],
        ),
        (&["frob"], 2, &["unrecognized subcommand 'frob'", "--help"]),
        // An unknown flag.
        (
            &["serve", "--lisen", "x"],
            2,
            &["unexpected argument '--lisen'", "'--listen'"],
        ),
        // The name of a host.
        (
            &["serve", "--listen", "localhost:8080"],
            2,
            &[
                "'localhost:8080' for '--listen <ADDRESS>'",
                "such as 127.0.0.1:8080",
            ],
        ),
        // An unknown scheme.
        (
            &["serve", "--database", "mysql://u:sesame@h/d"],
            4,
            &["unsupported database URL", "sqlite:PATH or postgres://"],
        ),
        (
            &["serve", "--demo", "--database", "sqlite:x.db"],
            2,
            &["--demo serves a temporary database", "--database"],
        ),
        (
            &["serve", "--demo", "--listen", "0.0.0.0:8080"],
            4,
            &["known passwords", "127.0.0.1:8080", "not on 0.0.0.0:8080"],
        ),
        (
            &["serve", "--base-url", "groups.example"],
            2,
            &[
                "'groups.example' for '--base-url <URL>'",
                "https://groups.example",
            ],
        ),
        (
            &["serve", "--trusted-proxies", "0.0.0.0/0"],
            2,
            &["this would believe every client", "name the addresses"],
        ),
        (
            &["serve", "--admin-password", "sesame"],
            2,
            &[
                "other users can read the command line",
                "TRIVIUM_ADMIN_PASSWORD_FILE",
            ],
        ),
        (
            &["serve", "--management-listen", "0.0.0.0:9090"],
            4,
            &[
                "no password and no TLS",
                "127.0.0.1:9090",
                "management_public",
            ],
        ),
        // An unknown protocol.
        (
            &["call", "getCategories", "--via", "soap"],
            2,
            &["'soap' for '--via <VIA>'", "json, xml, xml-rpc"],
        ),
        // Names are checked before there is a connection.
        (
            &["call", "joinGrup", "--url", "http://127.0.0.1:1"],
            2,
            &["no operation 'joinGrup'; did you mean 'joinGroup'?"],
        ),
        (
            &["call", "joinGroup", "idd=x", "--url", "http://127.0.0.1:1"],
            2,
            &[
                "no argument 'idd'; did you mean 'id'?",
                "authToken, id, message, invitation",
            ],
        ),
        (
            &["call", "getCategories", "--url", "https://127.0.0.1:8080"],
            2,
            &["does not speak TLS", "http://127.0.0.1:8080"],
        ),
        (
            &["healthcheck", "--url", "https://127.0.0.1:8080"],
            2,
            &["does not speak TLS", "http://127.0.0.1:8080"],
        ),
        (
            &["call", "getCategories", "--url", "http://127.0.0.1:1"],
            1,
            &[
                "http://127.0.0.1:1",
                "Connection refused",
                "trivium serve --listen 127.0.0.1:1",
            ],
        ),
        (
            &["healthcheck", "--url", "http://127.0.0.1:1"],
            3,
            &[
                "http://127.0.0.1:1",
                "Connection refused",
                "trivium serve --listen 127.0.0.1:1",
            ],
        ),
        // A configuration file that is missing.
        (
            &["serve", "--config", "none.toml"],
            4,
            &[
                "none.toml: there is no such file",
                "trivium config example > none.toml",
            ],
        ),
        (
            &["group", "show", "Three"],
            2,
            &["'Three' for '<ID>'", "'group:123'"],
        ),
        (
            &["user", "passwd", "anna"],
            1,
            &["no terminal", "--password-stdin"],
        ),
    ] {
        attempt(arguments).reports(code, parts);
    }
}

#[test]
fn mistakes_in_the_file_are_reported_with_their_place() {
    for (text, parts) in [
        // An unknown key.
        (
            "workers = 2\nlistn = 'x'\n",
            &[
                "trivium.toml, line 2, column 1: there is no setting 'listn'; did you mean 'listen'?",
            ][..],
        ),
        (
            "[peopleaggregator]\nprofil = 'x'\n",
            &[
                "trivium.toml, line 2, column 1: there is no setting 'peopleaggregator.profil'",
                "'peopleaggregator.profile'?",
            ],
        ),
        // A wrong type.
        (
            "# a comment\n  workers = 'many'\n",
            &["trivium.toml, line 2, column 3: workers: expected a number from 1 to 256"],
        ),
        (
            "upcoming_jsonp_with_token = 'maybe'",
            &["line 1, column 1: upcoming_jsonp_with_token: expected true or false"],
        ),
        (
            "admin_password = [1.5]",
            &["line 1, column 1: 'admin_password' must be a string"],
        ),
        // Bad TOML.
        (
            "listen = '127.0.0.1:0'\nadmin_password = sesame\n",
            &["trivium.toml, line 2, column 18: malformed TOML in the setting 'admin_password'"],
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("trivium.toml"), text).expect("a file");
        for arguments in [&["serve"][..], &["config", "check"]] {
            run(folder.path(), &[], arguments, "").reports(4, parts);
        }
    }
}

#[test]
fn a_port_that_is_taken_is_reported() {
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = other.local_addr().expect("its address").to_string();
    let next = format!(
        "--listen 127.0.0.1:{}",
        other.local_addr().expect("it").port() + 1
    );
    attempt(&["serve", "--listen", &address]).reports(
        1,
        &[
            "cannot listen on",
            &address,
            "another program has this port",
            &next,
        ],
    );
    attempt(&["serve", "--listen", "192.0.2.1:8080"]).reports(
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
