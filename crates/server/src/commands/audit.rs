//! `trivium audit`: verifies that the audit logs are what was written.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use trivium_core::types::GroupRef;
use trivium_core::{codes, secrets};
use trivium_storage::audit::chain::Head;
use trivium_storage::audit::verification::{self, Finding, KeptHead, Report};

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Audit, Global, kept_head};

pub(crate) fn run(global: &Global, command: &Audit) -> Result<(), Failure> {
    let Audit::Verify {
        group,
        head,
        heads,
        complete,
    } = command;
    if let Some(group) = group
        && head.iter().any(|head| head.group != group.0)
    {
        return Err(Failure::usage(
            "--head is of another group than is verified",
        ));
    }
    let mut kept: BTreeMap<i64, Vec<KeptHead>> = BTreeMap::new();
    let from_file = heads.as_deref().map(read_heads).transpose()?;
    for head in head.iter().cloned().chain(from_file.unwrap_or_default()) {
        kept.entry(head.group).or_default().push(head);
    }
    let administrator = Administrator::open_to_read(global, true)?;
    let mut output = Output {
        global,
        complete: *complete,
        rows: Vec::new(),
        broken: 0,
    };
    match group {
        Some(group) => {
            let kept = kept.remove(&group.0).unwrap_or_default();
            let report = verify(&administrator, group.0, &kept)?;
            let report =
                report.ok_or_else(|| trivium_core::Error::from(codes::CONTENT_NOT_FOUND))?;
            output.add(&report)?;
        }
        None => {
            verify_all(&administrator, &mut kept, &mut output)?;
            // No row of a group is ever removed.
            for (group, heads) in kept {
                let numbers = heads.iter().map(|head| head.number);
                output.add(&Report {
                    group,
                    head: Head::default(),
                    removed: 0,
                    findings: numbers.map(Finding::KeptIsMissing).collect(),
                    more: 0,
                })?;
            }
        }
    }
    output.end()
}

fn verify(
    administrator: &Administrator,
    group: i64,
    kept: &[KeptHead],
) -> Result<Option<Report>, Failure> {
    let database = &administrator.service.database;
    // In a transaction for each group: the entries and the row of the group are of the same time.
    Ok(database.read(|connection| verification::verify(connection, group, kept))?)
}

/// Verifies all groups, and takes the heads of each.
fn verify_all(
    administrator: &Administrator,
    kept: &mut BTreeMap<i64, Vec<KeptHead>>,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let database = &administrator.service.database;
    let mut after = 0;
    loop {
        let groups = database.read(|connection| verification::groups_after(connection, after))?;
        let Some(last) = groups.last() else {
            return Ok(());
        };
        after = *last;
        for group in groups {
            let kept = kept.remove(&group).unwrap_or_default();
            if let Some(report) = verify(administrator, group, &kept)? {
                output.add(&report)?;
            }
        }
    }
}

/// Reads the heads that this command printed. The line of a group whose log has no numbers has none.
fn read_heads(path: &Path) -> Result<Vec<KeptHead>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Data(format!("{}: {error}", path.display())))?;
    let words = text.lines().enumerate().filter_map(|(index, line)| {
        let word = line.split_whitespace().next()?;
        (!word.ends_with(":0")).then_some((index + 1, word))
    });
    let heads = words.map(|(line, word)| {
        kept_head(word)
            .map_err(|error| Failure::Data(format!("{}, line {line}: {error}", path.display())))
    });
    heads.collect()
}

/// Prints the reports: as lines at once, or as JSON at the end.
struct Output<'a> {
    global: &'a Global,
    /// Whether removed entries are a finding.
    complete: bool,
    rows: Vec<serde_json::Value>,
    /// The number of groups with findings.
    broken: u64,
}

impl Output<'_> {
    fn add(&mut self, report: &Report) -> Result<(), Failure> {
        let group = GroupRef(report.group).to_string();
        let number = report.head.number;
        let hash = report.head.hash.as_deref().map(secrets::hex);
        let mut findings: Vec<String> = report.findings.iter().map(Finding::to_string).collect();
        if report.more > 0 {
            findings.push(format!("and {} more", report.more));
        }
        let removed = match report.removed {
            0 => String::new(),
            1 => "entry 1 was removed after its retention".to_owned(),
            last => format!("entries 1 to {last} were removed after their retention"),
        };
        if self.complete && report.removed > 0 {
            findings.push(removed.clone());
        }
        self.broken += u64::from(!findings.is_empty());
        if self.global.json {
            self.rows.push(json!({
                "id": group,
                "number": number,
                "hash": hash,
                "removed": report.removed,
                "findings": findings,
            }));
            return Ok(());
        }
        let hash = hash.map_or_else(String::new, |hash| format!(":{hash}"));
        let head = format!("{group}:{number}{hash}");
        if findings.is_empty() {
            let removed = match removed.as_str() {
                "" => removed,
                _ => format!("; {removed}"),
            };
            return print::line(&format!("{head} intact{removed}"));
        }
        for finding in findings {
            print::line(&format!("{head} {finding}"))?;
        }
        Ok(())
    }

    fn end(self) -> Result<(), Failure> {
        if self.global.json {
            print::list(self.global, &[], &self.rows)?;
        }
        match self.broken {
            0 => Ok(()),
            1 => Err(Failure::Unhealthy(
                "the audit log of 1 group is not intact".to_owned(),
            )),
            broken => Err(Failure::Unhealthy(format!(
                "the audit logs of {broken} groups are not intact"
            ))),
        }
    }
}
