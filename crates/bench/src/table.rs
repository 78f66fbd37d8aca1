//! The result table, and the check of the floors.

use std::time::Duration;

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table as Grid};

use crate::calls::{Operation, Protocol};
use crate::measure::{Measured, Plan, Subject};
use crate::stat::{Ratio, Round, median, percentile};

/// CPU share above which a process counts as busy. If only the driver is busy, it is the limit.
const BUSY: f64 = 0.95;

/// A row of the table.
struct Row {
    subject: String,
    value: String,
    baseline: String,
    baseline_value: String,
    ratio: String,
    rounds: String,
    floor: String,
    passed: Option<bool>,
    /// The method of the measurement.
    method: String,
}

/// The rows of the table, in display order.
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Creates the table; checks the floors only if `floors` is true.
    pub(crate) fn of(measured: &Measured, floors: bool) -> Self {
        let judge = |passed: bool| floors.then_some(passed);
        let mut rows = Vec::new();
        for (operation, floor) in [
            (Operation::JoinGroup, 0.3),
            (Operation::GetMyGroups, 0.25),
            (Operation::CheckMemberships, 0.5),
        ] {
            rows.push(compare(
                measured,
                Subject::Service(operation, Protocol::Json),
                Subject::Bare(operation),
                Some(floor),
                judge,
            ));
        }
        let warm = |protocol| Subject::Warm(Operation::GetMyGroups, protocol);
        rows.push(compare(
            measured,
            warm(Protocol::Json),
            Subject::Static(Operation::GetMyGroups, Protocol::Json),
            Some(0.5),
            judge,
        ));
        for (protocol, floor) in [(Protocol::Xml, 0.7), (Protocol::XmlRpc, 0.5)] {
            rows.push(compare(
                measured,
                warm(protocol),
                warm(Protocol::Json),
                Some(floor),
                judge,
            ));
        }
        for (operation, protocol, floor) in [
            (Operation::GetMyGroups, Protocol::Xml, 0.7),
            (Operation::GetMyGroups, Protocol::XmlRpc, 0.5),
            (Operation::JoinGroup, Protocol::XmlRpc, 0.7),
        ] {
            rows.push(compare(
                measured,
                Subject::Service(operation, protocol),
                Subject::Service(operation, Protocol::Json),
                Some(floor),
                judge,
            ));
        }
        let mixed = Subject::Warm(Operation::Mixed, Protocol::Json);
        let ratio = Ratio::of(measured.rounds(mixed), &measured.predicted());
        rows.push(Row {
            baseline: "what the rates alone predict".to_owned(),
            baseline_value: per_second(&measured.predicted()),
            ratio: format!("{:.2}", ratio.median),
            rounds: format!("{:.2} to {:.2}", ratio.min, ratio.max),
            ..figure(
                &name(mixed, measured),
                per_second(measured.rounds(mixed)),
                "at least 1",
                judge(ratio.median >= 1.0),
                "GETs and joins by random users, with a cache that has room for all responses; the baseline is \
                 computed from the rates of getMyGroups and joinGroup in JSON, each alone and without the cache",
            )
        });
        rows.push(compare(
            measured,
            mixed,
            Subject::Service(Operation::Mixed, Protocol::Json),
            None,
            judge,
        ));
        for (operation, dialect) in [
            (Operation::JoinGroup, Protocol::Upcoming),
            (Operation::GetMyGroups, Protocol::Upcoming),
            (Operation::JoinByInvitation, Protocol::Onezone),
        ] {
            rows.push(compare(
                measured,
                Subject::Service(operation, dialect),
                Subject::Service(operation, Protocol::Json),
                Some(0.7),
                judge,
            ));
        }
        for operation in [Operation::JoinGroup, Operation::GetMyGroups] {
            for protocol in [Protocol::Json, Protocol::XmlRpc] {
                rows.push(compare(
                    measured,
                    Subject::Service(operation, protocol),
                    Subject::Static(operation, protocol),
                    None,
                    judge,
                ));
            }
        }
        rows.push(compare(
            measured,
            Subject::Disturbed(Operation::GetMyGroups, Protocol::Json),
            Subject::Service(Operation::GetMyGroups, Protocol::Json),
            Some(0.8),
            judge,
        ));
        for (what, times) in [
            ("getMyGroups", &measured.times.reads),
            ("joinGroup", &measured.times.joins),
        ] {
            rows.push(tail(what, times, judge));
        }
        let start = median(measured.cold_starts.iter().copied()) * 1e3;
        rows.push(Row {
            rounds: range(measured.cold_starts.iter().map(|s| s * 1e3), 0),
            ..figure(
                "cold start",
                format!("{start:.0} ms"),
                "at most 150 ms",
                judge(start <= 150.0),
                "time from the start of the process, on a database that does not exist yet, to 200 \
                 from `/ready`; the median of several starts",
            )
        });
        let memory = measured.resident / 1024.0;
        rows.push(figure(
            "idle memory",
            format!("{memory:.1} MiB"),
            "at most 20 MiB",
            judge(memory <= 20.0),
            "resident memory (`VmRSS`) half a second after `/ready`, on an empty database",
        ));
        let binary = measured.binary as f64 / 1e6;
        rows.push(figure(
            "binary size",
            format!("{binary:.1} MB"),
            "at most 25 MB",
            judge(binary <= 25.0),
            "size of the file, with both databases built in",
        ));
        Self { rows }
    }

    /// Returns whether no floor was missed.
    pub(crate) fn keeps_floors(&self) -> bool {
        self.rows.iter().all(|row| row.passed != Some(false))
    }

    /// Returns a list with the method of each row.
    pub(crate) fn methods(&self) -> String {
        self.rows
            .iter()
            .map(|row| match row.baseline.as_str() {
                "" => format!("- **{}**: {}.\n", row.subject, row.method),
                baseline => format!("- **{} / {baseline}**: {}.\n", row.subject, row.method),
            })
            .collect()
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut grid = Grid::new();
        grid.load_preset(ASCII_MARKDOWN).set_header([
            "subject", "measured", "baseline", "measured", "ratio", "rounds", "floor", "",
        ]);
        for row in &self.rows {
            let verdict = match row.passed {
                Some(true) => "ok",
                Some(false) => "MISSED",
                None => "",
            };
            grid.add_row([
                &row.subject,
                &row.value,
                &row.baseline,
                &row.baseline_value,
                &row.ratio,
                &row.rounds,
                &row.floor,
                verdict,
            ]);
        }
        for column in [1, 3, 4] {
            if let Some(column) = grid.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        grid.fmt(f)
    }
}

