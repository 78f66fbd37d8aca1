//! The values that calls and answers speak of, each with its form, doc and example together.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use trivium_storage::{Page, Seconds};

/// True when every format can carry the text: XML 1.0 can carry the fewest characters
/// (section 2.2 of its recommendation).
pub fn carries(text: &str) -> bool {
    text.chars().all(can_carry)
}

/// True when every format can carry the character.
pub const fn can_carry(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// [`carries`] as a pattern of ECMA-262, as descriptions spell it. Its negation has no character
/// beyond 16 bits, which not every reader of patterns knows.
pub const TEXT: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]*$";

/// The number behind an id such as `group:1234`.
macro_rules! id {
    ($(#[doc = $doc:literal])+ $name:ident, $prefix:literal, $what:literal, $example:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, ":{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = $crate::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix(concat!($prefix, ":"))
                    .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .map(Self)
                    .ok_or_else(|| $crate::Error::new($crate::Code::InvalidId, concat!($what, " must be of the form '", $example, "'")))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> { stringify!($name).into() }
            fn inline_schema() -> bool { true }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, ":[0-9]{1,18}$"),
                    "x-what": $what,
                    "examples": [$example],
                })
            }
        }
    };
}

id!(
    /// Names a group: `group:1234`.
    GroupRef, "group", "Group ID", "group:123"
);
id!(
    /// Names a user: `user:7`.
    UserRef, "user", "User ID", "user:7"
);
id!(
    /// Names a category of groups: `cat:1`.
    CategoryRef, "cat", "Category ID", "cat:1"
);

id!(
    /// Names an invitation: `invitation:7`. The secret is another thing.
    InvitationRef, "invitation", "Invitation ID", "invitation:7"
);

/// A text with a greatest length in characters.
macro_rules! text {
    ($(#[doc = $doc:literal])+ $name:ident, $longest:literal, $example:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// Characters at the most.
            pub const LONGEST: usize = $longest;
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> { stringify!($name).into() }
            fn inline_schema() -> bool { true }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "maxLength": $longest, "x-characters": TEXT, "examples": [$example] })
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str { &self.0 }
        }
    };
}

text!(
    /// The name of a group.
    GroupName, 255, "Microformats"
);
text!(
    /// A text of some lines: a description, a message, a reason.
    Prose, 65_536, "A group working on microformats."
);
text!(
    /// A text of one line.
    Line, 2_000, "microformats, web"
);
text!(
    /// A person's login.
    Login, 64, "marc"
);
text!(
    /// An e-mail address, as it was given.
    Email, 254, "marc@example.org"
);
text!(
    /// The first characters of a secret, by which its owner knows it.
    Prefix, 64, "123576ab"
);
text!(
    /// The secret of an invitation.
    InvitationSecret, 2_048, "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"
);

/// A secret that proves who is calling. Never printed.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct AuthToken(pub String);

impl fmt::Debug for AuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthToken(…)")
    }
}

impl JsonSchema for AuthToken {
    fn schema_name() -> Cow<'static, str> {
        "AuthToken".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "x-characters": TEXT, "examples": ["123576abcdef6572134"] })
    }
}

/// A password as it was typed. Never printed.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl JsonSchema for Password {
    fn schema_name() -> Cow<'static, str> {
        "Password".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 4096, "x-characters": TEXT, "examples": ["marcspassword"] })
    }
}

/// A point in time in UTC, to the second: `2006-08-11T13:38:44Z`.
///
/// It serializes as a newtype of this name, so that a format with a type of its own for
/// times can tell it from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub Seconds);

impl DateTime {
    /// The name under which it serializes.
    pub const NAME: &'static str = "DateTime";
}

/// Where the seconds are counted from.
const EPOCH: jiff::civil::DateTime = jiff::civil::datetime(1970, 1, 1, 0, 0, 0, 0);

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Ok(time) = jiff::Timestamp::from_second(self.0) {
            return fmt::Display::fmt(&time, f);
        }
        // Timestamps end a day before the years of four digits do.
        match EPOCH.checked_add(SignedDuration::from_secs(self.0)) {
            Ok(time) => write!(f, "{time}Z"),
            Err(_) => f.write_str("9999-12-31T23:59:59Z"),
        }
    }
}

