//! `trivium config`, and new settings on SIGHUP.

use std::time::Duration;

use serde_json::Value;
use trivium_test_support::{Backend, Scratch};

use super::run;
use crate::harness::{Certificate, Protocol, Served, new_group};

/// The rows of `trivium config show --json`.
fn shown(files: &[(&str, &str)], environment: &[(&str, &str)], arguments: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let words = [&["config", "show", "--json"], arguments].concat();
    let rows = run(folder.path(), environment, &words, "").json();
    rows.as_array().expect("rows").clone()
}

fn row(rows: &[Value], setting: &str) -> (String, String) {
    let row = rows.iter().find(|row| row["setting"] == setting);
    let row = row.unwrap_or_else(|| panic!("no {setting}"));
    let text = |name: &str| row[name].as_str().expect("text").to_owned();
    (text("value"), text("origin"))
}

#[test]
fn the_origin_of_each_setting_is_shown() {
    let file = (
        "trivium.toml",
        "workers = 3\n[peopleaggregator]\n  profile = 'original'\n",
    );
    let rows = shown(
        &[file, ("secret", "sesame\n")],
        &[
            ("TRIVIUM_KEEP_ALIVE", "45s"),
            ("TRIVIUM_ADMIN_PASSWORD_FILE", "secret"),
            ("TRIVIUM_WORKERS", "4"),
        ],
        &["--database", "postgres://u:sesame@h/d"],
    );
    for (setting, value, origin) in [
        ("listen", "127.0.0.1:8080", "default"),
        ("workers", "4", "TRIVIUM_WORKERS"),
        (
            "peopleaggregator.profile",
            "original",
            "trivium.toml, line 3, column 3",
        ),
        ("keep_alive", "45s", "TRIVIUM_KEEP_ALIVE"),
        ("admin_password", "(hidden)", "TRIVIUM_ADMIN_PASSWORD_FILE"),
        ("database", "postgres://h/d", "--database"),
    ] {
        assert_eq!(
            row(&rows, setting),
            (value.to_owned(), origin.to_owned()),
            "{setting}"
        );
    }
    assert!(!format!("{rows:?}").contains("sesame"));
}

/// Every option of `serve` can be set by a flag, a variable and the file, each of which takes precedence over the
/// later ones; a secret by a variable, its file and the file.
#[test]
fn every_setting_has_all_its_sources() {
    let defaults = shown(&[], &[], &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let example = run(folder.path(), &[], &["config", "example"], "").out;
    // Other values than the defaults.
    let values = |default: &str| match default {
        "" => ("http://a.example", "http://b.example"),
        "127.0.0.1:8080" => ("127.0.0.1:1", "127.0.0.1:2"),
        "automatic" | "documented" | "ok" | "public" | "text" | "info" | "x-forwarded-for" => {
            ("", "")
        }
        text if text.starts_with('/') => ("/a", "off"),
        text if text.ends_with("MiB") => ("1MiB", "2MiB"),
        text if text.starts_with("sqlite:") => ("sqlite:a.db", "sqlite:b.db"),
        text if text.parse::<u32>().is_ok() => ("7", "8"),
        _ => ("7s", "8s"),
    };
    let choices = |setting: &str| match setting {
        "peopleaggregator.profile" => ("original", "documented"),
        "peopleaggregator.status" => ("http", "ok"),
        "checkpoints" => ("external", "automatic"),
        "directory" => ("members", "public"),
        "log_format" => ("json", "text"),
        "log_level" => ("debug", "warn"),
        "forwarded_header" => ("forwarded", "x-forwarded-for"),
        "workers" => ("7", "8"),
        "trusted_proxies" => ("127.0.0.1", "127.0.0.2"),
        "management_listen" => ("127.0.0.1:1", "127.0.0.1:2"),
        "upcoming_jsonp_with_token" | "management_public" => ("true", "false"),
        _ => ("", ""),
    };
    for default in &defaults {
        let setting = default["setting"].as_str().expect("a name");
        let (one, other) = match choices(setting) {
            ("", _) => values(default["value"].as_str().expect("a value")),
            choices => choices,
        };
        let name = setting.replace('.', "_");
        let variable = format!("TRIVIUM_{}", name.to_uppercase());
        let text = format!("{setting} = '{one}'\n");
        let secret = setting == "admin_password";
        let shows = |value: &str| {
            if secret {
                "(hidden)".to_owned()
            } else {
                value.to_owned()
            }
        };
        assert!(
            example.contains(&format!("\n# {setting} = ")),
            "{setting} is not in the example"
        );

        let rows = shown(&[("trivium.toml", &text)], &[], &[]);
        let (value, origin) = row(&rows, setting);
        assert_eq!(value, shows(one), "{setting}");
        assert!(
            origin.starts_with("trivium.toml, line 1, column "),
            "{setting}: {origin}"
        );

        let rows = shown(&[("trivium.toml", &text)], &[(&variable, other)], &[]);
        assert_eq!(row(&rows, setting), (shows(other), variable.clone()));

        // The flag is accepted by the server; --help keeps it from starting.
        let flag = format!("--{}", name.replace('_', "-"));
        let words = match setting {
            "upcoming_jsonp_with_token" | "management_public" => vec!["serve", &flag, "--help"],
            _ => vec!["serve", &flag, other, "--help"],
        };
        let result = run(folder.path(), &[(&variable, one)], &words, "");
        assert_eq!(result.code, Some(0), "{setting}: {result:?}");
        assert_eq!(
            result.out.contains(&format!("{flag} ")) || result.out.contains(&format!("{flag}\n")),
            !secret
        );

        if secret || setting == "database" {
            let by_file = (&*format!("{variable}_FILE"), "secret");
            let rows = shown(&[("secret", &format!("{one}\n"))], &[by_file], &[]);
            assert_eq!(row(&rows, setting), (shows(one), by_file.0.to_owned()));
        }
    }
}

#[test]
fn the_example_has_the_defaults() {
    let folder = tempfile::tempdir().expect("a folder");
    // The files of the examples exist.
    Certificate::new(folder.path(), "tls", &["localhost"]);
    let files = format!("{}/tls", folder.path().display());
    let example = run(folder.path(), &[], &["config", "example"], "").out;
    let example = example.replace("/etc/trivium/tls", &files);
    let defaults = shown(&[], &[], &[]);
    // As it is, and with all the settings that have a default.
    let set: String = example
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if setting.contains(" = ") => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    for (text, is_set) in [(&example, false), (&set, true)] {
        let rows = shown(&[("trivium.toml", text)], &[], &[]);
        for default in defaults.iter().filter(|it| it["value"] != "") {
            let setting = default["setting"].as_str().expect("a name");
            let (value, origin) = row(&rows, setting);
            assert_eq!(value, default["value"], "{setting}");
            assert_eq!(
                origin.starts_with("trivium.toml, line"),
                is_set,
                "{setting}"
            );
        }
        std::fs::write(folder.path().join("trivium.toml"), text).expect("a file");
        run(folder.path(), &[], &["config", "check"], "").is("the configuration is valid");
    }
}

#[test]
fn a_check_reports_every_problem() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "listn = 1\nworkers = 0\ndatabase = 'mysql://u:sesame@h/d'\n";
    std::fs::write(folder.path().join("trivium.toml"), text).expect("a file");
    let environment = [
        ("TRIVIUM_LISTNE", "sesame"),
        ("TRIVIUM_KEEP_ALIVE", "sesame"),
    ];
    let check = run(folder.path(), &environment, &["config", "check"], "");
    check.fails(4, "trivium: 5 problems:\n");
    for problem in [
        "trivium.toml, line 1, column 1: there is no setting 'listn'",
        "trivium.toml, line 2, column 1: workers: expected a number from 1 to 256",
        "trivium.toml, line 3, column 1: database: unsupported database URL",
        "TRIVIUM_KEEP_ALIVE: keep_alive: expected a number and a unit",
        "TRIVIUM_LISTNE: there is no such setting; did you mean 'TRIVIUM_LISTEN'?",
    ] {
        assert!(check.err.contains(problem), "{problem}: {check:?}");
    }
    assert!(!check.err.contains("sesame"), "{check:?}");
    // Settings that do not go together.
    let environment = [("TRIVIUM_UPCOMING", "/a"), ("TRIVIUM_ONEZONE", "/a/b")];
    std::fs::remove_file(folder.path().join("trivium.toml")).expect("the file");
    run(folder.path(), &environment, &["config", "check"], "").fails(
        4,
        "trivium: the prefixes of the dialects overlap: upcoming is /a and onezone is /a/b",
    );
}

