//! The table: what was measured, for people, and whether it keeps to its floors.

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table as Grid};

use crate::calls::{Operation, Protocol};
use crate::measure::{Measured, Plan, Subject};
use crate::stat::{Ratio, Round, median};

/// The driver is the limit when it computes nearly all the time and the server does not.
const BUSY: f64 = 0.95;

/// A line of the table.
struct Row {
    what: String,
    value: String,
    beside: String,
    its_value: String,
    ratio: String,
    rounds: String,
    floor: String,
    kept: Option<bool>,
    /// How it was measured, in a sentence.
    how: String,
}

/// The lines, in the order in which they are read.
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Compares; without `floors`, nothing is judged.
    pub(crate) fn of(measured: &Measured, floors: bool) -> Self {
        let judge = |kept: bool| floors.then_some(kept);
        let mut rows = Vec::new();
        for (operation, floor) in [(Operation::JoinGroup, 0.3), (Operation::GetMyGroups, 0.4)] {
            rows.push(compare(
                measured,
                Subject::Service(operation, Protocol::Json),
                Subject::Bare(operation),
                Some(floor),
                judge,
            ));
        }
        for operation in [Operation::JoinGroup, Operation::GetMyGroups] {
            rows.push(compare(
                measured,
                Subject::Service(operation, Protocol::XmlRpc),
                Subject::Service(operation, Protocol::Json),
                Some(0.7),
                judge,
            ));
        }
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
        let start = median(measured.cold_starts.iter().copied()) * 1e3;
        rows.push(Row {
            rounds: range(measured.cold_starts.iter().map(|s| s * 1e3), 0),
            ..figure(
                "cold start",
                format!("{start:.0} ms"),
                "at most 150 ms",
                judge(start <= 150.0),
                "from the start of the process, on a database that does not exist yet, to 200 \
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
            "the binary",
            format!("{binary:.1} MB"),
            "at most 25 MB",
            judge(binary <= 25.0),
            "the size of the file, with both databases built in",
        ));
        Self { rows }
    }

    /// False when a floor was missed.
    pub(crate) fn keeps_floors(&self) -> bool {
        self.rows.iter().all(|row| row.kept != Some(false))
    }

    /// One sentence for each row.
    pub(crate) fn how(&self) -> String {
        self.rows
            .iter()
            .map(|row| match row.beside.as_str() {
                "" => format!("- **{}**: {}.\n", row.what, row.how),
                beside => format!("- **{} / {beside}**: {}.\n", row.what, row.how),
            })
            .collect()
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut grid = Grid::new();
        grid.load_preset(ASCII_MARKDOWN).set_header([
            "what", "measured", "beside", "measured", "ratio", "rounds", "floor", "",
        ]);
        for row in &self.rows {
            let verdict = match row.kept {
                Some(true) => "ok",
                Some(false) => "NOT",
                None => "",
            };
            grid.add_row([
                &row.what,
                &row.value,
                &row.beside,
                &row.its_value,
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

/// A line of two rates.
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
        what: name(one, measured),
        value: per_second(rounds),
        beside: name(other, measured),
        its_value: per_second(others),
        ratio: format!("{:.2}", ratio.median),
        rounds: format!("{:.2} to {:.2}", ratio.least, ratio.most),
        floor: floor.map_or_else(String::new, |floor| format!("at least {floor:.1}")),
        kept: floor.and_then(|floor| judge(ratio.median >= floor)),
        how: how(one, other).to_owned(),
    }
}

/// A line of one figure.
fn figure(what: &str, value: String, floor: &str, kept: Option<bool>, how: &str) -> Row {
    Row {
        what: what.to_owned(),
        value,
        beside: String::new(),
        its_value: String::new(),
        ratio: String::new(),
        rounds: String::new(),
        floor: floor.to_owned(),
        kept,
        how: how.to_owned(),
    }
}

fn name(subject: Subject, measured: &Measured) -> String {
    let call = |operation, protocol| {
        let operation = match operation {
            Operation::JoinGroup => "joinGroup",
            Operation::GetMyGroups => "getMyGroups",
            Operation::JoinByInvitation => "joinByInvitation",
        };
        match protocol {
            Protocol::Json => format!("{operation}, JSON"),
            Protocol::XmlRpc => format!("{operation}, XML-RPC"),
            Protocol::Upcoming => format!("{operation}, Upcoming"),
            Protocol::Onezone => format!("{operation}, Onezone"),
        }
    };
    match subject {
        Subject::Service(operation, protocol) => call(operation, protocol),
        Subject::Bare(Operation::JoinGroup) => "bare SQL, 64 joins a COMMIT".into(),
        Subject::Bare(_) => "bare SQL".into(),
        Subject::Static(operation, protocol) => {
            format!("static {} bytes", measured.size(operation, protocol))
        }
    }
}

fn how(one: Subject, other: Subject) -> &'static str {
    match (one, other) {
        (_, Subject::Bare(Operation::JoinGroup)) => {
            "form-encoded POSTs, each a new membership of a random person in a random open group, \
             acknowledged after its COMMIT; beside it the same statements with the same pragmas \
             and savepoints, prepared once, in a loop over SQLite's own library on a copy of the \
             database"
        }
        (_, Subject::Bare(Operation::GetMyGroups)) => {
            "GETs by random people, each answered with their 18 groups; beside it the same \
             queries, from BEGIN to ROLLBACK, prepared once, reading every column of every row"
        }
        (Subject::Service(_, Protocol::Upcoming), _) => {
            "the same work as Upcoming's clients ask for it, with an API key, answered in XML"
        }
        (Subject::Service(_, Protocol::Onezone), _) => {
            "each a new membership of a random person by the invitation to a random group, asked \
             for as Onezone's clients do, and as form-encoded POSTs"
        }
        (Subject::Service(Operation::JoinGroup, _), Subject::Service(..)) => {
            "the same joins as methodCalls"
        }
        (Subject::Service(Operation::GetMyGroups, _), Subject::Service(..)) => {
            "the same question as methodCalls"
        }
        _ => {
            "the same requests, answered by the same HTTP library with the same settings and one \
             constant body of the same size and media type"
        }
    }
}

/// The median rate; a star where the driver and not the server set it.
fn per_second(rounds: &[Round]) -> String {
    let of = |field: fn(&Round) -> f64| median(rounds.iter().map(field));
    let star = match of(|r| r.driver) >= BUSY && of(|r| r.server) < BUSY {
        true => "*",
        false => "",
    };
    format!("{}/s{star}", thousands(of(|r| r.rate)))
}

/// `12 345`.
fn thousands(rate: f64) -> String {
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
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let most = values.fold(0.0, f64::max);
    format!("{least:.decimals$} to {most:.decimals$}")
}

/// How the run went, in a few sentences for below the table.
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
         {} groups, {} people with 18 groups each, seed {}; {} kept-alive connections.\n\
         Pinned: {pinning}.\n\
         How busy, {}. {}. A * marks a rate that the driver set, not the server.\n\
         All {} acknowledged joins were in the database after the server was killed.\n",
        plan.rounds,
        plan.length.as_secs_f64(),
        plan.scale.groups,
        plan.scale.people,
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
    fn thousands_are_apart() {
        assert_eq!(thousands(7.4), "7");
        assert_eq!(thousands(12_345.0), "12 345");
        assert_eq!(thousands(1_234_567.0), "1 234 567");
    }
}
