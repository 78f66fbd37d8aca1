//! `trivium doctor`: looks for what is wrong, or will be soon.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::{Resource, getrlimit};
use serde_json::{Value, json};
use trivium_storage::connection::now;
use trivium_storage::{DatabaseUrl, examination};

use super::limits::usage;
use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Configuration, Doctor, Global};
use crate::tls::{End, Identity};

/// The part of a limit from which on it is nearly reached.
const NEARLY: f64 = 0.8;

/// The difference of two clocks that is not reported, in seconds.
const CLOCKS: u64 = 5;

/// The size of `-wal` from which on it is reported, in bytes: a server moves 40 MB into the database.
const WAL: u64 = 256 << 20;

/// What was found.
struct Finding {
    check: &'static str,
    /// Whether something is wrong, not only about to be.
    is_error: bool,
    finding: String,
    cure: String,
    is_fixed: bool,
}

/// All findings so far.
struct Findings {
    fix: bool,
    found: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, check: &'static str, is_error: bool, finding: String, cure: &str) {
        self.found.push(Finding {
            check,
            is_error,
            finding,
            cure: cure.to_owned(),
            is_fixed: false,
        });
    }

    fn error(&mut self, check: &'static str, finding: String, cure: &str) {
        self.add(check, true, finding, cure);
    }

    fn warning(&mut self, check: &'static str, finding: String, cure: &str) {
        self.add(check, false, finding, cure);
    }

    /// Marks the last finding as fixed.
    fn fixed(&mut self) {
        if let Some(last) = self.found.last_mut() {
            last.is_fixed = true;
        }
    }
}

pub(crate) fn run(
    global: &Global,
    configuration: &Configuration,
    doctor: &Doctor,
) -> Result<(), Failure> {
    let mut findings = Findings {
        fix: doctor.fix,
        found: Vec::new(),
    };
    for problem in &configuration.problems {
        let cure = "correct the setting; trivium config show --origin shows where each is from";
        findings.error("settings", problem.clone(), cure);
    }
    // Without a valid URL there is nothing else to examine.
    if let Ok(url) = global.database.parse::<DatabaseUrl>() {
        if let Some(path) = url.sqlite_path() {
            files(&path, &mut findings);
        }
        database(global, doctor, &mut findings);
    }
    open_files(configuration, &mut findings);
    certificate(configuration, &mut findings);
    if let Some(path) = &configuration.file
        && configuration.has_secrets()
    {
        mode(path, "configuration file", &mut findings);
    }
    show(global, &findings)
}

/// The certificate that the server shows. What is wrong with its files is among the problems of the settings.
fn certificate(configuration: &Configuration, findings: &mut Findings) {
    let file = |setting: &str| {
        let value = configuration.value(setting)?;
        (!value.is_empty()).then(|| PathBuf::from(value))
    };
    let (Some(certificate), Some(key)) = (file("tls_certificate"), file("tls_key")) else {
        return;
    };
    let cure = "renew it, put it in the files of tls_certificate and tls_key, and send SIGHUP to the server";
    match Identity::load(&certificate, &key).map(|identity| identity.end()) {
        Ok(End::Past) => findings.error("certificate", "it has expired".to_owned(), cure),
        Ok(End::Soon { hours }) => {
            findings.warning("certificate", format!("it ends in {hours} hours"), cure);
        }
        Ok(End::Later) | Err(_) => {}
    }
    // Its group may read it: the server's, which does not own it.
    if fs::metadata(&key).is_ok_and(|metadata| metadata.mode() & 0o007 != 0) {
        let finding = format!("everybody may open the key {}", key.display());
        findings.warning(
            "permissions",
            finding,
            &format!("chmod o= {}", key.display()),
        );
    }
}

