//! `trivium doctor` on databases and settings with something wrong.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use trivium_test_support::{Backend, Cluster, Scratch};

use super::{CommandResult, run};
use crate::harness::Certificate;

/// A database with a user who owns a group that another user has joined.
struct Place {
    scratch: Scratch,
}

impl Place {
    fn new(backend: Backend) -> Self {
        let place = Self {
            scratch: Scratch::new(backend),
        };
        for command in [
            &["user", "add", "anna"][..],
            &["user", "add", "bert"],
            &["group", "add", "Chess", "--owner", "anna"],
            &["member", "add", "group:1", "bert"],
            &["user", "token", "bert"],
        ] {
            assert_eq!(place.run(command).code, Some(0), "{command:?}");
        }
        place
    }

    fn run(&self, arguments: &[&str]) -> CommandResult {
        let environment = [("TRIVIUM_DATABASE", self.scratch.url.as_str())];
        run(self.scratch.folder.path(), &environment, arguments, "")
    }

    /// Runs a statement on the database, without its constraints.
    fn sql(&self, statement: &str) {
        match self.scratch.url.strip_prefix("sqlite:") {
            Some(path) => {
                let sqlite = Command::new("sqlite3").args([path, statement]).output();
                let sqlite = sqlite.expect("sqlite3");
                assert!(sqlite.status.success(), "{statement}: {sqlite:?}");
            }
            None => {
                let (_, name) = self.scratch.url.rsplit_once('/').expect("a name");
                Cluster::get().sql(name, statement);
            }
        }
    }

    /// The findings as (level, check, finding), and the exit code.
    fn findings(&self, options: &[&str]) -> (Vec<[String; 3]>, Option<i32>) {
        let result = self.run(&[&["doctor", "--json"], options].concat());
        let found: Vec<Value> = serde_json::from_str(&result.out).expect("JSON");
        let text = |row: &Value, name: &str| row[name].as_str().expect("text").to_owned();
        let found = found
            .iter()
            .map(|row| ["level", "check", "finding"].map(|name| text(row, name)))
            .collect();
        (found, result.code)
    }
}

#[test]
fn a_database_that_is_well_has_no_findings() {
    for backend in Backend::ALL {
        let place = Place::new(backend);
        place.run(&["doctor"]).is("nothing was found");
        place.run(&["doctor", "--fix"]).is("nothing was found");
    }
}

#[test]
fn broken_rules_are_found_and_corrected() {
    let wrong_counter = "UPDATE groups SET member_count = 1 WHERE id = 1";
    let unknown_import = "UPDATE groups SET imported_members = 1 WHERE id = 1";
    let valid_token = "UPDATE users SET disabled_at = 1 WHERE login = 'bert'";
    let orphan = "UPDATE groups SET deleted_at = 1 WHERE id = 1";
    let owner_with_an_end =
        "UPDATE memberships SET ends_at = 9 WHERE user_id = 1; UPDATE groups SET next_end = 9";
    let unknown_end =
        "UPDATE memberships SET ends_at = 9000000000 WHERE state = 'member' AND user_id <> 1";
    let no_owner = "DELETE FROM memberships WHERE user_id = 1;
        UPDATE groups SET member_count = member_count - 1 WHERE id = 1";
    let future = "UPDATE audit_entries SET at = 9000000000 WHERE id = 1";
    for backend in Backend::ALL {
        for (statement, check, finding, is_fixed) in [
            (
                wrong_counter,
                "counters",
                "1 groups count fewer members",
                true,
            ),
            (
                unknown_import,
                "counters",
                "1 groups do not say how many of their members were imported",
                true,
            ),
            (
                valid_token,
                "credentials",
                "1 tokens are valid although",
                true,
            ),
            (
                orphan,
                "orphans",
                "2 memberships and requests are of groups",
                true,
            ),
            (
                owner_with_an_end,
                "ends",
                "1 memberships of owners have an end",
                true,
            ),
            (
                unknown_end,
                "ends",
                "1 groups have memberships that end before",
                true,
            ),
            (
                no_owner,
                "owners",
                "1 groups have an owner who is no member",
                false,
            ),
            (
                future,
                "clock",
                "1 audit entries are from a later time",
                false,
            ),
        ] {
            let place = Place::new(backend);
            place.sql(statement);
            let is = |options: &[&str], level: &str, code: i32| {
                let (found, ended) = place.findings(options);
                assert_eq!(ended, Some(code), "{found:?}");
                let [[found_level, found_check, text]] = found.as_slice() else {
                    panic!("{check}: {found:?}");
                };
                assert_eq!((found_level.as_str(), found_check.as_str()), (level, check));
                assert!(text.starts_with(finding), "{text}");
            };
            // Without --fix it only reads.
            is(&[], "error", 3);
            is(&[], "error", 3);
            let plain = place.run(&["doctor"]);
            assert!(
                plain.out.starts_with(&format!("error: {check}: {finding}")),
                "{plain:?}"
            );
            assert!(plain.out.contains("\n  "), "no cure: {plain:?}");
            match is_fixed {
                true => {
                    is(&["--fix"], "fixed", 0);
                    place.run(&["doctor"]).is("nothing was found");
                }
                false => is(&["--fix"], "error", 3),
            }
        }
    }
}

