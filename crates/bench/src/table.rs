//! The result table, and the check of the floors.

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table as Grid};

use crate::bench::{Measured, Plan};
use crate::calls::{Operation, Protocol};
use crate::figures::Figure;
use crate::rows::{Floor, ROWS, Site, Subject, What};
use crate::stat::{Ratio, Round, median, percentiles};

/// CPU share above which a process counts as busy. If only the driver is busy, it is the limit.
const BUSY: f64 = 0.95;

/// The outcome of a row with a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The floor was kept.
    Ok,
    /// It was not.
    Missed,
    /// It is unknown, because a program is missing. This counts as missed.
    NotMeasured,
}

impl Floor {
    /// Returns how far the value is within the limit: from 1 on, it is kept.
    pub(crate) fn margin(self, value: f64) -> f64 {
        match self {
            Self::AtLeast(floor) => value / floor,
            Self::AtMost(limit) => limit / value.max(1e-9),
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Missed => "MISSED",
            Self::NotMeasured => "NOT MEASURED",
        })
    }
}

/// A row of the table, in text.
#[derive(Default)]
pub(crate) struct Line {
    pub(crate) subject: String,
    pub(crate) value: String,
    pub(crate) times: String,
    pub(crate) baseline: String,
    pub(crate) baseline_value: String,
    pub(crate) ratio: String,
    pub(crate) rounds: String,
    pub(crate) floor: String,
    pub(crate) verdict: Option<Verdict>,
    /// How far the value is within the limit, if it is known.
    pub(crate) margin: Option<f64>,
    /// The method of the measurement.
    pub(crate) method: &'static str,
}

impl Line {
    /// Compares two rates. Returns the ratio, if both were measured.
    pub(crate) fn of_rates(rounds: &[Round], others: &[Round]) -> (Self, Option<f64>) {
        let mut line = Self {
            value: per_second(rounds),
            times: milliseconds(rounds),
            baseline_value: per_second(others),
            ..Self::default()
        };
        if rounds.is_empty() || others.is_empty() {
            return (line, None);
        }
        let ratio = Ratio::of(rounds, others);
        line.ratio = format!("{:.2}", ratio.median);
        line.rounds = format!("{:.2} to {:.2}", ratio.min, ratio.max);
        (line, Some(ratio.median))
    }

    /// Adds the floor of a value, in this unit, and the verdict if it is to be checked.
    pub(crate) fn judged(
        self,
        value: Option<f64>,
        unit: &str,
        floor: Option<Floor>,
        is_checked: bool,
    ) -> Self {
        let text = match floor {
            Some(Floor::AtLeast(floor)) => format!("at least {floor} {unit}"),
            Some(Floor::AtMost(limit)) => format!("at most {limit} {unit}"),
            None => String::new(),
        };
        let judge = |floor: Floor| match value {
            Some(value) if floor.margin(value) >= 1.0 => Verdict::Ok,
            Some(_) => Verdict::Missed,
            None => Verdict::NotMeasured,
        };
        Self {
            floor: text.trim_end().to_owned(),
            verdict: floor.filter(|_| is_checked).map(judge),
            margin: value.zip(floor).map(|(value, floor)| floor.margin(value)),
            ..self
        }
    }
}

/// The rows of the table, in display order.
pub(crate) struct Table {
    pub(crate) lines: Vec<Line>,
}

impl Table {
    /// Creates the table; checks the floors only if `floors` is true.
    pub(crate) fn of(measured: &Measured, floors: bool) -> Self {
        let lines = ROWS.iter().map(|row| {
            let (line, value) = match row.what {
                What::Rates(subject, baseline) => compare(measured, subject, baseline),
                What::Tail(operation) => tail(measured, operation),
                What::Figure(it) => figure(measured, it),
            };
            let unit = match row.what {
                What::Figure(figure) => figure.unit,
                _ => "",
            };
            let line = line.judged(value, unit, row.floor, floors);
            Line {
                method: row.method,
                ..line
            }
        });
        Self {
            lines: lines.collect(),
        }
    }

    /// Returns whether no floor was missed.
    pub(crate) fn keeps_floors(&self) -> bool {
        let kept = |line: &Line| matches!(line.verdict, None | Some(Verdict::Ok));
        self.lines.iter().all(kept)
    }