/// Waits until the log has a text, after that of an earlier reload.
fn until_logged(server: &Served, text: &str, times: usize) {
    while server.log().matches(text).count() < times {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn settings_are_reloaded_on_sighup() {
    let scratch = Scratch::new(Backend::Sqlite);
    let file = scratch.folder.path().join("settings.toml");
    let write = |text: &str| std::fs::write(&file, text).expect("a file");
    write("quota_groups = 1\nkeep_alive = '30s'\n");
    let path = file.to_str().expect("a path");
    let arguments = ["--database", &scratch.url, "--config", path];
    let log = scratch.folder.path().join("log");
    let mut server = Served::start(&arguments, &[], log.clone());
    let environment = [("TRIVIUM_DATABASE", scratch.url.as_str())];
    let command = |words: &[&str]| run(scratch.folder.path(), &environment, words, "").out;
    command(&["user", "add", "anna"]);
    let token = command(&["user", "token", "anna"]);
    let create = |name: &str| {
        let group = new_group(&token, name, "open");
        Protocol::Json
            .call(&server, "POST", "newGroup", &group)
            .code()
    };
    assert_eq!(create("one"), "success");
    assert_eq!(create("two"), "quota_exceeded");

    write("quota_groups = 2\nkeep_alive = '31s'\n");
    server.signal("HUP");
    until_logged(&server, "restart the server to change this setting", 1);
    while create("two") != "success" {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(create("three"), "quota_exceeded");
    let restart = "setting=\"keep_alive\" value=\"31s\"";
    assert!(server.log().contains(restart), "{}", server.log());

    // A malformed file changes nothing.
    write("quota_groups = 'many'\n");
    server.signal("HUP");
    until_logged(&server, "the settings remain as they were", 1);
    assert_eq!(create("three"), "quota_exceeded");

    // Requests are no longer logged.
    write("quota_groups = 2\nkeep_alive = '32s'\nlog_level = 'warn'\n");
    server.signal("HUP");
    let logged = || std::fs::read_to_string(&log).expect("the log");
    while !logged().contains("value=\"32s\"") {
        std::thread::sleep(Duration::from_millis(10));
    }
    server.get("/ready");
    server.stop();
    assert!(!logged().contains("path=\"/ready\""), "{}", logged());
}
