//! A server on a Unix socket, and what it reports to systemd.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use trivium_test_support::{Backend, Scratch};

use crate::harness::{BINARY, Served, attempt, run, trivium};

const GROUPS: &str = "http://groups.example/api/json/peopleaggregator/getGroups";

/// Sends a request through a socket, with these options of curl.
fn curl(socket: &Path, options: &[&str]) -> String {
    let socket = socket.to_string_lossy();
    let common = ["-sS", "--unix-socket", &socket];
    let output = run("curl", &[&common, options].concat(), b"");
    String::from_utf8(output.stdout)
        .expect("text")
        .replace("\\/", "/")
}

/// Starts a server on a socket, over a database beside it.
fn start(scratch: &Scratch, socket: &Path, options: &[&str]) -> Served {
    let listen = format!("unix:{}", socket.display());
    let common = ["--listen", &listen, "--database", &scratch.url];
    let log = scratch.folder.path().join("log");
    Served::start(&[&common, options].concat(), &[], log)
}

/// Starts a server that fails; it is stopped after a minute, in case it serves.
fn serve(listen: &str, database: &str) -> Output {
    let serve = [
        "60",
        BINARY,
        "serve",
        "--listen",
        listen,
        "--database",
        database,
    ];
    attempt("timeout", &serve, b"")
}

#[test]
fn a_unix_socket_is_served() {
    let scratch = Scratch::new(Backend::Sqlite);
    let socket = scratch.folder.path().join("trivium.sock");
    // A socket that a server has left behind.
    drop(UnixListener::bind(&socket).expect("a socket"));
    let mut server = start(&scratch, &socket, &["--trusted-proxies", "127.0.0.1"]);
    assert_eq!(server.address, format!("unix:{}", socket.display()));
    let mode = fs::metadata(&socket)
        .expect("the socket")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o666);

    trivium(&["user", "add", "anna", "--database", &scratch.url], "");
    let group = [
        "group",
        "add",
        "Chess",
        "--owner",
        "anna",
        "--database",
        &scratch.url,
    ];
    assert!(trivium(&group, "").status.success());
    // The proxy is trusted by the address of this machine.
    let forwarded = [
        "-H",
        "X-Forwarded-For: 192.0.2.7",
        "-H",
        "X-Forwarded-Proto: https",
        GROUPS,
    ];
    let groups = curl(&socket, &forwarded);
    assert!(
        groups.contains("https://groups.example/group/1"),
        "{groups}"
    );
    let log = server.log_with("getGroups");
    assert!(log.contains("client=192.0.2.7"), "{log}");
    // A request without a host.
    let groups = curl(&socket, &["--http1.0", "-H", "Host:", GROUPS]);
    assert!(groups.contains("http://localhost/group/1"), "{groups}");

    // Another server leaves the socket alone.
    let other = Scratch::new(Backend::Sqlite);
    let listen = format!("unix:{}", socket.display());
    let output = trivium(
        &["serve", "--listen", &listen, "--database", &other.url],
        "",
    );
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("another program has it"), "{text}");
    assert!(curl(&socket, &[GROUPS]).contains("Chess"));

    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn a_file_in_the_place_of_the_socket_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "text").expect("a file");
    let missing = folder.path().join("missing/trivium.sock");
    for (path, cure) in [
        (&file, "a file of another kind is there: ls -l"),
        (&missing, "create its folder: mkdir -p"),
    ] {
        let listen = format!("unix:{}", path.display());
        let database = format!("sqlite:{}", folder.path().join("test.db").display());
        let output = serve(&listen, &database);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(cure), "{text}");
    }
    assert_eq!(fs::read_to_string(&file).expect("the file"), "text");
}

/// A client of a proxy that is not trusted has the address of this machine, and the log says so.
#[test]
fn a_proxy_on_a_socket_is_trusted_only_if_it_is_named() {
    let scratch = Scratch::new(Backend::Sqlite);
    let socket = scratch.folder.path().join("trivium.sock");
    let mut server = start(&scratch, &socket, &[]);
    curl(&socket, &["-H", "X-Forwarded-For: 192.0.2.7", GROUPS]);
    let log = server.log_with("getGroups");
    assert!(
        log.contains("client=127.0.0.1") && log.contains("trusted_proxies"),
        "{log}"
    );
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
}

/// systemd learns when the server accepts calls, and when it stops: see sd_notify(3).
#[test]
fn the_state_is_reported_to_systemd() {
    let scratch = Scratch::new(Backend::Sqlite);
    let path = scratch.folder.path().join("notify");
    let systemd = UnixDatagram::bind(&path).expect("a socket");
    systemd
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a limit");
    let received = || {
        let mut buffer = [0; 256];
        let size = systemd.recv(&mut buffer).expect("a message");
        String::from_utf8_lossy(&buffer[..size]).into_owned()
    };
    let socket = path.to_string_lossy();
    let environment = [("NOTIFY_SOCKET", &*socket)];
    let options = ["--database", &scratch.url];
    let log = scratch.folder.path().join("log");
    let mut server = Served::start(&options, &environment, log);
    assert_eq!(received(), "READY=1\n");
    assert_eq!(server.get("/ready").status, 200);
    server.stop();
    assert_eq!(received(), "STOPPING=1\n");
}
