//! Settings: their sources, and the errors and exit codes of wrong ones.

use std::path::Path;

use super::{CommandResult, run};
use crate::harness::{Served, check, get};

/// Creates a folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

/// The databases in a folder.
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
fn flags_override_the_environment_and_it_overrides_the_file() {
    let files = [
        ("trivium.toml", "database = 'sqlite:file.db'"),
        ("other.toml", "database = 'sqlite:other.db'"),
        ("secret", "sqlite:secret.db\n"),
    ];
    let by_variable = ("TRIVIUM_DATABASE", "sqlite:variable.db");
    let by_secret = ("TRIVIUM_DATABASE_FILE", "secret");
    let by_config = ("TRIVIUM_CONFIG", "other.toml");
    for (files, environment, arguments, database) in [
        (
            &[][..],
            &[][..],
            &["category", "add", "Music"][..],
            "trivium.db",
        ),
        (&files, &[], &["category", "add", "Music"], "file.db"),
        (
            &files,
            &[by_config],
            &["category", "add", "Music"],
            "other.db",
        ),
        (
            &files,
            &[],
            &["--config", "other.toml", "category", "add", "Music"],
            "other.db",
        ),
        (
            &files,
            &[],
            &["category", "add", "Music", "--config=other.toml"],
            "other.db",
        ),
        (
            &files,
            &[by_config],
            &["category", "add", "Music", "--config", "trivium.toml"],
            "file.db",
        ),
        (
            &files,
            &[by_secret],
            &["category", "add", "Music"],
            "secret.db",
        ),
        (
            &files,
            &[by_secret, by_variable],
            &["category", "add", "Music"],
            "variable.db",
        ),
        (
            &files,
            &[by_variable],
            &["category", "add", "Music"],
            "variable.db",
        ),
        (
            &files,
            &[by_secret, by_variable],
            &["category", "add", "Music", "--database", "sqlite:flag.db"],
            "flag.db",
        ),
        (
            &files,
            &[by_secret],
            &["--database=sqlite:flag.db", "category", "add", "Music"],
            "flag.db",
        ),
    ] {
        let folder = folder(files);
        let result = run(folder.path(), environment, arguments, "");
        assert_eq!(
            (result.code, result.err.as_str()),
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
fn server_settings_are_read_from_every_source() {
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
fn with_file(text: &str, arguments: &[&str]) -> CommandResult {
    run(folder(&[("trivium.toml", text)]).path(), &[], arguments, "")
}

#[test]
fn wrong_configurations_are_rejected() {
    for (file, error) in [
        (
            "frob = 1",
            "trivium: trivium.toml, line 1, column 1: there is no setting 'frob'",
        ),
        (
            "listn = 'secret'",
            "trivium: trivium.toml, line 1, column 1: there is no setting 'listn'; did you mean 'listen'?",
        ),
        (
            "serve = true",
            "trivium: trivium.toml, line 1, column 1: there is no setting 'serve'",
        ),
        (
            "demo = true",
            "trivium: trivium.toml, line 1, column 1: there is no setting 'demo'",
        ),
        (
            "json = true",
            "trivium: trivium.toml, line 1, column 1: there is no setting 'json'",
        ),
        (
            "config = 'x'",
            "trivium: trivium.toml, line 1, column 1: there is no setting 'config'",
        ),
        (
            "[serve]\nlisten = 'x'",
            "trivium: trivium.toml, line 2, column 1: there is no setting 'serve.listen'",
        ),
        (
            "listen = ['x']",
            "trivium: trivium.toml, line 1, column 1: 'listen' must be a string, an integer",
        ),
        (
            "listen =",
            "trivium: trivium.toml, line 1, column 9: malformed TOML in the setting 'listen'",
        ),
        (
            "listen = 'a'\nlisten = 'b'",
            "trivium: trivium.toml, line 2, column 1: malformed TOML in the setting 'listen'",
        ),
        (
            "database = 'mysql://x/y'",
            "trivium: unsupported database URL; expected sqlite:PATH or ",
        ),
    ] {
        with_file(file, &["user", "list"]).fails(4, error);
    }
    for (file, error) in [
        (
            "listen = 'x'",
            "trivium: trivium.toml, line 1, column 1: listen: ",
        ),
        (
            "workers = 0",
            "trivium: trivium.toml, line 1, column 1: workers: expected a number from 1 to 256",
        ),
        (
            "directory = 'all'",
            "trivium: trivium.toml, line 1, column 1: directory: expected one of public, members",
        ),
        (
            "base_url = 'sesame.test'",
            "trivium: trivium.toml, line 1, column 1: base_url: expected an http",
        ),
        (
            "token_lifetime = 0",
            "trivium: trivium.toml, line 1, column 1: token_lifetime: expected ",
        ),
        (
            "keep_alive = '2h'",
            "trivium: trivium.toml, line 1, column 1: keep_alive: expected at most 1h",
        ),
    ] {
        with_file(file, &["serve"]).fails(4, error);
    }
    let empty = folder(&[]);
    for (environment, arguments, error) in [
        (
            &[("TRIVIUM_WORKERS", "many")][..],
            &["serve"][..],
            "trivium: TRIVIUM_WORKERS: workers: expected a number from 1 to 256",
        ),
        (
            &[("TRIVIUM_LISTEN", "x")],
            &["serve"],
            "trivium: TRIVIUM_LISTEN: listen: expected an IP address",
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
            "trivium: the demonstration has known passwords, so it must listen on a loopback address",
        ),
        (
            &[("TRIVIUM_LISTEN", "[::]:0")],
            &["serve", "--demo"],
            "trivium: the demonstration has known passwords, so it must listen on a loopback address",
        ),
    ] {
        let result = run(empty.path(), environment, arguments, "");
        result.fails(4, error);
        assert!(!result.err.contains("sesame"));
    }
    assert_eq!(databases(empty.path()), [""; 0]);
}

#[test]
fn commands_that_read_create_no_database() {
    let folder = folder(&[]);
    for command in [
        &["user", "list"][..],
        &["user", "show", "anna"],
        &["token", "list", "anna"],
        &["key", "list"],
        &["group", "list"],
        &["group", "show", "group:1"],
        &["group", "members", "group:1"],
        &["group", "log", "group:1"],
        &["request", "list", "group:1"],
        &["invite", "list", "group:1"],
        &["category", "list"],
    ] {
        run(folder.path(), &[], command, "").fails(
            1,
            "trivium: cannot open the database: sqlite:trivium.db: there is no such database",
        );
    }
    assert_eq!(databases(folder.path()), [""; 0]);
}

#[test]
fn wrong_command_lines_are_rejected() {
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
        &["user", "token", "a", "--ttl", "-1s"],
        &["serve", "--keep-alive", "2h"],
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
        &["serve", "--demo", "--database", "sqlite:x.db"],
        &["--database", "sqlite:x.db", "serve", "--demo"],
        &["serve", "--base-url", ""],
        &["serve", "--base-url", "http://"],
        &["serve", "--base-url", "http:///"],
        &["serve", "--base-url", "groups.example"],
        &["serve", "--base-url", "ftp://groups.example"],
        &["serve", "--base-url", "https://groups.example/path"],
        &["serve", "--base-url", "https://groups.example//"],
        &["serve", "--base-url", "https://groups.example?query"],
        &["serve", "--base-url", "https://anna@groups.example"],
        // Secrets are not arguments: other users of the machine can read those.
        &["user", "add", "a", "--password", "sesame"],
        &["user", "passwd", "a", "sesame"],
        &["user", "token", "a", "--token", "sesame"],
        &["serve", "--admin-password", "sesame"],
    ] {
        let result = run(folder.path(), &[], arguments, "");
        assert_eq!(
            (result.code, result.out.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(result.err.contains("help"), "{arguments:?}: {}", result.err);
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
            let result = run(folder.path(), environment, arguments, "");
            assert_eq!(result.code, Some(0));
            assert!(
                !result.out.contains("sesame"),
                "{environment:?} {arguments:?}"
            );
        }
        // The server does not exist: the error names its address, but not the password.
        let result = run(folder.path(), environment, &["user", "list"], "");
        assert_eq!(result.code, Some(1), "{result:?}");
        assert!(!result.err.contains("sesame"), "{result:?}");
    }
}

#[test]
fn errors_of_a_configuration_do_not_show_its_values() {
    for (file, arguments, error) in [
        (
            "admin_password = sesame",
            &["user", "list"][..],
            "line 1, column 18: malformed TOML in the setting 'admin_password'",
        ),
        (
            "listen = '127.0.0.1:0'\nadmin_password = 'sesame\n",
            &["user", "list"],
            "line 2, column 25: malformed TOML in the setting 'admin_password'",
        ),
        (
            "admin_password = 'sesame' 'sesame'",
            &["user", "list"],
            "line 1, column 27: malformed TOML in the setting 'admin_password'",
        ),
        (
            "database = postgres://u:sesame@h/d",
            &["user", "list"],
            "line 1, column 12: malformed TOML in the setting 'database'",
        ),
        ("sesame", &["user", "list"], "line 1, column "),
        // The second line of a secret looks like a key.
        (
            "admin_password = \"\"\"a\nsesame = \\q\"\"\"",
            &["user", "list"],
            "line 2, column ",
        ),
        (
            "admin_password = {sesame = 1}",
            &["user", "list"],
            "line 1, column 1: 'admin_password' must be a string, an integer or a boolean",
        ),
        (
            "admin_password = ['sesame']",
            &["user", "list"],
            "line 1, column 1: 'admin_password' must be a string, an integer or a boolean",
        ),
        (
            "[admin_password]\nsesame = 1",
            &["user", "list"],
            "line 1, column 2: 'admin_password' must be a string, an integer or a boolean",
        ),
        // A secret that was written to another option.
        (
            "listen = 'sesame'",
            &["serve"],
            "line 1, column 1: listen: expected an IP address",
        ),
        (
            "workers = 'sesame'",
            &["serve"],
            "line 1, column 1: workers: expected a number",
        ),
        (
            "directory = 'sesame'",
            &["serve"],
            "line 1, column 1: directory: expected one of public, members",
        ),
        (
            "onezone = 'sesame'",
            &["serve"],
            "line 1, column 1: onezone: ",
        ),
        (
            "log_level = 'sesame'",
            &["serve"],
            "line 1, column 1: log_level: ",
        ),
    ] {
        let result = with_file(file, arguments);
        result.fails(4, &format!("trivium: trivium.toml, {error}"));
        assert!(!result.err.contains("sesame"), "{file}: {result:?}");
    }
    let empty = folder(&[]);
    for name in [
        "LISTEN",
        "WORKERS",
        "DIRECTORY",
        "UPCOMING",
        "KEEP_ALIVE",
        "LOG_LEVEL",
    ] {
        let variable = format!("TRIVIUM_{name}");
        let result = run(empty.path(), &[(&variable, "sesame")], &["serve"], "");
        result.fails(
            4,
            &format!("trivium: {variable}: {}: expected ", name.to_lowercase()),
        );
        assert!(!result.err.contains("sesame"), "{name}: {result:?}");
    }
}
