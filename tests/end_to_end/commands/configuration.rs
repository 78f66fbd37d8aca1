//! Where settings come from, what is refused, and with which exit code.

use std::path::Path;

use super::{Said, run};
use crate::harness::{Served, check, get};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

/// The databases that a folder holds.
fn databases(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name.ends_with(".db"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let files = [
        ("trivium.toml", "database = 'sqlite:file.db'"),
        ("other.toml", "database = 'sqlite:other.db'"),
        ("secret", "sqlite:secret.db\n"),
    ];
    let by_variable = ("TRIVIUM_DATABASE", "sqlite:variable.db");
    let by_secret = ("TRIVIUM_DATABASE_FILE", "secret");
    let by_config = ("TRIVIUM_CONFIG", "other.toml");
    for (files, environment, arguments, database) in [
        (&[][..], &[][..], &["user", "list"][..], "trivium.db"),
        (&files, &[], &["user", "list"], "file.db"),
        (&files, &[by_config], &["user", "list"], "other.db"),
        (
            &files,
            &[],
            &["--config", "other.toml", "user", "list"],
            "other.db",
        ),
        (
            &files,
            &[],
            &["user", "list", "--config=other.toml"],
            "other.db",
        ),
        (
            &files,
            &[by_config],
            &["user", "list", "--config", "trivium.toml"],
            "file.db",
        ),
        (&files, &[by_secret], &["user", "list"], "secret.db"),
        (
            &files,
            &[by_secret, by_variable],
            &["user", "list"],
            "variable.db",
        ),
        (&files, &[by_variable], &["user", "list"], "variable.db"),
        (
            &files,
            &[by_secret, by_variable],
            &["user", "list", "--database", "sqlite:flag.db"],
            "flag.db",
        ),
        (
            &files,
            &[by_secret],
            &["--database=sqlite:flag.db", "user", "list"],
            "flag.db",
        ),
    ] {
        let folder = folder(files);
        let said = run(folder.path(), environment, arguments, "");
        assert_eq!(
            (said.code, said.err.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
        assert_eq!(
            databases(folder.path()),
            [database],
            "{environment:?} {arguments:?}"
        );
    }
}

#[test]
fn a_setting_of_the_server_comes_from_wherever_it_is_set() {
    let folder = folder(&[(
        "trivium.toml",
        "base_url = 'http://file.example'\n[peopleaggregator]\nprofile = 'original'\n",
    )]);
    let file = folder.path().join("trivium.toml");
    let by_file = ("TRIVIUM_CONFIG", file.to_str().unwrap());
    let by_variable = ("TRIVIUM_BASE_URL", "http://variable.example");
    let by_flag = ["--base-url", "http://flag.example"];
    for (environment, options, base, original) in [
        (&[][..], &[][..], "http://test", false),
        (&[by_file], &[], "http://file.example", true),
        (
            &[by_file, by_variable],
            &[],
            "http://variable.example",
            true,
        ),
        (
            &[by_file, by_variable],
            &by_flag,
            "http://flag.example",
            true,
        ),
        (
            &[by_file, ("TRIVIUM_PEOPLEAGGREGATOR_PROFILE", "documented")],
            &[],
            "http://file.example",
            false,
        ),
    ] {
        let server = Served::demonstration_with(options, environment);
        let answer = check(&server, get("json/getGroups?resultsPerPage=10"), "200 {…").text();
        let answer = answer.replace("\\/", "/");
        assert!(
            answer.contains(&format!("{base}/group/2083")),
            "{environment:?} {options:?}"
        );
        assert_eq!(answer.starts_with("{\"success\":true,"), original);
    }
}

/// Runs a command in a folder with this `trivium.toml`.
fn with_file(text: &str, arguments: &[&str]) -> Said {
    run(folder(&[("trivium.toml", text)]).path(), &[], arguments, "")
}

#[test]
fn a_wrong_configuration_is_told_as_such() {
    for (file, complaint) in [
        (
            "frob = 1",
            "trivium: trivium.toml: there is no option 'frob'",
        ),
        (
            "serve = true",
            "trivium: trivium.toml: there is no option 'serve'",
        ),
        (
            "demo = true",
            "trivium: trivium.toml: there is no option 'demo'",
        ),
        (
            "json = true",
            "trivium: trivium.toml: there is no option 'json'",
        ),
        (
            "config = 'x'",
            "trivium: trivium.toml: there is no option 'config'",
        ),
        (
            "[serve]\nlisten = 'x'",
            "trivium: trivium.toml: there is no option 'serve_listen'",
        ),
        (
            "listen = ['x']",
            "trivium: trivium.toml: 'listen' must be a string, an integer",
        ),
        (
            "listen =",
            "trivium: trivium.toml: TOML parse error at line 1",
        ),
        (
            "listen = 'a'\nlisten = 'b'",
            "trivium: trivium.toml: TOML parse error at line 2",
        ),
        (
            "database = 'mysql://x/y'",
            "trivium: unsupported database URL; expected sqlite:PATH or ",
        ),
    ] {
        with_file(file, &["user", "list"]).fails(4, complaint);
    }
    for (file, complaint) in [
        (
            "listen = 'x'",
            "trivium: trivium.toml: invalid value 'x' for '--listen <ADDRESS>'",
        ),
        (
            "workers = 0",
            "trivium: trivium.toml: invalid value '0' for '--workers <N>'",
        ),
        (
            "directory = 'all'",
            "trivium: trivium.toml: invalid value 'all' for '--directory <",
        ),
        (
            "token_lifetime = 0",
            "trivium: trivium.toml: invalid value '0' for '--token-lifetime",
        ),
    ] {
        with_file(file, &["serve"]).fails(4, complaint);
    }
    let empty = folder(&[]);
    for (environment, arguments, complaint) in [
        (
            &[("TRIVIUM_WORKERS", "many")][..],
            &["serve"][..],
            "trivium: TRIVIUM_WORKERS: invalid value 'many' for '--workers <N>'",
        ),
        (
            &[("TRIVIUM_LISTEN", "x")],
            &["serve"],
            "trivium: TRIVIUM_LISTEN: invalid value 'x' for '--listen <ADDRESS>'",
        ),
        (
            &[("TRIVIUM_CONFIG", "nope.toml")],
            &["user", "list"],
            "trivium: nope.toml: ",
        ),
        (
            &[],
            &["user", "list", "--config", "nope.toml"],
            "trivium: nope.toml: ",
        ),
        (
            &[("TRIVIUM_DATABASE_FILE", "nope")],
            &["user", "list"],
            "trivium: TRIVIUM_DATABASE_FILE: nope: ",
        ),
        (
            &[("TRIVIUM_ADMIN_PASSWORD_FILE", "nope")],
            &["serve"],
            "trivium: TRIVIUM_ADMIN_PASSWORD_FILE: nope: ",
        ),
        (
            &[("TRIVIUM_DATABASE", "mysql://x/y")],
            &["user", "list"],
            "trivium: unsupported database URL",
        ),
        (
            &[],
            &["user", "list", "--database", "mysql://x:sesame@h/y"],
            "trivium: unsupported database URL",
        ),
        (
            &[],
            &["user", "list", "--database", ""],
            "trivium: unsupported database URL",
        ),
        (
            &[],
            &["user", "list", "--database", "trivium.db"],
            "trivium: unsupported database URL",
        ),
        (
            &[],
            &["user", "list", "--database", "postgres:x"],
            "trivium: unsupported database URL",
        ),
        (
            &[],
            &["serve", "--database", "sqlite:"],
            "trivium: sqlite: needs the path of a file",
        ),
        (
            &[],
            &["serve", "--database", "sqlite::memory:"],
            "trivium: sqlite: needs the path",
        ),
        (
            &[],
            &["serve", "--demo", "--listen", "0.0.0.0:0"],
            "trivium: the demonstration has known passwords: it listens on a loopback address",
        ),
        (
            &[("TRIVIUM_LISTEN", "[::]:0")],
            &["serve", "--demo"],
            "trivium: the demonstration has known passwords: it listens on a loopback address",
        ),
    ] {
        let said = run(empty.path(), environment, arguments, "");
        said.fails(4, complaint);
        assert!(!said.err.contains("sesame"));
    }
    assert_eq!(databases(empty.path()), [""; 0]);
}

#[test]
fn a_wrong_command_line_is_told_as_such() {
    let folder = folder(&[]);
    for arguments in [
        &[][..],
        &["frob"],
        &["user"],
        &["user", "frob"],
        &["user", "add"],
        &["user", "add", "a", "b"],
        &["user", "add", "a", "--frob"],
        &["user", "list", "x"],
        &["user", "token", "a", "--ttl", "x"],
        &["user", "token", "a", "--ttl", "0s"],
        &["user", "token", "a", "--ttl", "-1s"],
        &["user", "token", "a", "--ttl", "99999999999d"],
        &["user", "list", "--database"],
        &["user", "list", "--config"],
        &["group", "add", "a"],
        &[
            "group",
            "add",
            "a",
            "--owner",
            "b",
            "--registration",
            "shut",
        ],
        &["group", "add", "a", "--owner", "b", "--access", "x"],
        &["group", "add", "a", "--owner", "b", "--category", "x"],
        &["group", "show"],
        &["group", "show", "7"],
        &["group", "show", "group:x"],
        &["import", "upcoming"],
        &["import", "frob", "x"],
        &["serve", "--listen", "x"],
        &["serve", "--workers", "0"],
        &["serve", "--workers", "257"],
        &["serve", "--log-level", "loud"],
        &["serve", "--log-format", "xml"],
        &["serve", "--peopleaggregator-profile", "modern"],
        &["serve", "--token-lifetime", "0"],
        // Secrets are never arguments: other users of the machine read those.
        &["user", "add", "a", "--password", "sesame"],
        &["user", "passwd", "a", "sesame"],
        &["user", "token", "a", "--token", "sesame"],
        &["serve", "--admin-password", "sesame"],
    ] {
        let said = run(folder.path(), &[], arguments, "");
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(said.err.contains("help"), "{arguments:?}: {}", said.err);
    }
    assert_eq!(databases(folder.path()), [""; 0]);
}

#[test]
fn secrets_are_not_shown() {
    let folder = folder(&[
        (
            "trivium.toml",
            "database = 'postgres://u:sesame@h/d'\nadmin_password = 'sesame'",
        ),
        ("secret", "postgres://u:sesame@h/d"),
    ]);
    for environment in [
        &[][..],
        &[("TRIVIUM_DATABASE_FILE", "secret")],
        &[
            ("TRIVIUM_DATABASE", "postgres://u:sesame@h/d"),
            ("TRIVIUM_ADMIN_PASSWORD", "sesame"),
        ],
    ] {
        for arguments in [
            &["--help"][..],
            &["user", "list", "--help"],
            &["serve", "--help"],
        ] {
            let said = run(folder.path(), environment, arguments, "");
            assert_eq!(said.code, Some(0));
            assert!(
                !said.out.contains("sesame"),
                "{environment:?} {arguments:?}"
            );
        }
        // No such server: the complaint says which, and no more.
        let said = run(folder.path(), environment, &["user", "list"], "");
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(!said.err.contains("sesame"), "{said:?}");
    }
}
