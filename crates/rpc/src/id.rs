//! IDs with a prefix, such as `group:1234`.

/// A text that is not an ID of the required form.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("{title} must be of the form '{example}'")]
pub struct InvalidId {
    /// The name of the ID in messages: `Group ID`.
    pub title: &'static str,
    /// An example: `group:123`.
    pub example: &'static str,
}

/// Declares the type of an ID such as `group:1234`: prefix, title and example.
#[macro_export]
macro_rules! id_type {
    ($(#[doc = $doc:literal])+ $name:ident, $prefix:literal, $title:literal, $example:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, ":{}"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::id::InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix(concat!($prefix, ":"))
                    .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .map(Self)
                    .ok_or($crate::id::InvalidId { title: $title, example: $example })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
            fn inline_schema() -> bool { true }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, ":[0-9]{1,18}$"),
                    "x-title": $title,
                    "examples": [$example],
                })
            }
        }
    };
}