    /// Returns a list with the method of each row.
    pub(crate) fn methods(&self) -> String {
        self.lines
            .iter()
            .map(|line| match line.baseline.as_str() {
                "" => format!("- **{}**: {}.\n", line.subject, line.method),
                baseline => format!("- **{} / {baseline}**: {}.\n", line.subject, line.method),
            })
            .collect()
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut grid = Grid::new();
        grid.load_preset(ASCII_MARKDOWN).set_header([
            "subject",
            "measured",
            "median, p99",
            "baseline",
            "measured",
            "ratio",
            "rounds",
            "floor",
            "",
        ]);
        for line in &self.lines {
            grid.add_row([
                &line.subject,
                &line.value,
                &line.times,
                &line.baseline,
                &line.baseline_value,
                &line.ratio,
                &line.rounds,
                &line.floor,
                &line.verdict.map(|it| it.to_string()).unwrap_or_default(),
            ]);
        }
        for column in [1, 2, 4, 5] {
            if let Some(column) = grid.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        grid.fmt(f)
    }
}

/// Creates a row that compares two rates. Returns the ratio, if both were measured.
fn compare(measured: &Measured, subject: Subject, baseline: Subject) -> (Line, Option<f64>) {
    let (rounds, others) = (measured.rounds(subject), measured.rounds(baseline));
    let (line, ratio) = Line::of_rates(&rounds, &others);
    let missing = |subject| measured.missing.get(&subject).cloned();
    let mut line = Line {
        subject: subject.name(0),
        baseline: baseline.name(measured.size(baseline)),
        value: missing(subject).unwrap_or(line.value),
        baseline_value: missing(baseline).unwrap_or(line.baseline_value),
        ..line
    };
    if rounds.iter().any(|round| round.hits.is_some()) {
        let hits = 100.0 * median(rounds.iter().filter_map(|round| round.hits));
        line.value = format!("{}, {hits:.0} % hits", line.value);
    }
    (line, ratio)
}

/// Creates a row that compares the slowest hundredth of the calls with the median.
fn tail(measured: &Measured, operation: Operation) -> (Line, Option<f64>) {
    let times = match operation.is_join() {
        true => &measured.times.joins,
        false => &measured.times.reads,
    };
    let [median, slow] = percentiles(times.clone(), [50, 99]).map(|it| it.as_secs_f64() * 1e3);
    let ratio = slow / median.max(1e-9);
    let line = Line {
        subject: format!("99th percentile of {} in the mix, cached", operation.name()),
        value: format!("{slow:.1} ms"),
        baseline: "its median".to_owned(),
        baseline_value: format!("{median:.1} ms"),
        ratio: format!("{ratio:.1}"),
        ..Line::default()
    };
    (line, Some(ratio))
}

/// Creates a row with one value.
fn figure(measured: &Measured, figure: &Figure) -> (Line, Option<f64>) {
    let values = measured.figures.get(figure.name);
    let values = values.map_or(&[][..], Vec::as_slice);
    let (value, decimals) = (median(values.iter().copied()), figure.decimals);
    let rounds = match values {
        [] | [_] => String::new(),
        _ => {
            let min = values.iter().copied().fold(f64::INFINITY, f64::min);
            let max = values.iter().copied().fold(0.0, f64::max);
            format!("{min:.decimals$} to {max:.decimals$}")
        }
    };
    let line = Line {
        subject: figure.name.to_owned(),
        value: format!("{value:.decimals$} {}", figure.unit),
        rounds,
        ..Line::default()
    };
    (line, Some(value))
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

/// Formats the times of calls, if they are known.
fn milliseconds(rounds: &[Round]) -> String {
    let of = |field: fn(&Round) -> f64| 1e3 * median(rounds.iter().map(field));
    let (half, slow) = (of(|r| r.median), of(|r| r.slow));
    match half > 0.0 {
        true => format!("{half:.1}, {slow:.1} ms"),
        false => String::new(),
    }
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

/// Returns the parameters and the conditions of the run, to print below the table.
pub(crate) fn circumstances(measured: &Measured, plan: Plan, pinning: &str) -> String {
    let busy = |field: fn(&Round) -> f64, subject: Subject| {
        let of = median(measured.rounds(subject).iter().map(field));
        format!("{:.0} %", 100.0 * of)
    };
    let busy_with = |operation: Operation| {
        let service = Subject::Calls(Site::Plain, operation, Protocol::Json);
        format!(
            "{operation:?}: the server {}, the driver {}, the bare loop {}",
            busy(|r| r.server, service),
            busy(|r| r.driver, service),
            busy(|r| r.server, Subject::Bare(operation)),
        )
    };
    format!(
        "{} rounds of {:.1} s for each rate, in alternation; ratios are the median of the rounds'.\n\
         {} groups, {} users with {} groups each, seed {}; {} kept-alive connections.\n\
         The store with a large group: {} groups, {} users with {} groups each, all members of the large one.\n\
         Pinned, unless said otherwise: {pinning}; Postgres is on all.\n\
         CPU use, {}. {}. A * marks a rate that was limited by the driver, not by the server.\n\
         All {} acknowledged joins were in the databases after the servers were killed.\n",
        plan.rounds,
        plan.length.as_secs_f64(),
        plan.scale.groups,
        plan.scale.users,
        plan.scale.each,
        plan.scale.seed,
        crate::load::CONNECTIONS,
        plan.crowd.groups,
        plan.crowd.users,
        plan.crowd.each,
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

    #[test]
    fn what_was_not_measured_does_not_keep_its_floor() {
        let keeps = |value| {
            let line = Line::default().judged(value, "", Some(Floor::AtLeast(0.5)), true);
            Table { lines: vec![line] }.keeps_floors()
        };
        assert!(keeps(Some(0.5)));
        assert!(!keeps(Some(0.4)));
        assert!(!keeps(None));
    }
}
