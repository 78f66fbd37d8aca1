//! What the writer does, measured for monitoring.

use std::time::Instant;

use prometheus::core::Collector;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntGauge, Opts};

use crate::{Error, Result};

/// The upper bounds of the durations of a COMMIT, in seconds. A sync to a disk takes between a tenth of a millisecond
/// and a few tens.
const DURATIONS: [f64; 12] = [
    0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5,
];

/// The measures of a database.
#[derive(Clone)]
pub struct Measures {
    /// The duration of each COMMIT that succeeded, which includes the sync.
    commits: Histogram,
    /// The changes that were committed.
    changes: IntCounter,
    /// The changes that wait or run.
    pub(crate) in_progress: IntGauge,
}

impl Measures {
    pub(crate) fn new() -> Result<Self> {
        let buckets = HistogramOpts::new(
            "trivium_commit_duration_seconds",
            "Duration of a COMMIT, which may be of several changes and includes the sync.",
        )
        .buckets(DURATIONS.to_vec());
        let build = || -> prometheus::Result<Self> {
            Ok(Self {
                commits: Histogram::with_opts(buckets)?,
                changes: IntCounter::with_opts(Opts::new(
                    "trivium_changes_total",
                    "Changes of the database that were committed.",
                ))?,
                in_progress: IntGauge::with_opts(Opts::new(
                    "trivium_changes_in_progress",
                    "Changes of the database that wait or run.",
                ))?,
            })
        };
        build().map_err(|error| Error::Open(error.to_string()))
    }

    /// Counts the COMMIT of so many changes, which began then.
    pub(crate) fn committed(&self, changes: usize, began: Instant) {
        self.commits.observe(began.elapsed().as_secs_f64());
        self.changes.inc_by(u64::try_from(changes).unwrap_or(0));
    }

    /// All of them, for a registry.
    pub fn collectors(&self) -> [Box<dyn Collector>; 3] {
        let Self {
            commits,
            changes,
            in_progress,
        } = self.clone();
        [Box::new(commits), Box::new(changes), Box::new(in_progress)]
    }
}

/// The connections of a database.
#[derive(Clone, Copy, Debug)]
pub struct PoolState {
    /// Those that are open.
    pub open: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
}