/// The rows and the structure of the database.
fn database(global: &Global, doctor: &Doctor, findings: &mut Findings) {
    let administrator = match Administrator::open_to_read(global, !doctor.fix) {
        Ok(administrator) => administrator,
        Err(failure) => {
            let text = failure.to_string();
            let (finding, cure) = text.split_once("\n  ").unwrap_or((&text, ""));
            return findings.error("database", finding.to_owned(), cure);
        }
    };
    let database = &administrator.service.database;
    let restore = "restore a copy: trivium restore FILE";
    match database.read(examination::damage) {
        Ok(damage) => {
            for line in damage {
                findings.error("integrity", line, restore);
            }
        }
        Err(error) => findings.error("integrity", error.to_string(), restore),
    }
    match database.read(|connection| examination::examine(connection, now())) {
        Ok(broken) => {
            let fixes = findings.fix && broken.iter().any(|it| it.is_corrected);
            let corrected = fixes
                && database
                    .change_and_wait(|connection| examination::correct(connection, now()))
                    .is_ok();
            for rule in broken {
                let cure = match rule.is_corrected {
                    true => "correct it: trivium doctor --fix",
                    false => "find the cause in the audit log: trivium group log ID",
                };
                findings.error(rule.rule, rule.finding, cure);
                if corrected && rule.is_corrected {
                    findings.fixed();
                }
            }
        }
        Err(error) => findings.error("rules", error.to_string(), restore),
    }
    if let Ok(Some(theirs)) = database.read(examination::postgres_time)
        && theirs.abs_diff(now()) > CLOCKS
    {
        let seconds = theirs.abs_diff(now());
        let finding = format!("the clocks of this machine and of Postgres differ by {seconds} s");
        findings.warning("clock", finding, "synchronize both, e.g. with chrony");
    }
    match usage(&administrator, doctor.quotas) {
        Ok(rows) => {
            for row in rows.into_iter().filter(|row| row.is_nearly_reached(NEARLY)) {
                let holder = row.holder.as_deref().unwrap_or_default();
                let finding = format!("{holder} has {} of {}", row.most, row.limit);
                let cure = format!("raise the setting {}, or remove some", row.setting);
                findings.warning("limits", finding, &cure);
            }
        }
        Err(failure) => findings.error("limits", failure.to_string(), ""),
    }
}

/// The file of an SQLite database and its disk.
fn files(path: &Path, findings: &mut Findings) {
    mode(path, "database", findings);
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let wal = size(Path::new(&wal));
    if wal > WAL {
        let finding = format!("-wal has {} MiB", wal >> 20);
        findings.warning(
            "disk",
            finding,
            "end long reads of other programs, then restart the server",
        );
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    if let Ok(space) = rustix::fs::statvfs(&folder) {
        let free = space.f_bavail.saturating_mul(space.f_frsize);
        let needed = (size(path) + wal).max(64 << 20);
        if free < needed {
            let finding = format!(
                "the disk has {} MiB left, and a copy of the database needs {}",
                free >> 20,
                needed >> 20
            );
            findings.warning(
                "disk",
                finding,
                "free some space, or move the database to another disk",
            );
        }
    }
}

/// Reports a file with secrets that other users can read.
fn mode(path: &Path, what: &str, findings: &mut Findings) {
    let Ok(metadata) = fs::metadata(path) else {
        return;
    };
    if metadata.mode() & 0o077 == 0 {
        return;
    }
    let mode = metadata.mode() & 0o7777;
    let finding = format!(
        "other users may open the {what} {} ({mode:04o})",
        path.display()
    );
    let cure = format!("chmod 600 {}", path.display());
    findings.warning("permissions", finding, &cure);
    if findings.fix && fs::set_permissions(path, Permissions::from_mode(0o600)).is_ok() {
        findings.fixed();
    }
}

/// Compares max_connections with the files that the process may open.
fn open_files(configuration: &Configuration, findings: &mut Findings) {
    let wanted = configuration.value("max_connections");
    let wanted: u64 = wanted.and_then(|text| text.parse().ok()).unwrap_or(0);
    if let Some(files) = getrlimit(Resource::Nofile).maximum
        && files < wanted
    {
        let finding =
            format!("this process may open {files} files, fewer than max_connections ({wanted})");
        findings.warning(
            "limits",
            finding,
            "raise the limit of the service, e.g. LimitNOFILE= of systemd",
        );
    }
}

fn show(global: &Global, findings: &Findings) -> Result<(), Failure> {
    let rows: Vec<Value> = findings
        .found
        .iter()
        .map(|it| {
            let level = match (it.is_fixed, it.is_error) {
                (true, _) => "fixed",
                (false, true) => "error",
                (false, false) => "warning",
            };
            json!({
                "level": level,
                "check": it.check,
                "finding": it.finding,
                "cure": it.cure,
            })
        })
        .collect();
    if rows.is_empty() && !global.json {
        return print::line("nothing was found");
    }
    if global.json {
        print::list(global, &[], &rows)?;
    } else {
        for row in &rows {
            let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
            let cure = match text("cure") {
                "" => String::new(),
                cure => format!("\n  {cure}"),
            };
            print::line(&format!(
                "{}: {}: {}{cure}",
                text("level"),
                text("check"),
                text("finding")
            ))?;
        }
    }
    let errors = findings
        .found
        .iter()
        .filter(|it| it.is_error && !it.is_fixed);
    match errors.count() {
        0 => Ok(()),
        errors => Err(Failure::Unhealthy(format!("{errors} errors were found"))),
    }
}
