//! Numbers, and values with a unit: durations such as `30d`, and sizes such as `128MiB`.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

const DURATIONS: &[(&str, u64)] = &[("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];

const SIZES: &[(&str, u64)] = &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// Parses a duration such as `90s`, `15m`, `12h` or `30d`. A number without a unit is in seconds.
///
/// # Errors
/// If the text has another form, or is 0.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    seconds(text).map(|seconds| Duration::from_secs(seconds.unsigned_abs()))
}

/// Parses a duration to seconds, as [`duration`].
///
/// # Errors
/// If the text has another form, or is 0.
pub(crate) fn seconds(text: &str) -> Result<i64, String> {
    scaled(text, DURATIONS)
        .and_then(|seconds| seconds.try_into().ok())
        .ok_or_else(|| "expected a number and a unit, e.g. 90s, 15m, 12h or 30d".to_owned())
}

/// A number of seconds; `None` is for ever.
pub(crate) type Forever = Option<i64>;

/// Parses a duration to seconds, as [`duration`], or `forever`.
///
/// # Errors
/// If the text has another form, or is 0.
pub(crate) fn seconds_or_forever(text: &str) -> Result<Forever, String> {
    match text {
        "forever" => Ok(None),
        text => seconds(text)
            .map(Some)
            .map_err(|message| format!("{message}, or forever")),
    }
}

/// Parses a size such as `64KiB`, `128MiB` or `1GiB`. A number without a unit is in bytes.
///
/// # Errors
/// If the text has another form, or is 0.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    scaled(text, SIZES)
        .and_then(|size| size.try_into().ok())
        .ok_or_else(|| "expected a number and a unit, e.g. 64KiB, 128MiB or 1GiB".to_owned())
}

/// Parses a size, as [`size`], or `0`.
///
/// # Errors
/// If the text has another form.
pub(crate) fn size_or_zero(text: &str) -> Result<usize, String> {
    match text {
        "0" => Ok(0),
        text => size(text).map_err(|message| format!("{message}, or 0")),
    }
}

/// Parses a number in this range.
pub(crate) fn number<T>(
    minimum: T,
    maximum: T,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync
where
    T: FromStr + PartialOrd + Display + Copy + Send + Sync,
{
    move |text| match text.parse() {
        Ok(number) if number >= minimum && number <= maximum => Ok(number),
        _ => Err(format!("expected a number from {minimum} to {maximum}")),
    }
}

/// Limits a parser to values up to this one, which is written as the parser takes it.
pub(crate) fn up_to<T: PartialOrd>(
    maximum: &'static str,
    parse: fn(&str) -> Result<T, String>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync {
    move |text| {
        let value = parse(text)?;
        match value <= parse(maximum)? {
            true => Ok(value),
            false => Err(format!("expected at most {maximum}")),
        }
    }
}

/// Multiplies a positive number by its unit; `None` if the text is malformed or the result is out of range.
fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let factor = match unit {
        "" => 1,
        unit => units.iter().find(|(name, _)| *name == unit)?.1,
    };
    let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
    u64::from(number).checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit_or_are_seconds() {
        for (text, seconds) in [
            ("1", 1),
            ("20s", 20),
            ("15m", 900),
            ("12h", 43_200),
            ("30d", 2_592_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        let malformed = [
            "",
            "s",
            "0",
            "0s",
            "-1s",
            "+1s",
            "1.5h",
            "1 h",
            " 1h",
            "1H",
            "1ms",
            "1hh",
            "h1",
            "1h30m",
            "4294967296s",
            "١s",
        ];
        for text in malformed {
            let message = duration(text).expect_err(text);
            assert_eq!(
                message,
                "expected a number and a unit, e.g. 90s, 15m, 12h or 30d"
            );
        }
    }

    #[test]
    fn durations_may_be_unlimited() {
        assert_eq!(seconds_or_forever("forever"), Ok(None));
        assert_eq!(seconds_or_forever("30d"), Ok(Some(2_592_000)));
        let message = seconds_or_forever("never").expect_err("no duration");
        assert_eq!(
            message,
            "expected a number and a unit, e.g. 90s, 15m, 12h or 30d, or forever"
        );
    }

    #[test]
    fn sizes_have_a_unit_or_are_bytes() {
        for (text, bytes) in [
            ("512", 512),
            ("64KiB", 65_536),
            ("128MiB", 134_217_728),
            ("2GiB", 2_147_483_648),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "MiB", "1MB", "1M", "1mib", "1 MiB", "-1", "1.5GiB"] {
            let message = size(text).expect_err(text);
            assert_eq!(
                message,
                "expected a number and a unit, e.g. 64KiB, 128MiB or 1GiB"
            );
        }
    }

    #[test]
    fn values_are_limited() {
        let parse = up_to("1h", duration);
        assert_eq!(parse("60m"), Ok(Duration::from_secs(3_600)));
        assert_eq!(parse("3601s"), Err("expected at most 1h".to_owned()));
        assert!(parse("x").is_err());
    }
}
