//! Reads the values of a body. Unknown keys are ignored.

use serde_json::{Map, Number, Value};

use crate::error::{MAX_TOKEN_LENGTH, Refusal};

/// The members of an object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(pub(crate) Map<String, Value>);

impl Values {
    /// A required value.
    fn required(&self, key: &'static str) -> Result<&Value, Refusal> {
        self.0.get(key).ok_or(Refusal::MissingRequiredValue(key))
    }

    /// A required text.
    pub(crate) fn text(&self, key: &'static str) -> Result<&str, Refusal> {
        let value = self.required(key)?;
        value.as_str().ok_or(Refusal::BadValueString(key))
    }

    /// The objects of an optional list.
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

    /// The texts of an optional list.
    pub(crate) fn texts(&self, key: &'static str) -> Result<Vec<&str>, Refusal> {
        let list = match self.0.get(key) {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list.iter(),
            Some(_) => return Err(Refusal::BadValueJson(key)),
        };
        list.map(|value| value.as_str().ok_or(Refusal::BadValueString(key)))
            .collect()
    }

    /// An optional true or false.
    pub(crate) fn boolean(&self, key: &'static str) -> Result<Option<bool>, Refusal> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(Refusal::BadValueBoolean(key)),
        }
    }

    /// A required whole number within a range.
    pub(crate) fn integer(&self, key: &'static str, least: i64, most: i64) -> Result<i64, Refusal> {
        match self.required(key)? {
            Value::Number(number) => within(key, number, least, most),
            _ => Err(Refusal::BadValueInteger(key)),
        }
    }

    /// An optional limit within a range: a number, or its digits in a string. "infinity" means unlimited.
    pub(crate) fn limit(
        &self,
        key: &'static str,
        least: i64,
        most: i64,
    ) -> Result<Option<i64>, Refusal> {
        let number = match self.0.get(key) {
            None => return Ok(None),
            Some(Value::String(text)) if text == "infinity" => return Ok(None),
            Some(Value::String(text)) if text.bytes().all(|digit| digit.is_ascii_digit()) => {
                text.parse().map_err(|_| Refusal::BadValueInteger(key))?
            }
            Some(Value::Number(number)) => number.clone(),
            Some(_) => return Err(Refusal::BadValueInteger(key)),
        };
        within(key, &number, least, most).map(Some)
    }

    /// The required name.
    pub(crate) fn name(&self) -> Result<&str, Refusal> {
        let name = self.text("name")?;
        match is_name(name) {
            true => Ok(name),
            false => Err(Refusal::BadValueName),
        }
    }

    /// The required token, checked for its form.
    pub(crate) fn secret(&self) -> Result<&str, Refusal> {
        const KEY: &str = "token";
        let bad = |error| Refusal::BadValueToken(KEY, Box::new(error));
        match self.required(KEY)?.as_str() {
            Some("") => Err(Refusal::BadValueEmpty(KEY)),
            Some(token) if token.chars().count() > MAX_TOKEN_LENGTH => {
                Err(bad(Refusal::TokenTooLarge))
            }
            Some(token) => Ok(token),
            None => Err(bad(Refusal::BadToken)),
        }
    }
}

/// A whole number within a range.
fn within(key: &'static str, number: &Number, least: i64, most: i64) -> Result<i64, Refusal> {
    match number.as_i64() {
        Some(number) if number < least => Err(Refusal::BadValueTooLow(key, least)),
        Some(number) if number <= most => Ok(number),
        None if !number.is_u64() => Err(Refusal::BadValueInteger(key)),
        _ => Err(Refusal::BadValueTooHigh(key, most)),
    }
}

/// 2 to 50 letters, digits, brackets and underscores. Dashes, spaces and dots are allowed between them.
pub(crate) fn is_name(name: &str) -> bool {
    let outside = |c: char| c.is_alphanumeric() || matches!(c, '(' | ')' | '_');
    (2..=50).contains(&name.chars().count())
        && name.starts_with(outside)
        && name.ends_with(outside)
        && name
            .chars()
            .all(|c| outside(c) || matches!(c, '-' | ' ' | '.'))
}

/// The number of an ID; 0, which is never assigned, if it is malformed.
pub(crate) fn number(id: &str) -> i64 {
    // 18 digits always fit into 64 bits.
    let digits = (1..=18).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    id.parse().ok().filter(|_| digits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_names_are_rejected() {
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
