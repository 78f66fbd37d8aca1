//! Reads a JSON body: one object, whose members are the arguments.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use trivium_core::{Code, Error};

use crate::budget::{self, Meter};
use crate::check::Given;

/// Reads the members of the object in their order.
///
/// # Errors
/// `malformed_body` for what is not one JSON object, `request_too_large`.
pub fn read(bytes: &[u8], meter: &mut Meter) -> Result<Vec<(String, Given)>, Error> {
    let (members, _) = walk(bytes, meter)?;
    let given = |(name, value)| (name, Given::from(value));
    Ok(members.into_iter().map(given).collect())
}

/// Reads the object with all that is in it.
///
/// # Errors
/// As [`read`]; `validation_duplicate_key` for a key that is twice in one object.
pub fn object(bytes: &[u8], meter: &mut Meter) -> Result<Map<String, Value>, Error> {
    let (members, mut twice) = walk(bytes, meter)?;
    let mut object = Map::new();
    for (name, value) in members {
        twice |= object.insert(name, value).is_some();
    }
    if twice {
        return Err(Code::ValidationDuplicateKey.into());
    }
    Ok(object)
}

impl From<Value> for Given {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Boolean(truth),
            Value::Number(number) if number.is_f64() => Self::Double,
            // Beyond 64 bits with a sign, the nearest that they hold.
            Value::Number(number) => Self::Integer(number.as_i64().unwrap_or(i64::MAX)),
            Value::String(text) => Self::Text(text),
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// The members of the object, and whether an object inside of it has a key twice.
fn walk(bytes: &[u8], meter: &mut Meter) -> Result<(Vec<(String, Value)>, bool), Error> {
    let state = State {
        meter: RefCell::new(std::mem::take(meter)),
        over: RefCell::new(None),
        twice: Cell::new(false),
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = Members(&state)
        .deserialize(&mut json)
        .and_then(|members| json.end().map(|()| members));
    *meter = state.meter.into_inner();
    match (read, state.over.into_inner()) {
        (_, Some(over)) => Err(over),
        (Ok(members), None) => Ok((members, state.twice.get())),
        (Err(error), None) => Err(malformed(&error)),
    }
}

/// serde_json's own message may quote the input, so only the place is told.
fn malformed(error: &serde_json::Error) -> Error {
    Error::new(
        Code::MalformedBody,
        format!(
            "The body is not one JSON object (line {}, column {}).",
            error.line(),
            error.column()
        ),
    )
}

struct State {
    meter: RefCell<Meter>,
    /// Why reading was given up, when the budget is why.
    over: RefCell<Option<Error>>,
    /// Whether an object inside of the one has a key twice.
    twice: Cell<bool>,
}

impl State {
    fn hold<E: serde::de::Error>(&self, outcome: Result<(), Error>) -> Result<(), E> {
        outcome.map_err(|error| {
            let words = error.message().to_owned();
            *self.over.borrow_mut() = Some(error);
            E::custom(words)
        })
    }

    fn value<E: serde::de::Error>(&self, level: usize) -> Result<(), E> {
        let outcome = self.meter.borrow_mut().value(level);
        self.hold(outcome)
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
        let mut given = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            self.0.hold(budget::name(&name))?;
            given.push((name, map.next_value_seed(Any(self.0, 1))?));
        }
        Ok(given)
    }
}

/// Any value, at its level.
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
            self.0.hold(budget::name(&name))?;
            let value = map.next_value_seed(Any(self.0, self.1 + 1))?;
            if members.insert(name, value).is_some() {
                self.0.twice.set(true);
            }
        }
        Ok(Value::Object(members))
    }
}