/// Creates a row that compares two rates.
fn compare(
    measured: &Measured,
    one: Subject,
    other: Subject,
    floor: Option<f64>,
    judge: impl Fn(bool) -> Option<bool>,
) -> Row {
    let (rounds, others) = (measured.rounds(one), measured.rounds(other));
    let ratio = Ratio::of(rounds, others);
    Row {
        subject: name(one, measured),
        value: per_second(rounds),
        baseline: name(other, measured),
        baseline_value: per_second(others),
        ratio: format!("{:.2}", ratio.median),
        rounds: format!("{:.2} to {:.2}", ratio.min, ratio.max),
        floor: floor.map_or_else(String::new, |floor| format!("at least {floor}")),
        passed: floor.and_then(|floor| judge(ratio.median >= floor)),
        method: method(one, other).to_owned(),
    }
}

/// Creates a row that compares the slowest hundredth of the calls with the median.
fn tail(what: &str, times: &[Duration], judge: impl Fn(bool) -> Option<bool>) -> Row {
    let [median, slow] = [50, 99].map(|percent| percentile(times, percent).as_secs_f64() * 1e3);
    let ratio = slow / median.max(1e-9);
    Row {
        baseline: "its median".to_owned(),
        baseline_value: format!("{median:.1} ms"),
        ratio: format!("{ratio:.1}"),
        ..figure(
            &format!("99th percentile of {what} in the mix, cached"),
            format!("{slow:.1} ms"),
            "at most 5",
            judge(ratio <= 5.0),
            "the times of the calls of all rounds of the mix with the cache",
        )
    }
}

/// Creates a row with one value.
fn figure(subject: &str, value: String, floor: &str, passed: Option<bool>, method: &str) -> Row {
    Row {
        subject: subject.to_owned(),
        value,
        baseline: String::new(),
        baseline_value: String::new(),
        ratio: String::new(),
        rounds: String::new(),
        floor: floor.to_owned(),
        passed,
        method: method.to_owned(),
    }
}

fn name(subject: Subject, measured: &Measured) -> String {
    let call = |operation, protocol| {
        let operation = match operation {
            Operation::JoinGroup => "joinGroup",
            Operation::GetMyGroups => "getMyGroups",
            Operation::JoinByInvitation => "joinByInvitation",
            Operation::CheckMemberships => "checkMemberships",
            Operation::Mixed => "9 getMyGroups, 1 joinGroup",
        };
        match protocol {
            Protocol::Json => format!("{operation}, JSON"),
            Protocol::Xml => format!("{operation}, XML"),
            Protocol::XmlRpc => format!("{operation}, XML-RPC"),
            Protocol::Upcoming => format!("{operation}, Upcoming"),
            Protocol::Onezone => format!("{operation}, Onezone"),
        }
    };
    match subject {
        Subject::Service(operation, protocol) => call(operation, protocol),
        Subject::Disturbed(operation, protocol) => {
            format!("{}, beside lists", call(operation, protocol))
        }
        Subject::Warm(operation, protocol) => format!("{}, cached", call(operation, protocol)),
        Subject::Bare(Operation::JoinGroup) => "bare SQL, 64 joins per COMMIT".into(),
        Subject::Bare(_) => "bare SQL".into(),
        Subject::Static(operation, protocol) => {
            format!("static {} bytes", measured.size(operation, protocol))
        }
    }
}

