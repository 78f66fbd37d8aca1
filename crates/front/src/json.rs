//! Reads a JSON body: one object, whose members are the arguments.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use trivium_core::{Code, Error};

use crate::budget::{self, Meter};
use crate::check::Given;

/// Reads the members of the object in their order.
///
/// # Errors
/// `malformed_body` for what is not one JSON object, `request_too_large`.
pub fn read(bytes: &[u8], meter: &mut Meter) -> Result<Vec<(String, Given)>, Error> {
    let state = State {
        meter: RefCell::new(std::mem::take(meter)),
        over: RefCell::new(None),
    };
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = Members(&state)
        .deserialize(&mut json)
        .and_then(|given| json.end().map(|()| given));
    *meter = state.meter.into_inner();
    match (read, state.over.into_inner()) {
        (_, Some(over)) => Err(over),
        (Ok(given), None) => Ok(given),
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
    type Value = Vec<(String, Given)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<(String, Given)>;

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

/// Any value, at its level. What is inside lists and objects is counted and dropped: no
/// argument is one.
struct Any<'a>(&'a State, usize);

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = Given;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given, D::Error> {
        self.0.value(self.1)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Given, E> {
        Ok(Given::Boolean(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Given, E> {
        Ok(Given::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Given, E> {
        Ok(Given::Integer(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Given, E> {
        Ok(Given::Double)
    }

    fn visit_str<E>(self, text: &str) -> Result<Given, E> {
        Ok(Given::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Given, E> {
        Ok(Given::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Given, A::Error> {
        while seq.next_element_seed(Any(self.0, self.1 + 1))?.is_some() {}
        Ok(Given::Array)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            self.0.hold(budget::name(&name))?;
            map.next_value_seed(Any(self.0, self.1 + 1))?;
        }
        Ok(Given::Object)
    }
}