#[test]
fn damage_is_found() {
    let place = Place::new(Backend::Sqlite);
    place.sql("PRAGMA foreign_keys = OFF; DELETE FROM users WHERE login = 'bert'");
    let (found, code) = place.findings(&[]);
    assert_eq!(code, Some(3));
    let finding = |text: &str| {
        found
            .iter()
            .any(|[_, check, it]| check == "integrity" && it.contains(text))
    };
    assert!(
        finding("refers to a row of users that does not exist"),
        "{found:?}"
    );

    let place = Place::new(Backend::Sqlite);
    let path = place.scratch.url.trim_start_matches("sqlite:").to_owned();
    place.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    let mut bytes = std::fs::read(&path).expect("the file");
    let end = bytes.len();
    bytes[end - 3 * 4096..].fill(0x5A);
    std::fs::write(&path, bytes).expect("the file");
    let (found, code) = place.findings(&[]);
    assert_eq!(code, Some(3));
    // Perhaps it cannot even be opened.
    let [[level, _, _], ..] = found.as_slice() else {
        panic!("nothing was found");
    };
    assert_eq!(level, "error", "{found:?}");
    let cure = place.run(&["doctor"]);
    assert!(cure.out.contains("trivium restore FILE"), "{cure:?}");
}

#[test]
fn settings_and_files_are_examined() {
    let place = Place::new(Backend::Sqlite);
    let path = place.scratch.url.trim_start_matches("sqlite:").to_owned();
    let mode = |path: &Path, mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, permissions).expect("a mode");
    };
    mode(Path::new(&path), 0o644);
    let file = place.scratch.folder.path().join("trivium.toml");
    std::fs::write(
        &file,
        "admin_password = 'sesame'\nlistn = 1\nquota_groups = 1\n",
    )
    .expect("a file");
    mode(&file, 0o644);
    let (found, code) = place.findings(&[]);
    assert_eq!(code, Some(3));
    for (level, check, text) in [
        ("error", "settings", "there is no setting 'listn'"),
        (
            "warning",
            "permissions",
            "other users may open the database",
        ),
        (
            "warning",
            "permissions",
            "other users may open the configuration file",
        ),
        ("warning", "limits", "anna has 1 of 1"),
    ] {
        let has = |[a, b, c]: &[String; 3]| a == level && b == check && c.contains(text);
        assert!(found.iter().any(has), "{text}: {found:?}");
    }
    assert!(!format!("{found:?}").contains("sesame"));
    // Only the owner may open them afterwards.
    std::fs::write(&file, "admin_password = 'sesame'\n").expect("a file");
    let (found, code) = place.findings(&["--fix"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        found.iter().filter(|[level, ..]| level == "fixed").count(),
        2,
        "{found:?}"
    );
    for path in [Path::new(&path), &file] {
        let metadata = std::fs::metadata(path).expect("the file");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
    place.run(&["doctor"]).is("nothing was found");
}

#[test]
fn the_certificate_is_examined() {
    let place = Place::new(Backend::Sqlite);
    let folder = place.scratch.folder.path();
    let examined = |certificate: &Certificate, mode: u32| {
        let text = format!(
            "tls_certificate = '{}'\ntls_key = '{}'\n",
            certificate.certificate, certificate.key
        );
        std::fs::write(folder.join("trivium.toml"), text).expect("a file");
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&certificate.key, permissions).expect("a mode");
        let (found, code) = place.findings(&[]);
        let levels = found
            .iter()
            .map(|[level, check, _]| format!("{level} {check}"));
        (levels.collect::<Vec<_>>(), code)
    };
    let good = Certificate::new(folder, "good", &["localhost"]);
    assert_eq!(examined(&good, 0o640), (vec![], Some(0)));
    let open = vec!["warning permissions".to_owned()];
    assert_eq!(examined(&good, 0o644), (open, Some(0)));
    let expired = Certificate::until(folder, "expired", &["localhost"], 2020);
    let past = vec!["error certificate".to_owned()];
    assert_eq!(examined(&expired, 0o600), (past, Some(3)));
    let mixed = Certificate {
        certificate: good.certificate,
        key: expired.key,
    };
    let wrong = vec!["error settings".to_owned()];
    assert_eq!(examined(&mixed, 0o600), (wrong, Some(3)));
}

#[test]
fn a_database_that_cannot_be_opened_is_a_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let result = run(folder.path(), &[], &["doctor"], "");
    assert_eq!(result.code, Some(3), "{result:?}");
    assert!(
        result
            .out
            .contains("error: database: cannot open the database"),
        "{result:?}"
    );
    assert!(!folder.path().join("trivium.db").exists());
}
