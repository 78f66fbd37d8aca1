//! The verification of chains: whether the entries of a group are those that were written, in their order.

use std::fmt;

use diesel::prelude::*;
use diesel::result::Error as Diesel;

use super::chain::{Head, hash};
use super::{Entry, START};
use crate::schema::{audit_entries, groups};
use crate::{Connection, Result};

/// The number of entries that are in memory at the same time.
const PAGE: i64 = 1_000;

/// The number of findings of a group that are described; the others are counted.
const DESCRIBED: usize = 100;

/// The end of a chain that was kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptHead {
    /// The group.
    pub group: i64,
    /// The number of the entry.
    pub number: i64,
    /// The hash that the entry had.
    pub hash: Vec<u8>,
}

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// These entries are missing: the first and the last number.
    Missing(i64, i64),
    /// Two entries have this number.
    Twice(i64),
    /// The entry follows one with a higher number.
    OutOfOrder(i64),
    /// The hash of the entry is not that of its fields and of the entry before.
    WrongHash(i64),
    /// An entry without a number follows this one.
    UnnumberedAfter(i64),
    /// This number of entries without a number precedes the chain, which says that there were fewer.
    UnnumberedBefore(i64),
    /// The number of the last entry, and another that the row of the group has.
    OtherNumber(i64, i64),
    /// The row of the group has another hash than the last entry.
    OtherHash(i64),
    /// The entry has another hash than the head that was kept.
    OtherThanKept(i64),
    /// The entry of a head that was kept is not there.
    KeptIsMissing(i64),
    /// An entry cannot be read, for this reason. Those after it were not examined.
    Unreadable(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(first, last) if first == last => write!(f, "entry {first} is missing"),
            Self::Missing(first, last) => write!(f, "entries {first} to {last} are missing"),
            Self::Twice(number) => write!(f, "entry {number} is there twice"),
            Self::OutOfOrder(number) => write!(f, "entry {number} is not in its place"),
            Self::WrongHash(number) => write!(f, "entry {number}: its hash is wrong"),
            Self::UnnumberedAfter(number) => {
                write!(f, "an entry without a number follows entry {number}")
            }
            Self::UnnumberedBefore(count) => {
                write!(
                    f,
                    "entries without a number precede the chain: {count}, more than its start says"
                )
            }
            Self::OtherNumber(last, stored) => {
                write!(
                    f,
                    "the last entry is {last}, the row of the group says {stored}"
                )
            }
            Self::OtherHash(number) => {
                write!(f, "entry {number}: the row of the group has another hash")
            }
            Self::OtherThanKept(number) => {
                write!(
                    f,
                    "entry {number} has another hash than the head that was kept"
                )
            }
            Self::KeptIsMissing(number) => {
                write!(f, "entry {number}, whose head was kept, is not there")
            }
            Self::Unreadable(reason) => write!(f, "an entry cannot be read: {reason}"),
        }
    }
}

/// The result of a verification.
#[derive(Clone, Debug)]
pub struct Report {
    /// The group.
    pub group: i64,
    /// The head in the row of the group.
    pub head: Head,
    /// The number of the last entry that was removed after its retention, as the row of the group says; 0 without one.
    pub removed: i64,
    /// What is wrong, in the order of the entries; empty if the chain is intact.
    pub findings: Vec<Finding>,
    /// The number of findings that are not listed.
    pub more: u64,
}

/// What the row of a group says about its chain.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = groups)]
pub struct Bounds {
    #[diesel(embed)]
    /// The end of the chain.
    pub head: Head,
    /// The number of the last entry that was removed after its retention; 0 without one.
    #[diesel(column_name = audit_removed_number)]
    pub removed_number: i64,
    /// Its hash.
    #[diesel(column_name = audit_removed_hash)]
    pub removed_hash: Option<Vec<u8>>,
}

/// The state of a verification, to which the entries of a group are shown in the order of their IDs.
#[derive(Clone, Debug)]
pub struct Verification<'a> {
    report: Report,
    bounds: Bounds,
    kept: &'a [KeptHead],
    /// Which of the kept heads was found.
    is_found: Vec<bool>,
    /// The entry before: its number and its hash.
    last: Head,
    /// Whether an entry with a number was found.
    has_begun: bool,
    unnumbered: i64,
}

impl<'a> Verification<'a> {
    /// The verification of a group.
    pub fn new(group: i64, bounds: Bounds, kept: &'a [KeptHead]) -> Self {
        let last = Head {
            number: bounds.removed_number,
            hash: bounds.removed_hash.clone(),
        };
        let mut verification = Self {
            report: Report {
                group,
                head: bounds.head.clone(),
                removed: bounds.removed_number,
                findings: Vec::new(),
                more: 0,
            },
            bounds,
            kept,
            is_found: vec![false; kept.len()],
            last: last.clone(),
            // Entries without a number are older than those that the retention has removed.
            has_begun: last.number > 0,
            unnumbered: 0,
        };
        verification.compare_with_kept(&last);
        verification
    }

