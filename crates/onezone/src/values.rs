//! Reads the values of a body. Keys that nobody asks for are ignored.

use serde_json::{Map, Value};

use crate::error::{LONGEST_TOKEN, Refusal};

/// The members of an object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(pub(crate) Map<String, Value>);

impl Values {
    /// A value that must be there.
    fn required(&self, key: &'static str) -> Result<&Value, Refusal> {
        self.0.get(key).ok_or(Refusal::MissingRequiredValue(key))
    }

    /// A text that must be there.
    pub(crate) fn text(&self, key: &'static str) -> Result<&str, Refusal> {
        let value = self.required(key)?;
        value.as_str().ok_or(Refusal::BadValueString(key))
    }

    /// An object that must be there.
    pub(crate) fn object(&self, key: &'static str) -> Result<Self, Refusal> {
        match self.required(key)? {
            Value::Object(members) => Ok(Self(members.clone())),
            _ => Err(Refusal::BadValueJson(key)),
        }
    }

    /// The objects of a list that may be there.
    pub(crate) fn objects(&self, key: &'static str) -> Result<Vec<Self>, Refusal> {
        let list = match self.0.get(key) {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(Refusal::BadValueJson(key)),
        };
        list.iter()
            .map(|value| match value {
                Value::Object(members) => Ok(Self(members.clone())),
                _ => Err(Refusal::BadValueJson(key)),
            })
            .collect()
    }

    /// A whole number that must be there, within these limits.
    pub(crate) fn integer(&self, key: &'static str, least: i64, most: i64) -> Result<i64, Refusal> {
        let value = self.required(key)?;
        match value.as_i64() {
            Some(number) if number < least => Err(Refusal::BadValueTooLow(key, least)),
            Some(number) if number <= most => Ok(number),
            None if !value.is_u64() => Err(Refusal::BadValueInteger(key)),
            _ => Err(Refusal::BadValueTooHigh(key, most)),
        }
    }

    /// The same, which may be missing.
    pub(crate) fn optional_integer(
        &self,
        key: &'static str,
        least: i64,
        most: i64,
    ) -> Result<Option<i64>, Refusal> {
        match self.0.contains_key(key) {
            true => self.integer(key, least, most).map(Some),
            false => Ok(None),
        }
    }

    /// The name of something.
    pub(crate) fn name(&self) -> Result<&str, Refusal> {
        let name = self.text("name")?;
        match is_name(name) {
            true => Ok(name),
            false => Err(Refusal::BadValueName),
        }
    }

    /// The token of an invitation, as far as can be told without a look.
    pub(crate) fn invitation(&self) -> Result<&str, Refusal> {
        const KEY: &str = "token";
        let bad = |error| Refusal::BadValueToken(KEY, Box::new(error));
        match self.required(KEY)?.as_str() {
            Some("") => Err(Refusal::BadValueEmpty(KEY)),
            Some(token) if token.chars().count() > LONGEST_TOKEN => {
                Err(bad(Refusal::TokenTooLarge))
            }
            Some(token) => Ok(token),
            None => Err(bad(Refusal::BadToken)),
        }
    }
}

/// 2 to 50 letters, digits, brackets and underscores; dashes, spaces and dots inside.
fn is_name(name: &str) -> bool {
    let outside = |c: char| c.is_alphanumeric() || matches!(c, '(' | ')' | '_');
    (2..=50).contains(&name.chars().count())
        && name.starts_with(outside)
        && name.ends_with(outside)
        && name
            .chars()
            .all(|c| outside(c) || matches!(c, '-' | ' ' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for fine in ["ab", "江大", "a b.c-d", "(x)", "_1_", &"x".repeat(50)] {
            assert!(is_name(fine), "{fine}");
        }
        let long = "x".repeat(51);
        for wrong in [
            "", "a", " ab", "ab ", "-ab", "ab.", "a/b", "a\nb", "a\u{1}b", &long,
        ] {
            assert!(!is_name(wrong), "{wrong}");
        }
    }
}
