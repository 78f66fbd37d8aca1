//! Points in time.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
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

    /// Parses `2006-08-11T13:38:44Z`, with or without separators, with or without `Z`, as UTC.
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let text = text.strip_suffix('Z').unwrap_or(text);
        let format = if text.contains('-') {
            "%Y-%m-%dT%H:%M:%S"
        } else {
            "%Y%m%dT%H:%M:%S"
        };
        let time = jiff::civil::DateTime::strptime(format, text)
            .or_else(|_| jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S", text))?;
        Ok(Self(time.duration_since(EPOCH).as_secs()))
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
}