    fn found(&mut self, finding: Finding) {
        match self.report.findings.len() < DESCRIBED {
            true => self.report.findings.push(finding),
            false => self.report.more += 1,
        }
    }

    /// Compares an entry with the heads that were kept.
    fn compare_with_kept(&mut self, entry: &Head) {
        let group = self.report.group;
        let kept = self.kept.iter().zip(&mut self.is_found);
        let mut is_other = false;
        for (kept, is_found) in kept {
            if kept.group == group && kept.number == entry.number {
                *is_found = true;
                is_other |= entry.hash.as_ref() != Some(&kept.hash);
            }
        }
        if is_other {
            self.found(Finding::OtherThanKept(entry.number));
        }
    }

    /// Examines the next entry.
    pub fn entry(&mut self, entry: &Entry) {
        let Some(number) = entry.number else {
            self.unnumbered += 1;
            if self.has_begun {
                self.found(Finding::UnnumberedAfter(self.last.number));
            }
            return;
        };
        if !self.has_begun {
            self.has_begun = true;
            self.begin(number, entry);
        }
        let expected = self.last.number.saturating_add(1);
        let fields = entry.fields();
        if number > expected {
            self.found(Finding::Missing(expected, number - 1));
        } else if number == self.last.number {
            self.found(Finding::Twice(number));
        } else if number < expected {
            self.found(Finding::OutOfOrder(number));
        } else if entry.hash.as_deref()
            != Some(&hash(
                self.report.group,
                number,
                &fields,
                self.last.hash.as_deref(),
            ))
        {
            self.found(Finding::WrongHash(number));
        }
        // What follows is compared with what is stored, so that each change is found where it is.
        self.last = Head {
            number,
            hash: entry.hash.clone(),
        };
        let last = self.last.clone();
        self.compare_with_kept(&last);
    }

    /// Examines the entries before the first that has a number.
    fn begin(&mut self, number: i64, entry: &Entry) {
        let is_start = number == 1 && entry.action == START;
        let announced = entry.reason.as_deref().filter(|_| is_start);
        let announced = announced.and_then(|reason| reason.split(' ').next()?.parse().ok());
        // The retention may have removed some of them.
        if self.unnumbered > announced.unwrap_or(0) {
            self.found(Finding::UnnumberedBefore(self.unnumbered));
        }
    }

    /// Compares the last entry with the row of the group.
    pub fn end(mut self) -> Report {
        let (last, stored) = (self.last.clone(), self.bounds.head.clone());
        if last.number != stored.number {
            self.found(Finding::OtherNumber(last.number, stored.number));
        } else if last.hash != stored.hash {
            self.found(Finding::OtherHash(last.number));
        }
        let kept = self.kept.iter().zip(&self.is_found);
        let missing: Vec<i64> = kept
            .filter(|(kept, is_found)| kept.group == self.report.group && !**is_found)
            // Those before the last that was removed cannot be compared.
            .filter(|(kept, _)| kept.number > self.bounds.removed_number)
            .map(|(kept, _)| kept.number)
            .collect();
        for number in missing {
            self.found(Finding::KeptIsMissing(number));
        }
        self.report
    }
}

/// Verifies the chain of a group; `None` if there is no such group, deleted or not.
pub fn verify(
    connection: &mut Connection,
    group: i64,
    kept: &[KeptHead],
) -> Result<Option<Report>> {
    let connection = connection.reads_more();
    let row = groups::table.find(group).select(Bounds::as_select());
    let Some(bounds) = row.get_result(connection).optional()? else {
        return Ok(None);
    };
    let mut verification = Verification::new(group, bounds, kept);
    let mut after = i64::MIN;
    loop {
        let rows: QueryResult<Vec<Entry>> = audit_entries::table
            .filter(audit_entries::group_id.eq(group))
            .filter(audit_entries::id.gt(after))
            .order(audit_entries::id)
            .limit(PAGE)
            .select(Entry::as_select())
            .load(connection);
        let rows = match rows {
            Err(Diesel::DeserializationError(reason)) => {
                verification.found(Finding::Unreadable(reason.to_string()));
                break;
            }
            rows => rows?,
        };
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in &rows {
            verification.entry(row);
        }
    }
    Ok(Some(verification.end()))
}

/// Returns the lowest IDs of groups, deleted or not, that are higher than this one.
pub fn groups_after(connection: &mut Connection, after: i64) -> Result<Vec<i64>> {
    let connection = connection.reads_more();
    Ok(groups::table
        .filter(groups::id.gt(after))
        .order(groups::id)
        .limit(PAGE)
        .select(groups::id)
        .load(connection)?)
}