impl FromStr for DateTime {
    type Err = jiff::Error;

    /// Reads `2006-08-11T13:38:44Z`, with or without separators, with or without `Z`: UTC.
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

/// Which page of a list, from 1.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub struct PageNumber(pub i64);

impl Default for PageNumber {
    fn default() -> Self {
        Self(1)
    }
}

/// How many rows a page has: 10 to 100.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub struct ResultsPerPage(pub i64);

impl Default for ResultsPerPage {
    fn default() -> Self {
        Self(100)
    }
}

macro_rules! number {
    ($name:ident, $schema:tt) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

number!(PageNumber, { "type": "integer", "minimum": 1, "maximum": 2_147_483_647, "examples": [1] });
number!(ResultsPerPage, { "type": "integer", "minimum": 10, "maximum": 100, "examples": [100] });

/// The answer of an operation that lists: which page it is, and its rows under their name.
///
/// A macro, because a shared struct would need `#[serde(flatten)]`, which loses the list of
/// fields and turns the answer into a map.
#[macro_export]
macro_rules! listing {
    ($(#[$meta:meta])* $name:ident { $(#[$rows_meta:meta])* $rows:ident: $row:ty }) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// Which page this is
            pub page: $crate::types::PageNumber,
            /// How many rows a page has
            pub results_per_page: $crate::types::ResultsPerPage,
            /// How many rows there are
            #[schemars(with = "crate::plain::Count")]
            pub total_results: i64,
            /// How many pages there are
            #[schemars(with = "crate::plain::Count")]
            pub total_pages: i64,
            $(#[$rows_meta])*
            pub $rows: Vec<$row>,
        }

        impl $name {
            fn new(
                page: $crate::types::PageNumber,
                results_per_page: $crate::types::ResultsPerPage,
                total_results: i64,
                $rows: Vec<$row>,
            ) -> Self {
                Self {
                    page,
                    results_per_page,
                    total_results,
                    total_pages: $crate::types::pages(total_results, results_per_page),
                    $rows,
                }
            }
        }
    };
}

/// The slice that a page is.
pub fn slice(page: PageNumber, size: ResultsPerPage) -> Page {
    Page {
        offset: (page.0 - 1).saturating_mul(size.0),
        limit: size.0,
    }
}

/// How many pages a list of `total` rows has.
pub fn pages(total: i64, size: ResultsPerPage) -> i64 {
    (total + size.0 - 1) / size.0.max(1)
}

/// What the patterns of texts leave out.
#[cfg(test)]
pub(crate) mod patterns {
    /// The classes of characters that a pattern names by what is not in them: whether one has a
    /// character. They are spelled in escapes alone.
    pub(crate) fn classes(pattern: &str) -> Vec<impl Fn(char) -> bool> {
        let classes = pattern.split("[^").skip(1);
        classes
            .map(|rest| {
                let escapes = rest.split(']').next().unwrap_or_default();
                let code = |text: &str| u32::from_str_radix(text.trim_matches('-'), 16).unwrap();
                let codes: Vec<(u32, bool)> = escapes
                    .split("\\u")
                    .skip(1)
                    .map(|text| (code(text), text.ends_with('-')))
                    .collect();
                move |c: char| {
                    let c = u32::from(c);
                    let inside = |(i, &(code, range)): (usize, &(u32, bool))| {
                        let last = if range { codes[i + 1].0 } else { code };
                        (code..=last).contains(&c)
                    };
                    !codes.iter().enumerate().any(inside)
                }
            })
            .collect()
    }

    /// Every character that a rule could be about, and one beyond 16 bits.
    pub(crate) fn characters() -> impl Iterator<Item = char> {
        ('\0'..='\u{FFFF}').chain(['\u{1F600}'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_of_texts_is_what_formats_carry() {
        let [class] = &patterns::classes(TEXT)[..] else {
            panic!("one class of characters");
        };
        for c in patterns::characters() {
            assert_eq!(class(c), can_carry(c), "{c:?}");
        }
    }

    #[test]
    fn times_reach_to_the_end_of_four_digits() {
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