fn method(one: Subject, other: Subject) -> &'static str {
    match (one, other) {
        (_, Subject::Bare(Operation::JoinGroup)) => {
            "form-encoded POSTs, each a new membership of a random user in a random open group, \
             acknowledged after its COMMIT; the baseline is a loop of the same statements with the \
             same pragmas and savepoints, prepared once, on SQLite's own library and a copy of \
             the database"
        }
        (_, Subject::Bare(Operation::GetMyGroups)) => {
            "GETs by random users, each with a response of 18 groups; the baseline is the same \
             queries, from BEGIN to ROLLBACK, prepared once, reading every column of every row"
        }
        (_, Subject::Bare(Operation::CheckMemberships)) => {
            "POSTs by random users about 100 users and 100 groups; the baseline is the same queries, from BEGIN to \
             ROLLBACK, prepared once, reading every column of every row"
        }
        (Subject::Disturbed(..), _) => {
            "the same calls, while one more caller requests pages of getGroups and getUserList and all categories \
             without pause"
        }
        (Subject::Warm(Operation::Mixed, _), _) => "the same; the baseline has no cache",
        (Subject::Warm(..), Subject::Static(..)) => {
            "GETs by random users, whose responses are in the cache; the baseline is the same HTTP library with the \
             same settings, which responds with a constant body of the same size and media type"
        }
        (Subject::Warm(..), _) => "the same calls in another format, both from the cache",
        (Subject::Service(_, Protocol::Upcoming), _) => {
            "the same work over the Upcoming dialect, with an API key and responses in XML"
        }
        (Subject::Service(_, Protocol::Onezone), _) => {
            "each a new membership of a random user by the invitation to a random group, over the \
             Onezone dialect, and as form-encoded POSTs"
        }
        (Subject::Service(Operation::JoinGroup, _), Subject::Service(..)) => {
            "the same joins as methodCalls"
        }
        (Subject::Service(Operation::GetMyGroups, _), Subject::Service(..)) => {
            "the same calls in another format"
        }
        _ => {
            "the same requests to the same HTTP library with the same settings, which responds with \
             a constant body of the same size and media type"
        }
    }
}

/// Formats the median rate, with a star if the driver limited it and not the server.
fn per_second(rounds: &[Round]) -> String {
    let of = |field: fn(&Round) -> f64| median(rounds.iter().map(field));
    let star = match of(|r| r.driver) >= BUSY && of(|r| r.server) < BUSY {
        true => "*",
        false => "",
    };
    format!("{}/s{star}", thousands(of(|r| r.rate)))
}

/// Formats a number with thousands separators: `12 345`.
pub(crate) fn thousands(rate: f64) -> String {
    let digits = format!("{rate:.0}");
    let mut spaced = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            spaced.push(' ');
        }
        spaced.push(digit);
    }
    spaced
}

fn range(values: impl Iterator<Item = f64> + Clone, decimals: usize) -> String {
    let min = values.clone().fold(f64::INFINITY, f64::min);
    let max = values.fold(0.0, f64::max);
    format!("{min:.decimals$} to {max:.decimals$}")
}

/// Returns the parameters and the conditions of the run, to print below the table.
pub(crate) fn circumstances(measured: &Measured, plan: Plan, pinning: &str) -> String {
    let busy = |field: fn(&Round) -> f64, subject: Subject| {
        let of = median(measured.rounds(subject).iter().map(field));
        format!("{:.0} %", 100.0 * of)
    };
    let busy_with = |operation: Operation| {
        let service = Subject::Service(operation, Protocol::Json);
        format!(
            "{operation:?}: the server {}, the driver {}, the bare loop {}",
            busy(|r| r.server, service),
            busy(|r| r.driver, service),
            busy(|r| r.server, Subject::Bare(operation)),
        )
    };
    format!(
        "{} rounds of {:.1} s for each rate, in alternation; ratios are the median of the rounds'.\n\
         {} groups, {} users with 18 groups each, seed {}; {} kept-alive connections.\n\
         Pinned: {pinning}.\n\
         CPU use, {}. {}. A * marks a rate that was limited by the driver, not by the server.\n\
         All {} acknowledged joins were in the database after the server was killed.\n",
        plan.rounds,
        plan.length.as_secs_f64(),
        plan.scale.groups,
        plan.scale.users,
        plan.scale.seed,
        crate::load::CONNECTIONS,
        busy_with(Operation::JoinGroup),
        busy_with(Operation::GetMyGroups),
        measured.joins,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(thousands(7.4), "7");
        assert_eq!(thousands(12_345.0), "12 345");
        assert_eq!(thousands(1_234_567.0), "1 234 567");
    }
}
