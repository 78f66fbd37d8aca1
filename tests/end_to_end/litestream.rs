//! Continuous backup with Litestream, beside a server that leaves the checkpoints to it.

use std::process::{Command, Stdio};
use std::time::Duration;

use trivium_test_support::{Backend, Scratch};

use crate::harness::{Protocol, Running, Served, new_group, project, run, trivium};

#[test]
fn a_replica_has_what_was_acknowledged() {
    let program = project().join("tests/clients/venv/bin/litestream");
    let program = program.to_str().expect("a path");
    let scratch = Scratch::new(Backend::Sqlite);
    let folder = scratch.folder.path();
    let path = scratch.url.trim_start_matches("sqlite:");
    let replica = folder.join("replica");
    let configuration = folder.join("litestream.yml");
    let text = format!(
        "dbs:\n  - path: {path}\n    monitor-interval: 100ms\n    replica:\n      path: {}\n      sync-interval: 100ms\n",
        replica.display()
    );
    std::fs::write(&configuration, text).expect("a file");
    let configuration = configuration.to_str().expect("a path");

    let options = ["--database", &scratch.url, "--checkpoints", "external"];
    let served = Served::start(&options, &[], folder.join("log")).unrecorded();
    let replicating = Command::new(program)
        .args(["replicate", "-config", configuration])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("litestream: `make tools` installs it");
    let replicating = Running(replicating);
    let command = |arguments: &[&str], database: &str| {
        let output = trivium(&[arguments, &["--database", database]].concat(), "");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    command(&["user", "add", "anna"], &scratch.url);
    let token = command(&["user", "token", "anna"], &scratch.url);
    // More than the 40 MB of -wal after which the server would make a checkpoint.
    let text = "x".repeat(16_000);
    for n in 0..1_200 {
        let mut group = new_group(token.trim(), &format!("Group {n}"), "open");
        group["description"] = text.as_str().into();
        Protocol::Json
            .call(&served, "POST", "newGroup", &group)
            .succeeds();
    }
    let groups = |database: &str| command(&["group", "list", "--json"], database);
    let expected = groups(&scratch.url);

    // The replica has all of it after a while.
    let restored = folder.join("restored.db");
    let database = format!("sqlite:{}", restored.display());
    let restore = || {
        let _absent = std::fs::remove_file(&restored);
        let output = restored.to_str().expect("a path");
        let arguments = ["restore", "-config", configuration, "-o", output, path];
        let result = Command::new(program).args(arguments).output();
        result.expect("litestream").status.success() && groups(&database) == expected
    };
    let complete = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        restore()
    });
    assert!(complete, "the replica lacks groups");
    drop(served);
    drop(replicating);
    let doctor = command(&["doctor"], &database);
    assert!(
        doctor.ends_with("nothing was found\n") || doctor.starts_with("warning"),
        "{doctor}"
    );

    // It takes the place of the database.
    let output = restored.to_str().expect("a path");
    command(&["restore", output], &scratch.url);
    assert_eq!(groups(&scratch.url), expected);
    let version = run(program, &["version"], b"");
    assert!(version.status.success());
}
