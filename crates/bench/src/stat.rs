//! Medians, which are robust on a noisy machine.

use std::time::Duration;

/// One measurement of one subject.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    /// Correct responses per second.
    pub(crate) rate: f64,
    /// CPU time of the server, as a fraction of the elapsed time.
    pub(crate) server: f64,
    /// CPU time of the driver, as a fraction of the elapsed time.
    pub(crate) driver: f64,
    /// Median time of a call, in seconds; 0 if calls were not timed.
    pub(crate) median: f64,
    /// 99th percentile of the times.
    pub(crate) slow: f64,
    /// The part of the responses that were in the cache, if there is one.
    pub(crate) hits: Option<f64>,
}

impl Round {
    /// Creates a round of which only the rate is known.
    pub(crate) fn of_rate(rate: f64) -> Self {
        Self {
            rate,
            server: 0.0,
            driver: 0.0,
            median: 0.0,
            slow: 0.0,
            hits: None,
        }
    }
}

/// Returns the calls per second.
pub(crate) fn rate(calls: u64, elapsed: Duration) -> f64 {
    calls as f64 / elapsed.as_secs_f64().max(1e-9)
}

/// Returns the median; 0 if there are no values.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or(0.0);
    if values.len() % 2 == 1 {
        at(middle)
    } else {
        (at(middle.saturating_sub(1)) + at(middle)) / 2.0
    }
}

/// Returns percentiles of the times; zero for an empty list.
pub(crate) fn percentiles<const N: usize>(
    mut times: Vec<Duration>,
    percents: [usize; N],
) -> [Duration; N] {
    times.sort_unstable();
    percents.map(|percent| {
        let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or_default()
    })
}

/// The ratio of two subjects that were measured in alternation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ratio {
    /// The median of the rounds' ratios.
    pub(crate) median: f64,
    /// The lowest ratio of a round.
    pub(crate) min: f64,
    /// The highest ratio of a round.
    pub(crate) max: f64,
}

impl Ratio {
    /// Compares the subjects round by round, since both ran under the same conditions in a round.
    pub(crate) fn of(one: &[Round], other: &[Round]) -> Self {
        let ratios: Vec<f64> = one
            .iter()
            .zip(other)
            .map(|(one, other)| one.rate / other.rate.max(1e-9))
            .collect();
        Self {
            median: median(ratios.iter().copied()),
            min: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            max: ratios.iter().copied().fold(0.0, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(rate: f64) -> Round {
        Round::of_rate(rate)
    }

    #[test]
    fn median_is_the_middle_value() {
        assert_eq!(median([]), 0.0);
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn ratios_are_computed_per_round() {
        let slow_in_the_middle = [round(10.0), round(1.0), round(12.0)];
        let baseline = [round(20.0), round(2.0), round(20.0)];
        let ratio = Ratio::of(&slow_in_the_middle, &baseline);
        assert_eq!((ratio.median, ratio.min, ratio.max), (0.5, 0.5, 0.6));
    }
}
