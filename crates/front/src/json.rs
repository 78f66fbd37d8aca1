//! Parses a JSON body: one object with the arguments as members.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use trivium_rpc::{Error, codes};

use crate::check::RawValue;
use crate::limits::{self, Meter};

/// Parses the members of the object in their order.
///
/// # Errors
/// `malformed_body` unless the body is one JSON object; `request_too_large`.
pub fn read(bytes: &[u8], meter: &mut Meter) -> Result<Vec<(String, RawValue)>, Error> {
    let (members, _) = walk(bytes, meter)?;
    let raw = |(name, value)| (name, RawValue::from(value));
    Ok(members.into_iter().map(raw).collect())
}

/// Parses the object with its nested values.
///
/// # Errors
/// As [`read`]; `validation_duplicate_key` if an object has a key twice.
pub fn object(bytes: &[u8], meter: &mut Meter) -> Result<Map<String, Value>, Error> {
    let (members, mut duplicate) = walk(bytes, meter)?;
    let mut object = Map::new();
    for (name, value) in members {
        duplicate |= object.insert(name, value).is_some();
    }
    if duplicate {
        return Err(codes::VALIDATION_DUPLICATE_KEY.into());
    }
    Ok(object)
}

impl From<Value> for RawValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Boolean(truth),
            Value::Number(number) if number.is_f64() => Self::Double,
            // Numbers beyond 64 bits are clamped.
            Value::Number(number) => Self::Integer(number.as_i64().unwrap_or(i64::MAX)),
            Value::String(text) => Self::Text(text),
            Value::Array(values) => Self::Array(values.into_iter().map(Self::from).collect()),
            Value::Object(_) => Self::Object,
        }
    }
}

/// The members of the object, and whether a nested object has a duplicate key.
fn walk(bytes: &[u8], meter: &mut Meter) -> Result<(Vec<(String, Value)>, bool), Error> {
    let state = State {
        meter: RefCell::new(std::mem::take(meter)),
        limit: RefCell::new(None),
        duplicate: Cell::new(false),
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = Members(&state)
        .deserialize(&mut json)
        .and_then(|members| json.end().map(|()| members));
    *meter = state.meter.into_inner();
    match (read, state.limit.into_inner()) {
        (_, Some(error)) => Err(error),
        (Ok(members), None) => Ok((members, state.duplicate.get())),
        (Err(error), None) => Err(malformed(&error)),
    }
}

/// Reports the position alone, because serde_json's message may quote the input.
fn malformed(error: &serde_json::Error) -> Error {
    Error::new(
        codes::MALFORMED_BODY,
        format!(
            "The body is not one JSON object (line {}, column {}).",
            error.line(),
            error.column()
        ),
    )
}

struct State {
    meter: RefCell<Meter>,
    /// The limit that was exceeded, if that ended the parsing.
    limit: RefCell<Option<Error>>,
    /// Whether a nested object has a duplicate key.
    duplicate: Cell<bool>,
}

impl State {
    fn check<E: serde::de::Error>(&self, outcome: Result<(), Error>) -> Result<(), E> {
        outcome.map_err(|error| {
            let message = error.message().to_owned();
            *self.limit.borrow_mut() = Some(error);
            E::custom(message)
        })
    }

    fn value<E: serde::de::Error>(&self, depth: usize) -> Result<(), E> {
        let outcome = self.meter.borrow_mut().value(depth);
        self.check(outcome)
    }
}

/// The members of the one object.
struct Members<'a>(&'a State);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Vec<(String, Value)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            self.0.check(limits::check_name(&name))?;
            members.push((name, map.next_value_seed(Any(self.0, 1))?));
        }
        Ok(members)
    }
}

/// Any value, at its depth.
struct Any<'a>(&'a State, usize);

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.0.value(self.1)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(truth.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(Any(self.0, self.1 + 1))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            self.0.check(limits::check_name(&name))?;
            let value = map.next_value_seed(Any(self.0, self.1 + 1))?;
            if members.insert(name, value).is_some() {
                self.0.duplicate.set(true);
            }
        }
        Ok(Value::Object(members))
    }
}
