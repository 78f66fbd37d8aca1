//! Points in time.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::fmt::strtime;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time in UTC, to the second: `2006-08-11T13:38:44Z`.
///
/// The number counts seconds since 1970-01-01T00:00:00Z. It serializes as a newtype of this name, so
/// that a format with a type of its own for times can distinguish it from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub i64);

impl DateTime {
    /// The name under which it serializes.
    pub const NAME: &'static str = "DateTime";
}

const EPOCH: jiff::civil::DateTime = jiff::civil::datetime(1970, 1, 1, 0, 0, 0, 0);

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Ok(time) = jiff::Timestamp::from_second(self.0) {
            return fmt::Display::fmt(&time, f);
        }
        // A timestamp of jiff ends one day before the year 9999 does.
        match EPOCH.checked_add(SignedDuration::from_secs(self.0)) {
            Ok(time) => write!(f, "{time}Z"),
            Err(_) => f.write_str("9999-12-31T23:59:59Z"),
        }
    }
}

impl FromStr for DateTime {
    type Err = jiff::Error;

    /// Parses a time of ISO 8601 such as `2006-08-11T13:38:44Z`: with or without separators, with a fraction of a
    /// second, which is dropped, and with `Z`, an offset such as `+01:00`, or neither for UTC.
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let malformed =
            || jiff::Error::from_args(format_args!("expected e.g. 2006-08-11T13:38:44Z"));
        let (date, time) = text.split_once('T').ok_or_else(malformed)?;
        let (clock, offset) = time.split_at(time.find(['Z', '+', '-']).unwrap_or(time.len()));
        let is_fraction =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let clock = match clock.split_once('.') {
            Some((clock, digits)) if is_fraction(digits) => clock,
            Some(_) => return Err(malformed()),
            None => clock,
        };
        let date_format = if date.contains('-') {
            "%Y-%m-%d"
        } else {
            "%Y%m%d"
        };
        let clock_format = if clock.contains(':') {
            "%H:%M:%S"
        } else {
            "%H%M%S"
        };
        let time = jiff::civil::Date::strptime(date_format, date)?
            .to_datetime(jiff::civil::Time::strptime(clock_format, clock)?);
        let offset = match offset {
            "" | "Z" => None,
            offset if offset.contains(':') => strtime::parse("%:z", offset)?.offset(),
            offset => strtime::parse("%z", offset)?.offset(),
        };
        let offset = offset.map_or(0, |offset| offset.seconds());
        Ok(Self(
            time.duration_since(EPOCH).as_secs() - i64::from(offset),
        ))
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(Self::NAME, &format_args!("{self}"))
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for DateTime {
    fn schema_name() -> Cow<'static, str> {
        "DateTime".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "x-characters": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
            "examples": ["2006-08-11T13:38:44Z"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_reach_to_the_end_of_year_9999() {
        for text in [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2006-08-11T13:38:44Z",
            "9999-12-30T22:00:01Z",
            "9999-12-31T23:59:59Z",
        ] {
            let time: DateTime = text.parse().unwrap();
            assert_eq!(time.to_string(), text);
        }
        assert_eq!(DateTime(i64::MAX).to_string(), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn times_have_the_forms_that_clients_send() {
        for text in [
            "2006-08-11T13:38:44",
            "20060811T13:38:44",
            "20060811T133844Z",
            "2006-08-11T13:38:44.000Z",
            "2006-08-11T13:38:44.999999",
            "2006-08-11T14:38:44+01:00",
            "20060811T09:08:44.5-0430",
            "2006-08-12T00:38:44+11:00",
        ] {
            let time: DateTime = text.parse().expect(text);
            assert_eq!(time.to_string(), "2006-08-11T13:38:44Z", "{text}");
        }
        for text in [
            "",
            "2006-08-11",
            "13:38:44",
            "2006-08-11 13:38:44",
            "2006-08-11T13:38",
            "2006-08-11T13:38:44.Z",
            "2006-08-11T13:38:44.5.5Z",
            "2006-08-11T13:38:44ZZ",
            "2006-08-11T13:38:44+",
            "2006-08-11T13:38:44+1",
            "2006-08-11T13:38:44 Z",
            "2006-13-11T13:38:44Z",
            "2006-08-11T25:38:44Z",
        ] {
            assert!(text.parse::<DateTime>().is_err(), "{text}");
        }
    }
}
