//! Medians: what a noisy machine can still tell.

use std::time::Duration;

/// One measurement of one subject.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    /// Calls answered rightly, in a second.
    pub(crate) rate: f64,
    /// Which part of the time the server computed, 1 for all of it.
    pub(crate) server: f64,
    /// Which part of the time the driver computed.
    pub(crate) driver: f64,
}

/// Calls in a second.
pub(crate) fn rate(calls: u64, elapsed: Duration) -> f64 {
    calls as f64 / elapsed.as_secs_f64().max(1e-9)
}

/// The middle of some values; 0 of none.
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

/// Two subjects measured in alternation: how the first compares to the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ratio {
    /// The median of the rounds' ratios.
    pub(crate) median: f64,
    /// That of the worst round.
    pub(crate) least: f64,
    /// That of the best.
    pub(crate) most: f64,
}

impl Ratio {
    /// Compares round by round: both halves of a round met the same weather.
    pub(crate) fn of(one: &[Round], other: &[Round]) -> Self {
        let ratios: Vec<f64> = one
            .iter()
            .zip(other)
            .map(|(one, other)| one.rate / other.rate.max(1e-9))
            .collect();
        Self {
            median: median(ratios.iter().copied()),
            least: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            most: ratios.iter().copied().fold(0.0, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(rate: f64) -> Round {
        Round {
            rate,
            server: 1.0,
            driver: 0.5,
        }
    }

    #[test]
    fn a_median_is_the_middle() {
        assert_eq!(median([]), 0.0);
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let slow_machine_in_the_middle = [round(10.0), round(1.0), round(12.0)];
        let of = [round(20.0), round(2.0), round(20.0)];
        let ratio = Ratio::of(&slow_machine_in_the_middle, &of);
        assert_eq!((ratio.median, ratio.least, ratio.most), (0.5, 0.5, 0.6));
    }
}
