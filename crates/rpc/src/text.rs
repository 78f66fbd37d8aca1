//! Texts: the characters that every format can carry, and text types with a maximum length.

/// True if every format can carry the text. XML 1.0 can carry the fewest characters (section 2.2).
pub fn is_portable(text: &str) -> bool {
    text.chars().all(is_portable_char)
}

/// True if every format can carry the character.
pub const fn is_portable_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// [`is_portable`] as a pattern of ECMA-262, for descriptions. Its negation has no character beyond
/// 16 bits, which not every reader of patterns supports.
pub const TEXT: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]*$";

/// Declares a text type with a maximum length in characters.
#[macro_export]
macro_rules! text_type {
    ($(#[doc = $doc:literal])+ $name:ident, $max_length:literal, $example:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The maximum length in characters.
            pub const MAX_LENGTH: usize = $max_length;
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
            fn inline_schema() -> bool { true }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "maxLength": $max_length,
                    "x-characters": $crate::text::TEXT,
                    "examples": [$example],
                })
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str { &self.0 }
        }
    };
}

/// For tests that compare a pattern with the function that it describes.
pub mod patterns {
    /// The negated character classes of a pattern, which is written in escapes alone: for each, whether
    /// a character belongs to it.
    ///
    /// # Panics
    /// If an escape is not of the form `\u0000`.
    #[expect(
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "it serves tests alone"
    )]
    pub fn classes(pattern: &str) -> Vec<impl Fn(char) -> bool> {
        let classes = pattern.split("[^").skip(1);
        classes
            .map(|rest| {
                let escapes = rest.split(']').next().unwrap_or_default();
                let code = |text: &str| {
                    u32::from_str_radix(text.trim_matches('-'), 16).expect("four digits")
                };
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

    /// Every character of 16 bits, and one beyond.
    pub fn characters() -> impl Iterator<Item = char> {
        ('\0'..='\u{FFFF}').chain(['\u{1F600}'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_of_texts_matches_portable_characters() {
        let [class] = &patterns::classes(TEXT)[..] else {
            panic!("one class of characters");
        };
        for c in patterns::characters() {
            assert_eq!(class(c), is_portable_char(c), "{c:?}");
        }
    }
}
